//! What one side speaks against what the other accepts.

use crate::nginx::Protocol;

/// Application protocols: a set. The empty set means that nothing is known.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Applications(u8);

impl Applications {
    /// HTTP/1.0 and HTTP/1.1.
    pub const HTTP1: Self = Self(1);
    /// HTTP/2.
    pub const HTTP2: Self = Self(2);
    /// gRPC, over HTTP/2.
    pub const GRPC: Self = Self(4);
    /// FastCGI.
    pub const FASTCGI: Self = Self(8);
    /// uwsgi.
    pub const UWSGI: Self = Self(16);
    /// SCGI.
    pub const SCGI: Self = Self(32);
    /// memcached.
    pub const MEMCACHED: Self = Self(64);
    /// SMTP, POP3 and IMAP.
    pub const MAIL: Self = Self(128);

    /// Those of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What of the set is not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether one is in both.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What people call them.
    pub fn title(self) -> String {
        let names = [
            (Self::HTTP1, "HTTP"),
            (Self::HTTP2, "HTTP/2"),
            (Self::GRPC, "gRPC"),
            (Self::FASTCGI, "FastCGI"),
            (Self::UWSGI, "uwsgi"),
            (Self::SCGI, "SCGI"),
            (Self::MEMCACHED, "memcached"),
            (Self::MAIL, "mail protocols"),
        ];
        let names = names.into_iter().filter(|(one, _)| self.meets(*one)).map(|(_, name)| name);
        names.collect::<Vec<_>>().join(" and ")
    }

    /// Whether nothing is known.
    pub const fn is_unknown(self) -> bool {
        self.0 == 0
    }
}

/// Whether TLS is taken.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tls {
    /// Both TLS and cleartext are.
    Either,
    /// Only cleartext is.
    Never,
    /// Only TLS is.
    Required,
    /// Nothing is known.
    #[default]
    Unknown,
}

/// What a peer accepts.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Accepts {
    /// Whether TLS is taken.
    pub tls: Tls,
    /// Which protocols, inside TLS or not.
    pub applications: Applications,
    /// Whether a PROXY protocol header must (`true`) or may not (`false`) go first.
    pub proxy_protocol: Option<bool>,
    /// Whether a server name is required in the TLS handshake.
    pub sni: bool,
    /// Whether it takes no TCP connection: it listens for QUIC alone.
    pub quic_only: bool,
}

impl Accepts {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        tls: Tls::Unknown,
        applications: Applications(0),
        proxy_protocol: None,
        sni: false,
        quic_only: false,
    };

    /// What the words of `[[backend]] speaks` and `# ngxlint: speaks=` say: the whole truth about
    /// what they name, nothing about the rest.
    pub fn declared(words: &[Protocol]) -> Self {
        let has = |word| words.contains(&word);
        let tls = match (has(Protocol::Tls) || has(Protocol::H2), has(Protocol::Cleartext)) {
            (true, false) if has(Protocol::H2c) => Tls::Either,
            (true, false) => Tls::Required,
            (true, true) => Tls::Either,
            (false, false) if words.iter().all(|word| *word == Protocol::ProxyProtocol) => {
                Tls::Unknown
            }
            (false, _) if has(Protocol::Sni) => Tls::Required,
            (false, _) => Tls::Never,
        };
        let mut applications = Applications::default();
        for word in words {
            applications = applications.union(match word {
                Protocol::Http10 | Protocol::Http11 => Applications::HTTP1,
                Protocol::H2c | Protocol::H2 => Applications::HTTP2,
                Protocol::Grpc => Applications::GRPC,
                Protocol::Fastcgi => Applications::FASTCGI,
                Protocol::Uwsgi => Applications::UWSGI,
                Protocol::Scgi => Applications::SCGI,
                Protocol::Memcached => Applications::MEMCACHED,
                Protocol::Tls | Protocol::Cleartext | Protocol::ProxyProtocol | Protocol::Sni => {
                    Applications::default()
                }
            });
        }
        Self {
            tls,
            applications,
            proxy_protocol: Some(has(Protocol::ProxyProtocol)),
            sni: has(Protocol::Sni),
            quic_only: false,
        }
    }

    /// The words that declare it.
    pub fn words(self) -> Vec<Protocol> {
        let has = |one| self.applications.meets(one);
        let tls = matches!(self.tls, Tls::Required | Tls::Either);
        let cleartext = matches!(self.tls, Tls::Never | Tls::Either);
        let words = [
            (has(Applications::HTTP1), Protocol::Http11),
            (has(Applications::HTTP2) && (cleartext || !tls), Protocol::H2c),
            (has(Applications::HTTP2) && tls, Protocol::H2),
            (has(Applications::GRPC), Protocol::Grpc),
            (has(Applications::FASTCGI), Protocol::Fastcgi),
            (has(Applications::UWSGI), Protocol::Uwsgi),
            (has(Applications::SCGI), Protocol::Scgi),
            (has(Applications::MEMCACHED), Protocol::Memcached),
            (tls, Protocol::Tls),
            (cleartext, Protocol::Cleartext),
            (self.proxy_protocol == Some(true), Protocol::ProxyProtocol),
            (self.sni, Protocol::Sni),
        ];
        words.into_iter().filter(|(said, _)| *said).map(|(_, word)| word).collect()
    }
}

/// What nginx says on a connection.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Speech {
    /// The bytes of its client, whatever they are.
    Client,
    /// FastCGI.
    Fastcgi,
    /// gRPC.
    Grpc,
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
    /// memcached.
    Memcached,
    /// SCGI.
    Scgi,
    /// uwsgi.
    Uwsgi,
}

impl Speech {
    /// The word for it in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "stream",
            Self::Fastcgi => "fastcgi",
            Self::Grpc => "grpc",
            Self::Http10 => "http/1.0",
            Self::Http11 => "http/1.1",
            Self::Http2 => "http/2",
            Self::Memcached => "memcached",
            Self::Scgi => "scgi",
            Self::Uwsgi => "uwsgi",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Client => "its client's bytes",
            Self::Fastcgi => "FastCGI",
            Self::Grpc => "gRPC",
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Memcached | Self::Uwsgi => self.name(),
            Self::Scgi => "SCGI",
        }
    }

    /// What a peer has to accept for it.
    pub(super) const fn needs(self) -> Applications {
        match self {
            Self::Client => Applications(u8::MAX),
            Self::Fastcgi => Applications::FASTCGI,
            Self::Grpc | Self::Http2 => Applications::HTTP2.union(Applications::GRPC),
            Self::Http10 | Self::Http11 => Applications::HTTP1,
            Self::Memcached => Applications::MEMCACHED,
            Self::Scgi => Applications::SCGI,
            Self::Uwsgi => Applications::UWSGI,
        }
    }
}

/// One side of a connection: what nginx says, and how.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Speaks {
    /// The protocol; `None` where the release refuses what is written, or nobody knows.
    pub speech: Option<Speech>,
    /// Whether over TLS; `None` where nobody knows.
    pub tls: Option<bool>,
    /// Whether a server name goes into the TLS handshake.
    pub sni: bool,
    /// Whether a PROXY protocol header goes first; `None` where the client may send one.
    pub proxy_protocol: Option<bool>,
}

/// How the two sides of a connection disagree.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mismatch {
    /// The peer listens for QUIC alone: the connection is refused.
    QuicOnly,
    /// The peer wants a PROXY protocol header and gets none.
    ProxyHeaderMissing,
    /// The peer gets a PROXY protocol header and wants none.
    ProxyHeaderUnexpected,
    /// Cleartext to a peer that takes only TLS.
    PlaintextToTls,
    /// TLS to a peer that takes only cleartext.
    TlsToPlaintext,
    /// No server name in the TLS handshake to a peer that wants one.
    NameMissing,
    /// HTTP/1.x to a peer that takes only HTTP/2.
    Http1ToHttp2,
    /// HTTP/2 to a peer that takes only HTTP/1.x.
    Http2ToHttp1,
    /// Another application protocol than the peer's.
    WrongApplication,
}

/// How the two sides disagree: the first thing on the wire that goes wrong. A stream hop passes
/// its client's bytes: only what it adds itself can be wrong.
pub fn judge(speaks: Speaks, accepts: Accepts) -> Option<Mismatch> {
    let speech = speaks.speech?;
    if accepts.quic_only {
        return Some(Mismatch::QuicOnly);
    }
    match accepts.proxy_protocol {
        Some(true) if speaks.proxy_protocol == Some(false) => {
            return Some(Mismatch::ProxyHeaderMissing);
        }
        Some(false) if speaks.proxy_protocol == Some(true) => {
            return Some(Mismatch::ProxyHeaderUnexpected);
        }
        _ => {}
    }
    match (speaks.tls, accepts.tls) {
        (Some(false), Tls::Required) if speech != Speech::Client => {
            return Some(Mismatch::PlaintextToTls);
        }
        (Some(true), Tls::Never) => return Some(Mismatch::TlsToPlaintext),
        _ => {}
    }
    if speaks.tls == Some(true) && accepts.sni && !speaks.sni {
        return Some(Mismatch::NameMissing);
    }
    if accepts.applications.is_unknown() || accepts.applications.meets(speech.needs()) {
        return None;
    }
    let http1 = matches!(speech, Speech::Http10 | Speech::Http11);
    let http2 = matches!(speech, Speech::Grpc | Speech::Http2);
    Some(if http1 && accepts.applications.meets(Speech::Http2.needs()) {
        Mismatch::Http1ToHttp2
    } else if http2 && accepts.applications.meets(Applications::HTTP1) {
        Mismatch::Http2ToHttp1
    } else {
        Mismatch::WrongApplication
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(speech: Speech, tls: bool, words: &str) -> Option<Mismatch> {
        let words: Vec<Protocol> = words.split(',').map(|word| word.parse().unwrap()).collect();
        let proxy_protocol = (speech != Speech::Client).then_some(false);
        let speaks = Speaks { speech: Some(speech), tls: Some(tls), sni: false, proxy_protocol };
        judge(speaks, Accepts::declared(&words))
    }

    #[test]
    fn the_first_thing_on_the_wire_decides() {
        use Mismatch::*;
        use Speech::*;
        for (speech, tls, words, expected) in [
            (Http11, false, "http/1.1", None),
            (Http10, false, "h2c", Some(Http1ToHttp2)),
            (Http10, false, "h2c,http/1.1", None),
            (Http11, true, "h2", Some(Http1ToHttp2)),
            (Http11, false, "h2", Some(PlaintextToTls)),
            (Http11, true, "h2,http/1.1", None),
            (Http11, true, "http/1.1", Some(TlsToPlaintext)),
            (Http11, true, "tls,cleartext,http/1.1", None),
            (Http11, false, "tls", Some(PlaintextToTls)),
            (Http11, false, "grpc", Some(Http1ToHttp2)),
            (Grpc, true, "grpc,tls", None),
            (Grpc, false, "http/1.1", Some(Http2ToHttp1)),
            (Http2, false, "h2c", None),
            (Fastcgi, false, "http/1.1", Some(WrongApplication)),
            (Http11, false, "fastcgi", Some(WrongApplication)),
            (Http11, true, "proxy-protocol", Some(ProxyHeaderMissing)),
            (Http11, true, "tls,sni", Some(NameMissing)),
            (Client, false, "tls", None),
            (Client, false, "proxy-protocol", None),
            (Client, true, "http/1.1", Some(TlsToPlaintext)),
        ] {
            assert_eq!(judged(speech, tls, words), expected, "{speech:?} {tls} {words}");
        }
    }

    #[test]
    fn words_come_back() {
        for words in ["http/1.1,cleartext", "h2c,cleartext", "http/1.1,h2,tls", "tls,sni"] {
            let parsed: Vec<Protocol> =
                words.split(',').map(|word| word.parse().unwrap()).collect();
            assert_eq!(Accepts::declared(&parsed).words(), parsed);
        }
    }
}
