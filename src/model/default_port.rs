//! Servers of `upstream` blocks that name no port: nginx takes 80, whatever is spoken to them
//! (`ngx_http_upstream_server`).

use std::collections::HashMap;
use std::rc::Rc;

use super::Model;
use super::accept::Speech;
use super::hop::{Clash, Hop, Kind};
use super::peer::{Certainty, Peer};
use crate::include::Use;

/// A server that names no port, and is reached by something that is not at home on port 80.
#[derive(Clone, Debug)]
pub struct DefaultPort {
    /// The `server`.
    pub server: Use,
    /// What is spoken to it: `TLS`, `FastCGI`.
    pub spoken: &'static str,
    /// Whether that is over TLS.
    pub tls: bool,
    /// Whether a server beside it names port 80 itself: it may be meant.
    pub is_beside_80: bool,
    /// The passes.
    pub passes: Vec<Use>,
}

impl Model<'_> {
    /// Such servers of http, but for those of which it is certain what they accept.
    pub fn default_ports(&self) -> Vec<DefaultPort> {
        let mut found: Vec<DefaultPort> = Vec::new();
        if !self.upstreams.have_default_port() {
            return found;
        }
        let mut index: HashMap<Use, usize> = HashMap::new();
        let mut seen: HashMap<(*const Peer, Kind), Use> = HashMap::new();
        for hop in self.hops() {
            let first = hop.peers().first();
            let known = first.is_none_or(|one| one.upstream.is_none())
                || seen
                    .insert((Rc::as_ptr(&hop.data.peers).cast(), hop.kind()), hop.data.used)
                    .is_some();
            if known {
                continue;
            }
            let is_beside_80 = hop.peers().iter().any(|one| is_80(one) && !is_chosen(self, one));
            for peer in hop.peers() {
                let Some(spoken) = is_default(self, peer).then(|| spoken(hop, peer)).flatten()
                else {
                    continue;
                };
                let at = *index.entry(peer.used).or_insert_with(|| {
                    let tls = peer.tls == Some(true);
                    let (server, passes) = (peer.used, Vec::new());
                    found.push(DefaultPort { server, spoken, tls, is_beside_80, passes });
                    found.len() - 1
                });
                let passes = &mut found[at].passes;
                if !passes.contains(&hop.data.used) && passes.len() < MOST_PASSES {
                    passes.push(hop.data.used);
                }
            }
        }
        found
    }
}

impl Hop<'_> {
    /// Whether what a clash is about is only that servers name no port.
    pub fn is_for_default_port(self, clash: &Clash) -> bool {
        self.model.upstreams.have_default_port()
            && clash.peers.iter().all(|&index| is_default(self.model, &self.peers()[index]))
    }
}

/// Whether nginx chose the port of a peer, and nothing certain is known of it.
fn is_default(model: &Model<'_>, peer: &Peer) -> bool {
    peer.upstream.is_some()
        && peer.certainty() != Some(Certainty::Certain)
        && is_80(peer)
        && is_chosen(model, peer)
}

fn is_80(peer: &Peer) -> bool {
    peer.address.as_ref().is_ok_and(|address| address.port == Some(80))
}

/// Whether nginx chose the port of a server.
fn is_chosen(model: &Model<'_>, peer: &Peer) -> bool {
    super::upstream::names_no_port(model.used(peer.used))
}

/// What is spoken to a peer, if port 80 is not the place for it.
fn spoken(hop: Hop<'_>, peer: &Peer) -> Option<&'static str> {
    match hop.kind() {
        Kind::Proxy => (peer.tls == Some(true)).then_some("TLS"),
        Kind::Grpc if peer.tls == Some(true) => Some("gRPC over TLS"),
        Kind::Fastcgi | Kind::Grpc | Kind::Memcached | Kind::Scgi | Kind::Uwsgi => {
            let speech = hop.speech().pieces().find_map(|(_, speech)| *speech);
            speech.map(Speech::title)
        }
        Kind::MailAuth | Kind::Stream | Kind::Tunnel => None,
    }
}

/// So many passes are shown beside one server.
const MOST_PASSES: usize = 10;
