//! A cleartext `listen … http2` on a port of browsers, which speak no HTTP/2 in cleartext.

use super::{Context, On, Rule, remove_word};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{HTTP2_DIRECTIVE, OnlyHttp2};
use crate::nginx::VersionSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "http2-only-listener",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/http2-only-listener.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    let affected = VersionSet::before(HTTP2_DIRECTIVE);
    if !model.target().meets(&affected) {
        return;
    }
    for OnlyHttp2 { listens, has_grpc } in model.only_http2() {
        let says = listens.iter().filter_map(|listen| {
            let used = model.used(*listen);
            let word = used.directive().args().find(|word| word.raw() == b"http2")?;
            Some((used, word.span()))
        });
        let says: Vec<_> = says.collect();
        let [(first, span), others @ ..] = says.as_slice() else { continue };
        let message = "below 1.25.1 a `listen` with `http2` and without `ssl` takes no HTTP/1, \
                       which browsers speak in cleartext";
        let mut draft = cx.report(*first, *span, message).affects(model.target(), &affected);
        for (other, span) in others {
            draft = draft.label(other.locate(*span), "this one says it too");
        }
        let applicability = if has_grpc { Applicability::Unsafe } else { Applicability::Safe };
        let edits: Vec<_> = says.iter().map(|(used, span)| remove_word(*used, *span)).collect();
        draft
            .help("take `http2` away here: it belongs to the `listen` with `ssl`")
            .help("for gRPC in cleartext, listen on a port of its own")
            .fix("take `http2` away", applicability, None, edits);
    }
}
