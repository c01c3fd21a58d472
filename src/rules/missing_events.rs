//! A configuration without `events`.

use super::{Context, On, Rule, insert_before};
use crate::diagnostic::{Applicability, Category, Confidence, Level};
use crate::model::{Misfit, MisfitKind};
use crate::nginx::{Contexts, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-events",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/missing-events.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    if !model.config().defines_all() {
        return;
    }
    for scope in model.scopes().filter(|scope| scope.context() == Contexts::MAIN) {
        if scope.own(id::EVENTS).next().is_some() {
            continue;
        }
        let top = model.config().tops().iter().find(|top| top.context == Contexts::MAIN);
        // An empty file is one that is still to be written.
        let first = top.and_then(|top| model.config().walk_top(top).next());
        let Some(first) = first else { continue };
        let has = |id| scope.own(id).next().is_some();
        // A file of modules alone is included somewhere; `stream` and `mail` may be.
        let inner = !has(id::HTTP);
        if inner && !has(id::STREAM) && !has(id::MAIL) {
            continue;
        }
        let span = first.directive().name().span();
        let edit = insert_before(first, "events {}\n");
        // What is called otherwise than a root is may be put together with other parts.
        let name = &cx.files().sources.source(first.source()).name;
        let likely = inner || name.file_name().is_none_or(|name| name != "nginx.conf");
        let confidence = if likely { Confidence::Likely } else { Confidence::Certain };
        let draft = cx
            .report(first, span, "the configuration has no `events` block")
            .confidence(confidence)
            .help("nginx wants one, if only an empty one");
        // A block of an unknown name may be it, misspelt: then there would be two.
        let mut unknown = model.misfits(MisfitKind::Unknown);
        let may_be_it = |one: &Misfit| {
            model.scope(one.scope).context() == Contexts::MAIN
                && model.used(one.used).directive().is_block()
        };
        if !unknown.any(may_be_it) {
            draft.fix("add `events {}`", Applicability::Safe, None, vec![edit]);
        }
    }
}
