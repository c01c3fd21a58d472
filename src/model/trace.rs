//! Which hop opened a connection that an error log speaks of.

use std::cmp::{Ordering, Reverse};
use std::collections::{HashMap, VecDeque};

use super::Model;
use super::address::{Address, Host};
use super::hop::{Hop, Kind};
use super::location::{self, Pattern};
use super::peer::Peer;
use super::route::Route;
use super::scope::{Scope, ScopeId};
use crate::include::Used;
use crate::nginx::{Contexts, Family, id};
use crate::source::Location;

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

/// How well a peer fits, the best last.
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
        let mut ways: HashMap<ScopeId, Vec<(ScopeId, Step)>> = HashMap::new();
        let mut best: Option<Likelihood> = None;
        let mut found: Vec<Traced> = Vec::new();
        for (index, hop) in self.hops().enumerate() {
            let server = hop.scope().server();
            let is_of = servers.is_empty() || server.is_some_and(|one| servers.contains(&one.id()));
            if hop.kind() != kind || !is_of {
                continue;
            }
            let Some((fit, peer)) = peer_of(hop, tls, trace.peer) else { continue };
            let location = hop.scope().chain().find(|scope| scope.context() == Contexts::LOCATION);
            let step = match (trace.target, server, location) {
                (Some(target), Some(server), Some(location)) => {
                    let way = ways.entry(server.id()).or_insert_with(|| way(server, target));
                    way.iter().find(|(block, _)| *block == location.id()).map(|(_, step)| *step)
                }
                _ => None,
            };
            let likelihood = Likelihood::of(fit, step);
            match best.map(|best| likelihood.cmp(&best)) {
                Some(Ordering::Less) => continue,
                Some(Ordering::Equal) => {}
                _ => found.clear(),
            }
            best = Some(likelihood);
            found.push(Traced { hop: index, peer });
        }
        match (found.as_slice(), best) {
            ([one], _) => Some(*one),
            // Several lead to that very peer: the log does not tell more.
            ([first, ..], Some(best)) if best.is_sure() => Some(*first),
            _ => None,
        }
    }

    /// The blocks where a request got to, the nearest first, as a line tells of it by what it calls
    /// the server and by what was asked for: locations, or servers alone.
    pub fn blocks_of(&self, family: Family, server: &[u8], target: Option<&[u8]>) -> Vec<ScopeId> {
        let servers = self.servers_called(family, server);
        let blocks = servers.flat_map(|server| match target {
            Some(target) => way(server, target).into_iter().map(|(block, _)| block).collect(),
            None => vec![server.id()],
        });
        blocks.collect()
    }

    /// Where a block stands, to its closing brace.
    pub fn extent(&self, block: ScopeId) -> Option<Location> {
        let used = Scope { model: self, id: block }.block()?;
        Some(used.locate(used.directive().whole_span()))
    }
}

/// How likely it is that a hop opened a connection, the likeliest last. A request that is known to
/// get to a location counts more than an address that several hops may have.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Likelihood {
    Perhaps,
    PerhapsLedTo,
    Surely,
    /// By an error page of a block further out.
    LedToOnErrors,
    PerhapsRouted,
    LedTo(Reverse<usize>),
    Routed,
}

impl Likelihood {
    fn of(fit: Fit, step: Option<Step>) -> Self {
        match (fit, step) {
            (Fit::Perhaps, None) => Self::Perhaps,
            (Fit::Perhaps, Some(Step::First)) => Self::PerhapsRouted,
            (Fit::Perhaps, Some(_)) => Self::PerhapsLedTo,
            (Fit::Surely, None) => Self::Surely,
            (Fit::Surely, Some(Step::First)) => Self::Routed,
            (Fit::Surely, Some(Step::Further(number))) => Self::LedTo(Reverse(number)),
            (Fit::Surely, Some(Step::OnErrors)) => Self::LedToOnErrors,
        }
    }

    fn is_sure(self) -> bool {
        !matches!(self, Self::Perhaps | Self::PerhapsLedTo | Self::PerhapsRouted)
    }
}

/// How a request gets to a block.
#[derive(Copy, Clone)]
enum Step {
    /// It takes it first.
    First,
    /// Lines of the blocks before lead on to it, which one of them.
    Further(usize),
    /// An error page of a block further out leads to it, or what follows that.
    OnErrors,
}

/// The blocks of a server that a request may get to: the one that takes it, then those that lines
/// in it lead on to, the nearest first.
fn way(server: Scope<'_>, target: &[u8]) -> Vec<(ScopeId, Step)> {
    let first = match server.route(target) {
        Route::Location(scope) => scope,
        _ => server,
    };
    let mut way = vec![(first.id(), Step::First)];
    // What stands in the server itself may lead to any location, before one is looked for.
    let mut open = VecDeque::from([first, server]);
    let mut outer = Some(first.effective(id::ERROR_PAGE).filter_map(last).collect());
    loop {
        let (targets, on_errors) = match open.pop_front() {
            Some(scope) => (leads(scope), outer.is_none()),
            None => match outer.take() {
                Some(pages) => (pages, true),
                None => return way,
            },
        };
        for target in targets.iter().filter_map(|target| known(target)) {
            let next = match target.first() {
                Some(b'@') => {
                    server.blocks(id::LOCATION).find(|location| is_named(*location, target))
                }
                _ => match server.route(target) {
                    Route::Location(scope) => Some(scope),
                    _ => None,
                },
            };
            let is_new = |next: &Scope<'_>| way.iter().all(|(known, _)| *known != next.id());
            if let Some(next) = next.filter(is_new)
                && way.len() < LONGEST
            {
                way.push((
                    next.id(),
                    if on_errors { Step::OnErrors } else { Step::Further(way.len()) },
                ));
                open.push_back(next);
            }
        }
    }
}

fn is_named(location: Scope<'_>, name: &[u8]) -> bool {
    let pattern = location.block().and_then(|block| Pattern::of(block.directive()));
    pattern.is_some_and(|pattern| pattern.kind == location::Kind::Named && *pattern.name == *name)
}

/// Where the lines of a block send a request.
fn leads(scope: Scope<'_>) -> Vec<Vec<u8>> {
    let blocks = std::iter::once(scope).chain(scope.blocks(id::IF));
    let rewritten = blocks.flat_map(|scope| scope.own(id::REWRITE)).filter_map(|used| {
        let flag = used.directive().arg(2).map(|word| word.value());
        let leads_on = flag.is_none_or(|flag| *flag == *b"last");
        used.directive().arg(1).filter(|_| leads_on).map(|word| word.value().into_owned())
    });
    let tried = scope.own(id::TRY_FILES).filter_map(last);
    let pages = scope.own(id::ERROR_PAGE).filter_map(last);
    let of_location = scope.context() == Contexts::LOCATION;
    rewritten.chain(tried).chain(pages.filter(|_| of_location)).collect()
}

fn last(used: Used<'_>) -> Option<Vec<u8>> {
    used.directive().args().last().map(|word| word.value().into_owned())
}

/// Of where a line leads to, what is known: a name, or a path up to its first variable.
fn known(target: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b'$', target).unwrap_or(target.len());
    target.get(..end).filter(|known| known.starts_with(b"/") || known.starts_with(b"@"))
}

/// The kind of pass that logs a peer with that scheme, and whether it speaks TLS then.
fn kind(scheme: &[u8]) -> Option<(Kind, Option<bool>)> {
    let known = |kind: Kind| {
        let is_it = |(text, _): &&(&str, bool)| {
            text.as_bytes().strip_suffix(b"://").is_some_and(|own| own == scheme)
        };
        kind.schemes().iter().find(is_it).map(|(_, tls)| (kind, Some(*tls)))
    };
    // The others write none in the configuration, and all but stream one in the log.
    [Kind::Grpc, Kind::Proxy, Kind::Uwsgi].into_iter().find_map(known).or(match scheme {
        b"fastcgi" => Some((Kind::Fastcgi, None)),
        b"scgi" => Some((Kind::Scgi, None)),
        b"memcached" => Some((Kind::Memcached, None)),
        b"stream" => Some((Kind::Stream, None)),
        _ => None,
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

/// So many blocks are looked at on the way of a request.
const LONGEST: usize = 32;
