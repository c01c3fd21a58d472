//! What the build makes of the files in `data/`: one row for each name.

use super::directive::{
    Arguments, Definition, DirectiveId, Family, Merge, Origin, Range, Repeat, ValueKind, id,
};
use super::value::{Bound, Deprecation, Status, WordFact, WordKind};
use super::variable::{Variable, VariableRange};
use super::version::Release;
use super::{Contexts, Flavor, Version, VersionRange};

/// All that is known of a directive's name.
pub(super) struct Row {
    pub name: &'static str,
    /// Those of nginx first.
    pub definitions: &'static [Definition],
    /// What any of them takes since 1.0.0 without a block.
    pub lines: Arguments,
    /// What any of them takes since 1.0.0 with a block.
    pub blocks: Arguments,
    pub free_form: bool,
    /// With the directives that fill the same place.
    pub merges: &'static [(Family, Merge, &'static [DirectiveId])],
    /// Where the directive's own code decides; the release is that of nginx.
    pub repeats: &'static [(Family, VersionRange, Repeat)],
    /// Ascending by word.
    pub words: &'static [(Family, &'static [WordFact])],
    pub bounds: &'static [Bound],
    pub deprecations: &'static [Deprecation],
}

const fn since(major: u16, minor: u16, patch: u16) -> VersionRange {
    VersionRange::new(Version::new(major, minor, patch), None)
}

const fn between(since: (u16, u16, u16), until: (u16, u16, u16)) -> VersionRange {
    let until = Version::new(until.0, until.1, until.2);
    VersionRange::new(Version::new(since.0, since.1, since.2), Some(until))
}

const fn contexts(all: &[Contexts]) -> Contexts {
    let mut union = Contexts::NONE;
    let mut index = 0;
    while index < all.len() {
        union = union.union(all[index]);
        index += 1;
    }
    union
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));
