//! Locations that may not stand in one another.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "location-nesting",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/location-nesting.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Nesting);
}
