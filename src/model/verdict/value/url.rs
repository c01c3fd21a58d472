//! Addresses as nginx reads them when it reads the configuration (`ngx_parse_url` in `ngx_inet.c`,
//! the same in every release since 1.15.10, where `listen` got port ranges): what it makes of a
//! text, and why it refuses one. Whether a name can be resolved is nobody's guess here; only what
//! could never be a name is refused.

use std::net::Ipv6Addr;

use bstr::ByteSlice;

use crate::model::address::strip_prefix_ignore_case;

/// Where an address stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// In `listen`: `*`, a port alone and a range of ports are taken too.
    Listen,
    /// Where a host and perhaps a port are wanted.
    Plain,
    /// Where a path may follow.
    WithUri,
}

/// What stands left of the port.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Host<'t> {
    /// A socket of the file system, by its path.
    Unix,
    /// An address, or `*`.
    Address(&'t [u8]),
    /// A name: of a host or an upstream.
    Name(&'t [u8]),
}

/// An address that is read.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Url<'t> {
    pub(super) host: Host<'t>,
    /// The port, or the first of a range.
    pub(super) port: Option<u16>,
    pub(super) is_range: bool,
    /// What follows from the first `/` or `?` on.
    pub(super) uri: &'t [u8],
}

/// Why an address is refused.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Defect<'t> {
    /// There is nothing before the port.
    NoHost,
    /// A path where none may be; what stands before it.
    Path(&'t [u8]),
    /// A port that is no number from 1 to 65535.
    Port,
    /// A range of ports whose last is below the first.
    Range,
    /// `[` without `]`.
    Bracket,
    /// Something else than a port behind `]`.
    BehindBracket,
    /// No IPv6 address in brackets.
    Ipv6,
    /// A number above 255 in an IPv4 address.
    Ipv4,
    /// `unix:` alone.
    NoPath,
    /// A path that is too long for the system.
    LongPath,
    /// A variable where none is filled in.
    Variable,
    /// A byte that no host name has.
    Name,
}

impl Defect<'_> {
    /// What is wrong, behind "it cannot be this:".
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::NoHost => "there is no host in it",
            Self::Path(_) => "an address has no path",
            Self::Port => "a port is a number from 1 to 65535",
            Self::Range => "the range of ports ends before it begins",
            Self::Bracket => "the `]` behind the IPv6 address is missing",
            Self::BehindBracket => "only a port may follow the `]`",
            Self::Ipv6 => "there is no IPv6 address between the brackets",
            Self::Ipv4 => "no number of an IPv4 address is above 255",
            Self::NoPath => "the path behind `unix:` is missing",
            Self::LongPath => "the path of a socket has at most 107 bytes",
            Self::Variable => "no variable is filled in here",
            Self::Name => "a character of it stands in no host name",
        }
    }
}

impl<'t> Url<'t> {
    /// Reads an address.
    pub(super) fn read(text: &'t [u8], reading: Reading) -> Result<Self, Defect<'t>> {
        if let Some(path) = strip_prefix_ignore_case(text, b"unix:") {
            return unix(path, reading);
        }
        match text.strip_prefix(b"[") {
            Some(inside) => inet6(text, inside, reading),
            None => inet(text, reading),
        }
    }

    /// Whether the host is a name that could never be one of a host.
    pub(super) fn misnamed(&self) -> Option<Defect<'t>> {
        let Host::Name(name) = self.host else { return None };
        if name.contains(&b'$') {
            return Some(Defect::Variable);
        }
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
        if !name.iter().all(|byte| fits(byte) || !byte.is_ascii()) {
            return Some(Defect::Name);
        }
        let quad = name.split(|byte| *byte == b'.');
        let number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        (quad.clone().count() == 4 && quad.clone().all(number)).then_some(Defect::Ipv4)
    }
}

/// `path`, or `path:/uri` (`ngx_parse_unix_domain_url`).
fn unix(path: &[u8], reading: Reading) -> Result<Url<'_>, Defect<'_>> {
    let colon = memchr::memchr(b':', path).filter(|_| reading == Reading::WithUri);
    let (path, uri) = colon.map_or((path, &[][..]), |at| (&path[..at], &path[at + 1..]));
    match path.len() {
        0 => Err(Defect::NoPath),
        108.. => Err(Defect::LongPath),
        _ => Ok(Url { host: Host::Unix, port: None, is_range: false, uri }),
    }
}

/// `[address]:port/uri` (`ngx_parse_inet6_url`).
fn inet6<'t>(text: &'t [u8], inside: &'t [u8], reading: Reading) -> Result<Url<'t>, Defect<'t>> {
    let end = memchr::memchr(b']', inside).ok_or(Defect::Bracket)?;
    let (behind, uri) = split_uri(&inside[end + 1..], b"/");
    if !uri.is_empty() && reading != Reading::WithUri {
        return Err(Defect::Path(&text[..text.len() - uri.len()]));
    }
    let ports = match behind {
        [] => None,
        [b':', port @ ..] => Some(ports(port, reading)?),
        _ => return Err(Defect::BehindBracket),
    };
    let address = &inside[..end];
    if address.is_empty() {
        return Err(Defect::NoHost);
    }
    if address.to_str().ok().and_then(|text| text.parse::<Ipv6Addr>().ok()).is_none() {
        return Err(Defect::Ipv6);
    }
    let (port, is_range) = ports.unzip();
    let host = Host::Address(&text[..end + 2]);
    Ok(Url { host, port, is_range: is_range.unwrap_or(false), uri })
}

/// `host:port/uri`; in `listen` a port alone (`ngx_parse_inet_url`).
fn inet(text: &[u8], reading: Reading) -> Result<Url<'_>, Defect<'_>> {
    let (front, uri) = split_uri(text, b"/?");
    if !uri.is_empty() && reading != Reading::WithUri {
        return Err(Defect::Path(front));
    }
    let listens = reading == Reading::Listen;
    let (host, ports) = match memchr::memchr(b':', front) {
        Some(colon) => (&front[..colon], Some(ports(&front[colon + 1..], reading)?)),
        None if listens && is_port_alone(front) => {
            let (port, is_range) = ports(front, reading)?;
            let host = Host::Address(b"*");
            return Ok(Url { host, port: Some(port), is_range, uri });
        }
        None => (front, None),
    };
    let host = match host {
        [] => return Err(Defect::NoHost),
        b"*" if listens => Host::Address(host),
        _ if is_ipv4(host) => Host::Address(host),
        _ => Host::Name(host),
    };
    let (port, is_range) = ports.unzip();
    Ok(Url { host, port, is_range: is_range.unwrap_or(false), uri })
}

fn split_uri<'t>(text: &'t [u8], begins: &[u8]) -> (&'t [u8], &'t [u8]) {
    let at = text.iter().position(|byte| begins.contains(byte));
    text.split_at(at.unwrap_or(text.len()))
}

/// Numbers alone are taken for ports, whatever their value; anything else is a host.
fn is_port_alone(text: &[u8]) -> bool {
    let number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match memchr::memchr(b'-', text) {
        Some(dash) => number(&text[..dash]) && number(&text[dash + 1..]),
        None => number(text),
    }
}

/// A port, or in `listen` a range; whether it was one.
fn ports<'t>(text: &[u8], reading: Reading) -> Result<(u16, bool), Defect<'t>> {
    let dash = memchr::memchr(b'-', text).filter(|_| reading == Reading::Listen);
    let Some(dash) = dash else { return Ok((port(text)?, false)) };
    let (first, last) = (port(&text[..dash])?, port(&text[dash + 1..])?);
    if last < first { Err(Defect::Range) } else { Ok((first, true)) }
}

fn port<'t>(text: &[u8]) -> Result<u16, Defect<'t>> {
    super::number::number(text)
        .and_then(|number| u16::try_from(number).ok())
        .filter(|port| *port > 0)
        .ok_or(Defect::Port)
}

/// Four numbers up to 255 (`ngx_inet_addr`, which takes an empty number for 0).
fn is_ipv4(text: &[u8]) -> bool {
    let parts = || text.split(|byte| *byte == b'.');
    let octet = |part: &[u8]| {
        let value = part.iter().try_fold(0_u32, |value, byte| {
            let next = value * 10 + u32::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
            (next <= 255).then_some(next)
        });
        value.is_some()
    };
    parts().count() == 4 && parts().all(octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_and_refused() {
        use Reading::{Listen, Plain, WithUri};
        for (reading, text) in [
            (Listen, "80"),
            (Listen, "0080"),
            (Listen, "80-90"),
            (Listen, "*"),
            (Listen, "*:80"),
            (Listen, "[::]:80-90"),
            (Listen, "unix:/a:b"),
            (Listen, "1-"),
            (Plain, "a"),
            (Plain, "127.0.0.1:65535"),
            (Plain, "[::1]"),
            (Plain, "UNIX:a"),
            (WithUri, "a:80?b"),
            (WithUri, "a/b:c"),
            (WithUri, "[::ffff:1.2.3.4]:1/"),
            (WithUri, "unix:/a:/b"),
        ] {
            assert!(Url::read(text.as_bytes(), reading).is_ok(), "{text}");
        }
        for (reading, text, defect) in [
            (Listen, "", Defect::NoHost),
            (Listen, "0", Defect::Port),
            (Listen, "*:0", Defect::Port),
            (Listen, "65536", Defect::Port),
            (Listen, "80-70000", Defect::Port),
            (Listen, "90-80", Defect::Range),
            (Listen, "a:b", Defect::Port),
            (Listen, "80/", Defect::Path(b"80")),
            (Listen, "unix:", Defect::NoPath),
            (Listen, "[::1", Defect::Bracket),
            (Listen, "[::1]x", Defect::BehindBracket),
            (Listen, "[g]", Defect::Ipv6),
            (Plain, ":80", Defect::NoHost),
            (Plain, "a:80-90", Defect::Port),
            (Plain, "http://a", Defect::Path(b"http:")),
            (Plain, "[::1]:80/", Defect::Path(b"[::1]:80")),
            (WithUri, "a:", Defect::Port),
            (WithUri, "[::1]?a", Defect::BehindBracket),
        ] {
            assert_eq!(Url::read(text.as_bytes(), reading), Err(defect), "{text}");
        }
        for (text, defect) in [
            ("$port", Some(Defect::Variable)),
            ("999.1.1.1", Some(Defect::Ipv4)),
            ("80,443", Some(Defect::Name)),
            ("a_b.c", None),
            ("127.1", None),
            ("127.0.0.1", None),
        ] {
            let url = Url::read(text.as_bytes(), Plain).unwrap();
            assert_eq!(url.misnamed(), defect, "{text}");
        }
    }
}
