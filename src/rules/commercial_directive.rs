//! A directive of NGINX Plus, where nginx is open source.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Confidence, Level};
use crate::model::MisfitKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "commercial-directive",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/commercial-directive.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for misfit in model.misfits(MisfitKind::Commercial) {
        let used = model.used(misfit.used);
        let directive = used.directive();
        let name = crate::model::shown(&directive.name().value());
        let message = format!("`{name}` is a directive of NGINX Plus");
        let draft = cx
            .report(used, directive.name().span(), message)
            .symptom(format!("unknown directive \"{name}\""));
        if model.modules().is_foreign() {
            // As that of `keyval` by others.
            draft
                .confidence(Confidence::Likely)
                .help("a module that ngxlint does not know is loaded, and may define it");
        } else {
            draft.help("if NGINX Plus reads this, say so: `flavor = \"plus\"` or `--flavor plus`");
        }
    }
}
