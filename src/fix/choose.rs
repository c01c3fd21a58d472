//! Which fixes are applied in a round.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Report};
use crate::source::{SourceId, Sources};
use crate::syntax::{self, NodeId, Parsed};

/// A fix that is applied.
pub(super) struct Chosen<'r> {
    pub(super) finding: &'r Diagnostic,
    pub(super) fix: &'r Fix,
}

/// For each finding the fix that is right and may be applied, unless another one touches what it
/// changes: then it waits for the next round. All edits of a fix are made, or none. Of several that
/// are equally good none is applied: to choose is the user's. What two fixes would write into one
/// block, as each for its own sake, is written once: the second waits, and may be needless then.
pub(super) fn choose(report: &Report, unsafely: bool) -> Vec<Chosen<'_>> {
    let mut chosen: Vec<Chosen<'_>> = Vec::new();
    let mut taken: HashMap<SourceId, Vec<&Edit>> = HashMap::new();
    let (mut blocks, mut written) = (Blocks::default(), HashSet::new());
    for finding in &report.diagnostics {
        let may_be = |fix: &&Fix| unsafely || fix.applicability == Applicability::Safe;
        let Some(fix) = report.best_fix(finding).filter(may_be) else { continue };
        let is_free = |edit: &Edit| {
            let others = taken.get(&edit.at.source).into_iter().flatten();
            others.clone().all(|other| !touch(edit, other))
        };
        let mut new = fix.edits.iter().filter_map(|edit| blocks.inserted(&report.sources, edit));
        if !fix.edits.iter().all(is_free) || new.any(|line| written.contains(&line)) {
            continue;
        }
        written.extend(fix.edits.iter().filter_map(|edit| blocks.inserted(&report.sources, edit)));
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

/// The texts that are changed, split, to tell in which block an edit writes.
#[derive(Default)]
struct Blocks {
    trees: HashMap<SourceId, Parsed>,
}

impl Blocks {
    /// The directive that an edit adds, and the innermost block that it adds it to.
    fn inserted<'e>(
        &mut self,
        sources: &Sources,
        edit: &'e Edit,
    ) -> Option<(SourceId, Option<NodeId>, &'e str)> {
        let (at, text) = (edit.at, edit.text.trim());
        if !at.span.is_empty() || !text.ends_with(';') {
            return None;
        }
        let bytes = || sources.source(at.source).bytes.clone();
        let parsed = self.trees.entry(at.source).or_insert_with(|| syntax::parse(bytes()));
        let mut around = parsed.tree.before(at.span.start);
        while let Some(one) = around {
            if one.is_block() && at.span.start < one.whole_span().end {
                break;
            }
            around = one.parent();
        }
        Some((at.source, around.map(|one| one.node_id()), text))
    }
}
