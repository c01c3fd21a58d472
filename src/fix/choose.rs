//! Which fixes are applied in a round.

use std::collections::HashMap;

use crate::diagnostic::{Applicability, Edit, Fix, Report};
use crate::source::SourceId;

/// A fix that is applied.
pub(super) struct Chosen<'r> {
    pub(super) rule: &'static str,
    /// The text that the finding is in.
    pub(super) at: SourceId,
    pub(super) fix: &'r Fix,
}

/// For each finding the first fix that is right and may be applied, unless another one touches what
/// it changes: then it waits for the next round. All edits of a fix are made, or none.
pub(super) fn choose(report: &Report, unsafely: bool) -> Vec<Chosen<'_>> {
    let mut chosen: Vec<Chosen<'_>> = Vec::new();
    let mut taken: HashMap<SourceId, Vec<&Edit>> = HashMap::new();
    for finding in &report.diagnostics {
        let may_be = |fix: &&Fix| {
            (unsafely || fix.applicability == Applicability::Safe) && is_right(report, fix)
        };
        let Some(fix) = finding.fixes.iter().find(may_be) else { continue };
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

/// Whether a fix is right in the whole target and changes nothing but what is the report's own.
pub(super) fn is_right(report: &Report, fix: &Fix) -> bool {
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
