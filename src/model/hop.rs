//! Hops: the places where nginx opens a connection, and what it says there.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::Model;
use super::accept::{Mismatch, Speaks, Speech, judge};
use super::address;
use super::contradiction;
use super::peer::{Certainty, Pass, Peer};
use super::scope::{Scope, ScopeId};
use super::timeline::Timeline;
use super::variable::Value;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, Family, Version, VersionSet, id};
use crate::source::{Location, Span};

/// The kinds of hops.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `fastcgi_pass`.
    Fastcgi,
    /// `grpc_pass`.
    Grpc,
    /// `auth_http` of the mail modules.
    MailAuth,
    /// `memcached_pass`.
    Memcached,
    /// `proxy_pass` in http.
    Proxy,
    /// `scgi_pass`.
    Scgi,
    /// `proxy_pass` in stream.
    Stream,
    /// `tunnel_pass`.
    Tunnel,
    /// `uwsgi_pass`.
    Uwsgi,
}

impl Kind {
    /// Which part of nginx opens the connection.
    pub const fn family(self) -> Family {
        match self {
            Self::Stream => Family::Stream,
            Self::MailAuth => Family::Mail,
            _ => Family::Http,
        }
    }

    /// The port where none is written.
    pub(super) const fn port(self, tls: Option<bool>) -> Option<u16> {
        match self {
            Self::Proxy if matches!(tls, Some(true)) => Some(443),
            Self::MailAuth | Self::Proxy => Some(80),
            _ => None,
        }
    }

    /// The schemes it knows, with what each says of TLS.
    pub(super) const fn schemes(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Grpc => &[("grpc://", false), ("grpcs://", true)],
            Self::MailAuth => &[("http://", false)],
            Self::Proxy => &[("http://", false), ("https://", true)],
            Self::Uwsgi => &[("uwsgi://", false), ("suwsgi://", true)],
            Self::Fastcgi | Self::Memcached | Self::Scgi | Self::Stream | Self::Tunnel => &[],
        }
    }
}

/// The passes, each with the part of nginx in whose blocks it is one.
const PASSES: [(DirectiveId, Family, Kind); 9] = [
    (id::AUTH_HTTP, Family::Mail, Kind::MailAuth),
    (id::FASTCGI_PASS, Family::Http, Kind::Fastcgi),
    (id::GRPC_PASS, Family::Http, Kind::Grpc),
    (id::MEMCACHED_PASS, Family::Http, Kind::Memcached),
    (id::PROXY_PASS, Family::Http, Kind::Proxy),
    (id::PROXY_PASS, Family::Stream, Kind::Stream),
    (id::SCGI_PASS, Family::Http, Kind::Scgi),
    (id::TUNNEL_PASS, Family::Http, Kind::Tunnel),
    (id::UWSGI_PASS, Family::Http, Kind::Uwsgi),
];

#[derive(Debug)]
pub(super) struct Data {
    pub(super) used: Use,
    scope: ScopeId,
    kind: Kind,
    pub(super) speech: Timeline<Option<Speech>>,
    /// The directive that decides the protocol.
    decided_by: Option<Use>,
    proxy_protocol: Option<Use>,
    sends_header: Option<bool>,
    sni: Option<Vec<u8>>,
    pub(super) peers: Rc<[Peer]>,
    pub(super) clashes: Vec<Clash>,
}

/// One way in which the sides of a hop disagree, somewhere in the target.
#[derive(Clone, Debug)]
pub struct Clash {
    /// How they disagree.
    pub mismatch: Mismatch,
    /// How sure that is.
    pub certainty: Certainty,
    /// Where in the target: where it is certain, if it is so anywhere.
    pub affects: VersionSet,
    /// Another pass, where that shows it and nothing else does.
    pub shown_by: Option<Use>,
    /// Which peers, by their index.
    pub(super) peers: Vec<usize>,
}

pub(super) fn build(model: &Model<'_>) -> Vec<Data> {
    let mut hops = Vec::new();
    let mut budget = MOST_PEERS;
    let mut passes: Vec<(ScopeId, Use, Kind)> = Vec::new();
    for (pass, family, kind) in PASSES {
        for (id, entries) in model.scopes.every(pass) {
            let stands = match (Scope { model, id }).context() {
                Contexts::LOCATION
                | Contexts::IF_IN_LOCATION
                | Contexts::LIMIT_EXCEPT
                | Contexts::SERVER => family == Family::Http,
                Contexts::STREAM_SERVER => family == Family::Stream,
                Contexts::MAIL | Contexts::MAIL_SERVER => family == Family::Mail,
                _ => false,
            };
            let last = entries.iter().map(|entry| entry.used).max().filter(|_| stands);
            passes.extend(last.map(|used| (id, used, kind)));
        }
    }
    passes.sort_unstable_by_key(|(id, used, _)| (*id, *used));
    hops.reserve_exact(passes.len());
    // Of several passes in one block the last one is in force.
    for block in passes.chunk_by(|(one, ..), (other, ..)| one == other) {
        let (id, used, kind) = block[block.len() - 1];
        hops.push(hop(Scope { model, id }, model.used(used), kind, &mut budget));
    }
    contradiction::note(model, &mut hops);
    hops
}

fn hop(scope: Scope<'_>, used: Used<'_>, kind: Kind, budget: &mut usize) -> Data {
    let (speech, decided_by) = speech(scope, kind);
    let mut decided_by = decided_by.map(Used::name);
    let header = (kind == Kind::Stream).then(|| scope.adds_header()).flatten();
    let word = used.directive().exemplar().arg(0);
    let text = word.map_or(Cow::Borrowed(&b""[..]), |word| word.value());
    let mut pass = Pass { scope, used, kind, sni: None };
    let stream_tls = (kind == Kind::Stream).then(|| scope.flag(id::PROXY_SSL)).flatten();
    if let Some(flag) = stream_tls {
        decided_by = Some(flag.name());
    }
    let tls = (kind == Kind::Stream).then_some(stream_tls.is_some());
    let scheme_tls = || split_scheme(kind, &text).and_then(|(tls, _)| tls);
    if tls.or_else(scheme_tls) != Some(false) {
        pass.sni = pass.server_name(&text);
    }
    let peers = peers(&pass, &text, tls, budget);
    let mut data = Data {
        used: used.name(),
        scope: scope.id(),
        kind,
        speech,
        decided_by,
        proxy_protocol: header.map(Used::name),
        sends_header: if kind == Kind::Stream { scope.sends_header() } else { Some(false) },
        sni: pass.sni,
        peers,
        clashes: Vec::new(),
    };
    data.clashes = clashes(scope, &data);
    data
}

/// What nginx says on a hop, and the directive that decides it.
fn speech<'m>(scope: Scope<'m>, kind: Kind) -> (Timeline<Option<Speech>>, Option<Used<'m>>) {
    let always = |speech| (Timeline::always(Some(speech)), None);
    match kind {
        Kind::Fastcgi => always(Speech::Fastcgi),
        Kind::Grpc => always(Speech::Grpc),
        Kind::MailAuth => always(Speech::Http10),
        Kind::Memcached => always(Speech::Memcached),
        Kind::Scgi => always(Speech::Scgi),
        Kind::Stream | Kind::Tunnel => always(Speech::Client),
        Kind::Uwsgi => always(Speech::Uwsgi),
        Kind::Proxy => match scope.value(id::PROXY_HTTP_VERSION) {
            None => {
                let (before, after) = (Some(Speech::Http10), Some(Speech::Http11));
                (Timeline::changing(before, HTTP11_DEFAULT, after), None)
            }
            Some((used, value)) => {
                let speech = match value.as_ref() {
                    b"1.0" => Timeline::always(Some(Speech::Http10)),
                    b"1.1" => Timeline::always(Some(Speech::Http11)),
                    b"2" => Timeline::changing(None, HTTP2_TO_UPSTREAM, Some(Speech::Http2)),
                    _ => Timeline::always(None),
                };
                (speech, Some(used))
            }
        },
    }
}

/// The peers of a pass to `text`, variables with known values filled in as far as `budget` goes.
fn peers(pass: &Pass<'_>, text: &[u8], tls: Option<bool>, budget: &mut usize) -> Rc<[Peer]> {
    let text = without_uri(pass.kind, text);
    let scheme = split_scheme(pass.kind, text);
    // What follows the host may hold variables without harm.
    if let Some((scheme_tls, rest)) = scheme {
        let host = host(rest);
        if !host.contains(&b'$') {
            return pass.constant_peers(host, tls.or(scheme_tls));
        }
    }
    let unknown = || {
        let (scheme_tls, shown) = scheme.map_or((None, text), |(tls, rest)| (tls, host(rest)));
        Peer::unknown(pass.used, shown, tls.or(scheme_tls))
    };
    if *budget == 0 {
        return Rc::new([unknown()]);
    }
    let outcomes = pass.scope.outcomes(text);
    let known = outcomes.known.iter().flat_map(|(text, value)| behind(pass, text, tls, value));
    let mut peers: Vec<Peer> = known.take(*budget).collect();
    *budget -= peers.len();
    if peers.is_empty() || outcomes.others || *budget == 0 {
        peers.push(unknown());
    }
    peers.into()
}

/// A text without its URI, which may hold variables too; those at its end that hold the URI of the
/// request begin with `/`.
fn without_uri(kind: Kind, text: &[u8]) -> &[u8] {
    let uris: [&[u8]; 3] = [b"$request_uri", b"$uri", b"$document_uri"];
    let begins = |uri: &&[u8]| memchr::memmem::find(text, uri).filter(|at| *at > 0);
    // Most texts have no variable at all.
    if !text.contains(&b'$') {
        return text;
    }
    let at = uris.iter().filter_map(begins).min();
    let text = at.map_or(text, |at| &text[..at]);
    let scheme = match split_scheme(kind, text) {
        Some((_, rest)) => text.len() - rest.len(),
        None if text.starts_with(b"$") => {
            let scheme = memchr::memmem::find(text, b"://");
            let is_first = |at: &usize| !text[..*at].iter().any(|byte| b"/?".contains(byte));
            scheme.filter(is_first).map_or(0, |at| at + 3)
        }
        None => return text,
    };
    &text[..scheme + host(&text[scheme..]).len()]
}

/// The peers of a pass to a text that a value made whole.
fn behind(pass: &Pass<'_>, text: &[u8], tls: Option<bool>, via: &Value) -> Vec<Peer> {
    let Pass { scope, used, kind, .. } = *pass;
    match split_scheme(kind, text) {
        Some((scheme_tls, rest)) => {
            let pass = Pass { scope, used, kind, sni: pass.server_name(text) };
            pass.peers(host(rest), tls.or(scheme_tls), Some(via))
        }
        None => vec![Peer::unknown(pass.used, text, None)],
    }
}

/// What the scheme says of TLS, and what follows it; `None` where a scheme is needed and none of
/// those that the pass knows is there.
pub(super) fn split_scheme(kind: Kind, text: &[u8]) -> Option<(Option<bool>, &[u8])> {
    let known = kind.schemes().iter().find_map(|(scheme, tls)| {
        Some((Some(*tls), address::strip_prefix_ignore_case(text, scheme.as_bytes())?))
    });
    match kind {
        Kind::Proxy => known,
        _ => known.or(Some((Some(false), text))),
    }
}

/// The host and port that `text` begins with; for a socket with its `unix:`, up to the next `:`.
pub(super) fn host(text: &[u8]) -> &[u8] {
    if address::strip_prefix_ignore_case(text, b"unix:").is_some() {
        let end = text[5..].iter().position(|byte| *byte == b':');
        return end.map_or(text, |end| &text[..5 + end]);
    }
    // Such texts are short.
    let end = text.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    &text[..end.unwrap_or(text.len())]
}

fn clashes(scope: Scope<'_>, hop: &Data) -> Vec<Clash> {
    let target = &scope.model.assumptions.target;
    let mut clashes: Vec<Clash> = Vec::new();
    let asks = (hop.kind == Kind::Stream).then(|| scope.asks_for_http2()).flatten();
    let said = asks.as_ref().unwrap_or(&hop.speech);
    for (index, peer) in hop.peers.iter().enumerate() {
        let Some(certainty) = peer.known.certainty() else { continue };
        for (part, speech) in said.within(target) {
            for (part, accepts) in peer.known.accepts.within(&part) {
                let speaks = Speaks {
                    speech: *speech,
                    tls: peer.tls,
                    sni: hop.sni.is_some(),
                    proxy_protocol: hop.sends_header,
                };
                let Some(mismatch) = judge(speaks, *accepts) else { continue };
                add(&mut clashes, mismatch, certainty, part, index);
            }
        }
    }
    clashes
}

/// One clash for each kind: what is certain of a peer beats what is likely of another.
fn add(
    clashes: &mut Vec<Clash>,
    mismatch: Mismatch,
    certainty: Certainty,
    part: VersionSet,
    peer: usize,
) {
    match clashes.iter_mut().find(|clash| clash.mismatch == mismatch) {
        None => {
            let (affects, peers) = (part, vec![peer]);
            clashes.push(Clash { mismatch, certainty, affects, shown_by: None, peers });
        }
        Some(clash) => {
            match certainty.cmp(&clash.certainty) {
                Ordering::Less => {}
                Ordering::Equal => clash.affects = clash.affects.union(&part),
                Ordering::Greater => (clash.certainty, clash.affects) = (certainty, part),
            }
            if clash.peers.last() != Some(&peer) {
                clash.peers.push(peer);
            }
        }
    }
}

/// One place where nginx opens a connection: a small view, to be copied.
#[derive(Copy, Clone)]
pub struct Hop<'m> {
    pub(super) model: &'m Model<'m>,
    pub(super) data: &'m Data,
}

impl<'m> Hop<'m> {
    /// The pass.
    pub fn used(self) -> Used<'m> {
        self.model.config.used(self.data.used)
    }

    /// The block it stands in.
    pub const fn scope(self) -> Scope<'m> {
        Scope { model: self.model, id: self.data.scope }
    }

    /// Its kind.
    pub const fn kind(self) -> Kind {
        self.data.kind
    }

    /// What is said, by release.
    pub const fn speech(self) -> &'m Timeline<Option<Speech>> {
        &self.data.speech
    }

    /// The directive that decides the protocol, where it is not the default.
    pub fn decided_by(self) -> Option<Used<'m>> {
        self.data.decided_by.map(|used| self.model.config.used(used))
    }

    /// The directive that puts a PROXY protocol header first.
    pub fn proxy_protocol(self) -> Option<Used<'m>> {
        self.data.proxy_protocol.map(|used| self.model.config.used(used))
    }

    /// The server name sent in the TLS handshake.
    pub fn sni(self) -> Option<&'m [u8]> {
        self.data.sni.as_deref()
    }

    /// How sure the least known of its peers is; `None` where nothing is known of one.
    pub fn certainty(self) -> Option<Certainty> {
        self.peers().iter().map(|peer| peer.known.certainty()).min().flatten()
    }

    /// A number that tells hops of one place apart, where they lead to different peers.
    pub fn digest(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (index, peer) in self.peers().iter().enumerate() {
            (&peer.address, peer.tls, peer.certainty(), self.is_clashing(index)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Its peers.
    pub fn peers(self) -> &'m [Peer] {
        &self.data.peers
    }

    /// How its sides disagree.
    pub fn clashes(self) -> &'m [Clash] {
        &self.data.clashes
    }

    /// One way in which its sides disagree.
    pub fn clash(self, mismatch: Mismatch) -> Option<&'m Clash> {
        self.data.clashes.iter().find(|clash| clash.mismatch == mismatch)
    }

    /// Whether the peer of that index is in a clash.
    pub fn is_clashing(self, index: usize) -> bool {
        // Each clash has its peers in order.
        self.clashes().iter().any(|clash| clash.peers.binary_search(&index).is_ok())
    }

    /// The peers that a clash is about.
    pub fn peers_of(self, clash: &'m Clash) -> impl Iterator<Item = &'m Peer> + Clone {
        clash.peers.iter().filter_map(|&index| self.data.peers.get(index))
    }

    /// Whether the address in the pass relies on the port of its scheme: writing another scheme
    /// would change the peer.
    pub fn relies_on_scheme_port(self) -> bool {
        let word = self.used().directive().arg(0).map(|word| word.value());
        let Some(rest) = word.as_ref().and_then(|word| split_scheme(self.data.kind, word)) else {
            return true;
        };
        let named = address::Address::parse(host(rest.1));
        let upstream = self.model.upstreams.find(self.data.kind.family(), host(rest.1));
        upstream.is_none()
            && !named
                .is_some_and(|one| one.port.is_some() || matches!(one.host, address::Host::Unix(_)))
    }

    /// The argument of the pass up to where its address begins: `https://`; the whole pass where
    /// no scheme is written.
    pub fn scheme(self) -> (Location, Option<&'static str>) {
        let used = self.used();
        let word = used.directive().arg(0).filter(|word| !word.is_quoted());
        let scheme = word.and_then(|word| {
            let known = self.data.kind.schemes().iter().map(|(scheme, _)| *scheme);
            known
                .filter(|scheme| {
                    address::strip_prefix_ignore_case(word.raw(), scheme.as_bytes()).is_some()
                })
                .map(|scheme| {
                    let start = word.span().start;
                    (Span::new(start, start + scheme.len() as u32), scheme)
                })
                .next()
        });
        match scheme {
            Some((span, scheme)) => (used.locate(span), Some(scheme)),
            None => (used.location(), None),
        }
    }
}

impl Clash {
    /// Whether a convention behind it is as good as kept by everybody.
    pub fn is_strong(&self, hop: Hop<'_>) -> bool {
        let mut peers = self.peers.iter().filter_map(|&index| hop.data.peers.get(index));
        peers.any(|peer| peer.known.evidence.is_strong(self.mismatch))
    }

    /// Whether every peer of the hop is one of them, so that a mend at the pass harms none.
    pub fn is_of_all(&self, hop: Hop<'_>) -> bool {
        self.peers.len() == hop.data.peers.len()
    }
}

/// So many peers are followed through variables, in all hops together: every hop may lead to every
/// server of every upstream. Hops beyond are unknown.
const MOST_PEERS: usize = 100_000;

/// From this release on HTTP/2 can be spoken to an upstream.
pub const HTTP2_TO_UPSTREAM: Version = Version::new(1, 29, 4);
/// From this release on HTTP/1.1 is the default.
pub const HTTP11_DEFAULT: Version = Version::new(1, 29, 7);
