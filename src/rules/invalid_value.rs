//! A value that a directive does not take.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-value",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/invalid-value.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Value);
}
