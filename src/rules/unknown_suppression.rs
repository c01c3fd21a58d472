//! A comment to ngxlint that ngxlint does not understand.

use super::{On, Rule};
use crate::diagnostic::{Category, Level};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-suppression",
    category: Category::Meta,
    level: Level::Warning,
    page: include_str!("../../rules/unknown-suppression.md"),
    check: On::Engine,
};
