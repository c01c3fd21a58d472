//! Which hop opened a connection that an error log speaks of.

use super::Model;
use super::address::{Address, Host};
use super::hop::{Hop, Kind};
use super::peer::Peer;
use super::route::Route;
use super::scope::ScopeId;
use crate::nginx::Contexts;

/// What a line of an error log tells of a connection that nginx opened.
#[derive(Copy, Clone, Debug)]
pub struct Trace<'l> {
    /// `http`, `https`, `grpc` …; `stream` for an address without a scheme.
    pub scheme: &'l [u8],
    /// The address of the peer.
    pub peer: &'l [u8],
    /// What the log calls the server.
    pub server: &'l [u8],
    /// What was asked for, as the client wrote it; of a subrequest its path.
    pub target: Option<&'l [u8]>,
}

/// A hop that opened a connection.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Traced {
    /// Its index among the hops of the model.
    pub hop: usize,
    /// The index of its peer, where it can be no other.
    pub peer: Option<usize>,
}

/// How well something fits, the best last.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It may be it: an address that is looked up, or that a variable makes.
    Perhaps,
    /// It is it.
    Surely,
}

impl Model<'_> {
    /// The hop that most likely opened a connection; `None` if none can have, or several alike may
    /// have.
    pub fn hop_of(&self, trace: &Trace<'_>) -> Option<Traced> {
        let (kind, tls) = kind(trace.scheme)?;
        let servers: Vec<ScopeId> =
            self.servers_called(kind.family(), trace.server).map(|server| server.id()).collect();
        let mut best: Option<(Fit, bool)> = None;
        let mut found: Vec<Traced> = Vec::new();
        for (index, hop) in self.hops().enumerate() {
            let of_server = || {
                let server = hop.scope().server().map(|server| server.id());
                servers.is_empty() || server.is_some_and(|server| servers.contains(&server))
            };
            if hop.kind() != kind || !of_server() {
                continue;
            }
            let Some((fit, peer)) = peer_of(hop, tls, trace.peer) else { continue };
            let rank = (fit, is_routed(hop, trace.target));
            match best.as_ref().map(|best| rank.cmp(best)) {
                Some(std::cmp::Ordering::Less) => continue,
                Some(std::cmp::Ordering::Equal) => {}
                _ => found.clear(),
            }
            best = Some(rank);
            found.push(Traced { hop: index, peer });
        }
        match (found.as_slice(), best) {
            ([one], _) => Some(*one),
            // Several lead to that very peer: the log does not tell more.
            ([first, ..], Some((Fit::Surely, _))) => Some(*first),
            _ => None,
        }
    }
}

/// The kind of pass that logs a peer with that scheme, and whether it speaks TLS then.
fn kind(scheme: &[u8]) -> Option<(Kind, Option<bool>)> {
    Some(match scheme {
        b"http" => (Kind::Proxy, Some(false)),
        b"https" => (Kind::Proxy, Some(true)),
        b"grpc" => (Kind::Grpc, Some(false)),
        b"grpcs" => (Kind::Grpc, Some(true)),
        b"fastcgi" => (Kind::Fastcgi, None),
        b"uwsgi" => (Kind::Uwsgi, Some(false)),
        b"suwsgi" => (Kind::Uwsgi, Some(true)),
        b"scgi" => (Kind::Scgi, None),
        b"memcached" => (Kind::Memcached, None),
        b"stream" => (Kind::Stream, None),
        _ => return None,
    })
}

/// How well the peers of a hop fit an address, and which of them does, where it is one alone.
fn peer_of(hop: Hop<'_>, tls: Option<bool>, address: &[u8]) -> Option<(Fit, Option<usize>)> {
    let address = Address::parse(address)?;
    let fits = hop.peers().iter().enumerate().filter_map(|(index, peer)| {
        let speaks = tls.is_none() || peer.tls().is_none() || peer.tls() == tls;
        Some((fit(peer, &address).filter(|_| speaks)?, index))
    });
    let fits: Vec<_> = fits.collect();
    let best = fits.iter().map(|(fit, _)| *fit).max()?;
    let mut best_ones = fits.iter().filter(|(fit, _)| *fit == best);
    let first = best_ones.next().map(|(_, index)| *index);
    Some((best, first.filter(|_| best_ones.next().is_none())))
}

fn fit(peer: &Peer, address: &Address) -> Option<Fit> {
    let Ok(own) = &peer.address else { return Some(Fit::Perhaps) };
    if own == address {
        return Some(Fit::Surely);
    }
    let ports = own.port.is_none() || own.port == address.port;
    match (&own.host, &address.host) {
        (Host::Name(_), Host::Ip(_)) if ports => {
            let local = own.host.is_loopback() && address.host.is_loopback();
            Some(if local { Fit::Surely } else { Fit::Perhaps })
        }
        _ => None,
    }
}

/// Whether a request gets to the location of the hop first.
fn is_routed(hop: Hop<'_>, target: Option<&[u8]>) -> bool {
    let location = hop.scope().chain().find(|scope| scope.context() == Contexts::LOCATION);
    let (Some(target), Some(location), Some(server)) = (target, location, hop.scope().server())
    else {
        return false;
    };
    matches!(server.route(target), Route::Location(scope) if scope.id() == location.id())
}
