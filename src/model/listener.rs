//! Listeners, and the sockets that they share.
//!
//! The parameters `ssl`, `proxy_protocol` and `http2` of `listen` belong to the socket: they are
//! the union over all servers on the same address as written after normalisation
//! (`ngx_http_add_addresses`). The directive `http2` (1.25.1) belongs to the server: over TLS to
//! the one chosen by name, in cleartext to the default one.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use foldhash::{HashMap, HashSet, HashSetExt};
use smallvec::{SmallVec, smallvec};

use super::Model;
use super::address::{self, Host};
use super::scope::{Scope, ScopeId};
use super::sharing::Bound;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, Family, id};
use crate::syntax::{Directive, is_placeholder};

/// One `listen`, or a `server` without any.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The `listen`; the `server` where there is none.
    pub(super) used: Use,
    /// The `server` it stands in.
    pub(super) server: ScopeId,
    /// Which part of nginx listens.
    pub(super) family: Family,
    /// Whether no `listen` is written: then it is `*:80`, or, not as root, `*:8000`.
    pub(super) implicit: bool,
    pub(super) ssl: bool,
    pub(super) http2: bool,
    pub(super) proxy_protocol: bool,
    quic: bool,
    default_server: bool,
    /// Whether the `listen` itself has `ssl`.
    says_ssl: bool,
}

/// A socket that nginx listens on.
#[derive(Clone, Debug, Default)]
pub struct Socket {
    pub(super) listeners: Vec<Listener>,
    /// Where the first listener with the parameter stands, in `listeners`.
    ssl: Option<usize>,
    http2: Option<usize>,
    proxy_protocol: Option<usize>,
    default: usize,
}

impl Socket {
    fn add(&mut self, listener: Listener) {
        let index = self.listeners.len();
        let first = |slot: &mut Option<usize>, said: bool| {
            if said && slot.is_none() {
                *slot = Some(index);
            }
        };
        first(&mut self.ssl, listener.ssl);
        first(&mut self.http2, listener.http2);
        first(&mut self.proxy_protocol, listener.proxy_protocol);
        let has_default = self.listeners.get(self.default).is_some_and(|one| one.default_server);
        if listener.default_server && !has_default {
            self.default = index;
        }
        self.listeners.push(listener);
    }

    fn listener(&self, index: Option<usize>) -> Option<&Listener> {
        index.and_then(|index| self.listeners.get(index))
    }

    /// The listener that makes it take TLS.
    pub(super) fn ssl(&self) -> Option<&Listener> {
        self.listener(self.ssl)
    }

    /// The listener whose parameter makes it take HTTP/2.
    pub(super) fn http2(&self) -> Option<&Listener> {
        self.listener(self.http2)
    }

    /// The first listener that says `ssl`, else the first that says `quic`.
    pub(super) fn takes_tls(&self) -> Option<&Listener> {
        let first = |says: fn(&&Listener) -> bool| self.listeners.iter().find(says);
        first(|one| one.says_ssl).or_else(|| first(|one| one.quic))
    }

    /// The listener that makes it want a PROXY protocol header.
    pub(super) fn proxy_protocol(&self) -> Option<&Listener> {
        self.listener(self.proxy_protocol)
    }

    /// The listener of the default server.
    pub(super) fn default_listener(&self) -> Option<&Listener> {
        self.listener(Some(self.default))
    }
}

/// A port of a host, or the path of a socket.
type Key = (Host, u16);

/// Every socket of a configuration.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    tcp: HashMap<Key, Socket>,
    /// Port ranges (first, last) of TCP, few if any.
    ranges: Vec<(Host, u16, u16, Socket)>,
    /// Port ranges (first, last) of QUIC, few if any.
    quic_ranges: Vec<(Host, u16, u16, Use)>,
    /// The sockets of QUIC and other uses of UDP.
    datagrams: HashMap<Key, Socket>,
    /// The hosts that some `listen` names.
    own: HashSet<Host>,
    /// Every `listen`, in the order of the servers.
    bound: Vec<Bound>,
}

impl Sockets {
    pub(super) fn build(model: &Model<'_>) -> Self {
        let lines = model.scopes.every(id::LISTEN).map(|(_, lines)| lines.len()).sum();
        let mut sockets = Self { bound: Vec::with_capacity(lines), ..Self::default() };
        for id in model.scopes.ids() {
            let scope = Scope { model, id };
            let family = match scope.context() {
                Contexts::SERVER => Family::Http,
                Contexts::STREAM_SERVER => Family::Stream,
                Contexts::MAIL_SERVER => Family::Mail,
                _ => continue,
            };
            let mut any = false;
            for used in scope.own(id::LISTEN) {
                any = true;
                sockets.listen(used, id, family, scope.flag(id::SSL).is_some());
            }
            // A fragment of a server may have its `listen` in another file.
            if let Some(block) = scope.block().filter(|_| !any && family == Family::Http) {
                let mut listener = Listener::new(block, id, family, true);
                listener.ssl = scope.flag(id::SSL).is_some();
                sockets.bind(&listener, &Host::ANY4, (80, 80), false, false);
                sockets.add(Host::ANY4, (80, 80), false, listener);
            }
        }
        sockets
    }

    fn listen(&mut self, used: Used<'_>, server: ScopeId, family: Family, ssl: bool) {
        let directive = used.directive().exemplar();
        let Some(first) = directive.arg(0) else { return };
        let Some((host, ports)) = endpoint(&first.value()) else { return };
        let mut listener = Listener::new(used, server, family, false);
        // The directive `ssl`, below 1.25.1.
        listener.ssl = ssl;
        let (mut udp, mut both, mut sets) = (false, false, false);
        for word in directive.args().skip(1) {
            let value = word.value();
            listener.says_ssl |= word.raw() == b"ssl";
            sets |= SETTING.iter().any(|option| value.starts_with(option));
            match value.as_ref() {
                b"ssl" => listener.ssl = true,
                b"http2" => listener.http2 = true,
                b"proxy_protocol" => listener.proxy_protocol = true,
                b"default_server" | b"default" => listener.default_server = true,
                b"quic" => (udp, listener.quic) = (true, true),
                b"udp" => udp = true,
                b"ipv6only=off" => both = true,
                _ => {}
            }
        }
        if !is_placeholder(first.raw()) {
            self.bind(&listener, &host, ports, udp, sets);
        }
        if both && host == Host::ANY6 {
            self.add(Host::ANY4, ports, udp, listener.clone());
        }
        self.add(host, ports, udp, listener);
    }

    fn bind(&mut self, one: &Listener, host: &Host, ports: (u16, u16), udp: bool, sets: bool) {
        self.bound.push(Bound {
            used: one.used,
            server: one.server,
            family: one.family,
            udp,
            host: host.clone(),
            ports,
            default: one.default_server,
            sets,
            implicit: one.implicit,
        });
    }

    /// Every `listen`, in the order of the servers; a `server` of http without one among them.
    pub(super) fn bound(&self) -> &[Bound] {
        &self.bound
    }

    fn add(&mut self, host: Host, (low, high): (u16, u16), udp: bool, listener: Listener) {
        if udp {
            self.own.insert(host.clone());
            if listener.quic && low < high {
                self.quic_ranges.push((host.clone(), low, high, listener.used));
            }
            self.datagrams.entry((host, low)).or_default().add(listener);
        } else if low == high {
            let socket = self.tcp.entry((host, low)).or_insert_with_key(|(host, _)| {
                self.own.insert(host.clone());
                Socket::default()
            });
            socket.add(listener);
        } else {
            self.own.insert(host.clone());
            let mut socket = Socket::default();
            socket.add(listener);
            self.ranges.push((host, low, high, socket));
        }
    }

    /// Whether some socket may take what is sent to a host: most peers are other machines.
    pub(super) fn may_take(&self, host: &Host) -> bool {
        self.own.contains(host) || host.is_loopback()
    }

    /// The socket that takes a TCP connection to `host:port`, if this configuration listens there:
    /// the most specific one. A wildcard takes only what surely comes to this machine.
    pub(super) fn at(&self, host: &Host, port: u16) -> Option<Cow<'_, Socket>> {
        self.candidates(host).iter().find_map(|host| self.exactly(host, port))
    }

    /// Every socket, in the order of their first listeners.
    pub(super) fn all(&self) -> Vec<&Socket> {
        let ranges = self.ranges.iter().map(|(.., socket)| socket);
        let mut all: Vec<&Socket> =
            self.tcp.values().chain(self.datagrams.values()).chain(ranges).collect();
        all.sort_by_key(|socket| socket.listeners.first().map(|one| one.used));
        all
    }

    /// The sockets of TCP on one port, in the order of their first listeners.
    pub(super) fn singles(&self) -> impl Iterator<Item = (&Host, u16, &Socket)> {
        let tcp = self.tcp.iter().map(|((host, port), socket)| (host, *port, socket));
        let mut all: Vec<(&Host, u16, &Socket)> = tcp.collect();
        all.sort_by_key(|(_, _, socket)| socket.listeners.first().map(|one| one.used));
        all.into_iter()
    }

    /// The `listen` for QUIC at `host:port`.
    pub(super) fn quic_at(&self, host: &Host, port: u16) -> Option<Use> {
        self.candidates(host).iter().find_map(|host| {
            let single = self.datagrams.get(&(host.clone(), port));
            let single = single.and_then(|one| one.listeners.iter().find(|one| one.quic));
            let ranged = || {
                self.quic_ranges
                    .iter()
                    .find(|(own, low, high, _)| own == host && (*low..=*high).contains(&port))
            };
            single.map(|one| one.used).or_else(|| ranged().map(|(_, _, _, used)| *used))
        })
    }

    /// The socket of that very host: all that listen there, singly or by a range.
    fn exactly(&self, host: &Host, port: u16) -> Option<Cow<'_, Socket>> {
        let single = self.tcp.get(&(host.clone(), port)).map(Cow::Borrowed);
        let ranged = self
            .ranges
            .iter()
            .filter(|(own, low, high, _)| own == host && (*low..=*high).contains(&port));
        ranged.fold(single, |found, (_, _, _, socket)| {
            let mut all = found.map_or_else(Socket::default, Cow::into_owned);
            socket.listeners.iter().cloned().for_each(|listener| all.add(listener));
            Some(Cow::Owned(all))
        })
    }

    /// The hosts under which a socket for `host` may be listed, the most specific first.
    fn candidates(&self, host: &Host) -> SmallVec<[Host; 4]> {
        match host {
            _ if host.is_loopback_name() => {
                let v6 = Host::Ip(IpAddr::V6(Ipv6Addr::LOCALHOST));
                smallvec![Host::LOOPBACK, Host::ANY4, v6, Host::ANY6]
            }
            Host::Ip(address) if host.is_loopback() || self.own.contains(host) => {
                let any = if address.is_ipv4() { Host::ANY4 } else { Host::ANY6 };
                smallvec![host.clone(), any]
            }
            _ => smallvec![host.clone()],
        }
    }
}

impl Model<'_> {
    /// The servers that listen where another does too.
    pub fn servers_with_company(&self) -> HashSet<ScopeId> {
        let mut servers = HashSet::new();
        for socket in self.sockets.tcp.values().chain(self.sockets.datagrams.values()) {
            let first = socket.listeners.first().map(|listener| listener.server);
            if socket.listeners.iter().any(|listener| Some(listener.server) != first) {
                servers.extend(socket.listeners.iter().map(|listener| listener.server));
            }
        }
        servers
    }
}

impl Listener {
    fn new(used: Used<'_>, server: ScopeId, family: Family, implicit: bool) -> Self {
        let used = used.name();
        Self {
            used,
            server,
            family,
            implicit,
            ssl: false,
            http2: false,
            proxy_protocol: false,
            quic: false,
            default_server: false,
            says_ssl: false,
        }
    }
}

/// The parameters that set an option of the socket. Not `accept_filter=`, which does so only where the
/// system has such filters: Linux has none, and nginx ignores it there.
const SETTING: [&[u8]; 11] = [
    b"backlog=",
    b"bind",
    b"deferred",
    b"fastopen=",
    b"ipv6only=",
    b"multipath",
    b"rcvbuf=",
    b"reuseport",
    b"setfib=",
    b"sndbuf=",
    b"so_keepalive=",
];

/// Whether a `listen` is for every IPv6 address.
pub(super) fn is_of_any6(listen: Directive<'_>) -> bool {
    let word = listen.arg(0).map(|word| word.value());
    word.and_then(|word| endpoint(&word)).is_some_and(|(host, _)| host == Host::ANY6)
}

/// The host and the ports (first, last) of a `listen` (`ngx_http_core_listen`).
pub(super) fn endpoint(text: &[u8]) -> Option<(Host, (u16, u16))> {
    if address::strip_prefix_ignore_case(text, b"unix:").is_some() {
        return Some((address::Address::parse(text)?.host, (0, 0)));
    }
    if let Some(ports) = ports(text) {
        return Some((Host::ANY4, ports));
    }
    let (host, ports) = match memchr::memrchr(b':', text) {
        Some(colon) if !text.ends_with(b"]") => (&text[..colon], ports(&text[colon + 1..])?),
        _ => (text, (80, 80)),
    };
    if host == b"*" {
        return Some((Host::ANY4, ports));
    }
    let host = address::Address::parse(host)?.host;
    Some((if host.is_loopback_name() { Host::LOOPBACK } else { host }, ports))
}

fn ports(text: &[u8]) -> Option<(u16, u16)> {
    let dash = memchr::memchr(b'-', text);
    let (low, high) = dash.map_or((text, text), |dash| (&text[..dash], &text[dash + 1..]));
    let ports = (address::parse_port(low)?, address::parse_port(high)?);
    (ports.0 <= ports.1).then_some(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_normalised() {
        for text in ["80", "*:80", "0.0.0.0:80", "0.0.0.0"] {
            assert_eq!(endpoint(text.as_bytes()), Some((Host::ANY4, (80, 80))), "{text}");
        }
        assert_eq!(endpoint(b"[::]:443"), Some((Host::ANY6, (443, 443))));
        assert_eq!(endpoint(b"[::]"), Some((Host::ANY6, (80, 80))));
        assert_eq!(endpoint(b"8000-8010"), Some((Host::ANY4, (8000, 8010))));
        assert_eq!(endpoint(b"unix:/a"), Some((Host::Unix(b"/a".to_vec()), (0, 0))));
        assert_eq!(endpoint(b"a:81"), Some((Host::Name(b"a".to_vec()), (81, 81))));
        for text in ["", "80-70", "a:b", "{{ port }}", "${PORT}"] {
            assert_eq!(
                endpoint(text.as_bytes()).filter(|(_, ports)| ports.0 != 80),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn quic_is_found_in_ranges_too() {
        let http = "server { listen 8443 quic; listen 9000-9009 quic; listen 53 udp; }";
        crate::model::sample::of("1.28.3", http, |model| {
            let quic = |port| model.sockets.quic_at(&Host::LOOPBACK, port).is_some();
            assert!([8443, 9000, 9009].into_iter().all(quic));
            assert!(![53, 443, 8999, 9010].into_iter().any(quic));
        });
    }
}
