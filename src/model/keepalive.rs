//! Pools of kept connections: the `keepalive` of an `upstream`, the hops that reach the upstream,
//! and in which releases a hop can leave its connection to the next request.

use foldhash::{HashMap, HashMapExt, HashSet};

use super::Model;
use super::accept::Speech;
use super::header::{Header, HeaderValue};
use super::hop::{HTTP11_DEFAULT, Hop, Kind};
use super::peer::{Certainty, Peer};
use super::scope::{Scope, ScopeId};
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, Version, VersionSet, id};

/// The kept connections of an `upstream`.
#[derive(Clone)]
pub struct Pool<'m> {
    /// The `keepalive`.
    pub used: Used<'m>,
    /// The `upstream`.
    pub upstream: Scope<'m>,
    /// Whether each location keeps its own: `local`.
    pub is_local: bool,
    /// The hops that reach the upstream.
    pub hops: Vec<Hop<'m>>,
    /// Whether others may: the host of their pass is not known, or the pass is not nginx's own.
    pub may_have_more: bool,
}

/// Why a hop cannot leave its connection to the next request.
#[derive(Clone)]
pub enum Obstacle<'m> {
    /// A `Connection: close` that the configuration sends, and the line of a `map` that says so.
    Close(Header<'m>, Option<Used<'m>>),
    /// The `Connection: close` that nginx sends by itself.
    DefaultClose,
    /// FastCGI without `fastcgi_keep_conn on`.
    Fastcgi,
    /// HTTP/1.0, by this `proxy_http_version` or by default.
    Http10(Option<Used<'m>>),
    /// A protocol that has one request on a connection.
    Protocol,
}

/// Where a hop cannot leave its connection to the next request, why, and how sure that is.
#[derive(Clone)]
pub struct Unkept<'m> {
    /// Why, in the first of these releases.
    pub obstacle: Obstacle<'m>,
    /// In which releases of the target.
    pub affects: VersionSet,
    /// How sure.
    pub certainty: Certainty,
}

/// Why no request can use the connections of a pool.
#[derive(Clone)]
pub struct Unused<'m> {
    /// Every hop that reaches the upstream, and why it cannot keep its connection.
    pub hops: Vec<(Hop<'m>, Unkept<'m>)>,
    /// In which releases of the target that is so.
    pub versions: VersionSet,
    /// How sure it is.
    pub certainty: Certainty,
}

impl<'m> Unused<'m> {
    /// What is in the way of all hops, if it is the same.
    pub fn obstacle(&self) -> Option<&Obstacle<'m>> {
        let (_, first) = self.hops.first()?;
        let same = |other: &Obstacle<'m>| match (&first.obstacle, other) {
            (Obstacle::Close(one, _), Obstacle::Close(other, _)) => {
                one.used().name() == other.used().name()
            }
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        };
        self.hops.iter().all(|(_, unkept)| same(&unkept.obstacle)).then_some(&first.obstacle)
    }
}

impl<'m> Pool<'m> {
    /// The name of the upstream.
    pub fn name(&self) -> String {
        let word = self.upstream.block().and_then(|block| block.directive().arg(0));
        word.map_or_else(String::new, |word| super::shown(&word.value()))
    }

    /// Why no request can use its connections, hop by hop; with the releases in which that is so.
    /// `None` where one may, or where something worse is the matter with a hop: a protocol its peer
    /// does not speak, an upgrade over HTTP/1.0, a header that an inner line lost.
    pub fn unused(&self) -> Option<Unused<'m>> {
        let mut versions = self.upstream.model.target().clone();
        let mut certainty = Certainty::Certain;
        let mut hops = Vec::new();
        for &hop in &self.hops {
            let unkept = hop.unkept()?;
            let upgrade = matches!(unkept.obstacle, Obstacle::Http10(_)) && hop.sends("upgrade");
            let source = hop.scope().source_of(id::PROXY_SET_HEADER);
            let lost = source.is_some_and(|source| {
                let lost = source.lost_headers(id::PROXY_SET_HEADER);
                lost.iter().any(|header| header.is("connection"))
            });
            if hop.surely_clashes()
                || upgrade
                || (lost && matches!(unkept.obstacle, Obstacle::DefaultClose))
            {
                return None;
            }
            versions = versions.intersect(&unkept.affects);
            certainty = certainty.min(unkept.certainty);
            hops.push((hop, unkept));
        }
        (!versions.is_empty()).then_some(Unused { hops, versions, certainty })
    }
}

impl<'m> Scope<'m> {
    /// The kept connections of this `upstream` of http; `None` where it keeps none, or as many as
    /// nobody can tell.
    pub fn pool(self) -> Option<Pool<'m>> {
        if self.context() != Contexts::UPSTREAM {
            return None;
        }
        let used = self.own(id::KEEPALIVE).next()?;
        let number = used.directive().arg(0)?.value();
        let number: u32 = std::str::from_utf8(&number).ok()?.parse().ok()?;
        if number == 0 {
            return None;
        }
        let is_local = used.directive().arg(1).is_some_and(|word| &*word.value() == b"local");
        let reached = self.model.reached();
        let indices = reached.hops.get(&self.id()).map(Vec::as_slice).unwrap_or_default();
        let hops = indices
            .iter()
            .map(|&index| Hop { model: self.model, data: &self.model.hops[index as usize] })
            .collect();
        let name = self.block()?.directive().arg(0)?.value().to_ascii_lowercase();
        let is_meant = |pattern: &Vec<u8>| super::fits(pattern, &name);
        let may_have_more = reached.foreign.contains(&name) || reached.open.iter().any(is_meant);
        Some(Pool { used, upstream: self, is_local, hops, may_have_more })
    }
}

impl<'m> Hop<'m> {
    /// The upstreams it reaches.
    pub fn upstreams(self) -> Vec<Scope<'m>> {
        let upstreams = self.model.reached().upstreams_of(self.peers());
        upstreams.into_iter().map(|id| Scope { model: self.model, id }).collect()
    }

    /// How sure it is that no line but the one that is known chooses the version of HTTP.
    pub fn version_certainty(self) -> Option<Certainty> {
        if self.kind() != Kind::Proxy {
            return Some(Certainty::Certain);
        }
        self.scope().absence(self.scope().source_of(id::PROXY_HTTP_VERSION))
    }

    /// Where in the target the connection cannot be kept for the next request; `None` where it can
    /// in all of it, or nobody can tell.
    pub fn unkept(self) -> Option<Unkept<'m>> {
        let always = |obstacle, certainty| {
            let affects = self.model.target().clone();
            Some(Unkept { obstacle, affects, certainty })
        };
        match self.kind() {
            Kind::Fastcgi => {
                let source = self.scope().source_of(id::FASTCGI_KEEP_CONN);
                let certainty = self.scope().absence(source)?;
                match self.scope().value(id::FASTCGI_KEEP_CONN) {
                    Some((_, value)) if !value.eq_ignore_ascii_case(b"off") => None,
                    _ => always(Obstacle::Fastcgi, certainty),
                }
            }
            Kind::Scgi | Kind::Uwsgi => always(Obstacle::Protocol, Certainty::Certain),
            Kind::Proxy => self.unkept_by_http(),
            _ => None,
        }
    }

    fn unkept_by_http(self) -> Option<Unkept<'m>> {
        let lines: Vec<(Header<'m>, Option<HeaderValue>)> =
            self.headers("connection").map(|header| (header, header.plain())).collect();
        let closes = lines
            .iter()
            .find_map(|(header, value)| Some((*header, value.as_ref()?)))
            .filter(|(_, value)| value.holds("close"));
        let is_http10 = |(_, speech): (_, &Option<Speech>)| *speech == Some(Speech::Http10);
        if closes.is_none() && !lines.is_empty() && !self.speech().pieces().any(is_http10) {
            return None;
        }
        let source = self.scope().source_of(id::PROXY_SET_HEADER);
        let headers = self.scope().absence(source)?;
        // In the block of the lines itself another may be hidden, which matters if there is none.
        let no_header = self.scope().absence(source.and_then(Scope::parent));
        let version = self.version_certainty()?;
        let stays_open = |word: &str| {
            let may =
                |value: &Option<HeaderValue>| value.as_ref().is_none_or(|one| one.holds(word));
            lines.iter().any(|(_, value)| may(value))
        };
        let mut unkept: Option<Unkept<'m>> = None;
        for (part, speech) in self.speech().within(self.model.target()) {
            let before = part.intersect(&VersionSet::before(HTTP11_DEFAULT));
            let close = || {
                closes.map(|(header, value)| {
                    Obstacle::Close(header, value.line.map(|line| self.model.used(line)))
                })
            };
            let found = match speech {
                Some(Speech::Http10) if closes.is_none() && stays_open("keep-alive") => None,
                Some(Speech::Http10) => {
                    let http10 = || Obstacle::Http10(self.decided_by());
                    let sure = if lines.is_empty() { no_header } else { Some(headers) };
                    sure.map(|sure| (close().unwrap_or_else(http10), part, sure.min(version)))
                }
                Some(Speech::Http11) if lines.is_empty() && !before.is_empty() => {
                    no_header.map(|sure| (Obstacle::DefaultClose, before, sure.min(version)))
                }
                Some(Speech::Http11) => close().map(|close| (close, part, headers)),
                _ => None,
            };
            let Some((obstacle, affects, certainty)) = found else { continue };
            match &mut unkept {
                None => unkept = Some(Unkept { obstacle, affects, certainty }),
                Some(known) => {
                    known.affects = known.affects.union(&affects);
                    known.certainty = known.certainty.min(certainty);
                }
            }
        }
        unkept
    }
}

/// Which upstream is reached by which hop.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// The scope of each `upstream`.
    scopes: HashMap<Use, ScopeId>,
    /// The hops that reach each upstream, by their index.
    hops: HashMap<ScopeId, Vec<u32>>,
    /// The hosts of hops that nobody knows, in lower case, `*` for what is not known of them.
    open: Vec<Vec<u8>>,
    /// The hosts of passes that are none of nginx's own hops, in lower case.
    foreign: HashSet<Vec<u8>>,
}

impl Reached {
    fn upstreams_of(&self, peers: &[Peer]) -> Vec<ScopeId> {
        let mut upstreams: Vec<ScopeId> = Vec::new();
        for peer in peers {
            if let Some(id) = peer.upstream.and_then(|block| self.scopes.get(&block))
                && !upstreams.contains(id)
            {
                upstreams.push(*id);
            }
        }
        upstreams
    }
}

impl<'m> Model<'m> {
    /// The pools of kept connections, in the order of the configuration.
    pub fn pools(&'m self) -> impl Iterator<Item = Pool<'m>> {
        let scopes = self.scopes.every(id::KEEPALIVE).map(|(id, _)| self.scope(id));
        scopes.filter_map(Scope::pool)
    }

    fn reached(&'m self) -> &'m Reached {
        self.reached.get_or_init(|| {
            let mut reached = Reached { foreign: self.foreign_passes(), ..Reached::default() };
            for upstream in self.scopes().filter(|scope| scope.context() == Contexts::UPSTREAM) {
                let block = upstream.block().map(Used::name);
                reached.scopes.extend(block.map(|block| (block, upstream.id())));
            }
            // Hops that share an upstream share its peers, and those may be many.
            let mut known: HashMap<*const Peer, Vec<ScopeId>> = HashMap::new();
            for (hop, index) in self.hops().zip(0u32..) {
                let peers = hop.peers();
                if peers.is_empty() || hop.kind().family() != crate::nginx::Family::Http {
                    continue;
                }
                let upstreams =
                    known.entry(peers.as_ptr()).or_insert_with(|| reached.upstreams_of(peers));
                for id in upstreams {
                    reached.hops.entry(*id).or_default().push(index);
                }
                if peers.iter().any(|peer| matches!(&peer.address, Err(text) if is_open(text))) {
                    let word = hop.used().directive().arg(0).map(|word| word.value());
                    reached.open.extend(word.map(|word| pattern(&word)));
                }
            }
            reached
        })
    }

    /// The hosts behind directives that pass requests on and are none of nginx's own hops.
    fn foreign_passes(&self) -> HashSet<Vec<u8>> {
        let passes = DirectiveId::all().filter(|id| id.name().ends_with("_pass"));
        let known = passes.flat_map(|id| self.every(id)).map(|(used, _)| used);
        let unknown = self.scopes.unknown().map(|(used, _)| self.used(used));
        let is_pass = |used: &Used<'_>| used.directive().name().raw().ends_with(b"_pass");
        let hops: HashSet<Use> = self.hops().map(|hop| hop.used().name()).collect();
        let foreign = known.chain(unknown.filter(is_pass));
        foreign
            .filter(|used| !hops.contains(&used.name()))
            .filter_map(|used| Some(host(&used.directive().arg(0)?.value()).to_ascii_lowercase()))
            .collect()
    }
}

/// Whether a host is filled in at run time, or later.
fn is_open(text: &[u8]) -> bool {
    text.contains(&b'$') || crate::syntax::is_placeholder(text)
}

/// The host in the argument of a pass.
fn host(text: &[u8]) -> &[u8] {
    let text = memchr::memmem::find(text, b"://").map_or(text, |at| &text[at + 3..]);
    let end = text.iter().position(|byte| matches!(byte, b'/' | b'?'));
    &text[..end.unwrap_or(text.len())]
}

/// The host in the argument of a pass, `*` for each variable.
fn pattern(text: &[u8]) -> Vec<u8> {
    let text = host(text);
    if crate::syntax::is_placeholder(text) {
        return b"*".to_vec();
    }
    let mut pattern = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'$', rest) {
        pattern.extend_from_slice(&rest[..at]);
        pattern.push(b'*');
        rest = &rest[at + 1..];
        let end = match rest.first() {
            Some(b'{') => memchr::memchr(b'}', rest).map(|end| end + 1),
            _ => rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_'),
        };
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    pattern.extend_from_slice(rest);
    pattern.to_ascii_lowercase()
}

/// From this release on each location may keep connections of its own.
pub const LOCAL_KEEPALIVE: Version = Version::new(1, 29, 7);

#[cfg(test)]
mod tests {
    use crate::model::sample;

    const UPSTREAM: &str = "upstream up { server 10.0.0.1:80; keepalive 4; }";

    /// In which releases no request can use a kept connection.
    fn unused(version: &str, rest: &str) -> Option<String> {
        sample::of(version, &format!("{UPSTREAM} {rest}"), |model| {
            let pool = model.pools().next().unwrap();
            Some(pool.unused()?.versions.to_string())
        })
    }

    #[test]
    fn releases_in_which_nothing_is_kept() {
        let location = |lines: &str| {
            let server = format!("server {{ location / {{ {lines} proxy_pass http://up; }} }}");
            unused(">=1.20, <=1.31.4", &server)
        };
        let before = Some(">=1.20.0, <1.29.7".to_owned());
        let all = Some(">=1.20.0, <=1.31.4".to_owned());
        assert_eq!(location(""), before);
        assert_eq!(location("proxy_http_version 1.1;"), before);
        assert_eq!(location("proxy_http_version 1.0;"), all);
        assert_eq!(location("proxy_set_header Connection close;"), all);
        assert_eq!(location("proxy_set_header Connection 'keep-alive, close';"), all);
        assert_eq!(location("proxy_set_header Connection keep-alive;"), None);
        assert_eq!(location("proxy_set_header Connection $unknown;"), None);
        assert_eq!(location("proxy_http_version 1.1; proxy_set_header Connection '';"), None);
        assert_eq!(location("proxy_http_version 2;"), None);
        assert_eq!(location("include $host.conf;"), None);
    }

    #[test]
    fn passes_that_reach_an_upstream() {
        let pool = |rest: &str| {
            sample::of("1.28.3", &format!("{UPSTREAM} {rest}"), |model| {
                let pool = model.pools().next().unwrap();
                (pool.hops.len(), pool.may_have_more)
            })
        };
        let server = |lines: &str| pool(&format!("server {{ location / {{ {lines} }} }}"));
        assert_eq!(server("proxy_pass http://UP/a$b;"), (1, false));
        assert_eq!(server("proxy_pass http://10.0.0.1;"), (0, false));
        assert_eq!(server("proxy_pass http://$host;"), (0, true));
        assert_eq!(server("proxy_pass $scheme://up/;"), (0, true));
        assert_eq!(server("proxy_pass http://u${arg_a};"), (0, true));
        assert_eq!(server("proxy_pass http://v$arg_a;"), (0, false));
        assert_eq!(server("set $a up; proxy_pass http://$a;"), (1, false));
        assert_eq!(server("foreign_pass up;"), (0, true));
        let map = "map $host $to { default up; a other; }";
        assert_eq!(
            pool(&format!("{map} server {{ location / {{ proxy_pass http://$to; }} }}")),
            (1, false)
        );
    }
}
