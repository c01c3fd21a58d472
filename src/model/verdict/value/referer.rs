//! `valid_referers`: names of hosts, in one hash table for all lines of a block
//! (`ngx_http_valid_referers`, `ngx_hash_add_key`, `ngx_http_referer_merge_conf`).

use std::collections::HashMap;

use super::{Check, Subject};
use crate::include::Used;
use crate::nginx::id;
use crate::source::Location;
use crate::syntax::{Word, is_placeholder};

pub(super) const CHECKS: &[Check] = &[Check(id::VALID_REFERERS, check)];

fn check(subject: &mut Subject<'_, '_>) {
    let mut right = true;
    for word in subject.args() {
        let value = word.value();
        // Regular expressions are looked at elsewhere.
        let is_right = match value.first() {
            None => false,
            Some(b'~') => true,
            Some(_) => is_wildcard(host(&value)),
        };
        if !is_right {
            let message = |shown: &str| {
                format!("`valid_referers` takes names such as `*.example.com`, not `{shown}`")
            };
            right &= subject.refuse_word(word, message).is_none();
        }
    }
    let is_first = subject
        .scope
        .own(subject.id)
        .next()
        .is_some_and(|first| first.name() == subject.used.name());
    if right && is_first {
        table(subject);
    }
}

/// What stands before the path.
fn host(value: &[u8]) -> &[u8] {
    &value[..memchr::memchr(b'/', value).unwrap_or(value.len())]
}

/// Whether a name has its wildcard, if any, at an end.
fn is_wildcard(name: &[u8]) -> bool {
    let stars = name.iter().filter(|byte| **byte == b'*').count();
    if stars > 1 || memchr::memmem::find(name, b"..").is_some() {
        return false;
    }
    let at_end = matches!(name, [b'*', b'.', _, ..] | [_, .., b'.', b'*']);
    stars == 0 || at_end || matches!(name, [b'.', _, ..])
}

/// A place in the table.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    /// The name itself.
    Exact(Vec<u8>),
    /// All names that end with it.
    Head(Vec<u8>),
    /// All names that begin with it.
    Tail(Vec<u8>),
}

impl Key {
    /// The places that a name takes: `.example.com` is the name itself and all that end with it.
    fn of(name: &[u8]) -> impl Iterator<Item = Self> {
        let name = name.to_ascii_lowercase();
        let (first, second) = match name.as_slice() {
            [b'.', rest @ ..] if !rest.is_empty() => {
                (Self::Exact(rest.to_vec()), Some(Self::Head(rest.to_vec())))
            }
            [b'*', b'.', rest @ ..] => (Self::Head(rest.to_vec()), None),
            [rest @ .., b'.', b'*'] => (Self::Tail(rest.to_vec()), None),
            _ => (Self::Exact(name), None),
        };
        [Some(first), second].into_iter().flatten()
    }
}

/// Looks at all lines of the block, once, for its first.
fn table(subject: &mut Subject<'_, '_>) {
    let lines: Vec<Used<'_>> = subject.scope.own(subject.id).collect();
    let is_template = lines.iter().any(|line| line.directive().tree().is_template());
    let mut keys: HashMap<Key, Location> = HashMap::new();
    let mut without_names = None;
    let mut may_have_more = is_template || !subject.model().config().defines_all();
    for line in lines {
        for word in line.directive().args() {
            let value = word.value();
            match value.as_ref() {
                b"none" | b"blocked" => _ = without_names.get_or_insert((line, word)),
                // The names of the server itself.
                b"server_names" => may_have_more = true,
                [b'~', ..] | [] => {}
                _ if is_placeholder(word.raw()) => may_have_more = true,
                name => {
                    let at = line.locate(word.span());
                    let mut first = None;
                    for key in Key::of(host(name)) {
                        first = first.or(keys.insert(key, at));
                    }
                    if let Some(first) = first.filter(|_| !is_template) {
                        return again(subject, line, word, first);
                    }
                }
            }
        }
    }
    if let Some((line, word)) = without_names.filter(|_| keys.is_empty() && !may_have_more) {
        let message =
            |shown: &str| format!("`{shown}` of `valid_referers` stands without any name");
        if let Some(fault) = subject.refuse_word_in(line, word, message) {
            fault.help(
                "add a name, or `server_names`: nginx refuses such a list, and a regular \
                 expression does not count",
            );
        }
    }
}

fn again(subject: &mut Subject<'_, '_>, line: Used<'_>, word: Word<'_>, first: Location) {
    let value = word.value();
    let name = crate::model::shown(host(&value));
    let message = |_: &str| format!("`valid_referers` has the name `{name}` already");
    let Some(fault) = subject.refuse_word_in(line, word, message) else { return };
    fault.label(first, "it is here");
    fault.help(if matches!(host(&value), b"http:" | b"https:") {
        "leave the scheme out: what stands before the first `/` is the name"
    } else {
        "a name stands there once, whatever the path behind it"
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_clash_as_in_the_hash_of_nginx() {
        let clash = |one: &str, other: &str| {
            let one: Vec<Key> = Key::of(one.as_bytes()).collect();
            Key::of(other.as_bytes()).any(|key| one.contains(&key))
        };
        for (one, other) in [("a", "A"), (".a", "a"), (".a", "*.a"), ("a.*", "a.*"), ("", "")] {
            assert!(clash(one, other) && clash(other, one), "{one} {other}");
        }
        for (one, other) in [("*.a", "a"), ("a.*", "a"), ("a.*", ".a"), ("a", "b")] {
            assert!(!clash(one, other), "{one} {other}");
        }
    }
}
