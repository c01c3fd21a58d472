//! Splitting texts that nobody thought of: the parser against every release.

use std::sync::Mutex;

use bstr::ByteSlice;

use super::Release;
use super::process::check;
use super::random::Random;
use super::tokens::is_said;

/// How many texts each release is given, each others.
const MANY: u64 = 150;

/// What the texts are made of: directives that nginx takes however often they stand there, and
/// what may go wrong between them.
const PIECES: &[&str] = &[
    "\n",
    "\n",
    "\n",
    " ",
    "\t",
    "\r\n",
    ";",
    "{",
    "}",
    "}",
    "}\n}",
    "\"",
    "'",
    "\\",
    "$",
    ")",
    "#",
    "# c\n",
    "x",
    "\0",
    "\u{b}",
    "${A}",
    "a b;",
    "a\"b",
    "default 'c d';",
    "env ",
    "env A",
    "env A;",
    "env 'B c';",
    "env \"C\"",
    "env \\;;",
    "env a{",
    "http {",
    "map $host $x {",
    "server {",
    "types {",
];

/// The text of a number, always the same.
fn text(number: u64) -> String {
    let mut random = Random::of(number);
    let length = 1 + random.below(8);
    let pieces: String = (0..length).map(|_| random.one_of(PIECES)).collect();
    format!("events {{}}\n{pieces}")
}

/// What is wrong about a text in a release. A text that nginx refuses for its meaning before its
/// syntax tells nothing.
fn disagreement(text: &str, release: &Release) -> Option<String> {
    let verdict = check(release, &[("nginx.conf", text)]);
    let parsed = ngxlint::syntax::parse(text.as_bytes().into());
    let agree = match verdict.refusal() {
        None => verdict.ok && parsed.problems.is_empty(),
        Some(said) => !said.message.starts_with("unexpected ") || is_said(&parsed, said),
    };
    (!agree).then(|| {
        let (shown, said, found) = (text.as_bytes().as_bstr(), verdict.refusal(), parsed.problems);
        format!("{shown:?}\n  nginx {}  {said:?}\n  parser {found:?}\n", release.version)
    })
}

#[test]
fn generated_texts_are_split_as_nginx_splits_them() {
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (release, first) in Release::all().iter().zip((0..).step_by(MANY as usize)) {
            let wrong = &wrong;
            scope.spawn(move || {
                for number in first..first + MANY {
                    wrong.lock().unwrap().extend(disagreement(&text(number), release));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.concat());
}
