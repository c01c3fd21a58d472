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
    let mut known: BTreeMap<(&'static str, crate::source::Location), usize> = BTreeMap::new();
    for finding in findings {
        let key = (finding.diagnostic.rule, finding.diagnostic.at);
        match known.get(&key) {
            None => {
                known.insert(key, merged.len());
                let instances = finding.instance.into_iter().collect();
                merged.push((finding, instances));
            }
            Some(&index) => {
                let (first, instances) = &mut merged[index];
                match finding.instance {
                    // Twice in one use: two findings, as of a pattern that matches two wrong files.
                    Some(instance) if instances.contains(&instance) => {
                        merged.push((finding, vec![instance]));
                    }
                    Some(instance) => {
                        instances.push(instance);
                        add(first, finding);
                    }
                    None => add(first, finding),
                }
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
