//! A value that changes from release to release.

use smallvec::{SmallVec, smallvec};

use crate::nginx::{Version, VersionRange, VersionSet};

/// A value on the line of releases: what holds at first, and from which release on something else.
/// Nearly all values never change; those cost no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline<T> {
    first: T,
    /// Ascending by release.
    changes: Vec<(Version, T)>,
}

impl<T> Timeline<T> {
    /// The same in every release.
    pub const fn always(value: T) -> Self {
        Self { first: value, changes: Vec::new() }
    }

    /// `before` up to the release `version`, `after` from it on.
    pub fn changing(before: T, version: Version, after: T) -> Self {
        Self { first: before, changes: vec![(version, after)] }
    }

    /// The values with the releases in which they hold.
    pub fn pieces(&self) -> impl Iterator<Item = (VersionRange, &T)> {
        let starts = std::iter::once((Version::ZERO, &self.first))
            .chain(self.changes.iter().map(|(version, value)| (*version, value)));
        let ends = self.changes.iter().map(|(version, _)| Some(*version)).chain([None]);
        starts.zip(ends).map(|((since, value), until)| (VersionRange::new(since, until), value))
    }

    /// The values that hold somewhere in `target`, with the part of it in which they do.
    pub fn within<'t>(&'t self, target: &VersionSet) -> SmallVec<[(VersionSet, &'t T); 1]> {
        if self.changes.is_empty() {
            return smallvec![(target.clone(), &self.first)];
        }
        self.pieces()
            .map(|(range, value)| (target.intersect(&range.into()), value))
            .filter(|(part, _)| !part.is_empty())
            .collect()
    }

    /// The same timeline of something made from each value.
    pub fn map<U>(&self, make: impl Fn(&T) -> U) -> Timeline<U> {
        Timeline {
            first: make(&self.first),
            changes: self.changes.iter().map(|(version, value)| (*version, make(value))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_the_line() {
        let line = Timeline::changing("a", Version::new(1, 25, 1), "b");
        let at = |target: &str| {
            let target: VersionSet = target.parse().unwrap();
            let parts = line.within(&target);
            parts.iter().map(|(part, value)| format!("{value} {part}")).collect::<Vec<_>>()
        };
        assert_eq!(at("1.25.0"), ["a 1.25.0"]);
        assert_eq!(at("1.25.1"), ["b 1.25.1"]);
        assert_eq!(at(">=1.25.0, <1.26"), ["a 1.25.0", "b >=1.25.1, <1.26.0"]);
    }
}
