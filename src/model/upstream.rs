//! `upstream` blocks and their servers.

use std::cell::{OnceCell, RefCell};
use std::collections::hash_map::Entry;
use std::rc::Rc;

use foldhash::HashMap;

use super::Model;
use super::address::{Address, Host};
use super::convention::{is_tls_port, names_http2};
use super::hop::Kind;
use super::peer::Peer;
use super::scope::{Scope, ScopeId};
use crate::include::{Use, Used};
use crate::nginx::{self, Contexts, DirectiveId, Family, id};

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
    /// Whether a script chooses the servers, and those that are written only stand in for them.
    pub(super) is_scripted: bool,
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
    /// With the port nginx would use; `None` where nobody can tell (a placeholder, a script).
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
    /// The hosts that some pass gives a port to, with the first of them; worked out only where
    /// somebody asks.
    hosts: OnceCell<HashMap<(Family, Vec<u8>), Use>>,
}

impl Upstreams {
    pub(super) fn build(model: &Model<'_>) -> Self {
        let mut upstreams = Self::default();
        let balancers: Vec<DirectiveId> = BALANCERS
            .iter()
            .filter_map(|name| nginx::lookup(name.as_bytes()))
            .filter(|id| model.scopes.has(*id))
            .collect();
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
            let is_scripted = balancers.iter().any(|id| scope.own(*id).next().is_some());
            let mut servers = servers(scope, family);
            if is_scripted {
                servers.iter_mut().for_each(|server| server.address = None);
            }
            upstreams.default_port |= family == Family::Http
                && servers.iter().any(|one| names_no_port(model.config.used(one.used)));
            let key = name.to_ascii_lowercase();
            let is_on_tls_ports = servers.iter().all(|server| {
                let port = server.address.as_ref().and_then(|address| address.port);
                port.is_some_and(is_tls_port)
            });
            let names_http2 = names_http2(&name);
            let shared = RefCell::default();
            let upstream = Upstream {
                name,
                block,
                scope: id,
                servers,
                names_http2,
                is_scripted,
                is_on_tls_ports,
                shared,
            };
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

    /// Whether a pass before `used` names that host with a port: then nginx takes it for the same
    /// upstream where the port is left out (`ngx_http_upstream_add`).
    pub(super) fn is_passed_to(&self, family: Family, host: &[u8], used: Use) -> bool {
        let hosts = self.upstreams.hosts.get_or_init(|| {
            let mut hosts: HashMap<(Family, Vec<u8>), Use> = HashMap::default();
            let passes = PASSES.into_iter();
            let passes = passes.flat_map(|id| self.every(id).map(move |(used, at)| (id, used, at)));
            for (id, used, scope) in passes {
                // With a variable anywhere it is no upstream until a request comes.
                let text = used.directive().arg(0).map(|word| word.value()).unwrap_or_default();
                if text.contains(&b'$') {
                    continue;
                }
                let rest =
                    memchr::memmem::find(&text, b"://").map_or(&text[..], |at| &text[at + 3..]);
                let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
                let Some(address) = Address::parse(&rest[..end.unwrap_or(rest.len())]) else {
                    continue;
                };
                let family = scope.context().family();
                if address.port.is_some() || (id == id::PROXY_PASS && family == Family::Http) {
                    let used = used.name();
                    let key = (family, address.host.to_string().into_bytes());
                    let first = hosts.entry(key).or_insert(used);
                    if self.config.precedes(used, *first) {
                        *first = used;
                    }
                }
            }
            hosts
        });
        let first = hosts.get(&(family, host.to_ascii_lowercase()));
        first.is_some_and(|first| self.config.precedes(*first, used))
    }
}

/// The directives by which a script chooses the server, whatever `server` says.
const BALANCERS: [&str; 2] = ["balancer_by_lua_block", "balancer_by_lua_file"];

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

#[cfg(test)]
mod tests {
    use crate::model::sample;

    #[test]
    fn a_server_that_stands_in_for_the_choice_of_a_script_tells_nothing() {
        let model = |lines: &str| {
            let text = format!(
                "upstream up {{ {lines} }}
                server {{ listen 127.0.0.1:8443 ssl; }}
                server {{ location /a {{ proxy_pass http://up; }} location /b {{ grpc_pass up; }} }}"
            );
            sample::of("1.28.3", &text, |model| {
                let clashes = model.hops().map(|hop| hop.clashes().len()).sum::<usize>();
                (clashes, model.default_ports().len())
            })
        };
        assert_eq!(model("server 127.0.0.1:8443;"), (2, 0));
        assert_eq!(model("server 0.0.0.1;"), (0, 1));
        assert_eq!(model("server 127.0.0.1:8443; balancer_by_lua_file b.lua;"), (0, 0));
        assert_eq!(model("server 0.0.0.1; balancer_by_lua_block { }"), (0, 0));
    }
}
