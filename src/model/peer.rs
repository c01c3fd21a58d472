//! Peers: to whom nginx opens a connection, what each accepts, and how that is known.

use std::borrow::Cow;
use std::rc::Rc;

use super::Model;
use super::accept::{Accepts, Applications, Mismatch, Tls};
use super::address::{Address, Host};
use super::hop::{Hop, Kind};
use super::listener::{Listener, Socket};
use super::scope::Scope;
use super::shown;
use super::timeline::Timeline;
use super::upstream::{Shared, Upstream};
use super::variable::Value;
use crate::include::{Use, Used};
use crate::nginx::{Family, Protocol, Version, id};
use crate::source::Location;

/// One end of a connection that nginx opens.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The address; as text where it is not known.
    pub(super) address: Result<Address, Vec<u8>>,
    /// The `server` of an upstream, or the pass.
    pub(super) used: Use,
    /// Whether TLS is spoken to it; `None` where nobody knows.
    pub(super) tls: Option<bool>,
    /// The value of the variable that leads to it.
    pub(super) via: Option<Value>,
    /// The `upstream` block, if it is a `server` of one.
    pub(super) upstream: Option<Use>,
    pub(super) known: Known,
}

/// How sure something is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// A convention says so: a port, a name.
    Likely,
    /// The configuration or a declaration of its user says so.
    Certain,
}

/// What is known of a peer.
#[derive(Clone, Debug)]
pub struct Known {
    pub(super) accepts: Timeline<Accepts>,
    pub(super) evidence: Evidence,
}

/// How it is known what a peer accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A comment in the configuration says so, in these words.
    Comment(Location, Vec<Protocol>),
    /// It is a listener of this configuration: what makes it take TLS, HTTP/2, a PROXY protocol
    /// header, and the listener of its default server.
    Listener {
        /// The `listen` with `ssl`.
        ssl: Option<Use>,
        /// The `listen` with `http2`, or the directive `http2`.
        http2: Option<Use>,
        /// The `listen` with `proxy_protocol`.
        proxy_protocol: Option<Use>,
        /// The `listen` of the default server, or that `server` where it has none.
        default: Use,
        /// Whether that `server` has none.
        implicit: bool,
        /// Whether it stands in a fragment that may belong to another configuration.
        apart: bool,
        /// Whether stream listens there, and hands on what it gets.
        stream: bool,
    },
    /// A convention: its port tells, or its name or that of its upstream.
    Convention {
        /// The port.
        port: Option<u16>,
        /// The name.
        name: Option<Vec<u8>>,
    },
    /// An error log shows it, in these words, or makes it likely.
    Log(Vec<Protocol>, Certainty),
    /// Nothing tells.
    None,
    /// A `[[backend]]` of the settings says so: its address there, and its words.
    Setting(String, Vec<Protocol>),
}

impl Known {
    pub(super) const NOTHING: Self =
        Self { accepts: Timeline::always(Accepts::UNKNOWN), evidence: Evidence::None };

    /// How sure it is; `None` where nothing is known.
    pub fn certainty(&self) -> Option<Certainty> {
        match self.evidence {
            Evidence::None => None,
            Evidence::Log(_, certainty) => Some(certainty),
            Evidence::Convention { .. } | Evidence::Listener { implicit: true, .. } => {
                Some(Certainty::Likely)
            }
            Evidence::Listener { apart: true, .. } => Some(Certainty::Likely),
            Evidence::Comment(..) | Evidence::Listener { .. } | Evidence::Setting(..) => {
                Some(Certainty::Certain)
            }
        }
    }
}

impl Evidence {
    /// The signs of a convention, in words: `port 443`, ``the name `grpc_api` ``.
    pub fn signs(&self) -> Vec<String> {
        let Self::Convention { port, name } = self else { return Vec::new() };
        let port = port.map(|port| format!("port {port}"));
        let name = name.as_ref().map(|name| format!("the name `{}`", shown(name)));
        port.into_iter().chain(name).collect()
    }

    /// Whether a convention is as good as kept by everybody: then a finding is worth a warning.
    pub const fn is_strong(&self, mismatch: Mismatch) -> bool {
        match self {
            Self::Convention { port: Some(50051), .. } => {
                matches!(mismatch, Mismatch::Http1ToHttp2)
            }
            Self::Convention { port: Some(80 | 443), .. }
            | Self::Listener { implicit: true, .. } => {
                matches!(mismatch, Mismatch::PlaintextToTls | Mismatch::TlsToPlaintext)
            }
            Self::Convention { name: Some(_), .. } => {
                matches!(mismatch, Mismatch::WrongApplication)
            }
            _ => false,
        }
    }
}

/// How a pass names its peers.
pub(super) struct Pass<'m> {
    pub(super) scope: Scope<'m>,
    pub(super) used: Used<'m>,
    pub(super) kind: Kind,
    /// The server name sent in the TLS handshake, if any.
    pub(super) sni: Option<Vec<u8>>,
}

impl Pass<'_> {
    /// The peers behind `text`, a host with or without a port, or a socket's path; what follows a
    /// host is cut off already.
    pub(super) fn peers(&self, text: &[u8], tls: Option<bool>, via: Option<&Value>) -> Vec<Peer> {
        match self.upstream(text) {
            Some(upstream) => self.servers(upstream, tls, via).collect(),
            None => vec![self.single(text, tls, via)],
        }
    }

    /// [`Self::peers`] where no variable leads to them: passes to one upstream share its peers, as
    /// long as nothing is known of them by the pass alone.
    pub(super) fn constant_peers(&self, text: &[u8], tls: Option<bool>) -> Rc<[Peer]> {
        match self.upstream(text) {
            Some(upstream) if self.adds_nothing() => {
                let kind = self.kind;
                let is_it = |one: &&Shared| one.kind == kind && one.tls == tls;
                if let Some(known) = upstream.shared.borrow().iter().find(is_it) {
                    return Rc::clone(&known.peers);
                }
                let peers: Rc<[Peer]> = self.servers(upstream, tls, None).collect();
                let shared = Shared { kind, tls, peers: Rc::clone(&peers) };
                upstream.shared.borrow_mut().push(shared);
                peers
            }
            Some(upstream) => self.servers(upstream, tls, None).collect(),
            None => Rc::new([self.single(text, tls, None)]),
        }
    }

    fn upstream(&self, text: &[u8]) -> Option<&Upstream> {
        self.scope.model.upstreams.find(self.kind.family(), text)
    }

    /// Whether every pass of the kind to an upstream knows as much of its peers: no comment
    /// declares them here, no name chooses a server, and the listeners surely belong to the pass.
    fn adds_nothing(&self) -> bool {
        let model = self.scope.model;
        let pass = (self.used.source(), self.used.directive().node_id());
        self.sni.is_none() && !model.declarations.contains_key(&pass) && model.config.has_root()
    }

    pub(super) fn servers(
        &self,
        upstream: &Upstream,
        tls: Option<bool>,
        via: Option<&Value>,
    ) -> impl Iterator<Item = Peer> {
        upstream.servers.iter().map(move |server| {
            let address = server.address.clone().map(|one| one.or_port(self.kind.port(tls)));
            let used = self.scope.model.config.used(server.used);
            self.peer(used, address, tls, via, Some(upstream))
        })
    }

    fn single(&self, text: &[u8], tls: Option<bool>, via: Option<&Value>) -> Peer {
        let address = Address::parse(text).map(|one| one.or_port(self.kind.port(tls)));
        self.peer(self.used, address, tls, via, None)
    }

    fn peer(
        &self,
        used: Used<'_>,
        address: Option<Address>,
        tls: Option<bool>,
        via: Option<&Value>,
        upstream: Option<&Upstream>,
    ) -> Peer {
        let known = match &address {
            Some(address) => self.known(used, address, tls, upstream),
            None => self.declared(used, None, upstream).unwrap_or(Known::NOTHING),
        };
        let address = address.ok_or_else(|| {
            used.directive().arg(0).map(|word| word.value().into_owned()).unwrap_or_default()
        });
        let upstream = upstream.map(|upstream| upstream.block);
        Peer { address, used: used.name(), tls, via: via.cloned(), upstream, known }
    }

    fn known(
        &self,
        used: Used<'_>,
        address: &Address,
        tls: Option<bool>,
        upstream: Option<&Upstream>,
    ) -> Known {
        self.declared(used, Some(address), upstream)
            .or_else(|| self.listening(address))
            .or_else(|| self.convention(address, tls, upstream))
            .unwrap_or(Known::NOTHING)
    }

    /// What a comment at the `server` or at the pass, or a `[[backend]]`, declares.
    fn declared(
        &self,
        server: Used<'_>,
        address: Option<&Address>,
        upstream: Option<&Upstream>,
    ) -> Option<Known> {
        let model = self.scope.model;
        let known = |words: &[_], evidence| Known {
            accepts: Timeline::always(Accepts::declared(words)),
            evidence,
        };
        for used in [server, self.used] {
            let key = (used.source(), used.directive().node_id());
            if let Some((words, at)) = model.declarations.get(&key) {
                return Some(known(words, Evidence::Comment(*at, words.clone())));
            }
        }
        let name = upstream.map(|upstream| upstream.name.as_slice());
        let backends = &model.assumptions.backends;
        let backend = backends.iter().find(|backend| backend.is_meant(address, name))?;
        let words = backend.speaks.clone();
        let evidence = match backend.logged {
            Some(certainty) => Evidence::Log(words, certainty),
            None => Evidence::Setting(backend.address.clone(), words),
        };
        Some(known(&backend.speaks, evidence))
    }

    /// What a listener of this configuration at that address accepts.
    fn listening(&self, address: &Address) -> Option<Known> {
        let model = self.scope.model;
        let port = match address.host {
            Host::Unix(_) => 0,
            _ => address.port?,
        };
        if !model.sockets.may_take(&address.host) || self.is_udp() {
            return None;
        }
        if let Some(socket) = model.sockets.at(&address.host, port) {
            return self.socket(&socket);
        }
        let udp = model.sockets.quic_at(&address.host, port)?;
        let accepts = Accepts { quic_only: true, ..Accepts::UNKNOWN };
        let evidence = Evidence::Listener {
            ssl: None,
            http2: None,
            proxy_protocol: None,
            default: udp,
            implicit: false,
            apart: self.is_apart(udp),
            stream: false,
        };
        Some(Known { accepts: Timeline::always(accepts), evidence })
    }

    /// Whether datagrams are sent.
    fn is_udp(&self) -> bool {
        self.kind == Kind::Stream && self.scope.is_udp()
    }

    fn socket(&self, socket: &Socket) -> Option<Known> {
        let model = self.scope.model;
        let default = socket.default_listener()?;
        let tls = if socket.ssl().is_some() { Tls::Required } else { Tls::Never };
        let proxy_protocol = Some(socket.proxy_protocol().is_some());
        let own =
            Accepts { tls, proxy_protocol, sni: self.asks_for_name(socket), ..Accepts::UNKNOWN };
        let used = |listener: Option<&Listener>| listener.map(|one| one.used);
        let mut http2 = used(socket.http2());
        let accepts = match default.family {
            Family::Stream => return self.through(socket, own),
            Family::Http => {
                let with = |applications| Accepts { applications, ..own };
                let both = with(Applications::HTTP1.union(Applications::HTTP2));
                let server = self.server(socket).unwrap_or(default);
                let chosen = Scope { model, id: server.server };
                if http2.is_some() && tls == Tls::Never {
                    Timeline::changing(with(Applications::HTTP2), HTTP2_DIRECTIVE, both)
                } else if http2.is_some() {
                    Timeline::always(both)
                } else if let Some(flag) = chosen.flag(id::HTTP2) {
                    http2 = Some(flag.name());
                    Timeline::always(both)
                } else {
                    Timeline::always(with(Applications::HTTP1))
                }
            }
            _ => Timeline::always(Accepts { applications: Applications::MAIL, ..own }),
        };
        let evidence = Evidence::Listener {
            ssl: used(socket.ssl()),
            http2,
            proxy_protocol: used(socket.proxy_protocol()),
            default: default.used,
            implicit: default.implicit,
            apart: self.is_apart(default.used),
            stream: false,
        };
        Some(Known { accepts, evidence })
    }

    /// Whether the handshake of a socket fails without a name, by which some do not.
    fn asks_for_name(&self, socket: &Socket) -> bool {
        let model = self.scope.model;
        let rejects = |listener: &Listener| {
            let server = Scope { model, id: listener.server };
            server.flag(id::SSL_REJECT_HANDSHAKE).is_some()
        };
        model.scopes.has(id::SSL_REJECT_HANDSHAKE)
            && socket.ssl().is_some()
            && socket.default_listener().is_some_and(rejects)
            && !socket.listeners.iter().all(rejects)
    }

    pub(super) fn is_apart(&self, listener: Use) -> bool {
        !self.scope.model.config.are_together(self.used.instance(), listener.instance)
    }

    /// The listener of the server that the name in the TLS handshake chooses.
    fn server<'s>(&self, socket: &'s Socket) -> Option<&'s Listener> {
        let sni = self.sni.as_deref().filter(|_| socket.ssl().is_some())?;
        let model = self.scope.model;
        socket.listeners.iter().find(|listener| {
            let names = Scope { model, id: listener.server }.own(id::SERVER_NAME);
            let mut words = names.flat_map(|used| used.directive().args());
            words.any(|word| word.value().eq_ignore_ascii_case(sni))
        })
    }
}

impl Peer {
    /// The address for people.
    pub fn shown(&self) -> String {
        self.address.as_ref().map_or_else(|text| shown(text), Address::to_string)
    }

    /// Whether the text tells its address.
    pub const fn is_known(&self) -> bool {
        self.address.is_ok()
    }

    /// The `server` of an upstream that names it, or the pass.
    pub const fn used(&self) -> Use {
        self.used
    }

    /// Whether TLS is spoken to it; `None` where nobody knows.
    pub const fn tls(&self) -> Option<bool> {
        self.tls
    }

    /// The value of a variable that leads to this peer.
    pub fn via(&self) -> Option<String> {
        self.via.as_ref().map(|value| shown(&value.text))
    }

    /// What it accepts.
    pub const fn accepts(&self) -> &Timeline<Accepts> {
        &self.known.accepts
    }

    /// How that is known.
    pub const fn evidence(&self) -> &Evidence {
        &self.known.evidence
    }

    /// How sure that is; `None` where nothing is known.
    pub fn certainty(&self) -> Option<Certainty> {
        self.known.certainty()
    }

    /// A peer of which nothing is known but how it is written.
    pub(super) fn unknown(used: Used<'_>, text: &[u8], tls: Option<bool>) -> Self {
        let used = used.name();
        let address = Err(text.to_vec());
        Self { address, used, tls, via: None, upstream: None, known: Known::NOTHING }
    }
}

impl Model<'_> {
    /// Whether a `listen` is of the socket that takes a connection to a peer: what is known of that
    /// may also come from a listener that a stream server leads on to.
    pub fn is_taken_by(&self, peer: &Peer, listen: Use) -> bool {
        let socket = self.socket_of(peer);
        socket.is_none_or(|socket| socket.listeners.iter().any(|one| one.used == listen))
    }

    /// The `listen` of the default server of the socket that takes a connection to a peer, where
    /// listeners tell of it.
    pub fn listen_of(&self, peer: &Peer) -> Option<Use> {
        let Evidence::Listener { default, implicit: false, .. } = peer.evidence() else {
            return None;
        };
        let socket = self.socket_of(peer);
        let own = socket.as_ref().and_then(|socket| socket.default_listener());
        Some(own.filter(|one| !one.implicit).map_or(*default, |one| one.used))
    }

    /// Whether all passes to the socket of a `listen` are such, so that none is refused where the
    /// socket takes no others.
    pub fn all_to(&self, listen: Use, are_such: impl Fn(Hop<'_>) -> bool) -> bool {
        let leads_to = |peer: &Peer| self.listen_of(peer) == Some(listen);
        self.hops().all(|hop| are_such(hop) || !hop.peers().iter().any(leads_to))
    }

    /// The `server` of a `listen` of the socket that takes a connection to a peer.
    pub fn server_of(&self, peer: &Peer, listen: Use) -> Option<Scope<'_>> {
        let socket = self.socket_of(peer)?;
        let listener = socket.listeners.iter().find(|one| one.used == listen)?;
        Some(Scope { model: self, id: listener.server })
    }

    fn socket_of(&self, peer: &Peer) -> Option<Cow<'_, Socket>> {
        let address = peer.address.as_ref().ok()?;
        let port = match address.host {
            Host::Unix(_) => 0,
            _ => address.port?,
        };
        self.sockets.at(&address.host, port)
    }
}

/// From this release on there is a directive `http2`, and a cleartext `listen … http2` takes HTTP/1
/// too.
pub const HTTP2_DIRECTIVE: Version = Version::new(1, 25, 1);
