//! One place, one finding: what several uses of a file found at the same place is put together.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::include::InstanceId;
use crate::model::Model;
use crate::rules::Finding;

/// Merges findings of one rule at one place. Where only some uses of the file have it, labels say
/// through which includes; a fix stays only if every use of the files it changes offers it.
pub(super) fn uses(model: &Model<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<(Finding, Vec<InstanceId>)> = Vec::new();
    let mut known: BTreeMap<(&'static str, crate::source::Location), Vec<usize>> = BTreeMap::new();
    for finding in findings {
        let alike = known.entry((finding.diagnostic.rule, finding.diagnostic.at)).or_default();
        // One use may find several things at one place, as of a pattern that matches two wrong files:
        // the first of one use is the first of another.
        let first = alike.iter().copied().find(|&index| {
            finding.instance.is_none_or(|instance| !merged[index].1.contains(&instance))
        });
        match first {
            Some(index) => {
                let (first, instances) = &mut merged[index];
                instances.extend(finding.instance);
                add(first, finding);
            }
            None => {
                alike.push(merged.len());
                let instances = finding.instance.into_iter().collect();
                merged.push((finding, instances));
            }
        }
    }
    let config = model.config();
    merged
        .into_iter()
        .map(|(mut finding, instances)| {
            let source = finding.diagnostic.at.source;
            // What other uses of another file would say of a change there, nobody asked.
            finding.diagnostic.fixes.retain(|fix| {
                let mut changed = fix.edits.iter().map(|edit| edit.at.source);
                changed.all(|one| one == source || config.uses_of(one) == 1)
            });
            if !instances.is_empty() && config.uses_of(source) > instances.len() {
                finding.diagnostic.fixes.clear();
                for include in instances.iter().filter_map(|one| config.chain(*one).next()) {
                    let message = "when included from here".to_owned();
                    finding.diagnostic.labels.push(Label { at: include.location(), message });
                }
            }
            finding
        })
        .collect()
}

fn add(first: &mut Finding, other: Finding) {
    let (own, theirs) = (&mut first.diagnostic, other.diagnostic);
    match theirs.confidence.cmp(&own.confidence) {
        Ordering::Less => {}
        Ordering::Equal => {
            own.affects = match (own.affects.take(), theirs.affects) {
                (Some(a), Some(b)) => Some(a.union(&b)),
                _ => None,
            };
        }
        Ordering::Greater => (own.confidence, own.affects) = (theirs.confidence, theirs.affects),
    }
    own.fixes.retain(|fix| theirs.fixes.contains(fix));
    for label in theirs.labels {
        if !own.labels.contains(&label) {
            own.labels.push(label);
        }
    }
    first.likely_level = first.likely_level.max(other.likely_level);
}
