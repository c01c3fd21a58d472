//! `types` and `charset_map`: blocks whose lines are no directives.

use std::borrow::Cow;
use std::collections::HashMap;

use super::map::{count, lower};
use super::{Check, Subject};
use crate::include::Used;
use crate::model::shown;
use crate::model::verdict::FaultKind;
use crate::nginx::id;
use crate::syntax::Word;

/// The checks.
pub(super) const CHECKS: &[Check] = &[Check(id::CHARSET_MAP, charset_map), Check(id::TYPES, types)];

/// `ngx_http_core_types`: all blocks of a level fill one table.
fn types(subject: &mut Subject<'_, '_>) {
    let mut blocks = subject.scope.own(id::TYPES);
    if blocks.clone().next().map(Used::name) != Some(subject.used.name()) {
        return;
    }
    let only = blocks.clone().nth(1).is_none();
    let mut known: HashMap<Cow<'_, [u8]>, (Used<'_>, Word<'_>)> = HashMap::new();
    let config = subject.model().config();
    let lines = blocks.by_ref().flat_map(|block| config.lines(block));
    for line in lines {
        let kind = line.directive().name();
        for word in line.directive().args() {
            let Some((first, old)) = known.insert(lower(word.value()), (line, kind)) else {
                continue;
            };
            if subject.is_template(line, first) {
                continue;
            }
            let same = *old.value() == *kind.value();
            let fault = subject.refuse_word_in(line, word, |extension| {
                let (kind, old) = (shown(&kind.value()), shown(&old.value()));
                if same {
                    format!("the extension `{extension}` has the type `{old}` already")
                } else {
                    format!("the extension `{extension}` has the type `{old}` already: now it has `{kind}`")
                }
            });
            if let Some(fault) = fault {
                fault
                    .kind(FaultKind::Key)
                    .warns()
                    .label(first.location(), "its type is given here first");
                if !only {
                    fault.help("all `types` of a level are one table");
                }
            }
        }
    }
}

/// `ngx_http_charset_map_block`
fn charset_map(subject: &mut Subject<'_, '_>) {
    let (Some(from), Some(to)) = (subject.arg(0), subject.arg(1)) else { return };
    if from.value().eq_ignore_ascii_case(&to.value()) {
        subject.refuse_word(to, |shown| {
            format!("`charset_map` is between two charsets, not `{shown}` twice")
        });
    }
    let utf8 = to.value().eq_ignore_ascii_case(b"utf-8");
    for line in subject.lines() {
        let directive = line.directive();
        let (source, Some(target), None) = (directive.name(), directive.arg(0), directive.arg(1))
        else {
            count(subject, line, "a line of a `charset_map` is a code and another");
            continue;
        };
        code(subject, line, source);
        if !utf8 {
            code(subject, line, target);
        } else if !is_utf8(&target.value()) {
            subject.refuse_word_in(line, target, |shown| {
                format!("`{shown}` is no character of UTF-8 in hexadecimal such as `C2A9`, of two or three bytes")
            });
        }
    }
}

/// A byte in hexadecimal.
fn code(subject: &mut Subject<'_, '_>, line: Used<'_>, word: Word<'_>) {
    let value = word.value();
    let zeros = value.iter().take_while(|byte| **byte == b'0').count();
    if value.is_empty() || value.len() - zeros > 2 || !value.iter().all(u8::is_ascii_hexdigit) {
        subject.refuse_word_in(line, word, |shown| {
            format!("`{shown}` is no byte in hexadecimal: `00` to `FF`")
        });
    }
}

/// Whether bytes in hexadecimal begin with a character that `ngx_utf8_decode` takes and a table
/// of 65,536 holds.
fn is_utf8(text: &[u8]) -> bool {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    let Some(bytes) = text.chunks(2).map(byte).collect::<Option<Vec<u8>>>() else { return false };
    let length = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        _ => return false,
    };
    bytes.get(..length).is_some_and(|bytes| bytes[1..].iter().all(|byte| byte & 0xc0 == 0x80))
}
