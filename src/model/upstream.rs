//! `upstream` blocks and their servers.

use std::collections::HashMap;

use super::Model;
use super::address::Address;
use super::peer::{is_tls_port, names_http2};
use super::scope::Scope;
use crate::include::Use;
use crate::nginx::{Contexts, Family, id};

/// An `upstream` block.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The name as written.
    pub(super) name: Vec<u8>,
    /// Its servers but those marked `down`, in nginx's order.
    pub(super) servers: Vec<Server>,
    /// Whether its name says HTTP/2.
    pub(super) names_http2: bool,
    /// Whether every server is on a port of TLS.
    pub(super) is_on_tls_ports: bool,
}

/// A `server` of an `upstream`.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) used: Use,
    /// With the port nginx would use; `None` where nobody can tell (a placeholder, say).
    pub(super) address: Option<Address>,
}

/// Every upstream, by family and name.
#[derive(Debug, Default)]
pub(super) struct Upstreams {
    all: HashMap<(Family, Vec<u8>), Upstream>,
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
            let name = scope.block().and_then(|block| block.directive().arg(0));
            let Some(name) = name.map(|word| word.value().into_owned()) else { continue };
            let servers = servers(scope, family);
            let key = (family, name.to_ascii_lowercase());
            let is_on_tls_ports = servers.iter().all(|server| {
                let port = server.address.as_ref().and_then(|address| address.port);
                port.is_some_and(is_tls_port)
            });
            let names_http2 = names_http2(&name);
            let upstream = Upstream { name, servers, names_http2, is_on_tls_ports };
            upstreams.all.entry(key).or_insert(upstream);
        }
        upstreams
    }

    /// The upstream of that name; nginx does not look at the case (`ngx_http_upstream_add`).
    pub(super) fn find(&self, family: Family, name: &[u8]) -> Option<&Upstream> {
        self.all.get(&(family, name.to_ascii_lowercase()))
    }
}

fn servers(scope: Scope<'_>, family: Family) -> Vec<Server> {
    // A missing port is 80 in http and refused in stream.
    let port = (family == Family::Http).then_some(80);
    let server = |used: crate::include::Used<'_>| {
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
