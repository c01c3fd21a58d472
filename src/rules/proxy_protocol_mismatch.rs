//! A PROXY protocol header is missing, or nobody wants it.

use super::draft::{insert_behind, peers_in_words, replace};
use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Certainty, Clash, Evidence, Hop, Kind, Mismatch, shown};
use crate::nginx::id;

/// The rule.
pub static RULE: Rule = Rule {
    name: "proxy-protocol-mismatch",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/proxy-protocol-mismatch.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    if let Some(clash) = hop.clash(Mismatch::ProxyHeaderMissing) {
        missing(hop, clash, cx);
    }
    if let Some(clash) = hop.clash(Mismatch::ProxyHeaderUnexpected) {
        unexpected(hop, clash, cx);
    }
}

fn missing(hop: Hop<'_>, clash: &Clash, cx: &mut Context<'_>) {
    let model = cx.model();
    let name = shown(hop.used().directive().name().raw());
    let message = format!(
        "`{name}` sends no PROXY protocol header to {}, which wants one",
        peers_in_words(hop, clash)
    );
    let draft = cx.report_clash(hop, clash, message, |peer| match peer.evidence() {
        Evidence::Listener { proxy_protocol: Some(listen), .. } => Some((
            model.used(*listen).location(),
            format!("`proxy_protocol` makes this socket, `{}`, want the header", peer.shown()),
        )),
        _ => None,
    });
    if hop.kind() != Kind::Stream {
        draft.help(
            "only `proxy_protocol on` in stream and mail sends the header: give the peer a \
             `listen` of its own without `proxy_protocol`, or pass through a stream server",
        );
        return;
    }
    let draft = draft.help("write `proxy_protocol on` beside the pass");
    if !clash.is_of_all(hop) {
        return;
    }
    let own = hop.scope().own(id::PROXY_PROTOCOL).next();
    let edit = match own.and_then(|own| Some((own, own.directive().arg(0)?))) {
        Some((own, word)) => replace(own, word.span(), "on"),
        None => insert_behind(hop.used(), "proxy_protocol on;"),
    };
    // Whoever wrote `off` may have meant it.
    let safe = clash.certainty == Certainty::Certain && own.is_none();
    let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
    draft.fix("send the header with `proxy_protocol on`", applicability, None, vec![edit]);
}

fn unexpected(hop: Hop<'_>, clash: &Clash, cx: &mut Context<'_>) {
    let Some(header) = hop.proxy_protocol() else { return };
    let model = cx.model();
    let message = format!(
        "`proxy_protocol on` sends a PROXY protocol header to {}, which wants none",
        peers_in_words(hop, clash)
    );
    let own = hop.scope().own(id::PROXY_PROTOCOL).any(|one| one.name() == header.name());
    let (at, other) = if own { (header, hop.used()) } else { (hop.used(), header) };
    let other_message = if own { "to this peer" } else { "the header is sent by this" };
    let draft = cx
        .report_clash_at(at, hop, clash, message, |peer| match peer.evidence() {
            Evidence::Listener { default, implicit: false, .. } => Some((
                model.used(*default).location(),
                format!("this listener, `{}`, has no `proxy_protocol`", peer.shown()),
            )),
            _ => None,
        })
        .label(other.location(), other_message)
        .help("take it away, or write `proxy_protocol` at the `listen` of the peer");
    if let Some(word) = header.directive().arg(0).filter(|_| own && clash.is_of_all(hop)) {
        // Never safe: the listener may lack its parameter.
        let edits = vec![replace(header, word.span(), "off")];
        draft.fix("send no header", Applicability::Unsafe, None, edits);
    }
}
