//! The servers of one upstream want to be spoken to in different ways.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::shown;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mixed-upstream-protocols",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/mixed-upstream-protocols.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for found in model.mixtures() {
        let mut odd = found.odd.iter().map(|server| model.used(*server));
        let (Some(first), block) = (odd.next(), model.used(found.upstream)) else { continue };
        let word = |used: &crate::include::Used<'_>, index| {
            used.directive().arg(index).map(|word| shown(&word.value())).unwrap_or_default()
        };
        let (own, others) = found.ways;
        let message =
            format!("`{}` {own}, other servers of `{}` do not", word(&first, 0), word(&block, 0));
        let other = model.used(found.other);
        let mut draft = cx
            .report(first, first.directive().span(), message)
            .confidence(found.certainty.into())
            .affects(model.target(), &found.affects)
            .label(other.location(), format!("`{}` {others}", word(&other, 0)))
            .help("a pass speaks to all servers alike: make two upstreams of them");
        for more in odd {
            draft = draft.label(more.location(), format!("`{}` {own} too", word(&more, 0)));
        }
    }
}
