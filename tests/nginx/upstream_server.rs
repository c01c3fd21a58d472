//! Servers that people run behind nginx, as `rules/http1-to-http2-upstream.md` configures them: what
//! each of nginx's ways to ask gets from them. The configurations are those of the page.

use super::client::{self, Outcome};
use super::peer::{Kind, Peer};
use super::process::Running;
use super::server::{Server, Software};
use super::{Release, port};

const PAGE: &str = include_str!("../../rules/http1-to-http2-upstream.md");

/// The fence of the page with this info string.
fn fence(info: &str) -> &'static str {
    let opening = format!("\n```{info}\n");
    let (_, rest) = PAGE.split_once(&opening).unwrap_or_else(|| panic!("no fence `{info}`"));
    let end = rest.find("\n```\n").expect("the fence is closed") + 1;
    let (text, after) = rest.split_at(end);
    assert!(!after.contains(&opening), "two fences `{info}`");
    text
}

/// A text with other words in it, each of which it must hold.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no `{from}` in\n{text}");
        text.replace(from, to)
    })
}

/// How nginx asks.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Pass {
    /// `proxy_pass` as it is, and at HTTP/1.1.
    Http1,
    /// `proxy_http_version 2`, and `grpc_pass`.
    Http2,
}

impl Pass {
    /// What stands in the location, and the releases that take it. `s` is that of `https` and `grpcs`.
    fn locations(self, s: &str, port: u16) -> Vec<(&'static str, String)> {
        match self {
            Self::Http1 => vec![
                ("*", format!("proxy_pass http{s}://127.0.0.1:{port};")),
                ("*", format!("proxy_http_version 1.1; proxy_pass http{s}://127.0.0.1:{port};")),
            ],
            Self::Http2 => vec![
                (
                    ">=1.29.4",
                    format!("proxy_http_version 2; proxy_pass http{s}://127.0.0.1:{port};"),
                ),
                ("*", format!("grpc_pass grpc{s}://127.0.0.1:{port};")),
            ],
        }
    }
}

/// What comes of it.
#[derive(Copy, Clone, Debug)]
enum Goes {
    /// 200 with this in the body, and nothing in the error log.
    Well(&'static str),
    /// One of these, and one of these lines in the error log; none, if none is given.
    Ill(&'static [Outcome], &'static [&'static str]),
}

const HTTP1: Goes = Goes::Well("HTTP/1.");
const HTTP2: Goes = Goes::Well("HTTP/2.0");
const RAW: Goes = Goes::Ill(
    &[Outcome::Raw, Outcome::Closed],
    &["upstream sent no valid HTTP/1.0 header while reading response header from upstream"],
);
const FRAME: Goes = Goes::Ill(
    &[Outcome::Status(502)],
    &["upstream sent too large http2 frame: 4740180 while reading response header from upstream"],
);
const CLOSED: Goes = Goes::Ill(
    &[Outcome::Status(502)],
    &[
        "upstream prematurely closed connection while reading response header from upstream",
        "recv() failed (104: Connection reset by peer) while reading response header from upstream",
    ],
);
/// Apache answers `http/1.1` to an offer of `h2` alone, which OpenSSL does not let pass.
const NO_ALPN: Goes =
    Goes::Ill(&[Outcome::Status(502)], &["bad extension) while SSL handshaking to upstream"]);
const FORBIDDEN: Goes = Goes::Ill(&[Outcome::Status(403)], &[]);

/// Asks what listens on a port by each release, in cleartext or over TLS (`s`).
fn asks(s: &str, port: u16, passes: &[(Pass, Goes)], said: impl Fn() -> String) {
    for (pass, goes) in passes {
        for (releases, location) in pass.locations(s, port) {
            ask(releases, &format!("location / {{ {location} }}"), "", *goes, &said);
        }
    }
}

/// Asks once by each of the releases: what stands in the server, and beside it.
fn ask(releases: &str, server: &str, beside: &str, goes: Goes, said: impl Fn() -> String) {
    // Bytes that are no header are an answer until the upstream closes the connection, or this.
    let raw = matches!(goes, Goes::Ill(outcomes, _) if outcomes.contains(&Outcome::Raw));
    let patience = if raw { "proxy_read_timeout 2s;" } else { "" };
    for release in Release::all().iter().filter(|release| release.is_in(releases)) {
        let front = port::free();
        let text = format!(
            "events {{}}\nhttp {{\n    server {{\n        listen 127.0.0.1:{front};\n        \
             {patience} {server}\n    }}\n    {beside}\n}}\n"
        );
        let running = Running::start(release, &[("nginx.conf", &text)]);
        let answer = client::get(front, "/", "");
        let log = running.error_log();
        let told = format!("{}: {goes:?}\n{text}{answer:?}\n{log}{}", release.version, said());
        match goes {
            Goes::Well(body) => {
                assert_eq!(answer.outcome(), Outcome::Status(200), "{told}");
                assert!(String::from_utf8_lossy(answer.body()).contains(body), "{told}");
            }
            Goes::Ill(outcomes, _) => assert!(outcomes.contains(&answer.outcome()), "{told}"),
        }
        match goes {
            Goes::Ill(_, lines @ [_, ..]) => {
                assert!(lines.iter().any(|line| log.contains(line)), "{told}");
            }
            _ => assert!(!["[error]", "[crit]"].iter().any(|one| log.contains(one)), "{told}"),
        }
    }
}

/// Starts what a fence says, its ports replaced, and asks.
fn tried(software: Software, text: &str, s: &str, passes: &[(Pass, Goes)]) {
    let (cleartext, tls) = (port::free(), port::free());
    let mut listens = Vec::new();
    let mut text = text.to_owned();
    for (stands, port) in [("8080", cleartext), ("8443", tls)] {
        if text.contains(stands) {
            text = renumbered(&text, stands, port);
            listens.push(port);
        }
    }
    let server = Server::start(software, &text, &listens);
    asks(s, if s.is_empty() { cleartext } else { tls }, passes, || server.said());
}

/// The text with a port in place of another, but not in place of the end of a longer number.
fn renumbered(text: &str, stands: &str, port: u16) -> String {
    let mut parts = text.split(stands);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        if text.ends_with(|last: char| last.is_ascii_digit()) {
            text + stands + part
        } else {
            text + &port.to_string() + part
        }
    })
}

#[test]
fn apache_takes_http1_whatever_protocols_says() {
    let page = fence("apache");
    let cleartext = |protocols: &str| with(page, &[("Protocols h2c http/1.1", protocols)]);
    let tls = |protocols: &str| with(page, &[("Protocols h2 http/1.1", protocols)]);
    let both = [(Pass::Http1, HTTP1), (Pass::Http2, HTTP2)];
    for protocols in ["Protocols h2c http/1.1", "Protocols h2c", "Protocols h2 h2c http/1.1"] {
        tried(Software::Apache, &cleartext(protocols), "", &both);
    }
    for protocols in
        ["Protocols http/1.1", "", "Protocols h2 http/1.1", "Protocols h2c http/1.1\nH2Direct off"]
    {
        tried(
            Software::Apache,
            &cleartext(protocols),
            "",
            &[(Pass::Http1, HTTP1), (Pass::Http2, FRAME)],
        );
    }
    for protocols in ["Protocols h2 http/1.1", "Protocols h2"] {
        tried(Software::Apache, &tls(protocols), "s", &both);
    }
    tried(
        Software::Apache,
        &tls("Protocols http/1.1"),
        "s",
        &[(Pass::Http1, HTTP1), (Pass::Http2, NO_ALPN)],
    );
}

#[test]
fn node_speaks_http1_by_the_module_http() {
    let page = fence("js name=http");
    tried(Software::Node, page, "", &[(Pass::Http1, HTTP1), (Pass::Http2, FRAME)]);
    let http2 = with(page, &[("node:http", "node:http2")]);
    tried(Software::Node, &http2, "", &[(Pass::Http1, RAW), (Pass::Http2, HTTP2)]);
}

#[test]
fn node_falls_back_to_http1_where_it_may() {
    let page = fence("js name=http2");
    tried(Software::Node, page, "s", &[(Pass::Http1, HTTP1), (Pass::Http2, HTTP2)]);
    let never = with(page, &[("allowHTTP1: true", "allowHTTP1: false")]);
    tried(Software::Node, &never, "s", &[(Pass::Http1, FORBIDDEN), (Pass::Http2, HTTP2)]);
}

#[test]
fn haproxy_tells_http1_from_http2_without_proto() {
    let page = fence("haproxy");
    let peer = Peer::start(Kind::H2c);
    let page = with(page, &[("50051", &peer.port().to_string())]);
    tried(Software::HaProxy, &page, "", &[(Pass::Http1, HTTP2), (Pass::Http2, HTTP2)]);
    let only = with(&page, &[("127.0.0.1:8080", "127.0.0.1:8080 proto h2")]);
    tried(Software::HaProxy, &only, "", &[(Pass::Http1, CLOSED), (Pass::Http2, HTTP2)]);
}

#[test]
fn caddy_takes_http2_in_cleartext_where_told() {
    let page = fence("caddyfile name=both");
    tried(Software::Caddy, page, "", &[(Pass::Http1, HTTP1), (Pass::Http2, HTTP2)]);
}

/// The peer answers with the version that it was asked in.
#[test]
fn a_proxy_between_takes_http1_and_speaks_http2() {
    for (software, info) in
        [(Software::HaProxy, "haproxy"), (Software::Caddy, "caddyfile name=between")]
    {
        let peer = Peer::start(Kind::H2c);
        let text = with(fence(info), &[("50051", &peer.port().to_string())]);
        tried(software, &text, "", &[(Pass::Http1, HTTP2)]);
    }
}

#[test]
fn another_server_of_the_upstream_is_never_tried() {
    let (bad, good) = (Peer::start(Kind::H2c), Peer::start(Kind::Http1));
    let beside = format!(
        "upstream both {{ server 127.0.0.1:{}; server 127.0.0.1:{} backup; }}",
        bad.port(),
        good.port()
    );
    for conditions in ["", "proxy_next_upstream error timeout invalid_header http_502;"] {
        let server = format!("location / {{ {conditions} proxy_pass http://both; }}");
        ask("*", &server, &beside, RAW, String::new);
    }
    assert_eq!(good.connections(), 0);
}

#[test]
fn http2_with_clients_is_not_http2_with_the_upstream() {
    let peer = Peer::start(Kind::H2c);
    let server = format!("http2 on; location / {{ proxy_pass http://127.0.0.1:{}; }}", peer.port());
    ask(">=1.25.1", &server, "", RAW, String::new);
}
