//! `location` and `limit_except`.

use super::{Check, Subject};
use crate::model::location::{Kind, Pattern};
use crate::model::shown;
use crate::model::verdict::FaultKind;
use crate::nginx::{Contexts, id};

/// The checks.
pub(super) const CHECKS: &[Check] =
    &[Check(id::LIMIT_EXCEPT, limit_except), Check(id::LOCATION, location)];

/// `ngx_http_core_location`
fn location(subject: &mut Subject<'_, '_>) {
    let Some(pattern) = Pattern::of(subject.used.directive()) else {
        modifier(subject);
        return;
    };
    if matches!(pattern.kind, Kind::Regex) {
        let from = pattern.word.value().len() - pattern.name.len();
        subject.check_regex(pattern.word, from);
    }
    if subject.scope.context() == Contexts::LOCATION {
        nesting(subject, &pattern);
    }
}

/// Two words of which the first is no modifier.
fn modifier(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    let fault = subject.refuse_word(word, |shown| {
        format!("`location` has no modifier `{shown}`: it takes `=`, `~`, `~*` and `^~`")
    });
    if let Some(fault) = fault {
        match &*value {
            b"*~" => _ = fault.mend(word.span(), "~*", true),
            b"~^" => {
                _ = fault
                    .mend(word.span(), "^~", false)
                    .help("write `^~` for a prefix, `~ ^` for a regular expression")
            }
            b"==" => _ = fault.mend(word.span(), "=", true),
            b"!~" | b"!~*" | b"!=" => {
                fault.help(
                    "no `location` matches what a pattern does not: put the rest into `location /`",
                );
            }
            [b'~' | b'=' | b'/', ..] => _ = fault.help("put quotes around a path with blanks"),
            _ => {}
        }
    }
}

/// Where one may stand in another.
fn nesting(subject: &mut Subject<'_, '_>, pattern: &Pattern<'_>) {
    let Some(block) = subject.scope.block() else { return };
    let Some(outer) = Pattern::of(block.directive()) else { return };
    let (name, around) = (shown(&pattern.name), outer.shown());
    let inner = pattern.shown();
    let (message, help) = match (outer.kind, pattern.kind) {
        (Kind::Exact, _) => (
            format!("no `location` may stand in `location {around}`, which matches one path alone"),
            "put it beside the other",
        ),
        (Kind::Named, _) => (
            format!("no `location` may stand in the named `location {around}`"),
            "put it beside the other",
        ),
        (_, Kind::Named) => (
            format!("the named `location {name}` may stand in a `server` alone"),
            "put it into the `server`",
        ),
        (_, Kind::Regex) => return,
        _ if pattern.name.starts_with(&outer.name) => return,
        (Kind::Regex, _) => (
            format!(
                "`location {inner}` is never reached in `location {around}`: nginx compares their texts"
            ),
            "in a `location` with a regular expression, take regular expressions",
        ),
        _ => (
            format!("`location {inner}` lies outside of `location {around}` around it"),
            "write the whole path, not only what follows the outer one",
        ),
    };
    let word = pattern.word;
    let fault = subject.refuse_word(word, |_| message);
    if let Some(fault) = fault {
        fault.kind(FaultKind::Nesting).label(block.location(), "it stands in this").help(help);
    }
}

/// `ngx_http_core_limit_except`
fn limit_except(subject: &mut Subject<'_, '_>) {
    for word in subject.args() {
        let value = word.value();
        if METHODS.iter().any(|method| method.eq_ignore_ascii_case(&value)) {
            continue;
        }
        let fault = subject
            .refuse_word(word, |shown| format!("`{shown}` is no method that `limit_except` knows"));
        if let Some(fault) = fault {
            if memchr::memchr(b',', &value).is_some() || memchr::memchr(b'|', &value).is_some() {
                fault.help("put blanks between the methods");
            } else {
                fault.help("other methods are tested by `if ($request_method = …)`");
            }
        }
    }
}

/// `ngx_methods_names`
const METHODS: [&[u8]; 14] = [
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"DELETE",
    b"MKCOL",
    b"COPY",
    b"MOVE",
    b"OPTIONS",
    b"PROPFIND",
    b"PROPPATCH",
    b"LOCK",
    b"UNLOCK",
    b"PATCH",
];
