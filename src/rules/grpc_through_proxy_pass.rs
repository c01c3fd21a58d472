//! Calls of gRPC go through `proxy_pass`, which loses what they end with.

use super::{Context, On, Rule, grpc_sign_in_words, replace};
use crate::diagnostic::{Applicability, Category, Confidence, Level};
use crate::model::{Certainty, GrpcLoss, Hop, Kind, Mismatch};

/// The rule.
pub static RULE: Rule = Rule {
    name: "grpc-through-proxy-pass",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/grpc-through-proxy-pass.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    if hop.kind() != Kind::Proxy {
        return;
    }
    let Some(sign) = hop.grpc_sign() else { return };
    // What is certain of the peer is said by itself, and so is what its port tells.
    let is_certain = hop.clashes().iter().any(|clash| clash.certainty == Certainty::Certain);
    let by_port = hop.clash(Mismatch::Http1ToHttp2).is_some_and(|clash| clash.is_strong(hop));
    if is_certain || by_port {
        return;
    }
    let GrpcLoss { http1, bare } = hop.grpc_loss();
    let affected = http1.union(&bare);
    if affected.is_empty() {
        return;
    }
    let model = cx.model();
    let message = if http1.is_empty() {
        "`proxy_pass` loses the trailers in which gRPC puts its status"
    } else {
        "`proxy_pass` speaks HTTP/1 for calls of gRPC, which need HTTP/2 and its trailers"
    };
    let (at, why) = grpc_sign_in_words(model, &sign);
    let used = hop.used();
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .confidence(Confidence::Likely)
        .affects(model.target(), &affected)
        .label(at, why);
    if let Some(decides) = hop.decided_by() {
        draft = draft.label(decides.location(), "this decides the version");
    }
    draft = draft.help("write `grpc_pass`, and `grpc_*` for the `proxy_*` directives beside it");
    let (at, scheme) = hop.scheme();
    let scheme = match scheme {
        Some("http://") => "grpc://",
        Some("https://") => "grpcs://",
        _ => return,
    };
    let text = used.directive().text();
    let has_uri = text.iter().filter(|byte| **byte == b'/').count() > 2;
    if hop.relies_on_scheme_port() || has_uri || text.contains(&b'$') {
        return;
    }
    let edits = vec![
        replace(used, used.directive().name().span(), "grpc_pass"),
        replace(used, at.span, scheme),
    ];
    draft.fix(format!("write `grpc_pass {scheme}…`"), Applicability::Unsafe, None, edits);
}
