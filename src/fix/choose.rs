//! Which fixes are applied in a round.

use std::collections::HashMap;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Report};
use crate::source::SourceId;

/// A fix that is applied.
pub(super) struct Chosen<'r> {
    pub(super) rule: &'static str,
    /// The text that the finding is in.
    pub(super) at: SourceId,
    pub(super) fix: &'r Fix,
}

/// For each finding the fix that is right and may be applied, unless another one touches what it
/// changes: then it waits for the next round. All edits of a fix are made, or none. Of several that
/// are equally good none is applied: to choose is the user's.
pub(super) fn choose(report: &Report, unsafely: bool) -> Vec<Chosen<'_>> {
    let mut chosen: Vec<Chosen<'_>> = Vec::new();
    let mut taken: HashMap<SourceId, Vec<&Edit>> = HashMap::new();
    for finding in &report.diagnostics {
        let may_be = |fix: &&Fix| unsafely || fix.applicability == Applicability::Safe;
        let Some(fix) = best(report, finding).filter(may_be) else { continue };
        let is_free = |edit: &Edit| {
            let others = taken.get(&edit.at.source).into_iter().flatten();
            others.clone().all(|other| !touch(edit, other))
        };
        if !fix.edits.iter().all(is_free) {
            continue;
        }
        for edit in &fix.edits {
            taken.entry(edit.at.source).or_default().push(edit);
        }
        chosen.push(Chosen { rule: finding.rule, at: finding.at.source, fix });
    }
    chosen
}

/// The fix of a finding that is better than all others that are right: a safe one before those that
/// guess.
pub(super) fn best<'r>(report: &Report, finding: &'r Diagnostic) -> Option<&'r Fix> {
    let right = || finding.fixes.iter().filter(|fix| is_right(report, fix));
    let is_safe = |fix: &&Fix| fix.applicability == Applicability::Safe;
    let some_are_safe = right().any(|fix| is_safe(&fix));
    let mut best = right().filter(|fix| is_safe(fix) == some_are_safe);
    best.next().filter(|_| best.next().is_none())
}

/// Whether a fix is right in the whole target and changes nothing but what is the report's own.
fn is_right(report: &Report, fix: &Fix) -> bool {
    fix.is_right_in(&report.target.versions)
        && !fix.edits.is_empty()
        && fix.edits.iter().all(|edit| report.own.contains(&edit.at.source))
}

/// Whether the order of two edits would matter. What one inserts and another begins with are two
/// things, if it is no insertion at the same place.
fn touch(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.at.span, other.at.span);
    if a.is_empty() && b.is_empty() {
        return a.start == b.start;
    }
    a.start <= b.end && b.start <= a.end
}
