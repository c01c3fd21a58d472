//! The rows by which pages are found from a log: what one says of a line holds on every page, and
//! no line is another's.

use ngxlint::diagnostic::Category;
use ngxlint::nginx::Version;
use ngxlint::page::Symptom;
use ngxlint::rules::ALL;

use super::page;

/// Every row with a log line of a page about protocols.
fn rows() -> Vec<(&'static str, Symptom)> {
    let of_protocol = ALL.iter().filter(|rule| rule.category == Category::Protocol);
    of_protocol
        .flat_map(|rule| page(rule).symptoms.into_iter().map(|row| (rule.name, row)))
        .filter(|(_, row)| row.log.is_some())
        .collect()
}

fn log(row: &Symptom) -> &str {
    row.log.as_deref().expect("only those with a line are here")
}

/// Whether a message begins as the text says, `*` standing for any bytes.
fn is_matched(text: &str, message: &str) -> bool {
    let mut parts = text.split('*');
    let Some(mut rest) = parts.next().and_then(|first| message.strip_prefix(first)) else {
        return false;
    };
    parts.all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// Whether both rows can be about one line: the same text, the same log, a scheme of both.
fn meet(one: &Symptom, other: &Symptom) -> bool {
    let has_scheme = |scheme: &String| other.schemes.contains(scheme);
    one.log == other.log
        && one.of_upstream == other.of_upstream
        && (one.schemes.is_empty() || other.schemes.is_empty()) | one.schemes.iter().any(has_scheme)
}

/// The level of the line in a release that writes it.
fn level(row: &Symptom, release: Version) -> Option<&str> {
    let says = row.versions.as_ref().is_none_or(|versions| versions.contains(release));
    let at = row.levels.iter().find(|(versions, _)| versions.contains(release));
    says.then(|| at.map_or("error", |(_, level)| level))
}

/// The usual pages for a message of an upstream of that scheme: those of the best rows.
fn usual(message: &str, scheme: &str) -> Vec<&'static str> {
    let mut found: Vec<_> = rows()
        .into_iter()
        .filter(|(_, row)| row.schemes.is_empty() || row.schemes.iter().any(|one| one == scheme))
        .filter(|(_, row)| is_matched(log(row), message))
        .collect();
    assert!(!found.is_empty(), "no page knows `{message}` of {scheme}");
    if found.iter().any(|(_, row)| !log(row).contains('*')) {
        found.retain(|(_, row)| !log(row).contains('*'));
    }
    found.iter().filter(|(_, row)| row.usual).map(|(name, _)| *name).collect()
}

#[test]
fn pages_agree_about_a_line() {
    let rows = rows();
    let releases = ["1.20.0", "1.22.1", "1.28.3", "1.29.4", "1.30.4", "1.31.0", "1.31.4"];
    let releases = releases.map(|text| text.parse::<Version>().expect("a release"));
    for (index, (name, one)) in rows.iter().enumerate() {
        for (other_name, other) in rows.iter().skip(index + 1).filter(|(_, row)| meet(one, row)) {
            let told = format!("{name} and {other_name}: {}", log(one));
            assert!(!(one.usual && other.usual), "both are usual: {told}");
            assert_eq!(one.proves, other.proves, "{told}");
            for release in releases {
                let levels = (level(one, release), level(other, release));
                let (Some(level), Some(other_level)) = levels else { continue };
                assert_eq!(level, other_level, "{release}, {told}");
            }
            if let (Some(versions), Some(other)) = (&one.versions, &other.versions) {
                let is_nested = versions.is_subset(other) || other.is_subset(versions);
                assert!(is_nested, "{versions} or {other}? {told}");
            }
        }
    }
}

#[test]
fn no_text_is_met_by_the_line_of_another() {
    let rows = rows();
    for (name, one) in &rows {
        for (other_name, other) in rows.iter().filter(|(_, other)| other.log != one.log) {
            // An exact text beats one with `*`.
            let is_worse = log(other).contains('*') && !log(one).contains('*');
            let line = log(one).replace('*', "x");
            let is_met = !is_worse && is_matched(log(other), &line);
            assert!(!is_met, "{other_name} `{}` meets {name} `{line}`", log(other));
        }
    }
}

/// A row is about passes of http, stream or their kin.
#[test]
fn schemes_are_those_of_nginx() {
    let known = [
        "http",
        "https",
        "grpc",
        "grpcs",
        "fastcgi",
        "uwsgi",
        "suwsgi",
        "scgi",
        "memcached",
        "stream",
    ];
    for (name, row) in rows() {
        let is_known = row.schemes.iter().all(|scheme| known.contains(&scheme.as_str()));
        assert!(is_known, "{name}: {:?}", row.schemes);
    }
}

/// What nginx wrote, of releases from 1.20.0 to 1.31.4, some of it on musl and with OpenSSL 1.1.1
/// and 3.5, the scheme of the upstream, and the page that is usually behind it; none, where many
/// things are.
const LINES: &[(&str, &str, Option<&str>)] = &[
    (
        "upstream sent no valid HTTP/1.0 header while reading response header from upstream, client: 127.0.0.1",
        "http",
        Some("http1-to-http2-upstream"),
    ),
    (
        "upstream sent no valid HTTP/1.0 header while reading response header from upstream",
        "https",
        Some("http1-to-http2-upstream"),
    ),
    ("upstream sent too large http2 frame: 4740180", "grpc", Some("http2-to-http1-upstream")),
    ("upstream sent too large http2 frame: 4740180", "https", Some("http2-to-http1-upstream")),
    ("upstream sent too large http2 frame: 3940676", "grpc", Some("http2-to-http1-upstream")),
    ("upstream sent too large http2 frame: 3958900", "http", Some("http2-to-http1-upstream")),
    ("upstream sent too large http2 frame: 16711680", "grpc", Some("http2-to-http1-upstream")),
    ("upstream sent too large http2 frame: 5460808", "grpc", Some("wrong-upstream-protocol")),
    ("upstream sent too large http2 frame: 3289648", "http", Some("wrong-upstream-protocol")),
    ("upstream sent too large http2 frame: 2966866", "grpc", Some("wrong-upstream-protocol")),
    ("upstream sent too large http2 frame: 4801369", "grpc", Some("wrong-upstream-protocol")),
    ("upstream sent too large http2 frame: 1377027", "grpc", Some("plaintext-to-tls-upstream")),
    ("upstream rejected request with error 1", "http", Some("connection-header-over-http2")),
    ("upstream rejected request with error 1", "grpcs", Some("connection-header-over-http2")),
    ("upstream rejected request with error 2", "https", Some("grpc-through-proxy-pass")),
    ("upstream rejected request with error 2", "grpc", None),
    ("upstream prematurely sent response", "https", Some("tls-to-plaintext-upstream")),
    ("upstream prematurely closed connection", "http", None),
    ("recv() failed (104: Connection reset by peer)", "grpc", None),
    ("recv() failed (54: Connection reset by peer)", "fastcgi", None),
    ("upstream timed out (110: Connection timed out)", "http", None),
    ("upstream timed out (110: Operation timed out)", "scgi", None),
    (
        "upstream sent unsupported FastCGI protocol version: 72",
        "fastcgi",
        Some("wrong-upstream-protocol"),
    ),
    (
        "upstream sent unsupported FastCGI protocol version: 0",
        "fastcgi",
        Some("wrong-upstream-protocol"),
    ),
    (
        "upstream sent unsupported FastCGI protocol version: 77",
        "fastcgi",
        Some("wrong-upstream-protocol"),
    ),
    (
        "upstream sent unsupported FastCGI protocol version: 21",
        "fastcgi",
        Some("plaintext-to-tls-upstream"),
    ),
    ("upstream sent invalid header", "uwsgi", Some("wrong-upstream-protocol")),
    (r#"upstream sent invalid header: "\x00...""#, "scgi", Some("wrong-upstream-protocol")),
    (
        r#"upstream sent invalid header: "220-mail.example.com\x20...""#,
        "uwsgi",
        Some("wrong-upstream-protocol"),
    ),
    (
        r#"upstream sent invalid header: "SSH-2.0-OpenSSH_9.2p1\x20...""#,
        "uwsgi",
        Some("wrong-upstream-protocol"),
    ),
    (r#"upstream sent invalid header: "PONG\x20...""#, "scgi", Some("wrong-upstream-protocol")),
    (r#"upstream sent invalid header: "\x15...""#, "uwsgi", Some("plaintext-to-tls-upstream")),
    (
        "SSL_do_handshake() failed (SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number) while SSL handshaking to upstream",
        "https",
        Some("tls-to-plaintext-upstream"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream",
        "stream",
        Some("tls-to-plaintext-upstream"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:0A000460:SSL routines::tlsv1 alert no application protocol:SSL alert number 120) while SSL handshaking to upstream",
        "grpcs",
        Some("http2-to-http1-upstream"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream",
        "https",
        Some("missing-upstream-sni"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::ssl/tls alert handshake failure:SSL alert number 40) while SSL handshaking to upstream",
        "https",
        Some("missing-upstream-sni"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream",
        "https",
        Some("missing-upstream-sni"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:14094438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:SSL alert number 80) while SSL handshaking to upstream",
        "https",
        None,
    ),
    (
        "SSL_do_handshake() failed (SSL: error:0A000126:SSL routines::unexpected eof while reading) while SSL handshaking to upstream",
        "stream",
        None,
    ),
    ("peer closed connection in SSL handshake while SSL handshaking to upstream", "https", None),
    (
        "peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream",
        "grpcs",
        None,
    ),
    (
        "peer closed connection in SSL handshake (32: Broken pipe) while SSL handshaking to upstream",
        "stream",
        None,
    ),
    (
        "upstream timed out (110: Connection timed out) while SSL handshaking to upstream",
        "https",
        None,
    ),
    ("upstream timed out (110: Operation timed out) while reading upstream", "http", None),
    (
        r#"upstream SSL certificate does not match "up" while SSL handshaking to upstream"#,
        "https",
        Some("upstream-tls-name"),
    ),
    ("connect() failed (111: Connection refused) while connecting to upstream", "https", None),
    (
        "no connection data found for keepalive http2 connection while sending request to upstream",
        "grpc",
        Some("shared-keepalive-pool"),
    ),
    (r#"broken header: "GET / HTTP/1.0"#, "", Some("proxy-protocol-mismatch")),
    (
        "invalid connection preface while processing HTTP/2 connection, client: 127.0.0.1",
        "",
        Some("http2-only-listener"),
    ),
    (
        "client sent plain HTTP request to HTTPS port while reading client request headers",
        "",
        Some("plaintext-to-tls-upstream"),
    ),
    (
        r#"client sent invalid request while reading client request line, client: 127.0.0.1, server: , request: "PRI * HTTP/2.0""#,
        "",
        Some("grpc-listener-without-http2"),
    ),
    ("no resolver defined to resolve localhost, client: 127.0.0.1", "", Some("missing-resolver")),
    (r#"no port in upstream "localhost", client: 127.0.0.1"#, "", Some("missing-resolver")),
];

#[test]
fn real_lines_are_known() {
    for (line, scheme, expected) in LINES {
        // Where a line is short, its place is the one that most have.
        let place = " while reading response header from upstream, client: 127.0.0.1";
        let is_whole = line.contains(" while ") || scheme.is_empty();
        let line = if is_whole { (*line).to_owned() } else { format!("{line}{place}") };
        assert_eq!(usual(&line, scheme), expected.iter().copied().collect::<Vec<_>>(), "{line}");
    }
    for line in ["no live upstreams while connecting to upstream", "open() failed"] {
        assert!(rows().iter().all(|(_, row)| !is_matched(log(row), line)), "{line}");
    }
}
