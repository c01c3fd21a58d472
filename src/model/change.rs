//! What is written the same and means another thing from some release on, beside the defaults of
//! passes.

use super::Model;
use super::hop::Kind;
use super::material::listens_for_tls;
use super::peer::HTTP2_DIRECTIVE;
use super::scope::Scope;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, Family, Version, VersionSet, id};

/// A directive whose meaning is another from a release on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The directive; for a default, the first `listen` or pass for which it counts.
    pub used: Use,
    /// The first release with the new meaning.
    pub since: Version,
    /// What changes.
    pub kind: ChangeKind,
}

/// What changes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A `listen … http2` without `ssl` takes HTTP/1 too.
    CleartextHttp2,
    /// An empty `Host` is sent all the same.
    EmptyHost,
    /// A request that is not idempotent goes to no second server.
    NextUpstream,
    /// TLSv1.3 joins the default of `ssl_protocols`.
    Tls13(ChangedDefault),
    /// TLSv1 and TLSv1.1 leave the default of `ssl_protocols`.
    TlsBelow12(ChangedDefault),
}

/// A default that is in force.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ChangedDefault {
    /// The directive that is not there.
    pub of: DirectiveId,
    /// In how many servers, or by how many passes, that counts.
    pub count: usize,
    /// Whether those are servers.
    pub in_servers: bool,
}

impl Model<'_> {
    /// What changes its meaning within the target, in nginx's order for each kind.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut add = |used, since, kind| changes.push(Change { used, since, kind });
        if self.changes_at(HTTP2_DIRECTIVE) {
            for (_, _, socket) in self.sockets.singles() {
                let is_http = socket.listeners.iter().all(|one| one.family == Family::Http);
                if let Some(listener) = socket.http2().filter(|_| is_http && socket.ssl().is_none())
                {
                    add(listener.used, HTTP2_DIRECTIVE, ChangeKind::CleartextHttp2);
                }
            }
        }
        if self.changes_at(HOST_ALWAYS) {
            for (id, used, _) in self.directives() {
                let word = |index| used.directive().arg(index).map(|word| word.value());
                let is_host = || word(0).is_some_and(|name| name.eq_ignore_ascii_case(b"host"));
                if HEADERS.contains(&id) && is_host() && word(1).is_some_and(|text| text.is_empty())
                {
                    add(used.name(), HOST_ALWAYS, ChangeKind::EmptyHost);
                }
            }
        }
        if self.changes_at(NON_IDEMPOTENT) {
            for (id, used, _) in self.directives() {
                let retries = NEXT_UPSTREAM.contains(&id)
                    && used
                        .directive()
                        .args()
                        .all(|word| !matches!(word.value().as_ref(), b"non_idempotent" | b"off"));
                if retries {
                    add(used.name(), NON_IDEMPOTENT, ChangeKind::NextUpstream);
                }
            }
        }
        let [with, without] = [TLS13, TLS12_AT_LEAST].map(|since| self.changes_at(since));
        let defaults = if with || without { self.default_protocols() } else { Vec::new() };
        for (used, default) in defaults {
            if with {
                add(used, TLS13, ChangeKind::Tls13(default));
            }
            if without {
                add(used, TLS12_AT_LEAST, ChangeKind::TlsBelow12(default));
            }
        }
        changes
    }

    /// Whether the target has releases before that one, and it or later ones.
    fn changes_at(&self, version: Version) -> bool {
        let target = self.target();
        target.meets(&VersionSet::before(version)) && target.meets(&VersionSet::since(version))
    }

    /// The first `listen` for TLS where no `ssl_protocols` is in force, and in how many servers that
    /// is so; and the first pass over TLS of each module in the same way.
    fn default_protocols(&self) -> Vec<(Use, ChangedDefault)> {
        let mut defaults: Vec<(Use, ChangedDefault)> = Vec::new();
        let mut add = |used: Use, of, in_servers| {
            let is_it =
                |one: &&mut (Use, ChangedDefault)| (one.1.of, one.1.in_servers) == (of, in_servers);
            match defaults.iter_mut().find(is_it) {
                Some((_, known)) => known.count += 1,
                None => defaults.push((used, ChangedDefault { of, count: 1, in_servers })),
            }
        };
        let is_tls = |used: &Used<'_>| used.directive().args().any(|word| word.raw() == b"ssl");
        let is_default = |scope: Scope<'_>, id| scope.effective(id).next().is_none();
        for scope in self.scopes().filter(|scope| SERVERS.contains(&scope.context())) {
            if listens_for_tls(scope) && is_default(scope, id::SSL_PROTOCOLS) {
                let listen = scope.own(id::LISTEN).find(is_tls).map(Used::name);
                listen.into_iter().for_each(|listen| add(listen, id::SSL_PROTOCOLS, true));
            }
        }
        for hop in self.hops() {
            let of = match hop.kind() {
                Kind::Grpc => id::GRPC_SSL_PROTOCOLS,
                Kind::Proxy | Kind::Stream => id::PROXY_SSL_PROTOCOLS,
                Kind::Uwsgi => id::UWSGI_SSL_PROTOCOLS,
                _ => continue,
            };
            let is_tls = hop.peers().iter().any(|peer| peer.tls() == Some(true));
            if is_tls && is_default(hop.scope(), of) {
                add(hop.used().name(), of, false);
            }
        }
        defaults
    }
}

/// The blocks with a `listen`.
const SERVERS: [Contexts; 3] = [Contexts::MAIL_SERVER, Contexts::SERVER, Contexts::STREAM_SERVER];
/// The directives that set a request header.
const HEADERS: [DirectiveId; 2] = [id::GRPC_SET_HEADER, id::PROXY_SET_HEADER];
/// The directives that say when a request goes to the next server.
const NEXT_UPSTREAM: [DirectiveId; 4] = [
    id::FASTCGI_NEXT_UPSTREAM,
    id::PROXY_NEXT_UPSTREAM,
    id::SCGI_NEXT_UPSTREAM,
    id::UWSGI_NEXT_UPSTREAM,
];
/// From this release on `Host` is sent whatever is set.
const HOST_ALWAYS: Version = Version::new(1, 31, 4);
/// From this release on POST and its like are tried again only if `non_idempotent` says so.
const NON_IDEMPOTENT: Version = Version::new(1, 9, 13);
/// From this release on TLSv1.3 is in the default of `ssl_protocols`.
const TLS13: Version = Version::new(1, 23, 4);
/// From this release on nothing older than TLSv1.2 is.
const TLS12_AT_LEAST: Version = Version::new(1, 27, 3);
