//! Which fixes are applied in a round.

use std::collections::HashMap;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Report};
use crate::source::SourceId;

/// A fix that is applied.
pub(super) struct Chosen<'r> {
    pub(super) finding: &'r Diagnostic,
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
        let Some(fix) = report.best_fix(finding).filter(may_be) else { continue };
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
        chosen.push(Chosen { finding, fix });
    }
    chosen
}

/// Whether the order of two edits could matter: they overlap, or one ends where the other begins.
/// Insertions at two places do not.
fn touch(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.at.span, other.at.span);
    if a.is_empty() && b.is_empty() {
        return a.start == b.start;
    }
    a.start <= b.end && b.start <= a.end
}
