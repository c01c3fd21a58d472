//! A PROXY protocol header is missing, or nobody wants it.

use super::draft::{listen_in_words, peers_in_words, replace};
use super::{Context, On, Rule, set};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Certainty, Clash, Evidence, Hop, Kind, Mismatch, Peer, shown};
use crate::nginx::id;
use crate::source::Span;

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
    in_mail(hop, cx);
}

fn in_mail(hop: Hop<'_>, cx: &mut Context<'_>) {
    let model = cx.model();
    for backend in hop.mail_backends() {
        let header = model.used(backend.header);
        let message = format!(
            "`proxy_protocol on` sends a PROXY protocol header to `{}`, which wants none",
            backend.address
        );
        let draft = cx
            .report(header, header.directive().span(), message)
            .label(model.used(backend.named).location(), "the answer to `auth_http` names it here")
            .label(model.used(backend.listen).location(), "this listener has no `proxy_protocol`")
            .help("take it away, or write `proxy_protocol` at the `listen` of the backend");
        if let Some(word) = header.directive().arg(0) {
            let edits = vec![replace(header, word.span(), "off")];
            draft.fix("send no header", Applicability::Unsafe, None, edits);
        }
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
            format!(
                "`proxy_protocol` makes this socket, {}, want the header",
                listen_in_words(model, peer, *listen)
            ),
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
    let edit = set(hop.scope(), id::PROXY_PROTOCOL, "on", Some(hop.used()));
    let Some(edit) = edit else { return };
    // Whoever wrote `off` may have meant it.
    let said = hop.scope().own(id::PROXY_PROTOCOL).next().is_some();
    let safe = clash.certainty == Certainty::Certain && !said;
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
    // What a stream server leads on to has no say in what it takes itself.
    let listener = |peer: &Peer| model.listen_of(peer).map(|listen| model.used(listen));
    let mut draft = cx
        .report_clash_at(at, hop, clash, message, |peer| {
            let message = format!("this listener, `{}`, has no `proxy_protocol`", peer.shown());
            listener(peer).map(|listen| (listen.location(), message))
        })
        .label(other.location(), other_message)
        .help("take it away, or write `proxy_protocol` at the `listen` of the peer");
    // None is safe: it may be the listener that lacks its parameter, or the header may be too much.
    let mut peers = hop.peers_of(clash);
    if let (Some(listen), None) = (peers.next().and_then(listener), peers.next())
        && let Some(word) = listen.directive().args().last()
        && model.all_to(listen.name(), |hop| hop.proxy_protocol().is_some())
    {
        let edits = vec![replace(listen, Span::at(word.span().end), " proxy_protocol")];
        draft = draft.fix("want the header at the listener", Applicability::Unsafe, None, edits);
    }
    if let Some(word) = header.directive().arg(0).filter(|_| own && clash.is_of_all(hop)) {
        let edits = vec![replace(header, word.span(), "off")];
        draft.fix("send no header", Applicability::Unsafe, None, edits);
    }
}
