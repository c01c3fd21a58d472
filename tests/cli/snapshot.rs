//! What the verbs of logs write, in each format, on a small configuration and its log.

use super::{Path, Run, command};

/// A line that tells who answered.
const LINE: &str = "2026/11/30 17:28:55 [error] 31#31: *1 upstream sent too large http2 frame: \
                    4740180 while reading response header from upstream, client: 127.0.0.1, server: \
                    a, request: \"POST /a.B/C HTTP/2.0\", upstream: \"grpc://10.0.0.5:50051\", \
                    host: \"a\"";

fn diagnosed(format: &str) -> Run {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs/shop");
    let run = Run::of(
        &directory,
        &[
            "diagnose",
            "--no-config",
            "--root",
            "nginx.conf",
            "--nginx-version",
            "1.28.3",
            "error.log",
            "--output-format",
            format,
        ],
        None,
    );
    assert_eq!(run.exit, Some(1), "{run:?}");
    run
}

fn explained(format: &str) -> String {
    let arguments = ["explain", LINE, "--lang", "en", "--output-format", format];
    let output = command(Path::new("."), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn sorted(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn diagnose_is_for_people() {
    let run = diagnosed("full");
    assert_eq!(run.err, "");
    insta::assert_snapshot!(run.out, @r##"
    error: `proxy_pass` speaks HTTP/1.0 to `10.0.0.5:8080`, which speaks only HTTP/2; seen twice [http1-to-http2-upstream]
        ╭─[nginx.conf:10:13]
      9 │         location / {
     10 │             proxy_pass http://app;
        ·             ─────────────────────
     11 │         }
        ╰────
       ╭─[nginx.conf:4:9]
     3 │     upstream app {
     4 │         server 10.0.0.5:8080;
       ·         ──────────┬─────────
       ·                   ╰── the error log makes it likely that `10.0.0.5:8080` speaks `h2c`
     5 │     }
       ╰────
       ╭─[error.log:1:39]
     1 │ …*1 upstream sent no valid HTTP/1.0 header while reading response header from upstream, c…
       ·     ─────────────────────────────────────────┬────────────────────────────────────────
       ·                                              ╰── 2 times, from 2026/11/30 17:28:55 to 2026/11/30 17:29:55
       ╰────
      = log: upstream sent no valid HTTP/1.0 header while reading response header from upstream
      = help: without `proxy_http_version`, nginx speaks HTTP/1.0 (from 1.29.7 on HTTP/1.1); raising it
              to 1.1 does not help
      = help: speak HTTP/2 to it: `proxy_http_version 2` (from 1.29.4 on), or `grpc_pass` (from 1.13.10
              on)
      = help: the same line may come of `grpc-through-proxy-pass`, `plaintext-to-tls-upstream`,
              `wrong-upstream-protocol`
      = fix: speak HTTP/2 with `grpc_pass` (unsafe, 2 edits, for nginx >=1.13.10)
      = in vain: `proxy_http_version 2;`: refused with `invalid value "2"`
      = in vain: Looking for another way to make `proxy_pass` speak HTTP/2: the proxy module has none
      = in vain: Retrying, or `proxy_next_upstream`: the answer counts as a success, so no other server
                 is ever tried
      = in vain: `proxy_http_version 1.1;`: HTTP/1.1 is no HTTP/2, the answer is the same
      = see: ngxlint rule http1-to-http2-upstream

    error: `proxy_pass` speaks TLS to `10.0.0.6:9000`, which takes only cleartext; seen once [tls-to-plaintext-upstream]
        ╭─[nginx.conf:13:13]
     12 │         location /api/ {
     13 │             proxy_pass https://10.0.0.6:9000;
        ·             ────────────────┬───────────────
        ·                             ╰── the error log shows that `10.0.0.6:9000` speaks `cleartext`
     14 │         }
        ╰────
       ╭─[error.log:3:39]
     3 │ …SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while…
       ·  ────────────────────────────────────────────┬───────────────────────────────────────────
       ·                                              ╰── once at 2026/11/30 17:30:01
       ╰────
      = log: SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while
             SSL handshaking to upstream
      = help: write `http://`, or make the peer take TLS
      = fix: speak cleartext with `http://` (unsafe, 1 edit)
      = in vain: `proxy_ssl_protocols`, `proxy_ssl_ciphers`: "wrong version number" does not speak of a
                 TLS version, the peer's bytes are no TLS at all
      = in vain: `proxy_ssl_verify off;`, `proxy_ssl_server_name on;`, `proxy_ssl_session_reuse off;`:
                 the handshake fails before any certificate is seen
      = see: ngxlint rule tls-to-plaintext-upstream

    1 × `connect() failed (111: Connection refused)`, the network's fault: nothing listens at the peer's address: it does not run, or listens elsewhere (or is it `overridden-pass`, `quic-only-upstream`, `upstream-default-port`?)
    1 × `open()`, a file's fault: a file that was asked for is not there, or may not be read
    7 lines (3 diagnosed, 2 of no mismatch, 1 unknown), 1 file, target 1.28.3, 2 hops (1 proven, 1 likely): 2 errors
    "##);
}

#[test]
fn diagnose_is_for_problem_matchers() {
    let run = diagnosed("concise");
    insta::assert_snapshot!(run.out, @r##"
    nginx.conf:10:13: error: `proxy_pass` speaks HTTP/1.0 to `10.0.0.5:8080`, which speaks only HTTP/2; seen twice [http1-to-http2-upstream]
    nginx.conf:13:13: error: `proxy_pass` speaks TLS to `10.0.0.6:9000`, which takes only cleartext; seen once [tls-to-plaintext-upstream]
    "##);
    insta::assert_snapshot!(run.err, @r##"
    1 × `connect() failed (111: Connection refused)`, the network's fault: nothing listens at the peer's address: it does not run, or listens elsewhere (or is it `overridden-pass`, `quic-only-upstream`, `upstream-default-port`?)
    1 × `open()`, a file's fault: a file that was asked for is not there, or may not be read
    7 lines (3 diagnosed, 2 of no mismatch, 1 unknown), 1 file, target 1.28.3, 2 hops (1 proven, 1 likely): 2 errors
    "##);
}

#[test]
fn diagnose_is_for_programs() {
    let document: serde_json::Value = serde_json::from_str(&diagnosed("json").out).unwrap();
    let part = serde_json::json!({
        "finding": document["diagnostics"][1],
        "log": document["summary"]["log"],
    });
    insta::assert_snapshot!(sorted(&part), @r##"
    {
      "finding": {
        "affects": null,
        "category": "protocol",
        "confidence": "certain",
        "dead_ends": [
          "`proxy_ssl_protocols`, `proxy_ssl_ciphers`: \"wrong version number\" does not speak of a TLS version, the peer's bytes are no TLS at all",
          "`proxy_ssl_verify off;`, `proxy_ssl_server_name on;`, `proxy_ssl_session_reuse off;`: the handshake fails before any certificate is seen"
        ],
        "file": "nginx.conf",
        "fixes": [
          {
            "applicability": "unsafe",
            "edits": [
              {
                "file": "nginx.conf",
                "range": {
                  "end": {
                    "column": 32,
                    "line": 13,
                    "offset": 259
                  },
                  "start": {
                    "column": 24,
                    "line": 13,
                    "offset": 251
                  }
                },
                "text": "http://"
              }
            ],
            "for": null,
            "message": "speak cleartext with `http://`"
          }
        ],
        "help": [
          "write `http://`, or make the peer take TLS"
        ],
        "labels": [
          {
            "file": "nginx.conf",
            "message": "the error log shows that `10.0.0.6:9000` speaks `cleartext`",
            "range": {
              "end": {
                "column": 45,
                "line": 13,
                "offset": 272
              },
              "start": {
                "column": 13,
                "line": 13,
                "offset": 240
              }
            }
          },
          {
            "file": "error.log",
            "message": "once at 2026/11/30 17:30:01",
            "range": {
              "end": {
                "column": 155,
                "line": 3,
                "offset": 644
              },
              "start": {
                "column": 39,
                "line": 3,
                "offset": 528
              }
            }
          }
        ],
        "level": "error",
        "message": "`proxy_pass` speaks TLS to `10.0.0.6:9000`, which takes only cleartext; seen once",
        "range": {
          "end": {
            "column": 45,
            "line": 13,
            "offset": 272
          },
          "start": {
            "column": 13,
            "line": 13,
            "offset": 240
          }
        },
        "rule": "tls-to-plaintext-upstream",
        "seen": {
          "count": 1,
          "first": "2026/11/30 17:30:01",
          "last": "2026/11/30 17:30:01"
        },
        "symptoms": [
          "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream"
        ],
        "url": "rules/tls-to-plaintext-upstream.md"
      },
      "log": {
        "broken": [],
        "diagnosed": 3,
        "foreign": 0,
        "foreign_logs": [],
        "lines": 7,
        "ordinary": [
          {
            "count": 1,
            "fault": "the network's",
            "meaning": "nothing listens at the peer's address: it does not run, or listens elsewhere",
            "perhaps": [
              "overridden-pass",
              "quic-only-upstream",
              "upstream-default-port"
            ],
            "text": "connect() failed (111: Connection refused)"
          },
          {
            "count": 1,
            "fault": "a file's",
            "meaning": "a file that was asked for is not there, or may not be read",
            "perhaps": [],
            "text": "open() \""
          }
        ],
        "unknown": 1
      }
    }
    "##);
}

#[test]
fn explain_is_for_people() {
    insta::assert_snapshot!(explained("text"), @r##"
    4740180 is `HTT`: the peer answered in HTTP/1

    http2-to-http1-upstream (protocol, error): HTTP/2 or gRPC is spoken to an upstream that does not speak HTTP/2
      why: the log says `upstream sent too large http2 frame: 4740180 while reading response header from upstream`
      helps: Let the upstream take HTTP/2. Where it is nginx: `http2 on;` in its server (nginx >=1.25.1)
      helps: Let the upstream take HTTP/2. Where it is nginx: `listen … http2` (nginx <1.25.1)
      helps: Speak HTTP/1.1 to it: `proxy_pass` with `proxy_http_version 1.1;`
      in vain: `grpc_buffer_size`, `proxy_buffer_size`: the frame is no frame, but the letters `HTT` of
        an HTTP/1 answer read as its length
      in vain: `grpc_next_upstream error timeout invalid_header;`: each server of that kind answers
        alike
      in vain: Waiting for a fallback to HTTP/1.1: nginx offers `h2` alone by ALPN, and in cleartext
        nothing is negotiated
      see: ngxlint rule http2-to-http1-upstream

    grpc-listener-without-http2 (protocol, info): `grpc_pass` for calls of gRPC in a server that listens without HTTP/2
      why: the log says `upstream sent too large http2 frame: 4740180 while reading response header from upstream`
      see: ngxlint rule grpc-listener-without-http2

    plaintext-to-tls-upstream (protocol, error): Plaintext is sent to an upstream that requires TLS
      why: the log says `upstream sent too large http2 frame: 4740180 while reading response header from upstream`
      see: ngxlint rule plaintext-to-tls-upstream

    upstream-default-port (protocol, error): A server of an upstream names no port, and something else than HTTP is spoken to its port 80
      why: the log says `upstream sent too large http2 frame: 4740180 while reading response header from upstream`
      see: ngxlint rule upstream-default-port
    "##);
}

#[test]
fn explain_is_for_programs() {
    let mut document: serde_json::Value = serde_json::from_str(&explained("json")).unwrap();
    document["matches"].as_array_mut().unwrap().truncate(1);
    insta::assert_snapshot!(sorted(&document), @r##"
    {
      "matches": [
        {
          "category": "protocol",
          "language": "en",
          "level": "error",
          "rule": "http2-to-http1-upstream",
          "summary": "HTTP/2 or gRPC is spoken to an upstream that does not speak HTTP/2",
          "url": "rules/http2-to-http1-upstream.md",
          "why": "the log says `upstream sent too large http2 frame: 4740180 while reading response header from upstream`"
        }
      ],
      "ordinary": null,
      "told": "4740180 is `HTT`: the peer answered in HTTP/1",
      "version": 1
    }
    "##);
}
