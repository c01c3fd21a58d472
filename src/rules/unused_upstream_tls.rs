//! `proxy_ssl_*` where `proxy_pass` speaks cleartext.

use super::{Context, On, Rule, remove, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::include::Use;
use crate::model::{UnusedTls, shown};
use crate::nginx::id;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-upstream-tls",
    category: Category::Protocol,
    level: Level::Info,
    page: include_str!("../../rules/unused-upstream-tls.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for UnusedTls { lines, pass, on_tls_port, in_location } in model.unused_upstream_tls() {
        let [first, others @ ..] = lines.as_slice() else { continue };
        if !in_location && !model.config().defines_all() {
            continue;
        }
        let name = shown(first.directive().name().raw());
        let why = if in_location { "the pass speaks" } else { "every `proxy_pass` below speaks" };
        let message = format!("`{name}` has no effect: {why} cleartext");
        let mut draft = cx
            .report(*first, first.directive().span(), message)
            .label(pass.used().location(), "this says `http://`");
        for other in others {
            let name = shown(other.directive().name().raw());
            draft = draft.label(other.location(), format!("`{name}` has none either"));
        }
        if on_tls_port && let (at, Some(_)) = pass.scheme() {
            draft = draft
                .level(Level::Warning)
                .help("write `https://` if the upstream takes TLS on that port");
            // The name that goes with TLS would be that of the block.
            let is_server = |used: Use| model.used(used).directive().id() == Some(id::SERVER);
            if !pass.peers().iter().any(|peer| is_server(peer.used())) {
                let edits = vec![replace(pass.used(), at.span, "https://")];
                let message = "speak TLS with `https://`";
                draft = draft.fix(message, Applicability::Unsafe, None, edits);
            }
        } else {
            draft = draft.help("take it away, or write `https://` if TLS is meant");
        }
        let applicability = if on_tls_port { Applicability::Unsafe } else { Applicability::Safe };
        let edits: Option<Vec<_>> = lines.iter().map(|line| remove(*line)).collect();
        draft.fix("take away what has no effect", applicability, None, edits);
    }
}
