//! A port that is missing, or one that may not be given.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "upstream-port",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/upstream-port.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Port);
}
