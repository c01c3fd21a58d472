//! The words for what a peer speaks, as settings, comments and reports write them.

use std::fmt;
use std::str::FromStr;

/// One word of `[[backend]] speaks` and of `# ngxlint: speaks=`.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2 in cleartext, with prior knowledge.
    H2c,
    /// HTTP/2 over TLS.
    H2,
    /// gRPC: over cleartext HTTP/2, or over TLS where [`Self::Tls`] stands beside it.
    Grpc,
    /// FastCGI.
    Fastcgi,
    /// uwsgi.
    Uwsgi,
    /// SCGI.
    Scgi,
    /// memcached.
    Memcached,
    /// TLS is required.
    Tls,
    /// Cleartext is taken; beside [`Self::Tls`]: both are.
    Cleartext,
    /// A PROXY protocol header is required.
    ProxyProtocol,
    /// A server name in the TLS handshake is required.
    Sni,
}

impl Protocol {
    /// Every word.
    pub const ALL: [Self; 13] = [
        Self::Http10,
        Self::Http11,
        Self::H2c,
        Self::H2,
        Self::Grpc,
        Self::Fastcgi,
        Self::Uwsgi,
        Self::Scgi,
        Self::Memcached,
        Self::Tls,
        Self::Cleartext,
        Self::ProxyProtocol,
        Self::Sni,
    ];

    /// The word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http10 => "http/1.0",
            Self::Http11 => "http/1.1",
            Self::H2c => "h2c",
            Self::H2 => "h2",
            Self::Grpc => "grpc",
            Self::Fastcgi => "fastcgi",
            Self::Uwsgi => "uwsgi",
            Self::Scgi => "scgi",
            Self::Memcached => "memcached",
            Self::Tls => "tls",
            Self::Cleartext => "cleartext",
            Self::ProxyProtocol => "proxy-protocol",
            Self::Sni => "sni",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|word| word.name() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("`{}` is nothing a peer speaks: one of {known}", text.escape_debug())
        })
    }
}
