//! A hop as a row of a table.

use crate::diagnostic::{self, Confidence, HopRow, PeerRow, Verdict};
use crate::model::{Evidence, Hop, Model, Peer, shown};
use crate::nginx::id;
use crate::source::Location;

/// A hop as it is shown to people and programs.
pub(super) fn row(model: &Model<'_>, hop: Hop<'_>) -> HopRow {
    let used = hop.used();
    let mut protocols: Vec<&str> = Vec::new();
    for (_, speech) in hop.speech().within(model.target()) {
        let name = speech.map_or("unknown", |speech| speech.name());
        if !protocols.contains(&name) {
            protocols.push(name);
        }
    }
    let tls = hop.peers().iter().any(|peer| peer.tls() == Some(true));
    let peers = hop.peers().iter().enumerate().map(|(index, peer)| {
        let verdict = match peer.certainty() {
            _ if hop.is_clashing(index) => Verdict::Mismatch,
            None => Verdict::Unknown,
            Some(_) => Verdict::Ok,
        };
        let (reason, evidence) = reason(model, peer);
        PeerRow {
            address: peer.shown(),
            accepts: accepted(model, peer),
            confidence: peer.certainty().map(Confidence::from),
            reason,
            evidence,
            verdict,
        }
    });
    HopRow {
        directive: shown(used.directive().name().raw()),
        at: used.location(),
        speaks: diagnostic::Speaks {
            protocol: protocols.join(" | "),
            tls,
            sni: hop.sni().filter(|_| tls).map(shown),
            alpn: if tls { alpn(hop, &protocols) } else { Vec::new() },
            proxy_protocol: hop.proxy_protocol().is_some(),
            decided_by: hop.decided_by().map(|used| used.location()),
        },
        peers: peers.collect(),
    }
}

/// The protocol names offered in the TLS handshake: HTTP/1.x offers none in any release.
fn alpn(hop: Hop<'_>, protocols: &[&str]) -> Vec<String> {
    if protocols == ["stream"] {
        let offered = hop.scope().effective(id::PROXY_SSL_ALPN);
        let words = offered.flat_map(|used| used.directive().args());
        return words.map(|word| shown(&word.value())).collect();
    }
    let http2 = protocols.iter().any(|one| ["grpc", "http/2"].contains(one));
    if http2 { vec!["h2".to_owned()] } else { Vec::new() }
}

/// The words for what is accepted somewhere in the target: its user's own, if it was declared.
fn accepted(model: &Model<'_>, peer: &Peer) -> Vec<String> {
    let declared = match peer.evidence() {
        Evidence::Comment(_, words) | Evidence::Log(words, _) | Evidence::Setting(_, words) => {
            words.clone()
        }
        _ => Vec::new(),
    };
    let parts = peer.accepts().within(model.target());
    let found = parts.iter().flat_map(|(_, accepts)| accepts.words());
    let mut all: Vec<String> = Vec::new();
    for word in if declared.is_empty() { found.collect() } else { declared } {
        if !all.iter().any(|known| known == word.name()) {
            all.push(word.name().to_owned());
        }
    }
    all
}

/// How it is known what a peer accepts, and where that stands.
fn reason(model: &Model<'_>, peer: &Peer) -> (String, Option<Location>) {
    match peer.evidence() {
        Evidence::Comment(at, _) => ("a comment says so".to_owned(), Some(*at)),
        Evidence::Listener { default, implicit, .. } => {
            let what = if *implicit { "a `server` without `listen`" } else { "a `listen`" };
            let at = model.used(*default).location();
            let parts = peer.accepts().within(model.target());
            let quic = parts.iter().any(|(_, accepts)| accepts.quic_only);
            let takes = if quic { ", for UDP alone," } else { "" };
            (format!("{what}{takes} of this configuration"), Some(at))
        }
        Evidence::Convention { .. } => (peer.evidence().signs().join(", "), None),
        Evidence::Log(..) => ("an error log shows it".to_owned(), None),
        Evidence::None => ("nothing tells".to_owned(), None),
        Evidence::Setting(address, _) => (format!("`[[backend]]` {address}"), None),
    }
}
