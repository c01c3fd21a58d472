//! Conventions: what the port of a peer, its name or that of its upstream tell of what it speaks.

use bstr::ByteSlice;

use super::accept::{Accepts, Applications, Tls};
use super::address::{Address, Host};
use super::hop::Kind;
use super::peer::{Evidence, Known, Pass};
use super::timeline::Timeline;
use super::upstream::Upstream;

impl Pass<'_> {
    /// What ports and names usually mean.
    pub(super) fn convention(
        &self,
        address: &Address,
        tls: Option<bool>,
        upstream: Option<&Upstream>,
    ) -> Option<Known> {
        let known = |accepts, port, name| {
            let accepts = Timeline::always(accepts);
            Some(Known { accepts, evidence: Evidence::Convention { port, name } })
        };
        if let Host::Unix(path) = &address.host {
            for (sign, applications) in
                [("php-fpm", Applications::FASTCGI), ("uwsgi", Applications::UWSGI)]
            {
                if path.contains_str(sign) {
                    let accepts = Accepts { applications, ..Accepts::UNKNOWN };
                    return known(accepts, None, Some(path.clone()));
                }
            }
        }
        let port = address.port.filter(|&port| {
            matches!(port, 80 | 8080 | 50051)
                || (is_tls_port(port) && upstream.is_none_or(|one| one.is_on_tls_ports))
        });
        // What only HTTP and TLS have conventions for.
        let speaks_http = matches!(self.kind, Kind::Grpc | Kind::MailAuth | Kind::Proxy);
        let port = port.filter(|&port| {
            speaks_http || (port != 50051 && (tls == Some(true) || self.kind != Kind::Stream))
        });
        let socket = match &address.host {
            Host::Unix(path) => Some(path.as_slice()),
            _ => None,
        };
        let upstream_name = upstream.filter(|one| one.names_http2).map(|one| one.name.as_slice());
        let name = || upstream_name.or(socket.filter(|path| names_http2(path)));
        let name = speaks_http.then(name).flatten().map(<[u8]>::to_vec);
        if port.is_none() && name.is_none() {
            return None;
        }
        let http2 = name.is_some() || port == Some(50051);
        let applications = if http2 { Applications::HTTP2 } else { Applications::default() };
        let tls = match port {
            Some(80 | 8080) => Tls::Never,
            Some(50051) | None => Tls::Unknown,
            Some(_) => Tls::Required,
        };
        known(Accepts { tls, applications, ..Accepts::UNKNOWN }, port, name)
    }
}

/// Whether a port is one of TLS by custom.
pub(super) fn is_tls_port(port: u16) -> bool {
    port % 1000 == 443
}

/// Whether a name says HTTP/2: gateways to gRPC and their like speak HTTP/1 in spite of theirs.
pub(super) fn names_http2(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    ["grpc", "h2c"].iter().any(|sign| name.contains_str(sign))
        && !["gateway", "json", "web"].iter().any(|sign| name.contains_str(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ports() {
        for name in ["grpc_backend", "api-h2c", "/run/GRPC.sock"] {
            assert!(names_http2(name.as_bytes()), "{name}");
        }
        for name in ["grpc-gateway", "grpcweb", "grpc_json", "backend"] {
            assert!(!names_http2(name.as_bytes()), "{name}");
        }
        assert!([443, 8443, 9443, 10443].into_iter().all(is_tls_port));
        assert!(![444, 4430, 80].into_iter().any(is_tls_port));
    }
}
