//! A path in a pass that may have none there.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-pass-uri",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/proxy-pass-uri.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Uri);
}
