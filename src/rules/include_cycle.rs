//! A file that includes itself, perhaps through others.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::include::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "include-cycle",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/include-cycle.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let config = cx.model().config();
    for fault in config.faults() {
        let FaultKind::Cycle(chain) = &fault.kind else { continue };
        let used = config.used(fault.at);
        let path = fault.path.display();
        let message = match chain.len() {
            0 | 1 => format!("`{path}` includes itself"),
            _ => format!("`{path}` is being included already"),
        };
        let word = used.directive().arg(0).map_or(used.directive().span(), |word| word.span());
        let mut draft = cx
            .report(used, word, message)
            .help("take one `include` of the chain away: nginx opens file after file until it may open no more");
        for &step in chain.iter().filter(|step| **step != fault.at) {
            draft = draft.label(config.used(step).location(), "through this `include`");
        }
    }
}
