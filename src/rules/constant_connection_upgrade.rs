//! Every request announces a protocol upgrade, wanted or not.

use super::{Context, On, Rule, insert_before, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Header, Hop, Kind, Scope, Speech};
use crate::nginx::{Contexts, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "constant-connection-upgrade",
    category: Category::Protocol,
    level: Level::Info,
    page: include_str!("../../rules/constant-connection-upgrade.md"),
    check: On::Config(check),
};

/// A path with one of these is evidently there for WebSocket.
const SIGNS: [&[u8]; 8] =
    [b"cable", b"chat", b"hub", b"live", b"signalr", b"sock", b"stream", b"ws"];

fn check(cx: &mut Context<'_>) {
    for header in cx.model().upgrade_lines() {
        if header.is("connection") && header.may_hold("upgrade") {
            connection(header, cx);
        }
    }
}

fn connection(header: Header<'_>, cx: &mut Context<'_>) {
    let (used, scope) = (header.used(), header.scope());
    let is_variable = used.directive().arg(1).is_none_or(|word| word.raw().contains(&b'$'));
    if is_variable {
        return;
    }
    let Some(value) = header.plain() else { return };
    let upgrades = scope.headers(id::PROXY_SET_HEADER, "upgrade").any(Header::is_sent);
    if !value.holds("upgrade") || !upgrades {
        return;
    }
    let hops = scope.hops_under(id::PROXY_SET_HEADER);
    let hops: Vec<_> = hops.into_iter().filter(|hop| hop.kind() == Kind::Proxy).collect();
    // Where no upgrade works at all, that is what is wrong.
    let works = |hop: &Hop<'_>| {
        [Speech::Http10, Speech::Http2].iter().all(|speech| hop.says(*speech).is_empty())
    };
    let is_plain = |hop: &&Hop<'_>| hop.scope().location_path().is_none_or(|path| !is_meant(&path));
    let Some(hop) = hops.iter().find(is_plain).filter(|_| hops.iter().all(works)) else { return };
    let message =
        "`Connection` announces an upgrade of the protocol in every request, wanted or not";
    let model = cx.model();
    let mut draft = cx.report(used, used.directive().span(), message);
    if hop.scope().id() != scope.id() {
        draft = draft.label(hop.used().location(), "plain requests go this way too");
    }
    draft = draft.help(
        "let a `map` choose by `$http_upgrade`: `upgrade` where the client asks for it, else `''`",
    );
    let Some(word) = used.directive().arg(1) else { return };
    let server = scope.chain().find(|one| one.context() == Contexts::SERVER);
    let variable = model.upgrade_map();
    let mut edits = vec![];
    if let Some(name) = variable {
        edits.push(replace(used, word.span(), format!("${name}")));
    } else if let Some(block) = server.and_then(Scope::block)
        && !model.is_mapped("connection_upgrade")
        && block.instance() == used.instance()
    {
        edits.push(insert_before(block, MAP));
        edits.push(replace(used, word.span(), "$connection_upgrade"));
    }
    if !edits.is_empty() {
        draft.fix("choose by a `map`", Applicability::Unsafe, None, edits);
    }
}

fn is_meant(path: &[u8]) -> bool {
    let path = path.to_ascii_lowercase();
    SIGNS.iter().any(|sign| memchr::memmem::find(&path, sign).is_some())
}

const MAP: &str = "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }";
