//! A name that a server on the same address has already.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Confidence, Level};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-server-name",
    category: Category::Correctness,
    level: Level::Warning,
    page: include_str!("../../rules/duplicate-server-name.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for second in model.second_names() {
        if !model.target().meets(&second.versions) {
            continue;
        }
        let (used, first) = (model.used(second.used), model.used(second.first.0));
        let (name, address) = (&second.name, &second.address);
        let unnamed = name.is_empty();
        let message = if unnamed {
            format!("another server on `{address}` has no name either: this one gets no requests")
        } else if second.own {
            format!("`{name}` on `{address}` is ignored here: its server has it already")
        } else {
            format!("`{name}` on `{address}` is ignored here: it belongs to another server")
        };
        let at = first.locate(second.first.1);
        let confidence = if second.certain { Confidence::Certain } else { Confidence::Likely };
        let mut draft = cx
            .report(used, second.span, message)
            .confidence(confidence)
            .affects(model.target(), &second.versions)
            .symptom(format!("conflicting server name \"{name}\" on"));
        if at != used.locate(second.span) {
            draft = draft.label(at, if unnamed { "this one gets them" } else { "it counts here" });
        }
        draft.help(if unnamed {
            "give it a `server_name`, or another address"
        } else if second.own {
            "write the name once"
        } else {
            "take the name away from one of them"
        });
    }
}
