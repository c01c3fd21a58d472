//! `upstream` blocks and their servers.

use std::cell::{OnceCell, RefCell};
use std::collections::hash_map::Entry;
use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use super::Model;
use super::address::{Address, Host};
use super::convention::{is_tls_port, names_http2};
use super::hop::Kind;
use super::peer::Peer;
use super::scope::{Scope, ScopeId};
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, Family, id};

/// An `upstream` block.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The name as written.
    pub(super) name: Vec<u8>,
    /// The block.
    pub(super) block: Use,
    pub(super) scope: ScopeId,
    /// Its servers but those marked `down`, in nginx's order.
    pub(super) servers: Vec<Server>,
    /// Whether its name says HTTP/2.
    pub(super) names_http2: bool,
    /// Whether every server is on a port of TLS.
    pub(super) is_on_tls_ports: bool,
    /// Its servers as the peers of passes, as far as they are worked out.
    pub(super) shared: RefCell<Vec<Shared>>,
}

/// The peers of every pass of a kind that adds nothing to what is known of them.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) kind: Kind,
    pub(super) tls: Option<bool>,
    pub(super) peers: Rc<[Peer]>,
}

/// A `server` of an `upstream`.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) used: Use,
    /// With the port nginx would use; `None` where nobody can tell (a placeholder, say).
    pub(super) address: Option<Address>,
}

/// Every upstream, by its name in lower case.
#[derive(Debug, Default)]
pub(super) struct Upstreams {
    http: HashMap<Vec<u8>, Upstream>,
    stream: HashMap<Vec<u8>, Upstream>,
    /// Blocks whose name another before them has, with that.
    duplicates: Vec<(Use, Use)>,
    /// Whether a server of http names no port.
    default_port: bool,
    /// The hosts that some pass gives a port to; worked out only where somebody asks.
    hosts: OnceCell<HashSet<(Family, Vec<u8>)>>,
}

impl Upstreams {
    pub(super) fn build(model: &Model<'_>) -> Self {
        let mut upstreams = Self::default();
        for id in model.scopes.ids() {
            let scope = Scope { model, id };
            let family = match scope.context() {
                Contexts::UPSTREAM => Family::Http,
                Contexts::STREAM_UPSTREAM => Family::Stream,
                _ => continue,
            };
            let Some(block) = scope.block() else { continue };
            let Some(name) = block.directive().arg(0) else { continue };
            let (block, name) = (block.name(), name.value().into_owned());
            let servers = servers(scope, family);
            upstreams.default_port |= family == Family::Http
                && servers.iter().any(|one| names_no_port(model.config.used(one.used)));
            let key = name.to_ascii_lowercase();
            let is_on_tls_ports = servers.iter().all(|server| {
                let port = server.address.as_ref().and_then(|address| address.port);
                port.is_some_and(is_tls_port)
            });
            let names_http2 = names_http2(&name);
            let shared = RefCell::default();
            let upstream =
                Upstream { name, block, scope: id, servers, names_http2, is_on_tls_ports, shared };
            let all = match family {
                Family::Stream => &mut upstreams.stream,
                _ => &mut upstreams.http,
            };
            match all.entry(key) {
                Entry::Occupied(first) => upstreams.duplicates.push((block, first.get().block)),
                Entry::Vacant(place) => {
                    place.insert(upstream);
                }
            }
        }
        upstreams
    }

    /// Whether a server of http names no port.
    pub(super) const fn have_default_port(&self) -> bool {
        self.default_port
    }

    /// Every upstream of http and stream, in the order of the configuration.
    pub(super) fn all(&self) -> Vec<&Upstream> {
        let mut all: Vec<&Upstream> = self.http.values().chain(self.stream.values()).collect();
        all.sort_unstable_by_key(|upstream| upstream.block);
        all
    }

    /// The names of every upstream.
    pub(super) fn names(&self, family: Family) -> impl Iterator<Item = &[u8]> {
        let all = match family {
            Family::Http => Some(&self.http),
            Family::Stream => Some(&self.stream),
            _ => None,
        };
        all.into_iter().flat_map(|all| all.keys().map(Vec::as_slice))
    }

    /// The upstream of that name; nginx does not look at the case (`ngx_http_upstream_add`).
    pub(super) fn find(&self, family: Family, name: &[u8]) -> Option<&Upstream> {
        let all = match family {
            Family::Http => &self.http,
            Family::Stream => &self.stream,
            _ => return None,
        };
        if name.iter().any(u8::is_ascii_uppercase) {
            all.get(&name.to_ascii_lowercase())
        } else {
            all.get(name)
        }
    }
}

impl Model<'_> {
    /// The `upstream` blocks whose name another before them has, with that.
    pub fn duplicate_upstreams(&self) -> &[(Use, Use)] {
        &self.upstreams.duplicates
    }

    /// Whether some pass names that host with a port: then nginx takes it for the same upstream
    /// where the port is left out (`ngx_http_upstream_add`).
    pub(super) fn is_passed_to(&self, family: Family, host: &[u8]) -> bool {
        let hosts = self.upstreams.hosts.get_or_init(|| {
            let passes = PASSES.into_iter();
            let passes = passes.flat_map(|id| self.every(id).map(move |(used, at)| (id, used, at)));
            let hosts = passes.filter_map(|(id, used, scope)| {
                let text = used.directive().arg(0)?.value();
                let rest =
                    memchr::memmem::find(&text, b"://").map_or(&text[..], |at| &text[at + 3..]);
                let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
                let address = Address::parse(&rest[..end.unwrap_or(rest.len())])?;
                let family = scope.context().family();
                let has_port =
                    address.port.is_some() || (id == id::PROXY_PASS && family == Family::Http);
                has_port.then(|| (family, address.host.to_string().into_bytes()))
            });
            hosts.collect()
        });
        hosts.contains(&(family, host.to_ascii_lowercase()))
    }
}

/// The directives that name an upstream.
const PASSES: [DirectiveId; 7] = [
    id::FASTCGI_PASS,
    id::GRPC_PASS,
    id::MEMCACHED_PASS,
    id::PROXY_PASS,
    id::SCGI_PASS,
    id::TUNNEL_PASS,
    id::UWSGI_PASS,
];

/// Whether a `server` names a host of the network without a port.
pub(super) fn names_no_port(server: Used<'_>) -> bool {
    let address = server.directive().arg(0).and_then(|word| Address::parse(&word.value()));
    address.is_some_and(|one| one.port.is_none() && !matches!(one.host, Host::Unix(_)))
}

fn servers(scope: Scope<'_>, family: Family) -> Vec<Server> {
    // A missing port is 80 in http and refused in stream.
    let port = (family == Family::Http).then_some(80);
    let server = |used: Used<'_>| {
        let directive = used.directive();
        if directive.args().any(|word| word.raw() == b"down") {
            return None;
        }
        let text = directive.arg(0)?.value();
        let address = Address::parse(&text).map(|address| address.or_port(port));
        Some(Server { used: used.name(), address })
    };
    scope.own(id::SERVER).filter_map(server).collect()
}
