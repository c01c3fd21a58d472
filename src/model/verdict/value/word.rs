//! Words of a list: one of it (`ngx_conf_set_enum_slot`) or some (`ngx_conf_set_bitmask_slot`), and
//! in which releases each is known.

use super::Subject;
use crate::model::shown;
use crate::model::verdict::fault::Fault;
use crate::nginx::{self, Flavor, ValueKind, VersionRange, VersionSet, WordFact, WordKind};
use crate::syntax::Word;

/// One word of a list.
pub(super) fn one(subject: &mut Subject<'_, '_>) {
    if let Some(word) = subject.arg(0) {
        listed(subject, word, WordKind::Enum);
    }
}

/// Some words of a list, each once.
pub(super) fn some(subject: &mut Subject<'_, '_>) {
    for (index, word) in subject.args().enumerate() {
        if !listed(subject, word, WordKind::Bitmask) {
            continue;
        }
        let value = word.value();
        let earlier = subject.args().take(index);
        if let Some(first) =
            earlier.into_iter().find(|one| one.value().eq_ignore_ascii_case(&value))
        {
            let (name, at) = (subject.name(), subject.used.locate(first.span()));
            if let Some(fault) =
                subject.refuse_word(word, |shown| format!("`{name}` has `{shown}` twice"))
            {
                fault
                    .warns()
                    .logs("duplicate value \"")
                    .label(at, "it is here already")
                    .help("leave one of them out");
            }
        }
    }
}

/// Whether a word is in the list of the facts, in all releases; else it is refused.
fn listed(subject: &mut Subject<'_, '_>, word: Word<'_>, kind: WordKind) -> bool {
    let (id, family) = (subject.id, subject.family());
    let words = nginx::words(id, family);
    if !words.iter().any(|fact| fact.kind == kind) {
        return true;
    }
    let value = word.value();
    let fact = words.iter().find(|fact| fact.kind == kind && fact.is(&value));
    if let Some(fact) = fact
        && subject.always(fact.ranges)
    {
        return true;
    }
    // What was a flag in earlier releases took the words of a flag.
    let flag = value.eq_ignore_ascii_case(b"on") || value.eq_ignore_ascii_case(b"off");
    let as_flag = if flag { subject.read_as(ValueKind::Flag) } else { VersionSet::none() };
    let Some(fact) = fact else {
        if !subject.is_open_source() || subject.versions.is_subset(&as_flag) {
            return true;
        }
        let takes: Vec<&'static str> = subject.words(kind).collect();
        let shown_words = subject.words_in_text(kind);
        let name = subject.name();
        let short = takes.len() <= 4;
        let fault = subject.refuse_word(word, |shown| {
            if short {
                format!("`{name}` takes {shown_words}, not `{shown}`")
            } else {
                format!("`{name}` does not take `{shown}`")
            }
        });
        let Some(fault) = fault else { return true };
        fault.not_in(as_flag.ranges()).logs(format!("invalid value \"{}\"", shown(&value)));
        if !short {
            fault.help(format!("it takes {shown_words}"));
        }
        suggest(fault, word, &value, takes);
        return false;
    };
    subject.known(word, fact, as_flag.ranges())
}

/// Names the word that was probably meant.
pub(super) fn suggest(
    fault: &mut Fault,
    word: Word<'_>,
    value: &[u8],
    takes: impl IntoIterator<Item = &'static str>,
) {
    if let Some(near) = nearest(value, takes) {
        fault.help(format!("did you mean `{near}`?")).mend(word.span(), near, false);
    }
}

/// The word of a list that is nearest to `value`, if one is near.
pub(super) fn nearest(
    value: &[u8],
    words: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let value = std::str::from_utf8(value).ok()?.to_lowercase();
    let limit = (value.len() / 3).max(1);
    let near =
        words.into_iter().map(|word| (strsim::osa_distance(&value, &word.to_lowercase()), word));
    let near = near.filter(|(distance, word)| *distance <= limit && *distance < word.len());
    near.min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

impl Subject<'_, '_> {
    /// Whether it is nginx without what its forks and its commercial edition add.
    pub(super) fn is_open_source(&self) -> bool {
        matches!(self.model().flavor(), Flavor::Nginx | Flavor::Openresty)
    }

    /// The releases of the target that read it so.
    pub(super) fn read_as(&self, kind: ValueKind) -> VersionSet {
        let family = self.family();
        let own = self.id.definitions().iter().filter(|one| one.family == family);
        let ranges = own.flat_map(|one| one.ranges).filter(|range| range.value == kind);
        self.versions.intersect(&ranges.map(|range| range.versions).collect())
    }

    /// The words of its list that some release of the target knows.
    fn words(&self, kind: WordKind) -> impl Iterator<Item = &'static str> {
        self.facts(kind).map(|fact| fact.word)
    }

    fn facts(&self, kind: WordKind) -> impl Iterator<Item = &'static WordFact> {
        let words = nginx::words(self.id, self.family()).iter();
        words.filter(move |fact| {
            fact.kind == kind && self.versions.meets(&fact.ranges.iter().copied().collect())
        })
    }

    /// They, for a message: `on`, `off` or, since 1.5.11, `always`.
    fn words_in_text(&self, kind: WordKind) -> String {
        let words: Vec<String> = self
            .facts(kind)
            .map(|fact| match self.boundary_of(fact) {
                Some(boundary) => format!("`{}` ({boundary})", fact.word),
                None => format!("`{}`", fact.word),
            })
            .collect();
        in_words(&words)
    }

    /// Where a word begins or ends within the target, that of a flag before among its releases.
    fn boundary_of(&self, fact: &WordFact) -> Option<String> {
        let known: VersionSet = fact.ranges.iter().copied().collect();
        let flag = fact.is(b"on") || fact.is(b"off");
        let known = if flag { known.union(&self.read_as(ValueKind::Flag)) } else { known };
        boundary(known.ranges(), self.versions)
    }

    /// Whether a word of the facts is known in all releases of the target, or taken there all the
    /// same; else says since when it is, or until when it was.
    pub(super) fn known(
        &mut self,
        word: Word<'_>,
        fact: &WordFact,
        taken: &[VersionRange],
    ) -> bool {
        if self.always(fact.ranges) {
            return true;
        }
        let known: VersionSet = fact.ranges.iter().chain(taken).copied().collect();
        if self.versions.is_subset(&known) || !self.is_open_source() {
            return true;
        }
        let missing = self.versions.minus(&known);
        let name = self.name();
        let boundary = boundary(fact.ranges, self.versions).unwrap_or_default();
        let message = format!("`{}` of `{name}` exists only {boundary}", fact.word);
        match self.refuse_word(word, |_| message) {
            None => true,
            Some(fault) => {
                fault.only_in(&missing);
                false
            }
        }
    }
}

/// Where within a target something begins or ends: `since 1.29.4`, `before 1.21.5`.
pub(super) fn boundary(ranges: &[VersionRange], target: &VersionSet) -> Option<String> {
    if target.is_within(ranges) {
        return None;
    }
    let last = ranges.last()?;
    Some(match last.until {
        None => format!("since {}", last.since),
        Some(until) => format!("before {until}"),
    })
}

/// A list for a message: `a`, `b` or `c`.
pub(super) fn in_words(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
