//! Splitting a text: the parser against every release, over a table of oddities.

use std::sync::Mutex;

use bstr::ByteSlice;
use ngxlint::diagnostic::Level;
use ngxlint::nginx::VersionSet;
use ngxlint::project::{self, Request};
use ngxlint::rules::{COMING, Rule};
use ngxlint::source::{LineIndex, Memory};
use ngxlint::syntax::{self, Parsed, Problem, Word};

use super::process::{LogLine, Running, check};
use super::text::{self, Fate, Text};
use super::{Release, client, port};

/// What nginx says of a text that it cannot split (`ngx_conf_file.c`), or whose words could be two
/// directives.
fn is_of_syntax(message: &str) -> bool {
    ["unexpected ", "too long parameter", "directive \"", "invalid number of arguments in "]
        .iter()
        .any(|start| message.starts_with(start))
}

/// Whether the parser says the same of a text: the very message, on the very line.
pub(super) fn is_said(parsed: &Parsed, said: &LogLine) -> bool {
    let text = parsed.tree.bytes();
    let lines = LineIndex::new(text);
    let says = |problem: &Problem| {
        let end = problem.nginx.starts_with("unexpected end of file");
        let last = end.then(|| lines.line(text.len() as u32));
        let places = [Some(problem.span), problem.noticed];
        let mut lines = places.into_iter().flatten().map(|span| lines.line(span.start)).chain(last);
        problem.nginx == said.message && lines.any(|line| Some(line) == said.line)
    };
    parsed.problems.iter().any(says)
}

/// Whether the rule of that name finds something in a text. One that is still to come finds nothing.
fn is_found(name: &str, text: &Text, release: &Release) -> bool {
    if Rule::named(name).is_none() {
        return COMING.contains(&name);
    }
    let mut memory = Memory::default();
    memory.insert("/r/nginx.conf", text.bytes.as_slice());
    let mut request = Request { paths: vec!["/r/nginx.conf".into()], ..Request::default() };
    request.policy.min_level = Level::Info;
    request.nginx_version = Some(VersionSet::exactly(release.version));
    let report = project::check(&memory, &request).unwrap();
    report.diagnostics.iter().any(|found| found.rule == name)
}

/// What is wrong about a text in a release.
fn disagreement(text: &Text, release: &Release) -> Option<String> {
    let verdict = check(release, &[("nginx.conf", &text.bytes)]);
    let parsed = syntax::parse(text.bytes.as_slice().into());
    let silent = parsed.problems.is_empty();
    let agree = match (text.fate, verdict.refusal()) {
        (Fate::Accepted, None) => verdict.ok && silent,
        (Fate::Syntax, Some(said)) => is_of_syntax(&said.message) && is_said(&parsed, said),
        (Fate::Meaning, Some(_)) => silent,
        (Fate::Rule(name), Some(_)) => is_found(name, text, release),
        _ => false,
    };
    (!agree).then(|| {
        let shown = text.bytes[..text.bytes.len().min(200)].as_bstr();
        format!(
            "nginx {}, {:?}: {shown:?}\n  nginx  {:?}\n  parser {:?}\n",
            release.version,
            text.fate,
            verdict.refusal(),
            parsed.problems
        )
    })
}

#[test]
fn the_parser_splits_as_nginx_does() {
    let texts = text::all();
    assert!(texts.len() >= 180, "{}", texts.len());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for release in Release::all() {
            scope.spawn(|| {
                for text in &texts {
                    wrong.lock().unwrap().extend(disagreement(text, release));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.concat());
}

/// Words as they are written; nginx is asked for what it makes of each.
const WORDS: &[&[u8]] = &[
    b"plain",
    b"\"double quoted\"",
    b"'single quoted'",
    b"\"it's\"",
    b"'say \"so\"'",
    b"\"say \\\"so\\\"\"",
    b"'it\\'s'",
    b"'a\\\"b'",
    b"\"a\\'b\"",
    b"say\\\"so\\\"",
    b"a\\'b",
    b"a\"b",
    b"a'b'c",
    b"\\\"a",
    b"\\'a\\'",
    b"a\\\\b",
    b"\"a\\\\\"",
    b"a\\tb\\rc\\nd",
    b"\"a\\tb\\rc\\nd\"",
    b"'a\\tb'",
    b"a\\ b",
    b"a\\;b",
    b"a\\{b\\}c",
    b"\"a\\;b\\{c\"",
    b"a\\xb\\0\\a\\.",
    b"\"\\d+\\.\\w\"",
    b"a\\\\\\\"b",
    b"a\\\\\\\\",
    b"a\\\nb",
    b"\"a\nb\"",
    b"\"a;b{c}d#e\"",
    b"a#b",
    b"a}b",
    b"\"a\\\n\"",
    b"a\\#b",
    b"a\x0bb\x0cc",
    b"a\xc2\xa0b",
    b"\xe9\xff",
    b"\"\xf0\x9f\xa6\x80 crab\"",
    b"a\0b",
    b"\"a\r\nb\"",
    b"(a|b)",
    b"\"\\\\n\"",
];

#[test]
fn a_word_is_worth_what_nginx_takes_it_for() {
    let front = port::free();
    let mut conf =
        format!("events {{}}\nhttp {{ server {{ listen 127.0.0.1:{front};\n").into_bytes();
    for (index, word) in WORDS.iter().enumerate() {
        conf.extend_from_slice(format!("location = /{index} {{ return 200 ").as_bytes());
        conf.extend_from_slice(word);
        conf.extend_from_slice(b"; }\n");
    }
    conf.extend_from_slice(b"} }\n");
    let parsed = syntax::parse(conf.as_slice().into());
    assert_eq!(parsed.problems, []);
    let returns = parsed.tree.directives().filter(|one| one.name().raw() == b"return");
    let words: Vec<Word<'_>> = returns.map(|one| one.arg(1).unwrap()).collect();
    assert_eq!(words.len(), WORDS.len());
    for release in Release::all() {
        let _running = Running::start(release, &[("nginx.conf", &conf)]);
        for (index, word) in words.iter().enumerate() {
            assert_eq!(word.raw().as_bstr(), WORDS[index].as_bstr());
            let answer = client::get(front, &format!("/{index}"), "");
            assert_eq!(answer.body().as_bstr(), word.value().as_bstr(), "{:?}", word.raw());
        }
    }
}
