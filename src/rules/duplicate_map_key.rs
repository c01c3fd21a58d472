//! A key that a block has already.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-map-key",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/duplicate-map-key.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Key);
}
