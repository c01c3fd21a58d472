//! Kept connections to an upstream, counted there: which configurations keep any, release by
//! release, and that ngxlint speaks of those that were meant to and do not.

use ngxlint::nginx::Version;

use super::client::{self, Outcome};
use super::peer::{Kind, Peer};
use super::process::{Running, check};
use super::{Release, lint, port};

/// A configuration, and how many connections five requests take.
struct Row {
    /// What stands in the `upstream` beside its server; `None`: the pass has the address.
    upstream: Option<&'static str>,
    location: &'static str,
    /// Before 1.29.7; `None`: nginx refuses it.
    before: Option<usize>,
    /// From 1.29.7 on.
    since: usize,
}

const fn row(upstream: &'static str, location: &'static str, before: usize, since: usize) -> Row {
    Row { upstream: Some(upstream), location, before: Some(before), since }
}

const ROWS: &[Row] = &[
    Row { upstream: None, location: "", before: Some(5), since: 5 },
    Row {
        upstream: None,
        location: "proxy_http_version 1.1; proxy_set_header Connection \"\";",
        before: Some(5),
        since: 5,
    },
    row("", "", 5, 1),
    row("", "proxy_http_version 1.1; proxy_set_header Connection \"\";", 5, 1),
    row("keepalive 16;", "", 5, 1),
    row("keepalive 16; keepalive_timeout 5m; keepalive_requests 10000;", "", 5, 1),
    row("keepalive 16;", "keepalive_timeout 5m; proxy_socket_keepalive on;", 5, 1),
    row("keepalive 16;", "proxy_http_version 1.0;", 5, 5),
    row("keepalive 16;", "proxy_set_header Connection \"\";", 5, 1),
    row("keepalive 16;", "proxy_http_version 1.0; proxy_set_header Connection \"\";", 5, 5),
    row("keepalive 16;", "proxy_set_header Connection keep-alive;", 1, 1),
    row("keepalive 16;", "proxy_http_version 1.0; proxy_set_header Connection keep-alive;", 1, 1),
    row("keepalive 16;", "proxy_http_version 1.1;", 5, 1),
    row("keepalive 16;", "proxy_http_version 1.1; proxy_set_header Connection \"\";", 1, 1),
    row("keepalive 16;", "proxy_http_version 1.1; proxy_set_header Connection keep-alive;", 1, 1),
    row("keepalive 16;", "proxy_http_version 1.1; proxy_set_header Connection close;", 5, 5),
    row("keepalive 16;", "proxy_http_version 1.1; proxy_set_header Connection $or_close;", 5, 5),
    row("keepalive 16;", "proxy_http_version 1.1; proxy_set_header Connection $or_none;", 1, 1),
    row("keepalive 16;", "proxy_set_header Connection close;", 5, 5),
    Row {
        upstream: Some("keepalive 0;"),
        location: "proxy_http_version 1.1;",
        before: None,
        since: 5,
    },
];

const CHANGED: Version = Version::new(1, 29, 7);
const HTTP2: Version = Version::new(1, 29, 4);

/// A location with a pass to the peer.
fn text(front: u16, peer: u16, upstream: Option<&str>, location: &str, pass: &str) -> String {
    let host = upstream.map_or_else(|| format!("127.0.0.1:{peer}"), |_| "up".to_owned());
    let block = upstream.map(|more| format!("upstream up {{ server 127.0.0.1:{peer}; {more} }}"));
    format!(
        "events {{}}\nhttp {{\n    map $http_upgrade $or_close {{ default upgrade; '' close; }}\n    \
         map $http_upgrade $or_none {{ default upgrade; '' ''; }}\n    {}\n    server {{\n        \
         listen 127.0.0.1:{front};\n        location / {{ {location} {pass}{host}; }}\n    }}\n}}\n",
        block.unwrap_or_default(),
    )
}

/// How many connections five requests take.
fn connections(release: &Release, peer: &Peer, front: u16, text: &str) -> usize {
    let running = Running::start(release, &[("nginx.conf", text)]);
    let before = peer.connections();
    for _ in 0..5 {
        let answer = client::get(front, "/", "");
        let log = running.error_log();
        assert_eq!(answer.outcome(), Outcome::Status(200), "{}\n{text}{log}", release.version);
    }
    peer.connections() - before
}

/// ngxlint speaks where connections are to be kept, and none is.
fn lint_agrees(text: &str, release: &Release, count: usize) {
    let speaks =
        lint::rules(text, release.version).contains(&"ineffective-upstream-keepalive".to_owned());
    let expected = text.contains("keepalive 16") && count > 1;
    assert_eq!(speaks, expected, "{}: {count}\n{text}", release.version);
}

#[test]
fn connections_are_kept_as_the_table_says() {
    let peer = Peer::start(Kind::Http1Only11);
    for release in Release::all() {
        for row in ROWS {
            let front = port::free();
            let text = text(front, peer.port(), row.upstream, row.location, "proxy_pass http://");
            let is_new = release.version >= CHANGED;
            let Some(expected) = (if is_new { Some(row.since) } else { row.before }) else {
                assert!(!check(release, &[("nginx.conf", &text)]).ok, "{text}");
                continue;
            };
            let count = connections(release, &peer, front, &text);
            assert_eq!(count, expected, "{}\n{text}", release.version);
            lint_agrees(&text, release, count);
        }
    }
}

#[test]
fn connections_of_http2_are_kept() {
    let peer = Peer::start(Kind::Both);
    for release in Release::all() {
        let grpc = ("", "grpc_pass grpc://");
        let two = ("proxy_http_version 2;", "proxy_pass http://");
        let empty =
            ("proxy_http_version 2; proxy_set_header Connection \"\";", "proxy_pass http://");
        let passes = if release.version >= HTTP2 { vec![grpc, two, empty] } else { vec![grpc] };
        for (location, pass) in passes {
            let front = port::free();
            let text = text(front, peer.port(), Some("keepalive 16;"), location, pass);
            let count = connections(release, &peer, front, &text);
            assert_eq!(count, 1, "{}\n{text}", release.version);
            lint_agrees(&text, release, count);
        }
    }
}

#[test]
fn what_is_sent_by_default() {
    let peer = Peer::start(Kind::Http1);
    for release in Release::all() {
        let front = port::free();
        let text = text(front, peer.port(), Some("keepalive 16;"), "", "proxy_pass http://");
        let _ = connections(release, &peer, front, &text);
        let request = peer.requests().pop().unwrap();
        let is_new = release.version >= CHANGED;
        assert_eq!(request.starts_with("HTTP/1.1\n"), is_new, "{}\n{request}", release.version);
        assert_eq!(request.contains("connection: close\n"), !is_new, "{request}");
        assert!(request.contains("host: up\n"), "{request}");
    }
}
