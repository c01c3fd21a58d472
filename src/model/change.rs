//! What is written the same and means another thing from some release on, beside the defaults of
//! passes.

use super::Model;
use super::material::listens_for_tls;
use super::peer::HTTP2_DIRECTIVE;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, Family, Version, VersionSet, id};

/// A directive whose meaning is another from a release on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The directive; for a default, the first `listen` for which it counts.
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
    /// TLSv1.3 joins the default of `ssl_protocols`, which is in force in so many servers.
    Tls13(usize),
    /// TLSv1 and TLSv1.1 leave the default of `ssl_protocols`, which is in force in so many servers.
    TlsBelow12(usize),
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
        if let Some((used, count)) = (with || without).then(|| self.default_protocols()).flatten() {
            if with {
                add(used, TLS13, ChangeKind::Tls13(count));
            }
            if without {
                add(used, TLS12_AT_LEAST, ChangeKind::TlsBelow12(count));
            }
        }
        changes
    }

    /// Whether the target has releases before that one, and it or later ones.
    fn changes_at(&self, version: Version) -> bool {
        let target = self.target();
        target.meets(&VersionSet::before(version)) && target.meets(&VersionSet::since(version))
    }

    /// The first `listen` for TLS in http where no `ssl_protocols` is in force, and in how many
    /// servers that is so.
    fn default_protocols(&self) -> Option<(Use, usize)> {
        let by_default = self.scopes().filter(|scope| {
            scope.context() == Contexts::SERVER
                && listens_for_tls(*scope)
                && scope.effective(id::SSL_PROTOCOLS).next().is_none()
        });
        let mut by_default = by_default.peekable();
        let first = by_default.peek().copied()?;
        let is_tls = |used: &Used<'_>| used.directive().args().any(|word| word.raw() == b"ssl");
        let listen = first.own(id::LISTEN).find(is_tls)?.name();
        Some((listen, by_default.count()))
    }
}

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
