//! What the parameters of `listen` do to a socket that they were hardly meant for: servers that
//! share it and say different things, and sockets of browsers that take HTTP/2 alone.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::address::Host;
use super::hop::Kind;
use super::listener::{Listener, Socket, is_of_any6};
use super::scope::{Scope, ScopeId};
use super::{Certainty, Evidence, Mismatch, Model, Speech};
use crate::include::{InstanceId, Use};
use crate::nginx::{Family, VersionSet, id};
use crate::syntax::is_placeholder;

/// What `listen` lines of one socket may differ in.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// `ssl`.
    pub ssl: bool,
    /// `http2`.
    pub http2: bool,
    /// `proxy_protocol`.
    pub proxy_protocol: bool,
}

/// `listen` lines of one socket that differ: what one says holds for all.
pub struct Differing {
    /// The first line.
    pub first: Use,
    /// Those of other servers that say something else, in the order of the servers; at least one.
    pub later: Vec<Use>,
    /// Every line of the socket, with what it says.
    pub all: Vec<(Use, Options)>,
    /// What the first line says, and the first of the later ones.
    pub said: (Options, Options),
    /// The address, for a message.
    pub address: String,
    /// Whether a server without `listen` is among them, whose port is not sure.
    pub implicit: bool,
}

/// A cleartext `listen … http2` where browsers come.
pub struct OnlyHttp2 {
    /// The lines, in nginx's order; at least one.
    pub listens: Vec<Use>,
    /// Whether some of what is behind the socket is for clients that speak HTTP/2.
    pub has_grpc: bool,
}

impl Options {
    const fn of(listener: &Listener) -> Self {
        let Listener { ssl, http2, proxy_protocol, .. } = *listener;
        Self { ssl, http2, proxy_protocol }
    }

    /// Those that only one of the two has.
    #[must_use]
    pub const fn different(self, other: Self) -> Self {
        Self {
            ssl: self.ssl != other.ssl,
            http2: self.http2 != other.http2,
            proxy_protocol: self.proxy_protocol != other.proxy_protocol,
        }
    }

    /// Those of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            ssl: self.ssl || other.ssl,
            http2: self.http2 || other.http2,
            proxy_protocol: self.proxy_protocol || other.proxy_protocol,
        }
    }

    /// Those that are there and not in `other`, by name.
    pub fn names_beyond(self, other: Self) -> Vec<&'static str> {
        let all = [
            ("ssl", self.ssl && !other.ssl),
            ("http2", self.http2 && !other.http2),
            ("proxy_protocol", self.proxy_protocol && !other.proxy_protocol),
        ];
        all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect()
    }
}

impl Model<'_> {
    /// The sockets whose servers say different things in `listen`, in the order of the servers.
    pub fn differing_listens(&self) -> Vec<Differing> {
        let mut found: Vec<Differing> = Vec::new();
        let mut places: HashMap<(ScopeId, ScopeId, Options), usize> = HashMap::new();
        for (host, port, socket) in self.sockets.singles() {
            let listeners = &socket.listeners;
            let differs = |one: &Listener| Options::of(one) != Options::of(&listeners[0]);
            if !listeners.iter().any(differs) {
                continue;
            }
            for group in self.groups(host, socket) {
                let Some((differing, servers)) = self.differing(host, port, &group) else {
                    continue;
                };
                let what = differing.said.0.different(differing.said.1);
                // The same servers often meet on IPv4 and IPv6.
                match places.entry((servers.0, servers.1, what)) {
                    Entry::Occupied(place) => {
                        let known = &mut found[*place.get()];
                        known.later.extend(differing.later);
                        known.all.extend(differing.all);
                    }
                    Entry::Vacant(place) => {
                        place.insert(found.len());
                        found.push(differing);
                    }
                }
            }
        }
        found
    }

    /// The listeners of a socket that surely meet there.
    fn groups<'s>(&self, host: &Host, socket: &'s Socket) -> Vec<Vec<&'s Listener>> {
        let has_root = self.config.has_root();
        let mut places: HashMap<(Option<InstanceId>, Family), usize> = HashMap::new();
        let mut groups: Vec<Vec<&Listener>> = Vec::new();
        for one in &socket.listeners {
            let directive = self.config.used(one.used).directive();
            let is_unsure = directive.tree().is_template()
                || directive.args().any(|word| is_placeholder(word.raw()))
                // A socket of IPv6 that takes IPv4 too is not the same socket.
                || (*host == Host::ANY4 && is_of_any6(directive));
            if is_unsure || (one.implicit && !self.config.is_whole()) {
                continue;
            }
            // Files without a root may be there to choose from.
            let top = (!has_root).then(|| self.config.outermost(one.used.instance));
            let place = *places.entry((top, one.family)).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            }
        }
        groups
    }

    fn differing(
        &self,
        host: &Host,
        port: u16,
        group: &[&Listener],
    ) -> Option<(Differing, (ScopeId, ScopeId))> {
        let says = |one: &Listener| {
            let own = Options::of(one);
            // The directive says it for the server.
            let http2 = Scope { model: self, id: one.server }.flag(id::HTTP2).is_some();
            (own, Options { http2: own.http2 || http2, ..own })
        };
        let all: Vec<(&Listener, (Options, Options))> =
            group.iter().map(|one| (*one, says(one))).collect();
        let (first, first_says) = *all.first()?;
        let differs = |one: &Listener, says: (Options, Options)| {
            let mut what = says.0.different(first_says.0);
            what.http2 &= says.1.http2 != first_says.1.http2;
            one.server != first.server && what != Options::default()
        };
        let header =
            |says: (Options, Options)| says.0.proxy_protocol != first_says.0.proxy_protocol;
        let mut later: Vec<_> = all.iter().filter(|(one, says)| differs(one, *says)).collect();
        // What is worse goes first.
        later.sort_by_key(|(_, says)| !header(*says));
        let (second, second_says) = *later.first()?;
        let address = match host {
            Host::Unix(_) => host.to_string(),
            host if *host == Host::ANY4 => format!("*:{port}"),
            host => format!("{host}:{port}"),
        };
        let differing = Differing {
            first: first.used,
            later: later.iter().map(|(one, _)| one.used).collect(),
            all: all.iter().map(|(one, says)| (one.used, says.0)).collect(),
            said: (first_says.0, second_says.0),
            address,
            implicit: first.implicit || second.implicit,
        };
        Some((differing, (first.server, second.server)))
    }

    /// The `listen … http2` without `ssl` on the ports of browsers, whose servers do not pass
    /// everything with `grpc_pass`; and to which no pass of this configuration leads that is
    /// reported itself.
    pub fn only_http2(&self) -> Vec<OnlyHttp2> {
        let is_it = |host: &Host, port: u16, socket: &Socket| {
            matches!(port, 80 | 8080)
                && !host.is_loopback()
                && socket.http2().is_some()
                && socket.ssl().is_none()
                // What speaks that protocol knows what it speaks to.
                && socket.proxy_protocol().is_none()
                && socket.listeners.iter().all(|one| one.family == Family::Http)
        };
        let sockets: Vec<&Socket> = self
            .sockets
            .singles()
            .filter(|(host, port, socket)| is_it(host, *port, socket))
            .map(|(_, _, socket)| socket)
            .collect();
        if sockets.is_empty() {
            return Vec::new();
        }
        let (mut passing, mut others) = (HashSet::new(), HashSet::new());
        let mut reported = HashSet::new();
        for hop in self.hops() {
            let Some(server) = hop.scope().server() else { continue };
            let servers = if hop.kind() == Kind::Grpc { &mut passing } else { &mut others };
            servers.insert(server.id());
            let clash = hop.clash(Mismatch::Http1ToHttp2);
            let certain = clash.filter(|clash| clash.certainty == Certainty::Certain);
            let told = certain.iter().flat_map(|clash| hop.peers_of(clash));
            // What passes HTTP/2 to it is its client, and no browser.
            let speaks = |(_, speech): &(VersionSet, &Option<Speech>)| {
                matches!(speech, Some(Speech::Http2 | Speech::Grpc))
            };
            let served = hop.speech().within(self.target()).iter().any(speaks);
            for peer in told.chain(hop.peers().iter().filter(|_| served)) {
                if let Evidence::Listener { http2: Some(listen), .. } = peer.evidence() {
                    reported.insert(*listen);
                }
            }
        }
        let mut found: Vec<OnlyHttp2> = Vec::new();
        let mut places: HashMap<ScopeId, usize> = HashMap::new();
        for socket in sockets {
            let servers = || socket.listeners.iter().map(|one| one.server);
            let has_grpc = servers().any(|server| passing.contains(&server));
            let only_grpc = has_grpc && !servers().any(|server| others.contains(&server));
            let Some(first) = socket.http2().filter(|one| !reported.contains(&one.used)) else {
                continue;
            };
            if only_grpc {
                continue;
            }
            let lines = socket.listeners.iter().filter(|one| one.http2).map(|one| one.used);
            // One server often listens on IPv4 and IPv6.
            let place = *places.entry(first.server).or_insert(found.len());
            match found.get_mut(place) {
                Some(known) => known.listens.extend(lines),
                None => found.push(OnlyHttp2 { listens: lines.collect(), has_grpc }),
            }
        }
        found
    }

    /// The servers to which clients can speak HTTP/2, or HTTP/3.
    pub(super) fn servers_with_http2(&self) -> HashSet<ScopeId> {
        let flag = |server: ScopeId| Scope { model: self, id: server }.flag(id::HTTP2).is_some();
        let mut servers = HashSet::new();
        for socket in self.sockets.all() {
            let default = socket.default_listener().is_some_and(|one| flag(one.server));
            let all = socket.http2().is_some() || (socket.ssl().is_none() && default);
            let udp = self.is_of_udp(socket);
            let own = socket.listeners.iter().map(|one| one.server);
            servers.extend(own.filter(|server| all || udp || flag(*server)));
        }
        servers
    }

    fn is_of_udp(&self, socket: &Socket) -> bool {
        let listen = socket.listeners.first().map(|one| self.config.used(one.used));
        listen.is_some_and(|listen| listen.directive().args().any(|word| word.raw() == b"quic"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_one_has_beyond_another() {
        let one = Options { ssl: true, http2: true, proxy_protocol: false };
        let other = Options { ssl: true, http2: false, proxy_protocol: true };
        assert_eq!(one.names_beyond(other), ["http2"]);
        assert_eq!(other.names_beyond(one), ["proxy_protocol"]);
        let both = Options { ssl: false, http2: true, proxy_protocol: true };
        assert_eq!(one.different(other), both);
    }
}
