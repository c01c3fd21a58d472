//! `map` and `split_clients`: blocks whose lines are no directives.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Check, Subject};
use crate::include::Used;
use crate::model::verdict::FaultKind;
use crate::nginx::{self, Version, VersionSet, id};
use crate::syntax::{Word, is_placeholder};

/// The checks.
pub(super) const CHECKS: &[Check] = &[
    Check(id::MAP, map),
    Check(id::MAP_HASH_BUCKET_SIZE, hash),
    Check(id::MAP_HASH_MAX_SIZE, hash),
    Check(id::SPLIT_CLIENTS, split_clients),
];

/// The first `map` fixes the sizes of its level (`ngx_http_map_block`).
fn hash(subject: &mut Subject<'_, '_>) {
    super::scalar::check(subject);
    let used = subject.used;
    let config = subject.model().config();
    let is_before = |map: &Used<'_>| {
        // Where the file of the `map` is included in that of the directive.
        let mut places = std::iter::once(*map).chain(config.chain(map.instance()));
        let place = places.find(|place| place.instance() == used.instance());
        place.is_some_and(|place| place.name().node < used.name().node)
    };
    let Some(map) = subject.scope.own(id::MAP).find(is_before) else { return };
    let name = subject.name();
    let message =
        format!("`{name}` must stand before the first `map`, which takes the size as it is then");
    let fault = subject.refuse(used.directive().span(), message);
    fault.kind(FaultKind::Order).label(map.location(), "the first `map`");
}

/// `ngx_http_map_block`, `ngx_stream_map_block`
fn map(subject: &mut Subject<'_, '_>) {
    if let Some(name) = subject.arg(1) {
        subject.check_new_variable(name);
    }
    let mut keys = Keys::default();
    // Before, a value was a text or one variable.
    let texts = VersionSet::since(Version::new(1, 11, 0));
    let volatile = nginx::word(id::MAP, subject.family(), b"volatile");
    for line in subject.lines() {
        let directive = line.directive();
        let (source, value) = (directive.name(), directive.arg(0));
        let (Some(value), None) = (value, directive.arg(1)) else {
            match &*source.value() {
                b"hostnames" if value.is_none() => keys.hostnames = true,
                b"volatile" if value.is_none() => {
                    if let Some(fact) = volatile.filter(|fact| !subject.always(fact.ranges)) {
                        let message = "`volatile` is no parameter of `map` here".to_owned();
                        subject.refuse_line(line, source.span(), message).not_in(fact.ranges);
                    }
                }
                _ => count(subject, line, "a line of a `map` is a value and what it becomes"),
            }
            continue;
        };
        subject.check_variables_in(line, value, &texts);
        key(subject, line, source, &mut keys);
    }
}

/// A line that has not two words.
pub(super) fn count(subject: &mut Subject<'_, '_>, line: Used<'_>, what: &str) {
    let directive = line.directive();
    let words = directive.args().len() + 1;
    let shown = if words == 1 { "1 word".to_owned() } else { format!("{words} words") };
    let mut all = std::iter::once(directive.name()).chain(directive.args());
    // A statement may stand for words.
    if directive.tree().is_template() || all.any(|word| is_placeholder(word.raw())) {
        return;
    }
    let fault =
        subject.refuse_line(line, directive.span(), format!("{what}: 2 words, not {shown}"));
    if words > 2 {
        fault.help("put quotes around a text with blanks");
    } else {
        fault.help("an empty text is written `\"\"`");
    }
}

/// What a `map` has already.
#[derive(Default)]
struct Keys<'m> {
    hostnames: bool,
    default: Option<Used<'m>>,
    /// Of names with a `.` before them, the rest stands here too.
    exact: HashMap<Cow<'m, [u8]>, Used<'m>>,
    heads: HashMap<Cow<'m, [u8]>, Used<'m>>,
    tails: HashMap<Cow<'m, [u8]>, Used<'m>>,
}

/// The first word of a line of a `map`.
fn key<'m>(subject: &mut Subject<'m, '_>, line: Used<'m>, word: Word<'m>, keys: &mut Keys<'m>) {
    let value = word.value();
    if *value == *b"default" {
        match keys.default {
            None => keys.default = Some(line),
            Some(first) => conflict(subject, line, word, first),
        }
        return;
    }
    match &*value {
        [b'~', b'*', ..] => _ = subject.check_regex_in(line, word, 2, value.len()),
        [b'~', ..] => _ = subject.check_regex_in(line, word, 1, value.len()),
        _ => {
            if let Some(first) = keys.add(line, value, subject, word) {
                conflict(subject, line, word, first);
            }
        }
    }
}

impl<'m> Keys<'m> {
    /// `ngx_hash_add_key`: the line that has the same key.
    fn add(
        &mut self,
        line: Used<'m>,
        value: Cow<'m, [u8]>,
        subject: &mut Subject<'m, '_>,
        word: Word<'m>,
    ) -> Option<Used<'m>> {
        let key = lower(after(value, |text| usize::from(text.first() == Some(&b'\\'))));
        if !self.hostnames {
            return insert(&mut self.exact, key, line);
        }
        let stars = memchr::memchr_iter(b'*', &key).count();
        let doubled = memchr::memmem::find(&key, b"..").is_some();
        let wrong = stars > 1 || doubled || key.contains(&0);
        match &*key {
            _ if wrong => {}
            [b'.', _, ..] => {
                let key = after(key, |_| 1);
                let first = insert(&mut self.exact, key.clone(), line);
                return first.or_else(|| insert(&mut self.heads, key, line));
            }
            [b'*', b'.', _, ..] => return insert(&mut self.heads, after(key, |_| 2), line),
            [_, .., b'.', b'*'] => return insert(&mut self.tails, key, line),
            _ if stars == 0 => return insert(&mut self.exact, key, line),
            _ => {}
        }
        let fault = subject.refuse_word_in(line, word, |shown| {
            format!("`{shown}` is no name of a host, nor a pattern of names")
        });
        if let Some(fault) = fault {
            fault.help("with `hostnames`, a `*` stands alone for the first or the last part: `*.example.com`, `www.example.*`");
        }
        None
    }
}

fn insert<'m>(
    keys: &mut HashMap<Cow<'m, [u8]>, Used<'m>>,
    key: Cow<'m, [u8]>,
    line: Used<'m>,
) -> Option<Used<'m>> {
    match keys.entry(key) {
        std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
        std::collections::hash_map::Entry::Vacant(free) => {
            free.insert(line);
            None
        }
    }
}

/// A text without the bytes before `from`.
fn after(text: Cow<'_, [u8]>, from: impl Fn(&[u8]) -> usize) -> Cow<'_, [u8]> {
    let from = from(&text);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[from..]),
        Cow::Owned(mut text) => {
            text.drain(..from);
            Cow::Owned(text)
        }
    }
}

/// A text in lower case.
pub(super) fn lower(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match text.iter().any(u8::is_ascii_uppercase) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => text,
    }
}

/// Says that a line has the key of another.
fn conflict(subject: &mut Subject<'_, '_>, line: Used<'_>, word: Word<'_>, first: Used<'_>) {
    if subject.is_template(line, first) {
        return;
    }
    let other = first.directive().name();
    let same = *other.value() == *word.value();
    let fault = subject.refuse_word_in(line, word, |shown| {
        if same {
            format!("this `map` has `{shown}` already")
        } else {
            let other = crate::model::shown(&other.value());
            format!("this `map` has `{other}` already, which is the same to nginx as `{shown}`")
        }
    });
    if let Some(fault) = fault {
        fault.kind(FaultKind::Key).label(first.locate(other.span()), "it is here first");
        if !same && other.value().eq_ignore_ascii_case(&word.value()) {
            fault.help(
                "a `map` does not look at the case of letters: a regular expression, `~`, does",
            );
        }
    }
}

/// `ngx_conf_split_clients_block`
fn split_clients(subject: &mut Subject<'_, '_>) {
    if let Some(name) = subject.arg(1) {
        subject.check_new_variable(name);
    }
    // Hundredths of a percent; `*` is all that is left.
    let mut sum = 0_u64;
    for line in subject.lines() {
        let word = line.directive().name();
        let value = word.value();
        if *value == *b"*" {
            sum = WHOLE;
            continue;
        }
        let Some(part) = value.strip_suffix(b"%").and_then(hundredths).filter(|part| *part > 0)
        else {
            subject.refuse_word_in(line, word, |shown| {
                format!(
                    "`{shown}` is no share: a line of `split_clients` begins with `0.01%` to `100%`, or with `*`"
                )
            });
            continue;
        };
        let before = sum;
        sum += part;
        if before <= WHOLE && sum > WHOLE {
            subject.refuse_word_in(line, word, |shown| {
                format!("with `{shown}` the shares add up to more than 100%")
            });
        }
    }
}

const WHOLE: u64 = 10_000;

/// A number with at most two digits behind its point (`ngx_atofp`), times 100.
fn hundredths(text: &[u8]) -> Option<u64> {
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, [].as_slice()),
    };
    if text.is_empty() || fraction.len() > 2 {
        return None;
    }
    let digits = whole.iter().chain(fraction).copied();
    let sum =
        digits.chain(std::iter::repeat_n(b'0', 2 - fraction.len())).try_fold(0_u64, |sum, byte| {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
            sum.checked_mul(10)?.checked_add(digit)
        });
    // nginx keeps it in 32 bits.
    sum.map(|sum| if sum == 0 { 0 } else { sum & u64::from(u32::MAX) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_nginx_reads_them() {
        for (text, value) in
            [("0.5", 50), ("33.33", 3333), ("100", 10_000), (".5", 50), ("1.", 100), (".", 0)]
        {
            assert_eq!(hundredths(text.as_bytes()), Some(value), "{text}");
        }
        for text in ["", "0.001", "1.2.3", "-1", "a", "1 "] {
            assert_eq!(hundredths(text.as_bytes()), None, "{text}");
        }
    }
}
