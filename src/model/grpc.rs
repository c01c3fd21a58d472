//! What tells that the requests of a pass are calls of gRPC: their path, which is
//! `/package.Service/Method`, their media type, their trailers, and the port of the server.
//!
//! gRPC puts its status into trailers, which only HTTP/2 carries as it needs them.

use std::borrow::Cow;
use std::collections::HashSet;

use bstr::ByteSlice;

use super::accept::{Applications, Speech};
use super::hop::{Hop, Kind};
use super::location::{Kind as LocationKind, Pattern};
use super::scope::{Scope, ScopeId};
use super::{Certainty, Model};
use crate::include::{Use, Used};
use crate::nginx::{Contexts, VersionSet, id};

/// A sign that the requests of a pass are calls of gRPC.
#[derive(Clone)]
pub enum GrpcSign<'m> {
    /// The path of this location, up to the method.
    Path(Used<'m>, String),
    /// This line names the media type of gRPC.
    MediaType(Used<'m>),
    /// This line asks for trailers.
    Trailers(Used<'m>),
    /// The `server` or pass with the port of gRPC.
    Port(Use),
}

/// How calls of gRPC fare through a `proxy_pass`.
pub struct GrpcLoss {
    /// The releases in which HTTP/1.x is spoken.
    pub http1: VersionSet,
    /// The releases in which HTTP/2 is spoken, but trailers are not passed.
    pub bare: VersionSet,
}

impl<'m> Hop<'m> {
    /// What tells that its requests are calls of gRPC, the surest sign first; `None` where nothing
    /// does, or something tells that they are translated.
    pub fn grpc_sign(self) -> Option<GrpcSign<'m>> {
        if !matches!(self.kind(), Kind::Grpc | Kind::Proxy) {
            return None;
        }
        let locations = self.scope().chain().take_while(|one| one.context() != Contexts::SERVER);
        let mut location = None;
        let mut sign = None;
        for scope in locations {
            let Some(block) = scope.block() else { continue };
            match scope.context() {
                Contexts::LOCATION => {
                    let found = service(block).map(|name| GrpcSign::Path(block, name));
                    sign = sign.or(found);
                    location = location.or(Some(scope));
                }
                Contexts::IF_IN_LOCATION => {
                    let mut words = block.directive().args();
                    if words.any(|word| names_grpc(&word.value())) {
                        sign = Some(GrpcSign::MediaType(block));
                    }
                }
                _ => {}
            }
        }
        let sign = sign
            .or_else(|| location.and_then(|location| self.sign_of_lines(location)))
            .or_else(|| self.sign_of_port())?;
        (!self.is_translated()).then_some(sign)
    }

    /// How calls of gRPC fare through it.
    pub fn grpc_loss(self) -> GrpcLoss {
        let scope = self.scope();
        let mut te = scope.effective(id::PROXY_SET_HEADER).filter(|used| is_header(*used, b"TE"));
        let asks = te.any(|used| {
            let value = used.directive().arg(1).map(|word| word.value());
            value.is_some_and(|value| matches!(value.as_ref(), b"trailers" | b"$http_te"))
        });
        let passes = asks && scope.flag(id::PROXY_PASS_TRAILERS).is_some();
        let mut loss = GrpcLoss { http1: VersionSet::none(), bare: VersionSet::none() };
        for (part, speech) in self.speech().within(self.model.target()) {
            match speech {
                Some(Speech::Http10 | Speech::Http11) => loss.http1 = loss.http1.union(&part),
                Some(Speech::Http2) if !passes => loss.bare = loss.bare.union(&part),
                _ => {}
            }
        }
        loss
    }

    fn sign_of_lines(self, location: Scope<'m>) -> Option<GrpcSign<'m>> {
        if !self.model.has_grpc_lines() {
            return None;
        }
        let headers = match self.kind() {
            Kind::Grpc => id::GRPC_SET_HEADER,
            _ => id::PROXY_SET_HEADER,
        };
        let mut lines = location.effective(headers);
        if let Some(line) = lines.clone().find(|line| sends_media_type(*line)) {
            return Some(GrpcSign::MediaType(line));
        }
        if let Some(line) = lines.find(|line| asks_for_trailers(*line)) {
            return Some(GrpcSign::Trailers(line));
        }
        let default = location.own(id::DEFAULT_TYPE).next()?;
        is_default_grpc(default).then_some(GrpcSign::MediaType(default))
    }

    fn sign_of_port(self) -> Option<GrpcSign<'m>> {
        let is_it = |peer: &&super::Peer| {
            // What is certain of a peer beats its port.
            peer.certainty() != Some(Certainty::Certain)
                && peer.address.as_ref().is_ok_and(|address| address.port == Some(GRPC_PORT))
        };
        self.peers().iter().find(is_it).map(|peer| GrpcSign::Port(peer.used()))
    }

    /// Whether the peers are known to speak HTTP/1 alone, or are called by a name of what
    /// translates it; so it may be by what browsers are told to send.
    fn is_translated(self) -> bool {
        let word = self.used().directive().arg(0).map(|word| word.value().to_ascii_lowercase());
        let is_named =
            word.is_some_and(|word| TRANSLATORS.iter().any(|one| word.contains_str(one)));
        let speaks_http1 = |peer: &super::Peer| {
            let accepts = peer.accepts().pieces().all(|(_, accepts)| {
                let http2 = Applications::HTTP2.union(Applications::GRPC);
                !accepts.applications.is_unknown() && !accepts.applications.meets(http2)
            });
            peer.certainty() == Some(Certainty::Certain) && accepts
        };
        let http1 = self.kind() == Kind::Proxy && self.peers().iter().any(speaks_http1);
        let web = || {
            let mut headers = self.scope().effective(id::ADD_HEADER);
            headers.any(|used| {
                let mut words = used.directive().args();
                words.any(|word| word.value().to_ascii_lowercase().contains_str("grpc-web"))
            })
        };
        is_named || http1 || (self.model.scopes.has(id::ADD_HEADER) && web())
    }
}

impl<'m> Model<'m> {
    /// The servers with passes of `grpc_pass` for calls of gRPC that no client can make: nothing
    /// that they listen on speaks HTTP/2. Each with those passes and their signs.
    pub fn grpc_behind_http1(&'m self) -> Vec<Vec<(Hop<'m>, GrpcSign<'m>)>> {
        let mut found: Vec<Vec<(Hop<'m>, GrpcSign<'m>)>> = Vec::new();
        // Another server may make the socket take HTTP/2.
        if !self.scopes.has(id::GRPC_PASS) || !self.config.has_root() {
            return found;
        }
        let mut with_http2: Option<HashSet<ScopeId>> = None;
        let mut last = None;
        for hop in self.hops().filter(|hop| hop.kind() == Kind::Grpc) {
            let (Some(sign), Some(server)) = (hop.grpc_sign(), hop.scope().server()) else {
                continue;
            };
            let known = with_http2.get_or_insert_with(|| self.servers_with_http2());
            if known.contains(&server.id()) {
                continue;
            }
            if last.replace(server.id()) != Some(server.id()) {
                found.push(Vec::new());
            }
            if let Some(group) = found.last_mut() {
                group.push((hop, sign));
            }
        }
        found
    }
}

impl Model<'_> {
    /// Whether some line tells of gRPC by its words alone; of those written alike the first is
    /// looked at.
    fn has_grpc_lines(&self) -> bool {
        *self.grpc_lines.get_or_init(|| {
            let first = |used: &Used<'_>| {
                used.directive().exemplar().node_id() == used.directive().node_id()
            };
            let of = |id| self.every(id).map(|(used, _)| used).filter(first);
            let sets = |used| sends_media_type(used) || asks_for_trailers(used);
            [id::GRPC_SET_HEADER, id::PROXY_SET_HEADER].into_iter().any(|id| of(id).any(sets))
                || of(id::DEFAULT_TYPE).any(is_default_grpc)
        })
    }
}

/// Whether a line sends the media type of gRPC.
fn sends_media_type(line: Used<'_>) -> bool {
    is_header(line, b"Content-Type") && second(line).is_some_and(is_grpc)
}

/// Whether a line asks for trailers, as clients of gRPC do.
fn asks_for_trailers(line: Used<'_>) -> bool {
    is_header(line, b"TE") && second(line).is_some_and(|value| &*value == b"trailers")
}

/// Whether a `default_type` is that of gRPC.
fn is_default_grpc(line: Used<'_>) -> bool {
    line.directive().arg(0).is_some_and(|word| is_grpc(word.value()))
}

fn second(line: Used<'_>) -> Option<Cow<'_, [u8]>> {
    line.directive().arg(1).map(|word| word.value())
}

fn is_header(used: Used<'_>, name: &[u8]) -> bool {
    used.directive().exemplar().arg(0).is_some_and(|word| word.is(name))
}

fn is_grpc(value: impl AsRef<[u8]>) -> bool {
    let value = value.as_ref();
    value == b"application/grpc" || value.starts_with(b"application/grpc+")
}

/// Whether a condition is about calls of gRPC, and not about those that browsers make.
fn names_grpc(text: &[u8]) -> bool {
    text.contains_str("application/grpc") && !text.contains_str("grpc-web")
}

/// `package.Service` where a location is for calls of it.
fn service(location: Used<'_>) -> Option<String> {
    // Few locations have a dot at all.
    let directive = location.directive();
    memchr::memchr(b'.', directive.exemplar().text())?;
    let pattern = Pattern::of(directive)?;
    let path = match pattern.kind {
        LocationKind::Exact | LocationKind::Prefix => pattern.name.into_owned(),
        LocationKind::Regex => {
            let name = pattern.name.strip_prefix(b"^").unwrap_or(&pattern.name);
            name.replace(r"\.", ".").replace(r"\/", "/")
        }
        LocationKind::Named => return None,
    };
    let rest = path.strip_prefix(b"/")?;
    let name = &rest[..memchr::memchr(b'/', rest)?];
    is_service(name).then(|| super::shown(name))
}

/// `package.Service`: the last part begins with a capital letter, or there are three parts or
/// more; but not the name of a host.
fn is_service(name: &[u8]) -> bool {
    let parts: Vec<&[u8]> = name.split_str(".").collect();
    let is_word = |part: &&[u8]| {
        part.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let Some(last) = parts.last().filter(|_| parts.len() > 1 && parts.iter().all(is_word)) else {
        return false;
    };
    let is_capital = last.first().is_some_and(u8::is_ascii_uppercase);
    is_capital || (parts.len() > 2 && !DOMAINS.iter().any(|domain| *last == domain.as_bytes()))
}

/// The port of gRPC by custom.
const GRPC_PORT: u16 = 50051;

/// What takes calls of gRPC, or the like, over HTTP/1.
const TRANSLATORS: [&str; 4] = ["envoy", "gateway", "json", "web"];

/// What names of hosts often end with.
const DOMAINS: [&str; 8] = ["cn", "com", "dev", "io", "local", "net", "org", "ru"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services() {
        for name in ["helloworld.Greeter", "grpc.health.v1.Health", "a.b.c", "My_pkg.V1"] {
            assert!(is_service(name.as_bytes()), "{name}");
        }
        for name in
            ["socket.io", "Greeter", "www.example.com", "v1.2.3", "a-b.C", ".well", "a..B", ""]
        {
            assert!(!is_service(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn media_types() {
        assert!(is_grpc("application/grpc") && is_grpc("application/grpc+proto"));
        assert!(!is_grpc("application/grpc-web"));
        assert!(names_grpc(b"^application/grpc") && !names_grpc(b"application/grpc-web"));
    }
}
