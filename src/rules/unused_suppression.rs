//! A comment to ngxlint that has no effect.

use super::{On, Rule};
use crate::diagnostic::{Category, Level};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-suppression",
    category: Category::Meta,
    level: Level::Warning,
    page: include_str!("../../rules/unused-suppression.md"),
    check: On::Engine,
};
