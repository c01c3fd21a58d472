//! A directive with a block that it may not have, or without the one it needs.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::MisfitKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "directive-block",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/directive-block.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for misfit in model.misfits(MisfitKind::Block) {
        let used = model.used(misfit.used);
        let directive = used.directive();
        let Some(id) = directive.id() else { continue };
        let name = id.name();
        let (message, help, symptom) = if directive.is_block() {
            let symptom = format!("directive \"{name}\" is not terminated by \";\"");
            (format!("`{name}` takes no block"), "end it with `;`", symptom)
        } else {
            let symptom = format!("directive \"{name}\" has no opening \"{{\"");
            (format!("`{name}` needs a block"), "open the block with `{`, not `;`", symptom)
        };
        let draft = cx
            .report(used, directive.span(), message)
            .affects(model.target(), &misfit.versions)
            .help(help)
            .symptom(symptom);
        let glued = directive.terminator().start == directive.span().end;
        if directive.is_block() && glued && directive.args().len() > 0 {
            draft.help("if the `{` belongs to the word, put the word in quotes");
        }
    }
}
