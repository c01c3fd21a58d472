//! What may be said of texts that several units use: what is right in one may be wrong in another.

use std::collections::HashMap;

use super::unit::Unit;
use crate::diagnostic::{Diagnostic, Fix};
use crate::rules;
use crate::source::{Location, SourceId};

/// Takes away the fixes of texts that another unit of the run uses too and would not have fixed so. `ends` are
/// the numbers of findings when each unit had been asked.
pub(super) fn withhold(findings: &mut [Diagnostic], units: &[Unit], ends: &[usize]) {
    if units.len() < 2 {
        return;
    }
    let unit_of = |index: usize| ends.partition_point(|end| *end <= index);
    // By unit.
    let mut offered: HashMap<_, Vec<(usize, Vec<Fix>)>> = HashMap::new();
    for (index, one) in findings.iter().enumerate().filter(|(_, one)| !one.fixes.is_empty()) {
        let offers = offered.entry((one.rule, one.at)).or_default();
        offers.push((unit_of(index), one.fixes.clone()));
    }
    for (index, one) in findings.iter_mut().enumerate() {
        let Some(offers) = offered.get(&(one.rule, one.at)) else { continue };
        let offers_it = |unit: usize, fix: &Fix| {
            offers.iter().any(|(other, fixes)| *other == unit && fixes.contains(fix))
        };
        one.fixes.retain(|fix| {
            // Fragments without a root stand beside what roots include, and prove nothing of that.
            let changes = |unit: &Unit| {
                unit.root().is_some() && fix.edits.iter().any(|edit| unit.uses(edit.at.source))
            };
            let mut all = units.iter().enumerate().filter(|(_, unit)| changes(unit));
            all.all(|(unit, _)| unit == unit_of(index) || offers_it(unit, fix))
        });
    }
}

/// Takes away what is said of comments without effect in one unit that have one in another: only
/// what all the units that report a text say of a comment stays. `units` tells how many those are.
pub(super) fn keep_common(findings: &mut Vec<Diagnostic>, units: &HashMap<SourceId, usize>) {
    let unused = |one: &Diagnostic| one.rule == rules::UNUSED_SUPPRESSION.name;
    let mut said: HashMap<Location, usize> = HashMap::new();
    for one in findings.iter().filter(|one| unused(one)) {
        *said.entry(one.at).or_default() += 1;
    }
    findings.retain(|one| !unused(one) || said.get(&one.at) >= units.get(&one.at.source));
}
