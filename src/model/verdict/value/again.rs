//! Words that a list has already: nginx warns and goes on (`ngx_conf_set_bitmask_slot`,
//! `ngx_http_types_slot`). The lines of one block are one list.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Subject;
use crate::nginx::{ValueKind, id, word};
use crate::source::Location;
use crate::syntax::Word;

/// Looks at the words of a list: each by itself was looked at elsewhere.
pub(in crate::model::verdict) fn check(subject: &mut Subject<'_, '_>) {
    let types = match subject.kind {
        ValueKind::Bitmask => false,
        ValueKind::MimeTypes => true,
        _ => return,
    };
    let own = subject.used.name();
    let several = subject.scope.own(subject.id).nth(1).is_some();
    if !several && !may_repeat(subject, types) {
        return;
    }
    let mut seen: HashMap<Vec<u8>, Option<Location>> = HashMap::new();
    if types {
        // What stands there unasked.
        let first: &[u8] = if subject.id == id::XSLT_TYPES { b"text/xml" } else { b"text/html" };
        seen.insert(first.to_vec(), None);
    }
    let lines: Vec<_> = subject.scope.own(subject.id).collect();
    for line in lines {
        for word in line.directive().args() {
            let value = word.value();
            // All types: nginx looks no further.
            if types && *value == *b"*" {
                return;
            }
            if !types && !is_known(subject, &value) {
                continue;
            }
            let key = value.to_ascii_lowercase();
            match seen.get(&key) {
                Some(first) if line.name() == own => report(subject, word, *first, types),
                Some(_) => {}
                None => {
                    seen.insert(key, Some(line.locate(word.span())));
                }
            }
        }
        if line.name() == own {
            return;
        }
    }
}

fn report(subject: &mut Subject<'_, '_>, word: Word<'_>, first: Option<Location>, types: bool) {
    let name = subject.name();
    let unasked = first.is_none();
    let message = |shown: &str| match (types, unasked) {
        (true, true) => format!("`{name}` has the type `{shown}` unasked"),
        (true, false) => format!("`{name}` has the type `{shown}` already"),
        (false, _) => format!("`{name}` has the word `{shown}` already"),
    };
    let Some(fault) = subject.refuse_word(word, message) else { return };
    fault.warns().help("remove it: nginx warns and goes on");
    if let Some(first) = first {
        fault.label(first, "the first one");
    }
}

fn is_known(subject: &Subject<'_, '_>, value: &[u8]) -> bool {
    word(subject.id, subject.family(), value).is_some()
}

/// Whether a word of the line may stand in it twice, or be there unasked: most lists are short, and
/// no two words are of one length.
fn may_repeat(subject: &Subject<'_, '_>, types: bool) -> bool {
    if subject.args().len() > 32 {
        return true;
    }
    let unasked = |value: &[u8]| {
        types
            && (value.eq_ignore_ascii_case(b"text/html") || value.eq_ignore_ascii_case(b"text/xml"))
    };
    let mut words = subject.args().map(Word::value).enumerate();
    words.any(|(index, value): (usize, Cow<'_, [u8]>)| {
        unasked(&value)
            || subject.args().take(index).any(|other| {
                let other = other.value();
                other.len() == value.len() && other.eq_ignore_ascii_case(&value)
            })
    })
}
