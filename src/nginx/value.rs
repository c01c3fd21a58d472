//! The words that values are made of, bounds, defaults, and what is on its way out.

use super::directive::{DirectiveId, Family, Origin};
use super::table::TABLE;
use super::{Version, VersionRange};

/// A word that a directive knows.
#[derive(Debug)]
pub struct WordFact {
    /// The word: `http_502`, `backlog=`, `unix:`.
    pub word: &'static str,
    /// Whether more follows in the same word: `backlog=511`.
    pub prefix: bool,
    /// What kind of word it is.
    pub kind: WordKind,
    /// Since when, ascending, disjoint.
    pub ranges: &'static [VersionRange],
}

impl WordFact {
    /// Whether `text` is this word, or begins with it and may go on.
    pub fn is(&self, text: &[u8]) -> bool {
        let word = self.word.as_bytes();
        // Most differ in their first byte by more than its case: each word asks all facts.
        if let (Some(own), Some(other)) = (word.first(), text.first())
            && (own ^ other) & !0x20 != 0
        {
            return false;
        }
        let Some(head) = text.get(..word.len()) else { return false };
        let whole = self.prefix || text.len() == word.len();
        // nginx compares values of lists, and the schemes of URLs, whatever the case.
        let any_case = self.kind != WordKind::Parameter || word.ends_with(b"://");
        whole && if any_case { head.eq_ignore_ascii_case(word) } else { head == word }
    }
}

/// What kind of word it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum WordKind {
    /// One of a list; any other is refused.
    Enum,
    /// Some of a list; any other is refused.
    Bitmask,
    /// A word the directive's own code looks for; others may be taken too.
    Parameter,
}

/// The words a directive knows, ascending. Empty if its values are no words.
pub fn words(id: DirectiveId, family: Family) -> &'static [WordFact] {
    let families = TABLE[id.index()].words;
    families.iter().find(|(of, _)| *of == family).map_or(&[], |(_, words)| words)
}

/// What the directive makes of `text`: the word itself, or the longest that it begins with.
pub fn word(id: DirectiveId, family: Family, text: &[u8]) -> Option<&'static WordFact> {
    let fits = words(id, family).iter().filter(|fact| fact.is(text));
    fits.max_by_key(|fact| (!fact.prefix, fact.word.len()))
}

/// Whether the directive knows that word in any part of nginx.
pub fn is_word_of(id: DirectiveId, text: &[u8]) -> bool {
    TABLE[id.index()].words.iter().any(|(_, words)| words.iter().any(|fact| fact.is(text)))
}

/// The least and the greatest number a directive takes.
#[derive(Debug)]
pub struct Bound {
    /// In which part of nginx.
    pub family: Family,
    /// Since when.
    pub versions: VersionRange,
    /// The least.
    pub min: u32,
    /// The greatest.
    pub max: u32,
}

/// The bounds of a directive's number, if it has any.
pub fn bounds(id: DirectiveId, family: Family) -> impl Iterator<Item = &'static Bound> {
    TABLE[id.index()].bounds.iter().filter(move |bound| bound.family == family)
}

/// What holds where a directive of nginx is not given, release by release. Where two modules of a
/// family define the name (`keepalive_timeout`: a location's and an upstream's), that of the first.
pub fn defaults(id: DirectiveId, family: Family) -> &'static [(VersionRange, &'static str)] {
    let mut own = id.definitions().iter().filter(|one| one.origin == Origin::Nginx);
    own.find(|one| one.family == family).map_or(&[], |one| one.defaults)
}

/// [`defaults`] in one release.
pub fn default_at(id: DirectiveId, family: Family, version: Version) -> Option<&'static str> {
    let mut ranges = defaults(id, family).iter();
    ranges.find(|(versions, _)| versions.contains(version)).map(|(_, value)| *value)
}

/// A directive, or a word of one, that nginx gives up or gave up.
#[derive(Debug)]
pub struct Deprecation {
    /// In which part of nginx.
    pub family: Family,
    /// The word; `None`: the whole directive.
    pub parameter: Option<&'static str>,
    /// How far that has got.
    pub status: Status,
    /// In which releases.
    pub versions: VersionRange,
    /// What to write instead.
    pub replacement: Option<&'static str>,
}

/// How far nginx has got with giving something up.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It works, and nginx warns.
    Deprecated,
    /// It is ignored, and nginx warns.
    Obsolete,
    /// It is known, and always an error.
    Rejected,
    /// It is unknown.
    Removed,
    /// It works, and nginx does not warn.
    Superseded,
}

/// What nginx gives up of a directive, and when.
pub fn deprecations(id: DirectiveId) -> &'static [Deprecation] {
    TABLE[id.index()].deprecations
}
