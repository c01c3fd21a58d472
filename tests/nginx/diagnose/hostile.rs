//! What clients send to be read in a log: real nginx writes it, and it changes no diagnosis and
//! reaches no terminal.

use std::process::Command;

use super::super::peer::{Kind, Peer};
use super::super::process::{Running, within};
use super::super::{Release, client, port};
use super::{diagnose, found};

/// A line as nginx would write it, of another peer and of the same.
const FORGED: &str = "2026/11/30 17:28:55 [error] 7#7: *3 upstream sent too large http2 frame: 4740180 \
                      while reading response header from upstream, client: 6.6.6.6, server: , \
                      request: \"GET / HTTP/1.1\", upstream: \"grpc://6.6.6.6:80\", host: \"a\"";

/// Field by field.
const FIELD: &str = "\", upstream: \"http://6.6.6.6:80/\", host: \"x\", referrer: \"";

/// The locations, with what they do.
const TEXT: &str = "events {}
http {
    server {
        listen 127.0.0.1:{front};
        merge_slashes off;
        location / {
            proxy_pass https://127.0.0.1:{peer}; # planted
        }
        location /files/ {
            root html;
        }
        location /variable/ {
            proxy_pass https://127.0.0.1:{peer}$uri; # variable
        }
        location /part/ {
            proxy_pass https://127.0.0.1:{peer}/other/; # part
        }
        location /ssi {
            ssi on;
            ssi_types *;
            proxy_pass http://127.0.0.1:{page};
        }
    }
    server {
        listen 127.0.0.1:{page};
        location / {
            return 200 '<!--# include virtual=\"/part/$arg_a\" -->';
        }
    }
}
";

/// Bytes that no terminal is to get, and that are no UTF-8.
const BYTES: &[u8] = b"\x1b[2J\x1b]0;x\x07\xff\xfe\x80\x9b31m\xe2\x80\xae\x7f";

fn encoded(text: &[u8]) -> Vec<u8> {
    text.iter().flat_map(|byte| format!("%{byte:02x}").into_bytes()).collect()
}

/// Requests, each with whether its path gets to the peer.
fn requests() -> Vec<Vec<u8>> {
    let newline = |text: &str| [b"\n", text.as_bytes()].concat();
    let closed = format!(
        "\" failed (2: No such file or directory), client: 6.6.6.6, server: , request: \"GET / \
         HTTP/1.1\", host: \"a\"\n{FORGED}\n{FORGED}\n{}",
        FORGED.split(" upstream").next().unwrap()
    );
    let plain = |target: &[u8], headers: &[u8]| {
        [
            b"GET /".as_slice(),
            target,
            b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
            headers,
            b"\r\n",
        ]
        .concat()
    };
    let mut all = Vec::new();
    for place in ["", "files/", "variable/", "part/", "ssi?a="] {
        // The path of a subrequest stands before its peer, and nothing tells where it ends.
        let field = if place.starts_with("ssi") { Vec::new() } else { FIELD.into() };
        for payload in
            [newline(FORGED), newline(&format!("{FORGED}\n")), closed.clone().into(), field]
        {
            let target = [place.as_bytes(), &encoded(&payload)].concat();
            all.push(plain(&target, b""));
        }
        let printable: Vec<u8> =
            BYTES.iter().copied().filter(|byte| *byte > 0x20 && *byte != 0x7f).collect();
        all.push(plain(&[place.as_bytes(), &printable].concat(), b""));
        all.push(plain(&[place.as_bytes(), &encoded(BYTES)].concat(), b""));
        all.push(plain(&[place.as_bytes(), b"\",upstream:\"http://6.6.6.6:80/\""].concat(), b""));
    }
    for name in ["Referer", "User-Agent", "Cookie", "X-Forwarded-For"] {
        let header = |value: &[u8]| [name.as_bytes(), b": ", value, b"\r\n"].concat();
        all.push(plain(b"", &header(FIELD.as_bytes())));
        all.push(plain(b"", &header(FORGED.as_bytes())));
        all.push(plain(b"", &header(BYTES)));
    }
    for host in [FIELD.as_bytes(), b"a\",upstream:\"http:6.6.6.6\"", BYTES, FORGED.as_bytes()] {
        all.push(
            [b"GET / HTTP/1.1\r\nConnection: close\r\nHost: ".as_slice(), host, b"\r\n\r\n"]
                .concat(),
        );
    }
    all.push([b"GET /".as_slice(), FIELD.as_bytes(), b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat());
    all.push([FORGED.as_bytes(), b"\r\n\r\n"].concat());
    all.push([BYTES, b"\r\n\r\n"].concat());
    all
}

/// Starts nginx on the text, asks it all, and gives its configuration and its log.
fn played(release: &Release) -> (String, Vec<u8>) {
    let peer = Peer::start(Kind::Http1);
    let [front, page] = std::array::from_fn(|_| port::free());
    let mut text = TEXT.to_owned();
    for (name, port) in [("{front}", front), ("{page}", page), ("{peer}", peer.port())] {
        text = text.replace(name, &port.to_string());
    }
    let running = Running::start(release, &[("nginx.conf", &text)]);
    let requests = requests();
    for request in &requests {
        client::send(front, &[request]);
    }
    // The last of them all.
    client::get(front, "/the-end", "");
    let log = within("nothing is logged", || {
        let log = running.error_log_bytes();
        memchr::memmem::find(&log, b"/the-end").is_some().then_some(log)
    });
    (text, log)
}

#[test]
fn what_clients_send_changes_no_diagnosis() {
    for release in Release::all() {
        let (text, log) = played(release);
        let told = diagnose(&text, release.version, &[&log]);
        let marks: Vec<_> = found(&told.report)
            .into_iter()
            .map(|one| {
                let line = one.at.map(|at| text[at as usize..].lines().next().unwrap());
                (
                    one.rule,
                    line.and_then(|line| line.split_once("# ")).map(|(_, mark)| mark),
                    one.count,
                )
            })
            .collect();
        let log = String::from_utf8_lossy(&log);
        // Every connection fails once; what nginx refuses opens none.
        let failed = |mark: &str| {
            let lines = log.lines().filter(|line| line.contains("wrong version number"));
            let of = |line: &&str| {
                let request = line.split_once("request: \"GET /").map_or("", |(_, rest)| rest);
                match mark {
                    "planted" => {
                        !["variable/", "part/", "ssi"].iter().any(|one| request.starts_with(one))
                    }
                    "part" => request.starts_with("part/") || request.starts_with("ssi"),
                    _ => request.starts_with("variable/"),
                }
            };
            lines.filter(of).count() as u64
        };
        let rule = "tls-to-plaintext-upstream";
        let expected = ["planted", "variable", "part"].map(|mark| (rule, Some(mark), failed(mark)));
        assert_eq!(marks, expected, "nginx {}\n{log}", release.version);
    }
}

#[test]
fn nothing_that_clients_send_reaches_a_terminal() {
    for release in Release::all() {
        let (text, log) = played(release);
        let directory = tempfile::tempdir().unwrap();
        let put =
            |name: &str, bytes: &[u8]| std::fs::write(directory.path().join(name), bytes).unwrap();
        put("nginx.conf", text.as_bytes());
        put("error.log", &log);
        for root in [&["--root", "nginx.conf"][..], &[]] {
            for format in FORMATS {
                let output = Command::new(env!("CARGO_BIN_EXE_ngxlint"))
                    .args([
                        "diagnose",
                        "--output-format",
                        format,
                        "--min-level",
                        "info",
                        "--color",
                        "never",
                    ])
                    .args(root)
                    .args(["--nginx-version", &release.version.to_string(), "error.log"])
                    .current_dir(directory.path())
                    .output()
                    .unwrap();
                assert_eq!(output.status.code(), Some(1), "{format} {output:?}");
                for bytes in [output.stdout, output.stderr] {
                    let shown = String::from_utf8(bytes).unwrap();
                    let hidden = |letter: char| {
                        letter != '\n' && letter.is_control() || letter == '\u{202e}'
                    };
                    assert!(!shown.contains(hidden), "{format}: {shown:?}");
                }
            }
        }
    }
}

const FORMATS: &[&str] = &["full", "concise", "json"];
