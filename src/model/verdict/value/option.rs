//! Parameters: the words that a directive's own code looks for, each known to some releases.

use super::Subject;
use crate::nginx::{self, Family, Flavor, VersionRange, VersionSet, WordFact};
use crate::syntax::Word;

impl Subject<'_, '_> {
    /// Whether a release of the target takes the parameter; says so of those that do not.
    pub(super) fn knows(&mut self, word: Word<'_>, value: &[u8]) -> bool {
        let fact = nginx::word(self.id, self.family(), value);
        if fact.is_some_and(|fact| self.always(fact.ranges)) {
            return true;
        }
        // The forks and NGINX Plus have parameters of their own, or have nginx's since other
        // releases.
        if !matches!(self.model().flavor(), Flavor::Nginx | Flavor::Openresty) {
            return true;
        }
        let Some(fact) = fact else {
            self.refuse_parameter(word, value);
            return false;
        };
        let (name, when) = (self.name(), when(self.versions, fact.ranges));
        let known = &fact.ranges.iter().copied().collect();
        let taken = self.versions.meets(known);
        let shown = fact.word;
        if let Some(fault) =
            self.refuse_word(word, |_| format!("`{name}` takes `{shown}` only {when}"))
        {
            fault.not_in(fact.ranges);
        }
        taken
    }

    /// Says that there is no such parameter, and which one may be meant.
    pub(super) fn refuse_parameter(&mut self, word: Word<'_>, value: &[u8]) {
        let (id, family, name) = (self.id, self.family(), self.name());
        let others = [Family::Http, Family::Stream, Family::Mail];
        let other = others
            .into_iter()
            .find(|other| *other != family && nginx::word(id, *other, value).is_some());
        let meant = meant(nginx::words(id, family), value);
        let message = |shown: &str| match other {
            Some(other) => {
                let (here, there) = (part(family), part(other));
                format!("`{name}` in `{here}` takes no `{shown}`, only in `{there}`")
            }
            None => format!("`{name}` takes no parameter `{shown}`"),
        };
        let Some(fault) = self.refuse_word(word, message) else { return };
        if let Some(meant) = meant {
            fault.help(format!("did you mean `{meant}`?"));
        }
    }

    /// The number behind `=`; says so if there is none, or a 0 that may not be.
    pub(super) fn take_number(&mut self, word: Word<'_>, value: &[u8], zero: bool) {
        let Some((key, number)) = split(value) else { return };
        if super::number::number(number).is_some_and(|number| zero || number > 0) {
            return;
        }
        let least = usize::from(!zero);
        let key = crate::model::shown(key);
        self.refuse_word(word, |shown| {
            format!("`{key}=` takes a whole number from {least} on, and `{shown}` has none")
        });
    }

    /// The time behind `=`, in whole seconds.
    pub(super) fn take_seconds(&mut self, word: Word<'_>, value: &[u8]) {
        let Some((key, time)) = split(value) else { return };
        if super::number::time(time, super::number::Unit::Second).ok().is_some() {
            return;
        }
        let key = crate::model::shown(key);
        let message =
            |shown: &str| format!("`{key}=` takes a time in seconds, and `{shown}` has none");
        let milliseconds = time.ends_with(b"ms");
        let Some(fault) = self.refuse_word(word, message) else { return };
        fault.help(if milliseconds {
            "milliseconds are not taken here: write whole seconds"
        } else {
            "write a number of seconds, or one with a unit: `30s`, `5m`, `1h 30m`"
        });
    }

    /// The size behind `=`.
    pub(super) fn take_size(&mut self, word: Word<'_>, value: &[u8]) {
        let Some((key, size)) = split(value) else { return };
        if super::number::size(size).is_some() {
            return;
        }
        let key = crate::model::shown(key);
        let message = |shown: &str| format!("`{key}=` takes a size, and `{shown}` has none");
        let Some(fault) = self.refuse_word(word, message) else { return };
        fault.help("write a number of bytes, or one with `k` or `m`: `64k`");
    }
}

/// What stands before the first `=` and behind it.
pub(super) fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'=', value)?;
    Some((&value[..at], &value[at + 1..]))
}

/// The block of a family.
pub(super) const fn part(family: Family) -> &'static str {
    match family {
        Family::Stream => "stream",
        Family::Mail => "mail",
        _ => "http",
    }
}

/// When a word is taken, for somebody who runs `versions`.
fn when(versions: &VersionSet, ranges: &[VersionRange]) -> String {
    let ends = ranges.last().and_then(|range| range.until);
    let begins = ranges.last().map(|range| range.since);
    let first = versions.bounds().map(|bounds| bounds.since);
    match (begins, ends) {
        (_, Some(until)) if first.is_some_and(|first| first >= until) => {
            format!("before {until}")
        }
        (Some(since), None) => format!("since {since}"),
        _ => format!("in the releases {}", ranges.iter().copied().collect::<VersionSet>()),
    }
}

/// The word that looks most like `value`.
fn meant(words: &'static [WordFact], value: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(value).ok()?.to_ascii_lowercase();
    let key = text.split_inclusive('=').next()?;
    let distances = words.iter().map(|fact| {
        let word = fact.word.split_inclusive('=').next().unwrap_or(fact.word);
        (strsim::osa_distance(key, word), fact.word)
    });
    let (distance, word) = distances.min()?;
    (distance <= 2 && distance < word.len() / 2).then_some(word)
}
