//! Addresses as nginx reads them (`ngx_parse_url` in `ngx_inet.c`).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bstr::ByteSlice;

/// What is to the left of a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An IPv4 or IPv6 address.
    Ip(IpAddr),
    /// A name, in lower case.
    Name(Vec<u8>),
    /// The path of a socket, without `unix:`.
    Unix(Vec<u8>),
}

impl Host {
    /// Every IPv4 address of the machine.
    pub const ANY4: Self = Self::Ip(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    /// Every IPv6 address of the machine.
    pub const ANY6: Self = Self::Ip(IpAddr::V6(Ipv6Addr::UNSPECIFIED));

    /// What `localhost` is, at first.
    pub const LOOPBACK: Self = Self::Ip(IpAddr::V4(Ipv4Addr::LOCALHOST));

    /// Whether it is the name of the loopback address.
    pub(super) fn is_loopback_name(&self) -> bool {
        matches!(self, Self::Name(name) if name == b"localhost")
    }

    /// A host without brackets or port.
    fn parse(text: &[u8]) -> Self {
        match text.to_str().ok().and_then(|text| text.parse::<Ipv4Addr>().ok()) {
            Some(address) => Self::Ip(address.into()),
            None => Self::Name(text.to_ascii_lowercase()),
        }
    }

    /// Whether it names this machine wherever the configuration runs.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Ip(address) => address.is_loopback(),
            Self::Name(_) => self.is_loopback_name(),
            Self::Unix(_) => true,
        }
    }
}

/// A host, and a port where one is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The host.
    pub host: Host,
    /// The port; none for a socket of the file system.
    pub port: Option<u16>,
}

impl Address {
    /// `host`, `host:port`, `[v6]:port`, `unix:path`; `None` for what is none of them.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if let Some(path) = strip_prefix_ignore_case(text, b"unix:") {
            return Some(Self { host: Host::Unix(path.to_vec()), port: None });
        }
        if let Some(inside) = text.strip_prefix(b"[") {
            let end = memchr::memchr(b']', inside)?;
            let host = inside[..end].to_str().ok()?.parse::<Ipv6Addr>().ok()?;
            let port = match &inside[end + 1..] {
                [] => None,
                [b':', port @ ..] => Some(parse_port(port)?),
                _ => return None,
            };
            return Some(Self { host: Host::Ip(host.into()), port });
        }
        let (host, port) = match memchr::memrchr(b':', text) {
            Some(colon) => (&text[..colon], Some(parse_port(&text[colon + 1..])?)),
            None => (text, None),
        };
        (!host.is_empty()).then(|| Self { host: Host::parse(host), port })
    }

    /// The address with a port where none is written and one is needed.
    #[must_use]
    pub fn or_port(mut self, port: Option<u16>) -> Self {
        if self.port.is_none() && !matches!(self.host, Host::Unix(_)) {
            self.port = port;
        }
        self
    }
}

/// A port from 1 to 65535.
pub(super) fn parse_port(text: &[u8]) -> Option<u16> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    text.to_str().ok()?.parse().ok().filter(|&port| port > 0)
}

/// What follows `prefix` in `text`, whatever the case of its letters.
pub(super) fn strip_prefix_ignore_case<'t>(text: &'t [u8], prefix: &[u8]) -> Option<&'t [u8]> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Ip(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Name(name) => write!(f, "{}", name.as_bstr()),
            Self::Unix(path) => write!(f, "unix:{}", path.as_bstr()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown() {
        for (text, shown) in [
            ("a.B:80", "a.b:80"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]:8080", "[::1]:8080"),
            ("[0:0::1]", "[::1]"),
            ("unix:/run/X.sock", "unix:/run/X.sock"),
            ("UNIX:/a", "unix:/a"),
        ] {
            assert_eq!(Address::parse(text.as_bytes()).unwrap().to_string(), shown);
        }
        for text in ["", ":80", "a:", "a:0", "a:65536", "a:b", "[::1", "[x]:1", "[::1]x"] {
            assert_eq!(Address::parse(text.as_bytes()), None, "{text}");
        }
    }
}
