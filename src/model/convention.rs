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
        if let Host::Unix(path) = &address.host
            && let Some(applications) = names_application(path)
        {
            let accepts = Accepts { applications, ..Accepts::UNKNOWN };
            return known(accepts, None, Some(path.clone()));
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

/// What the path of a socket says of the server behind it: `php8.2-fpm.sock`, `php-fpm/www.sock`,
/// `uwsgi/app/socket`. That of uwsgi can speak HTTP too; then its name mostly says so.
fn names_application(path: &[u8]) -> Option<Applications> {
    let is_fpm = |at: usize| {
        let version = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        let rest = &path[at + 3..];
        let digits = rest.iter().take_while(|byte| version(byte)).count();
        rest[digits..].starts_with(b"-fpm")
    };
    if path.find_iter(b"php").any(is_fpm) {
        Some(Applications::FASTCGI)
    } else {
        let uwsgi = path.contains_str("uwsgi") && !path.contains_str("http");
        uwsgi.then_some(Applications::UWSGI)
    }
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
        for path in ["/run/php-fpm.sock", "/run/php/php7.4-fpm.sock", "/run/php-fpm/www.sock"] {
            assert_eq!(names_application(path.as_bytes()), Some(Applications::FASTCGI), "{path}");
        }
        assert_eq!(names_application(b"/run/uwsgi/a.sock"), Some(Applications::UWSGI));
        for path in ["/run/uwsgi/http.sock", "/run/php.sock", "/run/app.sock"] {
            assert_eq!(names_application(path.as_bytes()), None, "{path}");
        }
        assert!([443, 8443, 9443, 10443].into_iter().all(is_tls_port));
        assert!(![444, 4430, 80].into_iter().any(is_tls_port));
    }
}
