//! Stream speaks TLS without ALPN to a peer that takes only HTTP/2.

use super::draft::{evidence, insert_behind};
use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Applications, Evidence, Hop, Kind, Peer, shown};
use crate::nginx::{Version, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "stream-tls-without-alpn",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/stream-tls-without-alpn.md"),
    check: On::Hop(check),
};

/// From this release on stream asks for a protocol in the TLS handshake.
const ALPN: Version = Version::new(1, 31, 0);

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    if hop.kind() != Kind::Stream || hop.scope().effective(id::PROXY_SSL_ALPN).next().is_some() {
        return;
    }
    let peers = hop.peers().iter().enumerate();
    let peers: Vec<&Peer> = peers
        .filter(|(index, peer)| takes_only_http2(peer) && !hop.is_clashing(*index))
        .map(|(_, peer)| peer)
        .collect();
    let Some(first) = peers.first() else { return };
    let model = cx.model();
    let message = format!(
        "`proxy_ssl on` asks `{}`, which takes only HTTP/2, for no protocol by ALPN",
        first.shown()
    );
    let used = hop.used();
    let mut draft = cx.report(used, used.directive().span(), message);
    for peer in &peers {
        let (at, message) = evidence(model, peer);
        draft = draft.label(at, message);
    }
    if let Some(flag) = hop.decided_by() {
        let name = shown(flag.directive().name().raw());
        draft = draft.label(flag.location(), format!("`{name}` makes stream speak TLS itself"));
    }
    let whole = peers.len() == hop.peers().len();
    let applicability = if whole { Applicability::Safe } else { Applicability::Unsafe };
    let edits = vec![insert_behind(used, "proxy_ssl_alpn h2;")];
    draft
        .help(
            "ask for it with `proxy_ssl_alpn h2` (from 1.31.0 on); before, let the client speak TLS \
             through the stream server, or pass with `grpc_pass grpcs://…` in http",
        )
        .fix("ask for HTTP/2", applicability, Some(VersionSet::since(ALPN)), edits);
}

/// Whether its user declares that it takes HTTP/2 over TLS and nothing else.
fn takes_only_http2(peer: &Peer) -> bool {
    let http2 = Applications::HTTP2.union(Applications::GRPC);
    let declared = matches!(
        peer.evidence(),
        Evidence::Comment(..) | Evidence::Log(..) | Evidence::Setting(..)
    );
    let only = |applications: Applications| {
        !applications.is_unknown() && applications.without(http2).is_unknown()
    };
    peer.tls() == Some(true)
        && declared
        && peer.accepts().pieces().all(|(_, accepts)| only(accepts.applications))
}
