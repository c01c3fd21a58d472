//! A directive that means another thing from some release of the target on.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Change, ChangeKind, ChangedDefault};
use crate::nginx::VersionSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "changed-directive",
    category: Category::Deprecated,
    level: Level::Allow,
    page: include_str!("../../rules/changed-directive.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for Change { used, since, kind } in model.changes() {
        let used = model.used(used);
        let (what, keep) = match kind {
            ChangeKind::CleartextHttp2 => (
                "this socket, which took HTTP/2 alone, takes HTTP/1 too".to_owned(),
                "nothing brings the old meaning back: `http2 on` takes both, too",
            ),
            ChangeKind::EmptyHost => (
                "`Host` is sent though this line takes it away".to_owned(),
                "nothing brings the old meaning back: delete the line, or say which host is meant",
            ),
            ChangeKind::NextUpstream => (
                "a POST, LOCK or PATCH that was sent goes to no other server".to_owned(),
                "`non_idempotent` keeps the old meaning",
            ),
            ChangeKind::Tls13(default) => (
                format!("`{}` takes TLSv1.3 too by default, {}", default.of.name(), place(default)),
                "the directive with `TLSv1 TLSv1.1 TLSv1.2` keeps the old default",
            ),
            ChangeKind::TlsBelow12(default) => (
                format!(
                    "`{}` takes neither TLSv1 nor TLSv1.1 by default, {}",
                    default.of.name(),
                    place(default)
                ),
                "the directive with `TLSv1 TLSv1.1 TLSv1.2 TLSv1.3` keeps the old default",
            ),
        };
        let message = format!("from {since} on {what}");
        cx.report(used, used.directive().span(), message)
            .affects(model.target(), &VersionSet::since(since))
            .help(keep);
    }
}

fn place(default: ChangedDefault) -> String {
    match (default.in_servers, default.count) {
        (true, 1) => "in this server".to_owned(),
        (true, count) => format!("in {count} servers, of which this is the first"),
        (false, 1) => "in this pass".to_owned(),
        (false, count) => format!("in {count} passes, of which this is the first"),
    }
}
