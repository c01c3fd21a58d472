//! An upstream without a server that could be chosen.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::include::Used;
use crate::model::Scope;
use crate::nginx::{Contexts, Origin, id};
use crate::syntax::Word;

/// The rule.
pub static RULE: Rule = Rule {
    name: "empty-upstream",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/empty-upstream.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    let config = model.config();
    let whole = config.is_whole();
    let contexts = [Contexts::UPSTREAM, Contexts::STREAM_UPSTREAM];
    for scope in model.scopes().filter(|scope| contexts.contains(&scope.context())) {
        if let Some(block) = scope.block().filter(|_| whole) {
            upstream(block, scope, cx);
        }
    }
}

fn upstream(block: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let directive = block.directive();
    let name =
        || directive.arg(0).map_or_else(String::new, |name| crate::model::shown(&name.value()));
    let mut servers = scope.own(id::SERVER).peekable();
    if servers.peek().is_none() {
        if directive.tree().is_template() {
            return;
        }
        // `state` of NGINX Plus and modules bring servers of their own; what is unknown may too.
        let is_nginxs = |id: crate::nginx::DirectiveId| {
            id.definitions().iter().any(|one| one.origin == Origin::Nginx)
        };
        let known = scope.all().all(|(id, _)| is_nginxs(id));
        if !known || cx.model().unknown_in(scope) {
            return;
        }
        let message = format!("the upstream `{}` has no `server`", name());
        cx.report(block, directive.span(), message)
            .symptom("no servers are inside upstream")
            .help("add a `server`; `server 127.0.0.1:1 down;` stands for none");
        return;
    }
    let reserve = |used: Used<'_>| used.directive().args().any(|word| word.raw() == b"backup");
    let is_placeholder = |word: Word<'_>| crate::syntax::is_placeholder(word.raw());
    let has_template = || servers.clone().any(|used| used.directive().args().any(is_placeholder));
    if !servers.clone().all(reserve) || has_template() {
        return;
    }
    let name = name();
    let message = format!("every `server` of the upstream `{name}` is a `backup`");
    let mut draft = cx
        .report(block, directive.span(), message)
        .symptom(format!("no servers in upstream \"{name}\""))
        .help("take `backup` away from one of them");
    for server in servers {
        draft = draft.label(server.location(), "only a backup");
    }
}
