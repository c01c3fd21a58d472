//! Applies the fixes of findings, and lets no other byte change.
//!
//! A round chooses fixes that do not touch each other (`choose`), makes the new texts (`apply`)
//! and looks whether they say what the edits say and nothing else (`verify`). The new texts are
//! linted again, for what was in the way of a fix or came to light by one, until nothing is left to
//! do. A run that does not come to rest changes nothing.
//!
//! Nothing is written here: whoever calls says what the texts are and lints them.

mod apply;
mod choose;
mod diff;
#[cfg(test)]
mod tests;
mod verify;

pub use diff::diff;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::choose::Chosen;
use crate::diagnostic::{Applicability, Diagnostic, Report};
use crate::source::{Bytes, SourceId};

/// Texts by the names of their files.
pub type Texts = BTreeMap<PathBuf, Bytes>;

/// What came of fixing.
#[derive(Debug)]
pub struct Fixed {
    /// What is left, of the texts as they are then.
    pub report: Report,
    /// The texts that are others now.
    pub changed: Vec<Changed>,
    /// The fixes that were applied, in the order of the rounds.
    pub applied: Vec<Applied>,
    /// Fixes that would be right and change more than they say: none was applied.
    pub withheld: Vec<Applied>,
}

/// A text that fixes changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The name of its file, as one would type it.
    pub path: PathBuf,
    /// The bytes as they were read.
    pub before: Bytes,
    /// The bytes now.
    pub after: Bytes,
}

/// A fix of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule.
    pub rule: &'static str,
    /// The file that the finding is in.
    pub path: PathBuf,
    /// What the fix does.
    pub message: String,
    /// The words of the directive that the finding is at.
    pub directive: String,
}

/// Why nothing was changed.
#[derive(Debug)]
pub enum Error<E> {
    /// The fixes of these rules undo each other.
    Unsettled(Vec<&'static str>),
    /// A changed text could not be linted.
    Lint(E),
}

/// Applies fixes that are right in the whole target to the texts that the report calls its own:
/// safe ones, and with `unsafely` also those that guess. `lint` reports on the configuration where
/// these texts stand for those of their names.
///
/// # Errors
/// The fixes do not come to rest within ten rounds, or a text cannot be linted.
pub fn fix<E>(
    mut report: Report,
    unsafely: bool,
    mut lint: impl FnMut(&Texts) -> Result<Report, E>,
) -> Result<Fixed, Error<E>> {
    let mut texts = Texts::new();
    let mut before = Texts::new();
    let mut applied = Vec::new();
    let mut withheld: Vec<Applied> = Vec::new();
    // How many fixes there were before the round before the last.
    let mut settled = 0;
    for round in 0.. {
        let mut chosen = choose::choose(&report, unsafely);
        chosen.retain(|one| !withheld.contains(&applied_of(&report, one)));
        if chosen.is_empty() {
            break;
        }
        if round == ROUNDS {
            // Fixes that undo each other take turns.
            let last =
                applied.get(settled..).unwrap_or_default().iter().map(|one: &Applied| one.rule);
            let mut rules: Vec<&str> =
                chosen.iter().map(|one| one.finding.rule).chain(last).collect();
            rules.sort_unstable();
            rules.dedup();
            return Err(Error::Unsettled(rules));
        }
        let mut kept: Vec<Chosen<'_>> = Vec::new();
        let mut next = apply::apply(&report.sources, &chosen);
        if next.iter().all(|text| verify::verify(&report.sources, text)) {
            kept = chosen;
        } else {
            // Which of them it is, each one tells by itself.
            for one in chosen {
                let alone = apply::apply(&report.sources, std::slice::from_ref(&one));
                if alone.iter().all(|text| verify::verify(&report.sources, text)) {
                    kept.push(one);
                } else {
                    withheld.push(applied_of(&report, &one));
                }
            }
            next = apply::apply(&report.sources, &kept);
            if !next.iter().all(|text| verify::verify(&report.sources, text)) {
                withheld.extend(kept.iter().map(|one| applied_of(&report, one)));
                continue;
            }
        }
        if kept.is_empty() {
            continue;
        }
        if round + 2 == ROUNDS {
            settled = applied.len();
        }
        applied.extend(kept.iter().map(|one| applied_of(&report, one)));
        drop(kept);
        for text in next {
            let source = report.sources.source(text.source);
            before.entry(source.name.clone()).or_insert_with(|| source.bytes.clone());
            texts.insert(source.name.clone(), text.bytes.into());
        }
        report = lint(&texts).map_err(Error::Lint)?;
    }
    let changed = before.into_iter().filter_map(|(path, before)| {
        let after = texts.get(&path).filter(|after| **after != before)?;
        Some(Changed { after: after.clone(), path, before })
    });
    Ok(Fixed { changed: changed.collect(), report, applied, withheld })
}

fn applied_of(report: &Report, one: &Chosen<'_>) -> Applied {
    let path: &Path = &report.sources.source(one.finding.at.source).name;
    Applied {
        rule: one.finding.rule,
        path: path.to_path_buf(),
        message: one.fix.message.clone(),
        directive: one.finding.directive.clone(),
    }
}

/// How many findings could be fixed by an unsafe fix, and by no safe one.
pub fn unsafely_fixable(report: &Report) -> usize {
    let guesses = |finding: &&Diagnostic| {
        report.best_fix(finding).is_some_and(|fix| fix.applicability == Applicability::Unsafe)
    };
    let findings = report.diagnostics.iter().filter(guesses);
    findings.count()
}

/// A text to be changed.
struct Text<'r> {
    source: SourceId,
    edits: Vec<&'r crate::diagnostic::Edit>,
    bytes: Vec<u8>,
}

/// After so many rounds fixes have undone each other.
const ROUNDS: usize = 10;
