//! What else stands in an `upstream`: how servers are chosen, connections kept, state shared.

use super::option::split;
use super::{Check, Subject};
use crate::nginx::{Family, Version, VersionRange, id};
use crate::syntax::Word;

pub(super) const CHECKS: &[Check] = &[
    Check(id::HASH, hash),
    Check(id::KEEPALIVE, keepalive),
    Check(id::LEAST_TIME, least_time),
    Check(id::RANDOM, random),
    Check(id::STICKY, sticky),
    Check(id::ZONE, zone),
];

/// `hash` and its one parameter.
fn hash(subject: &mut Subject<'_, '_>) {
    if let Some(key) = subject.arg(0)
        && !subject.is_script(key)
    {
        return;
    }
    if let Some(word) = subject.arg(1)
        && word.value().as_ref() != b"consistent"
    {
        only(subject, word, "hash", "`consistent`");
    }
}

fn random(subject: &mut Subject<'_, '_>) {
    // NGINX Plus takes `least_time` too.
    if !is_open(subject) {
        return;
    }
    if let Some(word) = subject.arg(0)
        && word.value().as_ref() != b"two"
    {
        return only(subject, word, "random", "`two`");
    }
    if let Some(word) = subject.arg(1)
        && word.value().as_ref() != b"least_conn"
    {
        only(subject, word, "random two", "`least_conn`");
    }
}

fn least_time(subject: &mut Subject<'_, '_>) {
    if !is_open(subject) {
        return;
    }
    if let Some(word) = subject.arg(0) {
        let value = word.value();
        let (fits, all): (&[&[u8]], _) = match subject.family() {
            Family::Stream => (
                &[b"connect", b"first_byte", b"last_byte"],
                "`connect`, `first_byte` or `last_byte`",
            ),
            _ => (&[b"header", b"last_byte"], "`header` or `last_byte`"),
        };
        if !fits.iter().any(|fit| value.eq_ignore_ascii_case(fit)) {
            only(subject, word, "least_time", all);
        }
    }
    if let Some(word) = subject.arg(1)
        && word.value().as_ref() != b"inflight"
    {
        only(subject, word, "least_time", "`inflight`");
    }
}

fn only(subject: &mut Subject<'_, '_>, word: Word<'_>, name: &str, takes: &str) {
    subject.refuse_word(word, |shown| format!("`{name}` takes {takes} here, not `{shown}`"));
}

/// Whether it is nginx as it is open to read: others have more words.
fn is_open(subject: &Subject<'_, '_>) -> bool {
    use crate::nginx::Flavor;
    matches!(subject.model().flavor(), Flavor::Nginx | Flavor::Openresty)
}

fn keepalive(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    match super::number::number(&value) {
        None => {
            let message =
                |shown: &str| format!("`keepalive` takes a number of connections, not `{shown}`");
            subject.refuse_word(word, message);
        }
        Some(0) if !subject.always(&[IMPLICIT]) => {
            let message = |_: &str| "`keepalive 0` is taken only since 1.29.7".to_owned();
            if let Some(fault) = subject.refuse_word(word, message) {
                fault
                    .not_in(&[IMPLICIT])
                    .help("leave the line out: before 1.29.7 no connections are kept without it");
            }
        }
        Some(_) => {}
    }
    if let Some(word) = subject.arg(1) {
        subject.knows(word, &word.value());
    }
}

/// `zone name size`: eight pages at least (`ngx_http_upstream_zone`).
fn zone(subject: &mut Subject<'_, '_>) {
    if let Some(word) = subject.arg(0)
        && word.value().is_empty()
    {
        subject.refuse_word(word, |_| "the name of a `zone` cannot be empty".to_owned());
    }
    let Some(word) = subject.arg(1) else { return };
    match super::number::size(&word.value()) {
        None => {
            let message = |shown: &str| format!("`zone` takes a size, not `{shown}`");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.help("write a number of bytes, or one with `k` or `m`: `64k`");
            }
        }
        Some(size) if size < 8 * PAGE => {
            let message =
                |shown: &str| format!("`{shown}` is too small for a zone: 32k is the least");
            subject.refuse_word(word, message);
        }
        Some(_) => {}
    }
}

/// `sticky` (`ngx_http_upstream_sticky_module.c`, 1.29.6).
fn sticky(subject: &mut Subject<'_, '_>) {
    if !is_open(subject) {
        return;
    }
    let Some(kind) = subject.arg(0) else { return };
    match kind.value().as_ref() {
        b"cookie" => cookie(subject),
        b"learn" => learn(subject),
        b"route" => {
            for word in subject.args().skip(1) {
                variable(subject, word, &word.value());
            }
        }
        _ => only(subject, kind, "sticky", "`cookie`, `learn` or `route`"),
    }
}

fn cookie(subject: &mut Subject<'_, '_>) {
    if let Some(word) = subject.arg(1)
        && word.value().is_empty()
    {
        subject.refuse_word(word, |_| "the name of a cookie cannot be empty".to_owned());
    }
    for (index, word) in subject.args().enumerate().skip(2) {
        let value = word.value();
        let (key, how) = split(&value).unwrap_or((&value, b""));
        match key {
            b"domain" | b"path" if value.contains(&b'=') => {
                if how.is_empty() {
                    subject.refuse_word(word, |shown| format!("`{shown}` is empty"));
                }
            }
            b"expires" if how == b"max" => {}
            b"expires" => subject.take_seconds(word, &value),
            b"samesite" if how.contains(&b'$') => {}
            b"samesite" => {
                let known: [&[u8]; 3] = [b"strict", b"lax", b"none"];
                if !known.iter().any(|known| how.eq_ignore_ascii_case(known)) {
                    only(subject, word, "samesite=", "`strict`, `lax`, `none` or a variable");
                }
            }
            b"httponly" | b"secure" if !value.contains(&b'=') => {}
            _ => {
                subject.refuse_parameter(word, &value);
                continue;
            }
        }
        let is_it = |other: Word<'_>| {
            let value = other.value();
            split(&value).map_or(value.as_ref(), |(key, _)| key) == key
        };
        if subject.args().take(index).skip(2).any(is_it) {
            let key = crate::model::shown(key);
            subject.refuse_word(word, |_| format!("`sticky cookie` takes `{key}` only once"));
        }
    }
}

fn learn(subject: &mut Subject<'_, '_>) {
    let (mut create, mut lookup, mut zone) = (false, false, false);
    for word in subject.args().skip(1) {
        let value = word.value();
        match split(&value).unwrap_or((&value, b"")) {
            (b"create", name) => {
                create = true;
                variable(subject, word, name);
            }
            (b"lookup", name) => {
                lookup = true;
                variable(subject, word, name);
            }
            (b"zone", named) => {
                zone = true;
                let size = memchr::memrchr(b':', named).map(|at| &named[at + 1..]);
                if size.and_then(super::number::size).is_none_or(|size| size < 8 * PAGE) {
                    subject.refuse_word(word, |shown| {
                        format!("`zone=` takes `name:size`, of 32k at least, not `{shown}`")
                    });
                }
            }
            (b"timeout", time) if time.first().is_some_and(u8::is_ascii_digit) => {}
            (b"timeout", _) => subject.take_seconds(word, &value),
            (b"header", _) if value.as_ref() == b"header" => {}
            _ => subject.refuse_parameter(word, &value),
        }
    }
    for (said, key) in [(create, "create="), (lookup, "lookup="), (zone, "zone=")] {
        if !said {
            let span = subject.used.directive().span();
            subject.refuse(span, format!("`sticky learn` needs `{key}`"));
        }
    }
}

fn variable(subject: &mut Subject<'_, '_>, word: Word<'_>, name: &[u8]) {
    if name.first() != Some(&b'$') {
        let message = |shown: &str| format!("`sticky` wants a variable here, not `{shown}`");
        subject.refuse_word(word, message);
    }
}

/// The releases in which connections are kept without being told to.
const IMPLICIT: VersionRange = VersionRange::new(Version::new(1, 29, 7), None);

/// The smallest page there is.
const PAGE: u64 = 4096;
