//! A pass relies on a default of proxying that is another from 1.29.7 on.

use super::{Context, On, Rule, insert_behind};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Certainty, HTTP11_DEFAULT, Hop, Kind, Scope, Speech};
use crate::nginx::{Contexts, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "changed-proxy-defaults",
    category: Category::Protocol,
    level: Level::Allow,
    page: include_str!("../../rules/changed-proxy-defaults.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let target = cx.target();
    let spans = target.meets(&VersionSet::before(HTTP11_DEFAULT))
        && target.meets(&VersionSet::since(HTTP11_DEFAULT));
    if spans && matches!(hop.kind(), Kind::Fastcgi | Kind::Grpc | Kind::Memcached) {
        keepalive_alone(hop, cx);
        return;
    }
    if !spans || hop.kind() != Kind::Proxy || !hop.says(Speech::Http2).is_empty() {
        return;
    }
    let Some(version) = hop.version_certainty() else { return };
    let source = hop.scope().source_of(id::PROXY_SET_HEADER);
    let headers = hop.scope().absence(source.and_then(Scope::parent));
    let mut changes = Vec::new();
    let mut certainty = Certainty::Certain;
    if hop.decided_by().is_none() {
        changes.push("the version, HTTP/1.0 to HTTP/1.1");
        certainty = certainty.min(version);
    }
    if let Some(sure) = headers.filter(|_| hop.headers("connection").next().is_none()) {
        changes.push("`Connection: close`, which is sent no longer");
        certainty = certainty.min(sure);
    }
    // Where the connection is closed anyway, none is kept.
    let is_kept =
        hop.headers("connection").all(|line| line.plain().is_none_or(|one| !one.holds("close")));
    let pools = hop.upstreams();
    let is_http10 = hop.decided_by().is_some() && !hop.says(Speech::Http10).is_empty();
    if is_kept && !is_http10 && pools.iter().any(keeps_none) {
        changes.push(KEEPALIVE);
    }
    if changes.is_empty() {
        return;
    }
    let used = hop.used();
    let message = format!("{CHANGE}{}", changes.join("; "));
    let mut draft = cx.report(used, used.directive().span(), message).confidence(certainty.into());
    for block in pools.iter().filter(|one| keeps_none(one)).filter_map(|one| one.block()) {
        draft = draft.label_once(block.location(), "no `keepalive` here");
    }
    draft = draft.help(
        "write what is meant: `proxy_http_version`, `proxy_set_header Connection`, `keepalive`",
    );
    let has_version = hop.decided_by().is_some();
    if hop.scope().context() == Contexts::LOCATION && !has_version {
        let edits = vec![insert_behind(used, "proxy_http_version 1.1;")];
        draft.fix("speak HTTP/1.1 in every release", Applicability::Unsafe, None, edits);
    }
}

/// A pass of another module has no default but that of its upstream.
fn keepalive_alone(hop: Hop<'_>, cx: &mut Context<'_>) {
    let pools: Vec<Scope<'_>> = hop.upstreams().into_iter().filter(keeps_none).collect();
    if pools.is_empty() || hop.unkept().is_some() {
        return;
    }
    let used = hop.used();
    let message = format!("{CHANGE}{KEEPALIVE}");
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .help("write what is meant: `keepalive`, and `keepalive 0` (from 1.29.7 on) for none");
    for block in pools.iter().filter_map(|one| one.block()) {
        draft = draft.label_once(block.location(), "no `keepalive` here");
    }
}

fn keeps_none(upstream: &Scope<'_>) -> bool {
    upstream.own(id::KEEPALIVE).next().is_none()
}

const CHANGE: &str = "from 1.29.7 on defaults of this pass change: ";
const KEEPALIVE: &str = "`keepalive`, which is on for an `upstream`";
