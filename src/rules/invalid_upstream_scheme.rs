//! A pass with a scheme that it does not know, or without one that it needs.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-upstream-scheme",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/invalid-upstream-scheme.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Scheme);
}
