//! A named location that its server does not have.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::include::Used;
use crate::model::{Scope, shown};
use crate::nginx::{Contexts, id};
use crate::syntax::Word;

/// The rule.
pub static RULE: Rule = Rule {
    name: "undefined-named-location",
    category: Category::Correctness,
    level: Level::Warning,
    page: include_str!("../../rules/undefined-named-location.md"),
    check: On::Directive(&[id::ERROR_PAGE, id::POST_ACTION, id::TRY_FILES], check),
};

fn check(used: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let Some(name) = used.directive().exemplar().args().last().map(Word::value) else { return };
    // `error_page 404 @x` sends the client to a relative address only where a code is given; nginx
    // takes every `@` for a name.
    if name.first() != Some(&b'@') || name.contains(&b'$') || crate::syntax::is_placeholder(&name) {
        return;
    }
    let model = cx.model();
    if !model.config().defines_all() {
        return;
    }
    let has = |server: Scope<'_>| {
        let mut locations = server.own(id::LOCATION);
        locations.any(|one| one.directive().arg(0).is_some_and(|word| word.value() == name))
    };
    let mut servers = model.scopes().filter(|one| one.context() == Contexts::SERVER).peekable();
    // In `http` it is for every server that does not say otherwise.
    let (found, of) = match scope.server() {
        Some(server) => (has(server), "this `server` has"),
        None => (servers.peek().is_none() || servers.any(has), "no `server` has"),
    };
    if found {
        return;
    }
    let no = if scope.server().is_some() { "no " } else { "a " };
    let message = format!("{of} {no}`location {}`", shown(&name));
    let Some(word) = used.directive().args().last() else { return };
    let mut draft = cx.report(used, word.span(), message);
    if let Some(block) = scope.server().and_then(Scope::block) {
        draft = draft.label(block.locate(block.directive().name().span()), "this `server`");
    }
    draft.help("a named location is looked up in the server itself, when a request needs it");
}
