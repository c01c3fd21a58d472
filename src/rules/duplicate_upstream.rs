//! Two upstreams of one name.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-upstream",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/duplicate-upstream.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for (second, first) in model.duplicate_upstreams() {
        // Fragments without a root may be there to choose from.
        if !model.config().are_one(second.instance, first.instance) {
            continue;
        }
        let (second, first) = (model.used(*second), model.used(*first));
        let directive = second.directive();
        // Of the branches of a template one is left out.
        if directive.tree().is_template() {
            continue;
        }
        let Some(word) = directive.arg(0) else { continue };
        let name = crate::model::shown(&word.value());
        let once = second.location() == first.location();
        let message = if once {
            format!("the upstream `{name}` is defined several times: its file is included again")
        } else {
            format!("there is an upstream `{name}` already")
        };
        let mut draft = cx.report(second, word.span(), message);
        if !once {
            draft = draft.label(first.location(), "it is defined here");
        }
        draft.symptom(format!("duplicate upstream \"{name}\"")).help(
            "give one of them another name, or write all servers into one; case does not count",
        );
    }
}
