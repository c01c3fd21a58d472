//! Request bodies that come in chunks, with `proxy_request_buffering off`: how they reach the
//! upstream, release by release, and that ngxlint speaks where they are buffered all the same.

use super::client::{self, Outcome};
use super::peer::{Kind, Peer};
use super::process::Running;
use super::{Release, lint, port};

/// What is written, the releases in which the body is buffered, and its peer.
const ROWS: [(&str, &str, Kind); 7] = [
    ("", "<1.29.7", Kind::Http1),
    ("proxy_buffering off; chunked_transfer_encoding on;", "<1.29.7", Kind::Http1),
    ("client_body_buffer_size 1k; client_max_body_size 0;", "<1.29.7", Kind::Http1),
    ("proxy_http_version 1.0;", "*", Kind::Http1),
    ("proxy_http_version 1.1;", "", Kind::Http1),
    ("proxy_http_version 1.1; proxy_set_header Connection \"\";", "", Kind::Http1),
    ("proxy_http_version 2;", "", Kind::H2c),
];

#[test]
fn chunked_bodies_are_buffered_over_http10() {
    let http2 = |release: &&Release| release.is_in(">=1.29.4");
    for (location, buffered, kind) in ROWS {
        let peer = Peer::start(kind);
        let releases = Release::all().iter().filter(|one| kind != Kind::H2c || http2(one));
        for release in releases {
            let front = port::free();
            let text = format!(
                "events {{}}\nhttp {{\n    server {{\n        listen 127.0.0.1:{front};\n        \
                 location / {{ proxy_request_buffering off; {location} proxy_pass \
                 http://127.0.0.1:{}; }}\n    }}\n}}\n",
                peer.port()
            );
            let running = Running::start(release, &[("nginx.conf", &text)]);
            let answer = client::ask(
                front,
                &[
                    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                     Transfer-Encoding: chunked\r\n\r\n",
                    "2\r\nhe\r\n",
                    "3\r\nllo\r\n0\r\n\r\n",
                ],
            );
            let told = format!("{}:\n{text}{}", release.version, running.error_log());
            assert_eq!(answer.outcome(), Outcome::Status(200), "{told}");
            let request = peer.requests().pop().unwrap();
            let is_buffered = !buffered.is_empty() && release.is_in(buffered);
            assert_eq!(request.contains("content-length: 5\n"), is_buffered, "{told}{request}");
            let speaks =
                lint::rules(&text, release.version).contains(&"buffered-chunked-body".to_owned());
            assert_eq!(speaks, is_buffered, "{told}");
        }
    }
}
