//! Two different passes stand in one location: the last one wins, silently.

use super::{Context, On, Rule, remove};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Overridden, shown};

/// The rule.
pub static RULE: Rule = Rule {
    name: "overridden-pass",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/overridden-pass.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for Overridden { lost, last } in cx.model().overridden_passes() {
        let [first, others @ ..] = lost.as_slice() else { continue };
        let name = |used: crate::include::Used<'_>| shown(used.directive().name().raw());
        let message =
            format!("`{}` has no effect: `{}` behind it takes its place", name(*first), name(last));
        let mut draft = cx
            .report(*first, first.directive().span(), message)
            .label(last.location(), "this one is in force");
        for other in others {
            draft = draft.label(other.location(), "this one is not either");
        }
        draft.help("keep one of them, or give each a `location` of its own").fix(
            format!("keep `{}`", name(last)),
            Applicability::Unsafe,
            None,
            lost.iter().map(|used| remove(*used)).collect::<Option<Vec<_>>>(),
        );
    }
}
