//! A server of stream or mail that nobody told what to do with a connection.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::include::Used;
use crate::model::Scope;
use crate::nginx::{Contexts, DirectiveId, Origin, Version, VersionSet, id};
use crate::syntax::is_placeholder;

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-handler",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/missing-handler.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    // What was not read may have it.
    if !model.config().is_whole() {
        return;
    }
    for scope in model.scopes() {
        let Some(block) = scope.block() else { continue };
        match scope.context() {
            Contexts::STREAM_SERVER => stream(block, scope, cx),
            Contexts::MAIL_SERVER => mail(block, scope, cx),
            _ => {}
        }
    }
}

/// Until 1.27.0 nginx wants a handler (`ngx_stream_core_merge_srv_conf`).
fn stream(block: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let needed = VersionSet::before(Version::new(1, 27, 1));
    let target = cx.target();
    // Modules bring handlers of their own.
    let handles = |id: DirectiveId| {
        [id::PROXY_PASS, id::RETURN, id::PASS].contains(&id)
            || id.definitions().iter().all(|one| one.origin != Origin::Nginx)
    };
    if !target.meets(&needed)
        || scope.all().any(|(id, _)| handles(id))
        || cx.model().unknown_in(scope)
        // What is filled in may have it.
        || block.directive().tree().is_template()
    {
        return;
    }
    let message = "a `server` in `stream` says nothing of what to do with a connection";
    cx.report(block, block.directive().span(), message)
        .affects(target, &needed)
        .symptom("no handler for server")
        .help(
            "add `proxy_pass`, `return` or, from 1.25.5 on, `pass`; from 1.27.1 on it needs none",
        );
}

/// The protocol is that of the port, if nothing is said (`ngx_mail_core_listen`).
fn mail(block: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    if block.directive().tree().is_template() {
        return;
    }
    let span = block.directive().span();
    let mut listens = scope.own(id::LISTEN).filter_map(|used| used.directive().arg(0)).peekable();
    let says = scope.own(id::PROTOCOL).next().is_some();
    let tells = |word: crate::syntax::Word<'_>| {
        let value = word.value();
        let port = memchr::memrchr(b':', &value).map_or(&value[..], |colon| &value[colon + 1..]);
        is_placeholder(word.raw()) || PORTS.contains(&port)
    };
    if !says && listens.peek().is_some() && !listens.any(tells) {
        cx.report(block, span, "nothing says which protocol a `server` in `mail` speaks")
            .symptom("unknown mail protocol for server")
            .help("add `protocol imap`, `pop3` or `smtp`: only the usual ports tell");
    }
    if cx.model().config().has_root() && scope.effective(id::AUTH_HTTP).next().is_none() {
        cx.report(block, span, "a `server` in `mail` has no `auth_http`, and nobody to ask")
            .symptom("no \"auth_http\" is defined for server")
            .help("add `auth_http` with the address that knows users and servers");
    }
}

/// Those of SMTP, POP3 and IMAP.
const PORTS: [&[u8]; 7] = [b"25", b"110", b"143", b"465", b"587", b"993", b"995"];
