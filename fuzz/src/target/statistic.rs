//! How much of what is put before the fixer makes it work. With `NGXLINT_FUZZ_STATISTICS` in the
//! environment it is printed, at every thousandth input.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
struct Statistic {
    inputs: u64,
    fixed: u64,
    applied: BTreeMap<&'static str, u64>,
}

/// Counts an input, and the rules whose fixes were applied to it.
pub(super) fn count(applied: &[&'static str]) {
    static STATISTIC: Mutex<Option<Statistic>> = Mutex::new(None);
    if std::env::var_os("NGXLINT_FUZZ_STATISTICS").is_none() {
        return;
    }
    let mut statistic = STATISTIC.lock().unwrap_or_else(PoisonError::into_inner);
    let statistic = statistic.get_or_insert_default();
    statistic.inputs += 1;
    statistic.fixed += u64::from(!applied.is_empty());
    for rule in applied {
        *statistic.applied.entry(rule).or_default() += 1;
    }
    if statistic.inputs.is_multiple_of(1000) {
        let fixes: u64 = statistic.applied.values().sum();
        let Statistic { inputs, fixed, applied } = statistic;
        eprintln!("{inputs} inputs, {fixed} fixed, {fixes} fixes: {applied:?}");
    }
}
