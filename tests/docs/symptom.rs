//! The rows by which pages are found from a log: what one says of a line holds on every page, and
//! a line that nginx wrote finds the row that was written for it.

use ngxlint::diagnostic::Category;
use ngxlint::errorlog::{Catalogue, Line};
use ngxlint::nginx::Version;
use ngxlint::page::{Page, Symptom};
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

/// A line of a connection to an upstream of that scheme; none, if it is empty.
fn line(message: &str, scheme: &str) -> String {
    let upstream = match scheme {
        "" => String::new(),
        "stream" => ", upstream: \"127.0.0.1:9000\"".to_owned(),
        scheme => format!(", upstream: \"{scheme}://127.0.0.1:9000/\""),
    };
    format!(
        "2026/01/01 00:00:00 [error] 1#1: *1 {message}, client: 127.0.0.1, server: , \
         request: \"GET / HTTP/1.1\"{upstream}, host: \"t\""
    )
}

/// What `diagnose` finds for the line: the text, and the pages that are usually behind it.
fn found(catalogue: &Catalogue<'_>, text: &str) -> Option<(String, Vec<String>)> {
    let line = Line::parse(text.as_bytes()).expect("a line of nginx");
    let sign = catalogue.sign(&line)?;
    let rows = sign.rows(line.scheme());
    let usual = rows.iter().filter(|(_, row)| row.usual).map(|(page, _)| page.name.clone());
    Some((sign.text().to_owned(), usual.collect()))
}

fn pages() -> Vec<Page<'static>> {
    ALL.iter().map(|rule| page(rule)).collect()
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
fn a_line_shows_the_text_that_was_written_for_it() {
    let pages = pages();
    let catalogue = Catalogue::new(&pages);
    for (name, row) in rows() {
        let scheme = row.schemes.first().map_or("", String::as_str);
        let line = line(&log(&row).replace('*', "x"), scheme);
        let text = found(&catalogue, &line).map(|(text, _)| text);
        assert_eq!(text.as_deref(), Some(log(&row)), "{name}: {line}");
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
        "upstream sent no valid HTTP/1.0 header while reading response header from upstream",
        "http",
        Some("http1-to-http2-upstream"),
    ),
    (
        "upstream sent no valid HTTP/1.0 header while reading response header from upstream",
        "https",
        Some("http1-to-http2-upstream"),
    ),
    (
        "SSL_do_handshake() failed (SSL: error:0A00006E:SSL routines::bad extension) while SSL handshaking to upstream",
        "grpcs",
        Some("http2-to-http1-upstream"),
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
        "invalid connection preface while processing HTTP/2 connection",
        "",
        Some("http2-only-listener"),
    ),
    (
        "client sent plain HTTP request to HTTPS port while reading client request headers",
        "",
        Some("plaintext-to-tls-upstream"),
    ),
    ("client sent invalid request while reading client request line", "", None),
    ("no resolver defined to resolve localhost", "", Some("missing-resolver")),
    (r#"no port in upstream "localhost""#, "", Some("missing-resolver")),
];

#[test]
fn real_lines_are_known() {
    let pages = pages();
    let catalogue = Catalogue::new(&pages);
    for (message, scheme, expected) in LINES {
        // Where a message is short, its place is the one that most have.
        let place = " while reading response header from upstream";
        let is_whole = message.contains(" while ") || scheme.is_empty();
        let message = if is_whole { (*message).to_owned() } else { format!("{message}{place}") };
        let usual = found(&catalogue, &line(&message, scheme)).map(|(_, usual)| usual);
        let expected: Vec<_> = expected.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(usual, Some(expected), "{message} of {scheme}");
    }
    for message in ["no live upstreams while connecting to upstream", "open() failed"] {
        assert_eq!(found(&catalogue, &line(message, "http")), None, "{message}");
    }
}
