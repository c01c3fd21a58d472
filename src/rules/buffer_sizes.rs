//! Sizes of buffers that do not go together.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::shown;

/// The rule.
pub static RULE: Rule = Rule {
    name: "buffer-sizes",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/buffer-sizes.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    // Without all files it is not known what is in force.
    if !model.config().defines_all() {
        return;
    }
    for sizes in model.misfitting_buffers() {
        let span = sizes.used.directive().span();
        // A page of 4k is what nearly every machine has: where it is one, nginx does not start.
        let mut draft = cx
            .report(sizes.used, span, sizes.message)
            .confidence(sizes.certainty.into())
            .likely_level(Level::Error);
        for other in sizes.others {
            let name = shown(other.directive().name().raw());
            draft = draft.label(other.location(), format!("`{name}` in force"));
        }
        draft.help(sizes.help);
    }
}
