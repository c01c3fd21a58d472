//! Stream servers: what they do to the bytes that they pass on. They may put a PROXY protocol
//! header or TLS around them; which protocol the bytes are of, their client decides, unless the
//! server says so itself.

use super::accept::{Accepts, Applications, Speech, Tls};
use super::hop::Kind;
use super::listener::{Listener, Socket};
use super::peer::{Evidence, Known, Pass, Peer};
use super::scope::Scope;
use super::timeline::Timeline;
use crate::include::Used;
use crate::nginx::{Version, id};

impl<'m> Scope<'m> {
    /// Whether a stream server sends a PROXY protocol header first: `None` where its client may
    /// have sent one, which it would pass on.
    pub(super) fn sends_header(self) -> Option<bool> {
        if self.adds_header().is_some() {
            return Some(true);
        }
        // TLS begins before anything of the client is sent; a header that the listener took is not
        // sent on; and who looks for a name in a ClientHello expects nothing before that.
        let none = self.flag(id::PROXY_SSL).is_some()
            || self.flag(id::SSL_PREREAD).is_some()
            || self.listens_with(b"proxy_protocol");
        none.then_some(false)
    }

    /// The directive that puts a PROXY protocol header first: `on`, or `v2` (1.31.4).
    pub(super) fn adds_header(self) -> Option<Used<'m>> {
        let (used, value) = self.value(id::PROXY_PROTOCOL)?;
        (value.eq_ignore_ascii_case(b"on") || value.as_ref() == b"v2").then_some(used)
    }

    /// Whether a stream server takes datagrams alone.
    pub(super) fn is_udp(self) -> bool {
        let mut listens = self.own(id::LISTEN).peekable();
        listens.peek().is_some()
            && listens.all(|used| used.directive().args().any(|word| word.raw() == b"udp"))
    }

    fn listens_with(self, parameter: &[u8]) -> bool {
        let mut words = self.own(id::LISTEN).flat_map(|used| used.directive().args().skip(1));
        words.any(|word| word.raw() == parameter)
    }

    /// What a stream server says that asks for HTTP/2 alone in the TLS handshake: its client must
    /// mean that too.
    pub(super) fn asks_for_http2(self) -> Option<Timeline<Option<Speech>>> {
        self.flag(id::PROXY_SSL)?;
        let used = self.effective(id::PROXY_SSL_ALPN).next()?;
        let mut words = used.directive().args();
        let alone = words.next()?.value().as_ref() == b"h2" && words.next().is_none();
        alone.then(|| Timeline::changing(Some(Speech::Client), ALPN, Some(Speech::Http2)))
    }
}

impl Pass<'_> {
    /// What a stream listener accepts: what is behind it, but for what it adds or takes off. Worked
    /// out once for each listener; one that leads back to itself is not known.
    pub(super) fn through(&self, socket: &Socket, own: Accepts) -> Option<Known> {
        let model = self.scope.model;
        let [listener] = socket.listeners.as_slice() else { return None };
        if let Some(known) = model.streams.borrow().get(&listener.server) {
            return Some(known.clone());
        }
        model.streams.borrow_mut().insert(listener.server, Known::NOTHING);
        let known = self.behind(socket, listener, own);
        model.streams.borrow_mut().insert(listener.server, known.clone());
        Some(known)
    }

    fn behind(&self, socket: &Socket, listener: &Listener, own: Accepts) -> Known {
        let scope = Scope { model: self.scope.model, id: listener.server };
        let inner = match inner(scope).as_slice() {
            [first, rest @ ..]
                if rest.iter().all(|one| one.known.accepts == first.known.accepts) =>
            {
                first.known.clone()
            }
            _ => Known::NOTHING,
        };
        // `pass` hands on the connection, and adds nothing.
        let proxies = scope.own(id::PROXY_PASS).next().is_some();
        let adds_tls = proxies && scope.flag(id::PROXY_SSL).is_some();
        let sends_header = if proxies { scope.sends_header() } else { None };
        let adds_header = sends_header == Some(true);
        let takes_tls = own.tls == Tls::Required;
        // Without a name of a protocol in the handshake nginx takes TLS for HTTP/1; what others do
        // is their own affair.
        let is_http1 = adds_tls
            && scope.effective(id::PROXY_SSL_ALPN).next().is_none()
            && matches!(inner.evidence, Evidence::Listener { .. });
        let is_http2 = scope.asks_for_http2().is_some();
        let accepts = inner.accepts.map(|inner| Accepts {
            tls: match own.tls {
                Tls::Required => Tls::Required,
                _ if adds_tls => Tls::Never,
                _ => inner.tls,
            },
            applications: match inner.applications {
                all if is_http1 && all.meets(Applications::HTTP1) => {
                    all.without(Applications::HTTP2)
                }
                all if is_http2 => all.without(Applications::HTTP1),
                all => all,
            },
            proxy_protocol: match own.proxy_protocol {
                Some(true) => Some(true),
                _ if adds_header => Some(false),
                // The stream server itself is at fault.
                _ => inner.proxy_protocol.filter(|wanted| !wanted || sends_header.is_none()),
            },
            sni: inner.sni && !takes_tls && !adds_tls,
            ..*inner
        });
        let evidence = if takes_tls || own.proxy_protocol == Some(true) || adds_tls {
            Evidence::Listener {
                ssl: socket.ssl().map(|one| one.used),
                http2: None,
                proxy_protocol: socket.proxy_protocol().map(|one| one.used),
                default: listener.used,
                implicit: false,
                apart: self.is_apart(listener.used),
            }
        } else {
            inner.evidence
        };
        Known { accepts, evidence }
    }
}

/// The peers of a stream server, by each value of its variable too.
fn inner(scope: Scope<'_>) -> Vec<Peer> {
    let used = scope.own(id::PROXY_PASS).chain(scope.own(id::PASS)).next();
    let target = used.and_then(|used| used.directive().arg(0));
    let (Some(used), Some(target)) = (used, target) else { return Vec::new() };
    let pass = Pass { scope, used, kind: Kind::Stream, sni: None };
    let text = target.value();
    if !text.contains(&b'$') {
        return pass.peers(&text, Some(false), None);
    }
    let outcomes = scope.outcomes(&text);
    // What is behind some of them alone is not what is behind the listener.
    if outcomes.known.len() > MOST_VALUES || outcomes.others {
        return Vec::new();
    }
    let values = outcomes.known.iter();
    values.flat_map(|(text, value)| pass.peers(text, Some(false), Some(value))).collect()
}

/// From this release on stream asks for a protocol in the TLS handshake.
const ALPN: Version = Version::new(1, 31, 0);
/// So many values of a variable are looked at for what is behind a listener.
const MOST_VALUES: usize = 100;
