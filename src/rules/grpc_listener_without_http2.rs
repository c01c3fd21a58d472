//! Calls of gRPC are passed on that no client can make: nothing listens for HTTP/2.

use super::{Context, On, Rule, grpc_sign_in_words, replace, set};
use crate::diagnostic::{Applicability, Category, Confidence, Level};
use crate::model::HTTP2_DIRECTIVE;
use crate::nginx::{VersionSet, id};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "grpc-listener-without-http2",
    category: Category::Protocol,
    level: Level::Info,
    page: include_str!("../../rules/grpc-listener-without-http2.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    let since = VersionSet::since(HTTP2_DIRECTIVE);
    for group in model.grpc_behind_http1() {
        let [(hop, sign), others @ ..] = group.as_slice() else { continue };
        let used = hop.used();
        let Some(server) = hop.scope().server() else { continue };
        let message = "`grpc_pass` for calls of gRPC in a server that listens without HTTP/2";
        let (at, why) = grpc_sign_in_words(model, sign);
        let mut draft = cx
            .report(used, used.directive().span(), message)
            .confidence(Confidence::Likely)
            .label(at, why);
        for (other, _) in others {
            draft = draft.label(other.used().location(), "the same here");
        }
        let listens: Vec<_> = server.own(id::LISTEN).collect();
        if let Some(block) = server.block().filter(|_| listens.is_empty()) {
            draft = draft.label(block.locate(block.directive().name().span()), "this server");
        }
        for listen in &listens {
            draft = draft.label(listen.location(), "this listener speaks HTTP/1 only");
        }
        if model.target().meets(&since) {
            draft = draft.help("write `http2 on;` into the `server`");
            let edit = listens.first().and_then(|first| set(server, id::HTTP2, "on", Some(*first)));
            if let Some(edit) = edit {
                let edits = vec![edit];
                draft = draft.fix(
                    "write `http2 on;`",
                    Applicability::Unsafe,
                    Some(since.clone()),
                    edits,
                );
            }
        }
        let before = VersionSet::before(HTTP2_DIRECTIVE);
        if model.target().meets(&before) {
            // In cleartext the socket would take HTTP/1 no longer.
            let tls: Vec<_> = listens
                .iter()
                .filter(|used| used.directive().args().any(|word| word.raw() == b"ssl"))
                .collect();
            draft = draft.help(if tls.is_empty() {
                "below 1.25.1, `listen` with `http2` on a port of its own, which takes HTTP/2 alone"
            } else {
                "below 1.25.1, add `http2` to the `listen` with `ssl`"
            });
            let end = |used: crate::include::Used<'_>| Span::at(used.directive().span().end);
            let edits: Vec<_> =
                tls.into_iter().map(|used| replace(*used, end(*used), " http2")).collect();
            if !edits.is_empty() {
                draft.fix("add `http2`", Applicability::Unsafe, Some(before), edits);
            }
        }
    }
}
