//! Values: each directive with whatever might be written there, in one context of each part of nginx
//! where it stands, and in the numbers of arguments it takes.

use std::collections::{BTreeMap, BTreeSet};

use ngxlint::nginx::{Contexts, DirectiveId, Family, Range, Version, bounds, defaults, words};
use ngxlint::syntax::{self, Directive};

use super::generate::{Case, own};
use super::good;

/// What is tried for every argument.
const ANY: &[&str] = &[
    "on",
    "off",
    "On",
    "yes",
    "\"\"",
    "1",
    "0",
    "-1",
    "+1",
    "10",
    "007",
    "99999999999",
    "1k",
    "10m",
    "1g",
    "1K",
    "1.5",
    "5s",
    "5ms",
    "1h30m",
    "30m1h",
    "\"1h 30m\"",
    "1x",
    "1y",
    "abc",
    "$host",
    "${host}",
    "$",
    "$nosuch",
    "a$host",
    "a=b",
    "=",
    "/path",
    "127.0.0.1",
    "127.0.0.1:80",
    "127.0.0.1:99999",
    "127.0.0.1:",
    "[::1]:80",
    "unix:/a",
    "10.0.0.0/8",
    "*:80",
    "80",
    "http://x:1",
    "http://127.0.0.1",
    "https://127.0.0.1:1/u",
    "127.0.0.1:1/u",
    "~(",
    "~^a",
    "~*a",
    "*.a",
    "@a",
    "default",
    "none",
    "all",
    "always",
    "error",
    "404",
    "200",
    "=404",
    "GET",
    "text/html",
    "zone=a",
    "zone=a:10m",
    "if=$host",
    "if=",
    "timeout=5s",
];

/// What is tried behind a word that goes on: `backlog=`.
const BEHIND: &[&str] = &["", "1", "0", "10m", "5s", "a", "$host", "on"];

/// Directives that have the name of a host looked up in their first argument. A machine may take long
/// over that, and what comes of it tells nothing: there only one name is tried.
const RESOLVING: &[&str] = &[
    "auth_http",
    "fastcgi_pass",
    "grpc_pass",
    "listen",
    "memcached_pass",
    "pass",
    "proxy_pass",
    "resolver",
    "scgi_pass",
    "server",
    "set_real_ip_from",
    "tunnel_pass",
    "uwsgi_pass",
];

/// Where a directive of each part of nginx is tried: in the first of these where it stands.
const CONTEXTS: &[Contexts] = &[
    Contexts::LOCATION,
    Contexts::SERVER,
    Contexts::HTTP,
    Contexts::UPSTREAM,
    Contexts::LIMIT_EXCEPT,
    Contexts::IF_IN_LOCATION,
    Contexts::IF_IN_SERVER,
    Contexts::STREAM_SERVER,
    Contexts::STREAM,
    Contexts::STREAM_UPSTREAM,
    Contexts::MAIL_SERVER,
    Contexts::MAIL,
    Contexts::MAIN,
    Contexts::EVENTS,
];

/// The most arguments that are tried, where any number is taken.
const MOST: usize = 3;

/// The most good lines of a directive that are varied, for each number of arguments.
const GROUNDS: usize = 2;

/// With this many arguments, only every third value is tried.
const MANY: usize = 3;

/// Lines of good configurations: name and part of nginx, then the arguments of each.
type Lines = BTreeMap<(String, String), BTreeSet<Vec<String>>>;

/// Gives every case of a release to `judge`, which says whether nginx takes it, if it knows the
/// directive. Where no good line is known of a directive with several arguments, what nginx takes is the ground for more.
pub(super) fn all(
    version: Version,
    has: impl Fn(&str) -> bool,
    mut judge: impl FnMut(&Case) -> Option<bool>,
) {
    let lines = lines();
    for id in DirectiveId::all() {
        for (definition, range) in own(id, version) {
            let mut contexts = CONTEXTS.iter().filter(|one| range.contexts.contains(**one));
            let Some(&context) = contexts.next() else { continue };
            let part = part(context);
            let is_here = part.is_empty() || has(part);
            let count = (0..9).find(|count| range.arguments.accepts(*count)).unwrap_or(0);
            let probe = Case::new(context, id.name(), &["1"; 9][..count], range.block);
            if !is_here || judge(&probe).is_none() {
                continue;
            }
            let known = (id.name().to_owned(), part.to_owned());
            let good: Vec<&Vec<String>> = lines.get(&known).into_iter().flatten().collect();
            let values = values(id, definition.family, version);
            one(id, context, range, &good, &values, &mut judge);
        }
    }
}

/// The cases of one directive in one context.
fn one(
    id: DirectiveId,
    context: Contexts,
    range: &Range,
    good: &[&Vec<String>],
    values: &[String],
    judge: &mut impl FnMut(&Case) -> Option<bool>,
) {
    let mut asked = BTreeSet::new();
    let resolving = RESOLVING.contains(&id.name());
    let mut ask = |args: &[&str]| {
        if resolving && is_host(args[0]) {
            return false;
        }
        let case = Case::new(context, id.name(), args, range.block);
        asked.insert(case.statement.clone()) && judge(&case) == Some(true)
    };
    for count in (1..=MOST).filter(|count| range.arguments.accepts(*count)) {
        let mut grounds: Vec<Vec<&str>> = good
            .iter()
            .filter(|args| args.len() == count)
            .map(|args| args.iter().map(String::as_str).collect())
            .take(GROUNDS)
            .collect();
        let tried = |index: usize| count < MANY || (index + id.index()).is_multiple_of(3);
        for (_, value) in values.iter().enumerate().filter(|(index, _)| tried(*index)) {
            let same = vec![value.as_str(); count];
            if ask(&same) && grounds.is_empty() && count > 1 {
                grounds.push(same);
            }
        }
        for ground in grounds {
            for place in 0..count {
                let mut args = ground.clone();
                let others = values.iter().enumerate();
                for (_, value) in others.filter(|(index, _)| tried(index + place)) {
                    args[place] = value;
                    ask(&args);
                }
            }
        }
    }
}

/// What is tried for the arguments of a directive.
fn values(id: DirectiveId, family: Family, version: Version) -> Vec<String> {
    let mut all: Vec<String> = ANY.iter().map(|one| (*one).to_owned()).collect();
    let known = words(id, family);
    let past = |word: &str| word.len() > 1 && word.ends_with(['=', ':', '/']);
    for fact in known {
        let behind = if fact.prefix || past(fact.word) { BEHIND } else { &[""] };
        all.extend(behind.iter().map(|value| format!("{}{value}", fact.word)));
    }
    if let Some(fact) = known.first() {
        all.extend([fact.word.to_uppercase(), format!("{}x", fact.word)]);
    }
    for bound in bounds(id, family).filter(|bound| bound.versions.contains(version)) {
        let (min, max) = (i64::from(bound.min), i64::from(bound.max));
        all.extend([min - 1, min, max, max + 1].map(|number| number.to_string()));
    }
    let standing = defaults(id, family).iter().filter(|(range, _)| range.contains(version));
    all.extend(standing.map(|(_, value)| (*value).to_owned()).filter(|value| is_plain(value)));
    let mut seen = BTreeSet::new();
    all.retain(|value| seen.insert(value.clone()));
    all
}

/// Whether an address is the name of a host, other than the one that is tried.
fn is_host(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split([':', '/']).next().unwrap_or_default();
    let begins = |sign: char| "[$*\"".contains(sign);
    let is_name = host.contains(|sign: char| !sign.is_ascii_digit() && sign != '.');
    is_name && !host.starts_with(begins) && !["abc", "unix"].contains(&host)
}

/// Whether a default is written as it would stand in a file.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && !value.contains([';', '{', '}', '"', '\'', '#', '\n'])
}

/// The block that a context is in.
fn part(context: Contexts) -> &'static str {
    match context.family() {
        Family::Http => "http",
        Family::Stream => "stream",
        Family::Mail => "mail",
        _ => "",
    }
}

/// What stands in the good configurations.
fn lines() -> Lines {
    let mut lines = Lines::new();
    for conf in good::ALL {
        let parsed = syntax::parse(conf.text.as_bytes().into());
        for one in parsed.tree.directives().filter(|one| one.id().is_some()) {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let args = one.args().map(|word| text(word.raw())).collect();
            let key = (text(one.name().raw()), outermost(one));
            lines.entry(key).or_default().insert(args);
        }
    }
    lines
}

/// `http`, `stream`, `mail`, or nothing.
fn outermost(directive: Directive<'_>) -> String {
    let last = std::iter::successors(directive.parent(), |one| one.parent()).last();
    let name = last.map_or(&[][..], |one| one.name().raw());
    let name = String::from_utf8_lossy(name).into_owned();
    if name == "events" { String::new() } else { name }
}
