//! What is found, as plain data: no rule, no format and no configuration lives here.

mod level;
mod report;
mod setting;

pub use level::{Applicability, Category, Confidence, Level};
pub use report::{
    Card, HopRow, HopTally, LogTally, OrdinaryRow, PeerRow, Report, Speaks, Summary, TargetRow,
    Verdict,
};
pub use setting::{Origin, SettingRow};

use crate::nginx::VersionSet;
use crate::source::Location;

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule's name, kebab-case.
    pub rule: &'static str,
    /// The rule's category.
    pub category: Category,
    /// How bad it is, after confidence, target and settings were weighed.
    pub level: Level,
    /// How sure it is.
    pub confidence: Confidence,
    /// The releases in which it holds, clipped to the target; `None`: all of the target.
    pub affects: Option<VersionSet>,
    /// What is wrong: one line, no full stop, directive names in backticks.
    pub message: String,
    /// The directive or value a person would edit first.
    pub at: Location,
    /// The words of the directive at that place, else those of its line: by them it is known from run
    /// to run, whatever line it moves to. Empty until a report is made of it, and in a log.
    pub directive: String,
    /// Why it is wrong: the other places.
    pub labels: Vec<Label>,
    /// What to do, a sentence each.
    pub help: Vec<String>,
    /// What people try in vain, where logs were read.
    pub dead_ends: Vec<String>,
    /// What the error log or the client will say.
    pub symptoms: Vec<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
    /// How often error logs show it, where they were read and do.
    pub seen: Option<Seen>,
}

/// How often error logs show something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many lines.
    pub count: u64,
    /// The time of the earliest, as the log writes it (`2026/11/30 17:28:55`); empty if it writes
    /// none.
    pub first: String,
    /// The time of the latest.
    pub last: String,
}

/// A place that belongs to a finding, with what it adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub at: Location,
    /// What to see there: one line, no full stop.
    pub message: String,
}

/// One way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the edits do, in the imperative.
    pub message: String,
    /// Whether the author's meaning is kept for sure.
    pub applicability: Applicability,
    /// The releases for which it is right; `None`: all of the target.
    pub versions: Option<VersionSet>,
    /// The edits: they do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Whether it is right in every release of `target`.
    pub fn is_right_in(&self, target: &VersionSet) -> bool {
        self.versions.as_ref().is_none_or(|versions| target.is_subset(versions))
    }
}

/// Replaces the bytes at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub at: Location,
    /// What stands there afterwards.
    pub text: String,
}
