//! What to run, at which level, and what to show.

use std::collections::HashSet;

use crate::diagnostic::{Confidence, Level};
use crate::rules::Rule;
use crate::source::SourceId;

/// What to run and what to show. Names are those of rules and categories, known to exist.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Only these run; all, if empty.
    pub select: Vec<String>,
    /// These do not run.
    pub ignore: Vec<String>,
    /// Levels of the command line, over all others.
    pub levels: Vec<(String, Level)>,
    /// Levels of the settings.
    pub settings: Vec<(String, Level)>,
    /// Levels of the settings for some files, over the former; the last that fits counts.
    pub per_path: Vec<PerPath>,
    /// Findings below are hidden.
    pub min_level: Level,
    /// Findings below are hidden.
    pub min_confidence: Confidence,
}

/// Levels for some files.
#[derive(Clone, Debug)]
pub struct PerPath {
    /// Which files.
    pub files: HashSet<SourceId>,
    /// The levels there.
    pub levels: Vec<(String, Level)>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            select: Vec::new(),
            ignore: Vec::new(),
            levels: Vec::new(),
            settings: Vec::new(),
            per_path: Vec::new(),
            min_level: Level::Warning,
            min_confidence: Confidence::Likely,
        }
    }
}

impl Policy {
    /// Whether a rule runs. One that is off runs only if it is selected by its own name or if a
    /// level is set for that: a category speaks of its rules that are on.
    pub fn runs(&self, rule: &Rule) -> bool {
        let named = |list: &[String]| {
            list.iter().any(|name| name == rule.name || name == rule.category.name())
        };
        if named(&self.ignore) || !(self.select.is_empty() || named(&self.select)) {
            return false;
        }
        let set = |levels: &[(String, Level)]| find(levels, rule);
        let everywhere = set(&self.levels).or_else(|| set(&self.settings)).unwrap_or(rule.level);
        everywhere != Level::Allow
            || self.select.iter().any(|name| name == rule.name)
            || self.per_path.iter().any(|one| set(&one.levels).is_some())
    }

    /// The level that the user set for a rule in a file.
    pub fn level(&self, rule: &Rule, file: SourceId) -> Option<Level> {
        let in_path = || {
            self.per_path.iter().rev().find_map(|one| {
                one.files.contains(&file).then(|| find(&one.levels, rule)).flatten()
            })
        };
        find(&self.levels, rule).or_else(in_path).or_else(|| find(&self.settings, rule))
    }
}

/// The last level given for a rule by its own name, else the last for its category if the rule is
/// on.
fn find(levels: &[(String, Level)], rule: &Rule) -> Option<Level> {
    let last =
        |name: &str| levels.iter().rev().find(|(own, _)| own == name).map(|(_, level)| *level);
    let by_category = || last(rule.category.name()).filter(|_| rule.level != Level::Allow);
    last(rule.name).or_else(by_category)
}
