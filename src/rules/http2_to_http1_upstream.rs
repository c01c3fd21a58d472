//! HTTP/2 is spoken to a peer that does not speak it.

use super::draft::{Draft, listen_in_words, peers_in_words, replace};
use super::{Context, On, Rule, set};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Clash, Evidence, Hop, Kind, Mismatch, Model, Peer, Speech, Tls, shown};
use crate::nginx::{Contexts, Version, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "http2-to-http1-upstream",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/http2-to-http1-upstream.md"),
    check: On::Hop(check),
};

/// From this release on the directive `http2` is there, and `listen … http2` takes HTTP/1 in
/// cleartext too.
const HTTP2_DIRECTIVE: Version = Version::new(1, 25, 1);

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(clash) = hop.clash(Mismatch::Http2ToHttp1) else { return };
    let model = cx.model();
    let name = shown(hop.used().directive().name().raw());
    let spoken = if hop.kind() == Kind::Grpc { "gRPC, which is HTTP/2," } else { "HTTP/2" };
    let message = format!(
        "`{name}` speaks {spoken} to {}, which speaks only HTTP/1",
        peers_in_words(hop, clash)
    );
    let mut draft = cx.report_clash(hop, clash, message, |peer| match peer.evidence() {
        Evidence::Listener { default, implicit: false, .. } => Some((
            model.used(*default).location(),
            format!(
                "this listener, {}, does not take HTTP/2",
                listen_in_words(model, peer, *default)
            ),
        )),
        _ => None,
    });
    if let Some(used) = hop.decided_by().filter(|_| hop.kind() == Kind::Proxy) {
        draft = draft.label(used.location(), "this sets the version of HTTP that is spoken");
    }
    draft = draft.help(match hop.kind() {
        Kind::Grpc => "make the peer speak HTTP/2, or pass to it with `proxy_pass`",
        Kind::Stream => "make the peer speak HTTP/2, or take `proxy_ssl_alpn h2` away",
        _ => "make the peer speak HTTP/2, or write `proxy_http_version 1.1`",
    });
    if clash.is_of_all(hop) {
        draft = by_version(draft, hop);
    }
    let mut peers = hop.peers_of(clash);
    if let (Some(peer), None) = (peers.next(), peers.next()) {
        at_listener(draft, model, hop, peer, clash);
    }
}

/// The mend by another version. None is safe: whoever wrote HTTP/2 may have meant it.
fn by_version<'f>(draft: Draft<'f>, hop: Hop<'_>) -> Draft<'f> {
    if hop.kind() != Kind::Proxy {
        return draft;
    }
    // The directive may not stand in `if` and `limit_except`.
    let beside = (hop.scope().context() == Contexts::LOCATION).then(|| hop.used());
    let Some(edit) = set(hop.scope(), id::PROXY_HTTP_VERSION, "1.1", beside) else { return draft };
    draft.fix(
        "speak HTTP/1.1 with `proxy_http_version 1.1`",
        Applicability::Unsafe,
        None,
        vec![edit],
    )
}

/// The mend at the listener: by the directive, before that by the parameter.
fn at_listener(draft: Draft<'_>, model: &Model<'_>, hop: Hop<'_>, peer: &Peer, clash: &Clash) {
    let Evidence::Listener { default, implicit: false, http2: None, stream: false, .. } =
        peer.evidence()
    else {
        return;
    };
    let listen = model.used(*default);
    // Over TLS the name in the handshake may choose another server.
    let stands = model.target().intersect(&clash.affects);
    let tls = peer.accepts().within(&stands).iter().any(|(_, one)| one.tls == Tls::Required);
    if listen.directive().id() != Some(id::LISTEN) || (tls && hop.sni().is_some()) {
        return;
    }
    let end = listen.directive().args().last().map(|word| word.span().end);
    let Some(end) = end.map(crate::source::Span::at) else { return };
    let server = model.server_of(peer, *default);
    let edit = server.and_then(|server| set(server, id::HTTP2, "on", Some(listen)));
    let draft = match edit {
        Some(edit) => draft.fix(
            "let the server take HTTP/2 with `http2 on`",
            Applicability::Unsafe,
            Some(VersionSet::since(HTTP2_DIRECTIVE)),
            vec![edit],
        ),
        None => draft,
    };
    // In cleartext others would be refused.
    let speaks_http2 = |hop: Hop<'_>| {
        let mut pieces = hop.speech().pieces();
        pieces.all(|(_, speech)| matches!(speech, Some(Speech::Http2 | Speech::Grpc)))
    };
    if !tls && !model.all_to(listen.name(), speaks_http2) {
        return;
    }
    let what = if tls { "HTTP/2 too" } else { "HTTP/2 instead of HTTP/1" };
    draft.fix(
        format!("let the socket take {what} with `listen … http2`"),
        Applicability::Unsafe,
        Some(VersionSet::before(HTTP2_DIRECTIVE)),
        vec![replace(listen, end, " http2")],
    );
}
