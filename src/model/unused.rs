//! Lines without effect around passes: what is said of a protocol that no pass there speaks, and
//! passes that another one in the same block takes the place of.

use super::convention::is_tls_port;
use super::hop::{Hop, Kind};
use super::scope::{Scope, ScopeId};
use super::{Certainty, Mismatch, Model};
use crate::include::Used;
use crate::nginx::{Contexts, DirectiveId, id};

/// Passes of one block of which only the last is in force.
pub struct Overridden<'m> {
    /// Those that are not, in nginx's order.
    pub lost: Vec<Used<'m>>,
    /// The one that is.
    pub last: Used<'m>,
}

/// Lines about TLS to upstreams where no pass speaks TLS.
pub struct UnusedTls<'m> {
    /// The lines of one block, in nginx's order; at least one.
    pub lines: Vec<Used<'m>>,
    /// A pass that they are in force for: one whose port is a port of TLS by custom, if any is.
    pub pass: Hop<'m>,
    /// Whether it is that.
    pub on_tls_port: bool,
    /// Whether the block is a location with a pass of its own.
    pub in_location: bool,
}

impl<'m> Model<'m> {
    /// The blocks with several different passes, where the last one counts: each sets the one
    /// handler of the block.
    pub fn overridden_passes(&'m self) -> Vec<Overridden<'m>> {
        let mut found = Vec::new();
        if PASSES.iter().filter(|pass| self.scopes.has(**pass)).count() < 2 {
            return found;
        }
        let mut blocks: Vec<ScopeId> = Vec::new();
        for id in PASSES {
            blocks.extend(self.scopes.every(id).map(|(scope, _)| scope));
        }
        blocks.sort_unstable();
        let several = blocks.chunk_by(PartialEq::eq).filter(|block| block.len() > 1);
        let several = several.map(|block| self.scope(block[0]));
        for scope in several.filter(|scope| holds_passes(scope.context())) {
            let mut passes: Vec<(Used<'m>, DirectiveId)> =
                scope.pick(|id| PASSES.contains(&id).then_some(id)).collect();
            let [(first, id), others @ ..] = passes.as_slice() else { continue };
            // Of the branches of a template one is left out.
            let template = first.directive().tree().is_template();
            if template || others.iter().all(|(_, other)| other == id) {
                continue;
            }
            passes.sort_by(|(one, _), (other, _)| {
                let (one, other) = (one.name(), other.name());
                self.config.precedes(other, one).cmp(&self.config.precedes(one, other))
            });
            let mut passes: Vec<Used<'m>> = passes.into_iter().map(|(used, _)| used).collect();
            if let Some(last) = passes.pop() {
                found.push(Overridden { lost: passes, last });
            }
        }
        found
    }

    /// The `proxy_http_version` of each location whose passes are all of other modules, with one of
    /// those.
    pub fn unused_proxy_versions(&'m self) -> Vec<(Used<'m>, Hop<'m>)> {
        let mut found = Vec::new();
        if !self.scopes.has(id::PROXY_HTTP_VERSION) {
            return found;
        }
        let mut last = None;
        for (line, scope) in self.every(id::PROXY_HTTP_VERSION) {
            if scope.context() != Contexts::LOCATION || last.replace(scope.id()) == Some(scope.id())
            {
                continue;
            }
            let Some(pass) = self.hops_within(scope).next() else { continue };
            let is_used = scope.own(id::PROXY_PASS).next().is_some()
                || self.hops_within(scope).any(|hop| hop.kind() == Kind::Proxy);
            if pass.scope().id() == scope.id() && !is_used && self.belongs(line, scope) {
                found.push((line, pass));
            }
        }
        found
    }

    /// The lines about TLS that no pass in their block can use. Above a location that means
    /// something only if all is known that stands there.
    pub fn unused_upstream_tls(&'m self) -> Vec<UnusedTls<'m>> {
        if !TLS.iter().any(|id| self.scopes.has(*id)) {
            return Vec::new();
        }
        let blocks = [Contexts::HTTP, Contexts::SERVER, Contexts::LOCATION];
        let scopes = self.scopes().filter(|scope| blocks.contains(&scope.context()));
        scopes.filter_map(|scope| self.unused_tls_in(scope)).collect()
    }

    fn unused_tls_in(&'m self, scope: Scope<'m>) -> Option<UnusedTls<'m>> {
        let is_of_tls = |id: DirectiveId| TLS.contains(&id).then_some(());
        let own = scope.pick(is_of_tls).map(|(used, ())| used);
        let mut lines: Vec<Used<'m>> = own.filter(|line| self.belongs(*line, scope)).collect();
        // Of the branches of a template one is left out.
        if lines.first().is_none_or(|line| line.directive().tree().is_template()) {
            return None;
        }
        let mut found: Option<(Hop<'m>, bool)> = None;
        for hop in self.hops_within(scope).filter(|hop| hop.kind() == Kind::Proxy) {
            let peers = hop.peers();
            // What is certain of a peer is said at the pass.
            let is_plain = !peers.is_empty()
                && peers.iter().all(|peer| peer.tls() == Some(false))
                && hop
                    .clash(Mismatch::PlaintextToTls)
                    .is_none_or(|clash| clash.certainty < Certainty::Certain);
            if !is_plain {
                return None;
            }
            let on_tls_port = peers.iter().any(|peer| {
                let port = peer.address.as_ref().ok().and_then(|address| address.port);
                port.is_some_and(is_tls_port)
            });
            if found.is_none_or(|(_, known)| on_tls_port && !known) {
                found = Some((hop, on_tls_port));
            }
        }
        let (pass, on_tls_port) = found?;
        let in_location =
            scope.context() == Contexts::LOCATION && scope.own(id::PROXY_PASS).next().is_some();
        lines.sort_by_key(|line| line.name());
        Some(UnusedTls { lines, pass, on_tls_port, in_location })
    }

    /// The hops in a block and in those inside, its own first.
    fn hops_within(&'m self, scope: Scope<'m>) -> impl Iterator<Item = Hop<'m>> {
        // They are in the order of the blocks.
        let start =
            self.hops.partition_point(|data| Hop { model: self, data }.scope().id() < scope.id());
        let is_inside = move |hop: &Hop<'m>| hop.scope().chain().any(|one| one.id() == scope.id());
        self.hops[start..].iter().map(move |data| Hop { model: self, data }).take_while(is_inside)
    }

    /// Whether a line is of this block alone: a file may be there for many.
    fn belongs(&self, line: Used<'_>, scope: Scope<'_>) -> bool {
        scope.block().is_some_and(|block| block.instance() == line.instance())
            || self.config.uses_of(line.source()) == 1
    }
}

impl<'m> Hop<'m> {
    /// Whether the lines about TLS in its own block tell that TLS is meant, where none is spoken.
    pub fn has_unused_tls(self) -> bool {
        let scope = self.scope();
        scope.context() == Contexts::LOCATION
            && TLS.iter().any(|id| self.model.scopes.has(*id))
            && self.model.unused_tls_in(scope).is_some_and(|unused| unused.on_tls_port)
    }
}

fn holds_passes(context: Contexts) -> bool {
    [Contexts::LOCATION, Contexts::IF_IN_LOCATION, Contexts::LIMIT_EXCEPT].contains(&context)
}

/// The passes of http.
const PASSES: [DirectiveId; 7] = [
    id::FASTCGI_PASS,
    id::GRPC_PASS,
    id::MEMCACHED_PASS,
    id::PROXY_PASS,
    id::SCGI_PASS,
    id::TUNNEL_PASS,
    id::UWSGI_PASS,
];

/// What is said of TLS to upstreams of `proxy_pass`.
const TLS: [DirectiveId; 14] = [
    id::PROXY_SSL_CERTIFICATE,
    id::PROXY_SSL_CERTIFICATE_CACHE,
    id::PROXY_SSL_CERTIFICATE_KEY,
    id::PROXY_SSL_CIPHERS,
    id::PROXY_SSL_CONF_COMMAND,
    id::PROXY_SSL_CRL,
    id::PROXY_SSL_NAME,
    id::PROXY_SSL_PASSWORD_FILE,
    id::PROXY_SSL_PROTOCOLS,
    id::PROXY_SSL_SERVER_NAME,
    id::PROXY_SSL_SESSION_REUSE,
    id::PROXY_SSL_TRUSTED_CERTIFICATE,
    id::PROXY_SSL_VERIFY,
    id::PROXY_SSL_VERIFY_DEPTH,
];
