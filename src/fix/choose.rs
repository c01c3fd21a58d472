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
        let safe = the_one(report, finding, Applicability::Safe);
        let guess = || the_one(report, finding, Applicability::Unsafe).filter(|_| unsafely);
        let Some(fix) = safe.or_else(guess) else { continue };
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

/// The fix of a finding that is the only right one of its kind.
pub(super) fn the_one<'r>(
    report: &Report,
    finding: &'r Diagnostic,
    kind: Applicability,
) -> Option<&'r Fix> {
    let fits = |fix: &&Fix| fix.applicability == kind && is_right(report, fix);
    let mut right = finding.fixes.iter().filter(fits);
    right.next().filter(|_| right.next().is_none())
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
