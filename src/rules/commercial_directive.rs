//! A directive of NGINX Plus, where nginx is open source.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
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
        cx.report(used, directive.name().span(), format!("`{name}` is a directive of NGINX Plus"))
            .help("if NGINX Plus reads this, say so: `flavor = \"plus\"` or `--flavor plus`")
            .symptom(format!("unknown directive \"{name}\""));
    }
}
