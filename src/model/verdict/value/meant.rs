//! What somebody meant who wrote the wrong scheme in a pass, or none.

use super::Subject;
use super::url::{Host, Reading, Url};
use crate::model::verdict::FaultKind;
use crate::nginx::{Family, id};
use crate::syntax::Word;

/// A scheme that the directive does not know.
pub(super) fn wrong_scheme(
    subject: &mut Subject<'_, '_>,
    word: Word<'_>,
    scheme: &[u8],
    rest: &[u8],
) {
    let name = subject.name();
    let shown = crate::model::shown(scheme);
    let takes = match subject.id {
        id::PROXY_PASS if subject.family() == Family::Http => "only `http://` and `https://`",
        id::GRPC_PASS => "only `grpc://`, `grpcs://` or none",
        id::UWSGI_PASS => "only `uwsgi://`, `suwsgi://` or none",
        id::AUTH_HTTP => "only `http://` or none",
        _ => "none",
    };
    let message = |_: &str| format!("`{name}` knows no scheme `{shown}://`, it takes {takes}");
    let rest_shown = crate::model::shown(rest);
    let (id, family, line) = (subject.id, subject.family(), subject.used.directive());
    let Some(fault) = subject.refuse_word(word, message) else { return };
    fault.kind(FaultKind::Scheme);
    let lower = shown.to_ascii_lowercase();
    let span = word.span();
    let whole = line.name().span().to(span);
    if id == id::PROXY_PASS && family == Family::Http {
        match lower.as_str() {
            "ws" | "wss" => {
                let http = if lower == "ws" { "http" } else { "https" };
                fault
                    .help("a WebSocket begins as a request of HTTP/1.1, with `Upgrade` passed on")
                    .mend(span, format!("{http}://{rest_shown}"), true);
            }
            "grpc" | "grpcs" => {
                fault
                    .help(format!("gRPC has a directive of its own: `grpc_pass {shown}://…`"))
                    .mend(whole, format!("grpc_pass {lower}://{rest_shown}"), false);
            }
            "uwsgi" | "suwsgi" => {
                fault.help("uwsgi has a directive of its own: `uwsgi_pass`").mend(
                    whole,
                    format!("uwsgi_pass {lower}://{rest_shown}"),
                    false,
                );
            }
            "fastcgi" | "fcgi" | "scgi" | "memcached" => {
                let pass = lower.replace("fcgi", "fastcgi");
                fault.help(format!("it has a directive of its own: `{pass}_pass`")).mend(
                    whole,
                    format!("{pass}_pass {rest_shown}"),
                    false,
                );
            }
            "h2c" | "h2" | "http2" => {
                let http = if lower == "h2" { "https" } else { "http" };
                fault.help("HTTP/2 is chosen by `proxy_http_version 2`, since 1.29.4").mend(
                    span,
                    format!("{http}://{rest_shown}"),
                    false,
                );
            }
            _ => {
                fault.help("write `http://` or `https://`");
            }
        }
        return;
    }
    let tls = matches!(lower.as_str(), "https" | "grpcs" | "tls" | "ssl" | "h2" | "suwsgi");
    let address = address(&rest_shown);
    match id {
        id::GRPC_PASS => {
            let grpc = if tls { "grpcs" } else { "grpc" };
            fault.help(format!("write `{grpc}://`, which is HTTP/2 as gRPC speaks it"));
            if let Some(address) = address {
                fault.mend(span, format!("{grpc}://{address}"), true);
            }
        }
        id::AUTH_HTTP => {
            fault.help("the answers come over HTTP without TLS: write `http://`");
            if lower == "http" {
                fault.mend(span, format!("http://{rest_shown}"), true);
            }
        }
        _ if family == Family::Stream => {
            fault.help(if tls && id == id::PROXY_PASS {
                "write `host:port` alone, and `proxy_ssl on;` beside it for TLS"
            } else {
                "write `host:port` alone: `stream` passes bytes, whatever is spoken"
            });
            if let Some(address) = address {
                let port = match lower.as_str() {
                    _ if has_port(address) => "",
                    "http" => ":80",
                    "https" => ":443",
                    _ => return,
                };
                fault.mend(span, format!("{address}{port}"), false);
            }
        }
        _ => {
            let http = lower.starts_with("http");
            fault.help(if http {
                "write `host:port` alone, or `proxy_pass` if it is HTTP that is spoken"
            } else {
                "write `host:port` or `unix:` and a path alone"
            });
            if let Some(address) = address.filter(|_| !tls) {
                fault.mend(span, address, !http);
            }
        }
    }
}

/// No scheme where one must be.
pub(super) fn no_scheme(subject: &mut Subject<'_, '_>, word: Word<'_>, text: &[u8]) {
    let message = |shown: &str| match shown {
        "" => "`proxy_pass` takes a URL, and there is none".to_owned(),
        _ => format!("`proxy_pass` takes a URL, and `{shown}` has no `http://` or `https://`"),
    };
    let shown = crate::model::shown(text);
    let Some(fault) = subject.refuse_word(word, message) else { return };
    fault.kind(FaultKind::Scheme);
    let (shown, path) = match shown.strip_prefix('/') {
        // `//host` is as good a URL as a browser takes; one more is a path.
        Some(rest) if rest.starts_with('/') => (rest[1..].to_owned(), false),
        Some(_) => (format!("unix:{shown}"), true),
        None => (shown, false),
    };
    match Url::read(shown.as_bytes(), Reading::WithUri) {
        Ok(url) if !path => {
            let http = if url.port == Some(443) { "https" } else { "http" };
            let text = format!("{http}://{shown}");
            fault.help(format!("write `{text}`")).mend(word.span(), text, false);
        }
        Ok(Url { host: Host::Unix, .. }) => {
            fault.help(format!("for a socket of the file system write `http://{shown}`"));
        }
        _ => {
            fault.help("write `http://host:port`");
        }
    }
}

/// What is left of a URL if it has no path but `/`.
fn address(rest: &str) -> Option<&str> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    (!rest.is_empty() && !rest.contains(['/', '?', '$'])).then_some(rest)
}

fn has_port(address: &str) -> bool {
    Url::read(address.as_bytes(), Reading::Plain)
        .is_ok_and(|url| url.port.is_some() || url.host == Host::Unix)
}
