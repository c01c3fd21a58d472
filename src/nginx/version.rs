//! Releases of nginx, and sets of them.
//!
//! All releases lie on one numeric line (1.9.0 < 1.10.0), stable and mainline alike, as the fact
//! tables do: a feature that was backported has a hole in its range. A [`VersionSet`] is what a
//! finding affects, what a fix is for, and what a user aims at.

use std::fmt;
use std::str::FromStr;

use smallvec::{SmallVec, smallvec};

use super::table;

/// The newest release the fact tables know.
pub const NEWEST: Version = Version::new(1, 31, 4);

/// Where an assumed target begins: the oldest release still met in distributions.
pub const OLDEST_ASSUMED: Version = Version::new(1, 20, 0);

/// One release, `major.minor.patch`.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u16,
    minor: u16,
    patch: u16,
}

impl Version {
    /// Below every release.
    pub const ZERO: Self = Self::new(0, 0, 0);

    /// The first release that is asked for: what came before is history.
    pub const ONE: Self = Self::new(1, 0, 0);

    /// The release `major.minor.patch`.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// The next place on the numeric line, whether or not it was ever released.
    pub const fn next(self) -> Self {
        Self::new(self.major, self.minor, self.patch.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// One release of nginx.
#[derive(Debug)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// When it was made: `2026-08-11`.
    pub date: &'static str,
}

/// Every release, in the order of the versions.
pub fn releases() -> &'static [Release] {
    table::RELEASES
}

/// Releases from `since` (inclusive) to `until` (exclusive; `None`: no end).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// The first release.
    pub since: Version,
    /// The first release that is out again.
    pub until: Option<Version>,
}

impl VersionRange {
    /// The range `since..until`.
    pub const fn new(since: Version, until: Option<Version>) -> Self {
        Self { since, until }
    }

    /// Whether `version` lies in the range.
    pub fn contains(self, version: Version) -> bool {
        self.since <= version && self.until.is_none_or(|until| version < until)
    }

    fn is_empty(self) -> bool {
        self.until.is_some_and(|until| until <= self.since)
    }

    fn intersect(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { since: self.since.max(other.since), until }
    }
}

/// A set of releases: disjoint ranges in order, no two of them touching.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VersionSet {
    /// Nearly every set is one range: it is kept where the set is.
    ranges: SmallVec<[VersionRange; 1]>,
}

impl VersionSet {
    /// Every release there is or will be.
    pub fn all() -> Self {
        Self::since(Version::ZERO)
    }

    /// No release.
    pub fn none() -> Self {
        Self::default()
    }

    /// One release.
    pub fn exactly(version: Version) -> Self {
        Self::between(version, version.next())
    }

    /// `version` and everything after it.
    pub fn since(version: Version) -> Self {
        VersionRange::new(version, None).into()
    }

    /// Everything before `version`.
    pub fn before(version: Version) -> Self {
        Self::between(Version::ZERO, version)
    }

    /// `since` (inclusive) to `until` (exclusive).
    pub fn between(since: Version, until: Version) -> Self {
        VersionRange::new(since, Some(until)).into()
    }

    /// What is assumed where the user names no target: 1.20.0 to the newest known release.
    pub fn assumed() -> Self {
        Self::between(OLDEST_ASSUMED, NEWEST.next())
    }

    /// The ranges, ascending, disjoint.
    pub fn ranges(&self) -> &[VersionRange] {
        &self.ranges
    }

    /// Whether no release is in the set.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether `version` is in the set.
    pub fn contains(&self, version: Version) -> bool {
        self.ranges.iter().any(|range| range.contains(version))
    }

    /// Whether every release of this set is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.is_within(&other.ranges)
    }

    /// Whether every release of this set is in one of `ranges`, which ascend and are disjoint.
    pub fn is_within(&self, ranges: &[VersionRange]) -> bool {
        self.ranges.iter().all(|own| {
            let mut left = *own;
            for range in ranges {
                if range.contains(left.since) {
                    let Some(until) = range.until else { return true };
                    left.since = until;
                }
            }
            left.is_empty()
        })
    }

    /// Whether some release is in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.ranges.iter().any(|a| other.ranges.iter().any(|b| !a.intersect(*b).is_empty()))
    }

    /// The releases in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        if let ([own], [other]) = (&self.ranges[..], &other.ranges[..]) {
            return own.intersect(*other).into();
        }
        let pairs = self.ranges.iter().flat_map(|a| other.ranges.iter().map(|b| a.intersect(*b)));
        pairs.collect()
    }

    /// The releases in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.ranges.iter().chain(&other.ranges).copied().collect()
    }

    /// The releases in this set that are not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = self.clone();
        for range in &other.ranges {
            let mut outside = Self::before(range.since);
            if let Some(until) = range.until {
                outside = outside.union(&Self::since(until));
            }
            left = left.intersect(&outside);
        }
        left
    }

    /// For a message, behind `exists` and the like: `since 1.25.1`, `before 1.25.1`, `from 1.9.5 until
    /// 1.19.7`, joined by `and`; `in no release`.
    pub fn in_words(&self) -> String {
        let words = |range: &VersionRange| match range.until {
            None => format!("since {}", range.since),
            Some(until) if range.since <= Version::ONE => format!("before {until}"),
            Some(until) => format!("from {} until {until}", range.since),
        };
        let parts: Vec<String> = self.ranges.iter().map(words).collect();
        if parts.is_empty() { "in no release".to_owned() } else { parts.join(" and ") }
    }

    /// The release that a set without any known release is judged as: the last one before it.
    /// `None` if a known release is in the set, or none is before it.
    pub fn judged_as(&self) -> Option<Version> {
        let since = self.bounds()?.since;
        let mut before = releases().iter().rev().map(|release| release.version);
        let is_known = releases().iter().any(|release| self.contains(release.version));
        before.find(|version| *version < since).filter(|_| !is_known)
    }

    /// The lowest and, where there is an end, the first release behind the highest.
    pub fn bounds(&self) -> Option<VersionRange> {
        let (first, last) = (self.ranges.first()?, self.ranges.last()?);
        Some(VersionRange::new(first.since, last.until))
    }
}

impl From<VersionRange> for VersionSet {
    fn from(range: VersionRange) -> Self {
        if range.is_empty() { Self::none() } else { Self { ranges: smallvec![range] } }
    }
}

/// Sorts the ranges, drops empty ones and joins those that touch.
impl FromIterator<VersionRange> for VersionSet {
    fn from_iter<I: IntoIterator<Item = VersionRange>>(ranges: I) -> Self {
        let mut sorted: SmallVec<[VersionRange; 4]> =
            ranges.into_iter().filter(|range| !range.is_empty()).collect();
        sorted.sort_by_key(|range| range.since);
        let mut joined: SmallVec<[VersionRange; 1]> = SmallVec::new();
        for range in sorted {
            match joined.last_mut() {
                Some(last) if last.until.is_none_or(|until| range.since <= until) => {
                    last.until = match (last.until, range.until) {
                        (Some(a), Some(b)) => Some(a.max(b)),
                        _ => None,
                    };
                }
                _ => joined.push(range),
            }
        }
        Self { ranges: joined }
    }
}

/// Comparators joined by `, ` and ` || `: `1.22.1`, `<1.25.1`, `>=1.29.4`, `>=1.25.1, <=1.31.4`.
/// An end at the newest known release is written inclusively, any other exclusively.
impl fmt::Display for VersionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ranges.is_empty() {
            return f.write_str("none");
        }
        for (index, range) in self.ranges.iter().enumerate() {
            if index > 0 {
                f.write_str(" || ")?;
            }
            match range.until {
                Some(until) if until == range.since.next() => write!(f, "{}", range.since)?,
                None if range.since == Version::ZERO => f.write_str("*")?,
                None => write!(f, ">={}", range.since)?,
                Some(until) => {
                    if range.since != Version::ZERO {
                        write!(f, ">={}, ", range.since)?;
                    }
                    if until == NEWEST.next() {
                        write!(f, "<={NEWEST}")?;
                    } else {
                        write!(f, "<{until}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Why a version or a set of versions could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionError {
    what: String,
}

impl VersionError {
    fn new(text: &str, why: &str) -> Self {
        Self { what: format!("`{}` {why}", text.trim().escape_debug()) }
    }
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for VersionError {}

/// Reads `1.22.1`; a part that is missing is an error here.
impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        match partial(text)? {
            (version, Precision::Patch) => Ok(version),
            _ => Err(VersionError::new(text, "is not a whole version: write it as `1.22.1`")),
        }
    }
}

/// Reads a target: `1.22.1`, `1.22` (= `>=1.22.0, <1.23.0`), `>=1.20, <1.26`, joined by `||`.
impl FromStr for VersionSet {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let mut union = Self::none();
        for alternative in text.split("||") {
            let mut set = Self::all();
            for comparator in alternative.split(',') {
                set = set.intersect(&comparators(comparator)?);
            }
            if set.is_empty() {
                return Err(VersionError::new(alternative, "holds no version"));
            }
            union = union.union(&set);
        }
        Ok(union)
    }
}

/// How much of `major.minor.patch` was written.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Precision {
    Major,
    Minor,
    Patch,
}

fn partial(text: &str) -> Result<(Version, Precision), VersionError> {
    let malformed = || {
        VersionError::new(
            text,
            "is not an nginx version: write it as `1.22.1`, `1.22` or `>=1.20, <1.26`",
        )
    };
    let mut numbers = [0u16; 3];
    let mut count = 0;
    for part in text.trim().split('.') {
        let slot = numbers.get_mut(count).ok_or_else(malformed)?;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        *slot = part.parse().map_err(|_| malformed())?;
        count += 1;
    }
    let precision = match count {
        1 => Precision::Major,
        2 => Precision::Minor,
        _ => Precision::Patch,
    };
    Ok((Version::new(numbers[0], numbers[1], numbers[2]), precision))
}

fn comparators(text: &str) -> Result<VersionSet, VersionError> {
    let text = text.trim();
    let operator = [">=", "<=", ">", "<", "="].into_iter().find(|sign| text.starts_with(sign));
    let (version, precision) = partial(text.strip_prefix(operator.unwrap_or("")).unwrap_or(text))?;
    let behind = match precision {
        Precision::Major => Version::new(version.major.saturating_add(1), 0, 0),
        Precision::Minor => Version::new(version.major, version.minor.saturating_add(1), 0),
        Precision::Patch => version.next(),
    };
    Ok(match operator {
        Some(">=") => VersionSet::since(version),
        Some(">") => VersionSet::since(behind),
        Some("<") => VersionSet::before(version),
        Some("<=") => VersionSet::before(behind),
        _ => VersionSet::between(version, behind),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> VersionSet {
        text.parse().expect(text)
    }

    #[test]
    fn targets_are_read_as_the_manual_says() {
        assert_eq!(set("1.22.1"), VersionSet::exactly(Version::new(1, 22, 1)));
        assert_eq!(set("1.22"), set(">=1.22.0, <1.23.0"));
        assert_eq!(set(">1.22"), set(">=1.23.0"));
        assert_eq!(set("<=1.22"), set("<1.23.0"));
        assert_eq!(set("1.22 || 1.23"), set(">=1.22, <1.24"));
        for wrong in ["", "1.", "v1.2", "1.2.3.4", ">=", "1.22,", "one", ">=1.26, <1.20", "99999.1"]
        {
            assert!(wrong.parse::<VersionSet>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn sets_print_as_comparators() {
        for text in
            ["1.22.1", ">=1.22.0, <1.23.0", "<1.25.1", ">=1.29.4", "<1.10.0 || >=1.29.4, <=1.31.4"]
        {
            assert_eq!(set(text).to_string(), text);
        }
        assert_eq!(VersionSet::all().to_string(), "*");
        assert_eq!(VersionSet::assumed().to_string(), ">=1.20.0, <=1.31.4");
    }

    #[test]
    fn an_unknown_release_is_judged_as_the_one_before_it() {
        let judged = |text: &str| set(text).judged_as().map(|version| version.to_string());
        for (text, expected) in [
            ("1.99", Some("1.31.4")),
            (">=1.99", Some("1.31.4")),
            ("1.22.9", Some("1.22.1")),
            ("0.0.1", None),
            ("1.22", None),
            ("1.22.1 || 1.99", None),
        ] {
            assert_eq!(judged(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn sets_form_an_algebra() {
        let (a, b) = (set("1.20 || >=1.25.1, <1.30"), set(">=1.20.2, <1.26 || 1.31.4"));
        for version in
            ["1.19.9", "1.20.0", "1.20.2", "1.25.0", "1.25.1", "1.26.0", "1.30.0", "1.31.4"]
        {
            let version = version.parse().unwrap();
            assert_eq!(
                a.intersect(&b).contains(version),
                a.contains(version) && b.contains(version)
            );
            assert_eq!(a.union(&b).contains(version), a.contains(version) || b.contains(version));
            assert_eq!(a.minus(&b).contains(version), a.contains(version) && !b.contains(version));
        }
        let touching: Vec<VersionRange> =
            ["1.20", "1.21", "1.23"].iter().flat_map(|text| set(text).ranges).collect();
        for (text, within) in [("1.20", true), (">=1.20.3, <1.22", true), ("1.22", false)] {
            assert_eq!(set(text).is_within(&touching), within, "{text}");
        }
        assert!(!set(">=1.20, <1.23.2").is_within(&touching));
        assert_eq!(a.meets(&b), !a.intersect(&b).is_empty());
        assert!(a.intersect(&b).is_subset(&a));
        assert!(!a.is_subset(&b));
    }
}
