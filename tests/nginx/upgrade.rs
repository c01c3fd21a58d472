//! WebSocket through nginx: which versions of HTTP and which headers upgrade a connection, release
//! by release, and that ngxlint speaks of those that do not.

use super::client::{self, Outcome};
use super::peer::{Kind, Peer};
use super::process::Running;
use super::{Release, lint, port};

/// A location, and what requests get: a plain one, and one for an upgrade.
struct Row {
    location: &'static str,
    /// The releases, as `--nginx-version` would say it; `*`: all.
    releases: &'static str,
    peer: Kind,
    plain: Outcome,
    upgrade: Outcome,
    /// The rule that speaks of it.
    rule: Option<&'static str>,
}

const OK: Outcome = Outcome::Status(200);
const SWITCHED: Outcome = Outcome::Status(101);
const FAILED: Outcome = Outcome::Status(502);

const fn row(
    releases: &'static str,
    location: &'static str,
    upgrade: Outcome,
    rule: Option<&'static str>,
) -> Row {
    Row { location, releases, peer: Kind::Http1, plain: OK, upgrade, rule }
}

const fn two(location: &'static str, plain: Outcome, rule: &'static str) -> Row {
    let (releases, peer) = (">=1.29.4", Kind::H2c);
    Row { location, releases, peer, plain, upgrade: FAILED, rule: Some(rule) }
}

const WITHOUT_HTTP11: &str = "upgrade-without-http11";

const ROWS: &[Row] = &[
    row(
        "*",
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection upgrade;",
        SWITCHED,
        None,
    ),
    row(
        "*",
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection $or_close;",
        SWITCHED,
        None,
    ),
    row(
        "*",
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection $or_none;",
        SWITCHED,
        None,
    ),
    row(
        "*",
        "proxy_http_version 1.0; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection upgrade;",
        OK,
        Some(WITHOUT_HTTP11),
    ),
    row(
        "<1.29.7",
        "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;",
        OK,
        Some(WITHOUT_HTTP11),
    ),
    row(
        ">=1.29.7",
        "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;",
        SWITCHED,
        None,
    ),
    row(
        "*",
        "proxy_http_version 1.1; proxy_set_header Connection upgrade;",
        OK,
        Some("wrong-upgrade-header"),
    ),
    row(
        "*",
        "proxy_http_version 1.1; proxy_set_header Upgrade \"\"; proxy_set_header Connection \"\";",
        OK,
        None,
    ),
    two(
        "proxy_http_version 2; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection upgrade;",
        FAILED,
        WITHOUT_HTTP11,
    ),
    two(
        "proxy_http_version 2; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection $or_close;",
        FAILED,
        WITHOUT_HTTP11,
    ),
    two(
        "proxy_http_version 2; proxy_set_header Upgrade $http_upgrade; \
         proxy_set_header Connection $or_none;",
        OK,
        WITHOUT_HTTP11,
    ),
    two(
        "proxy_http_version 2; proxy_set_header Connection $or_none;",
        OK,
        "connection-header-over-http2",
    ),
];

/// Those that speak of upgrades and their headers.
const RULES: [&str; 3] = [WITHOUT_HTTP11, "wrong-upgrade-header", "connection-header-over-http2"];

#[test]
fn connections_are_upgraded_as_the_table_says() {
    for row in ROWS {
        let peer = Peer::start(row.peer);
        for release in Release::all().iter().filter(|release| release.is_in(row.releases)) {
            let front = port::free();
            let text = format!(
                "events {{}}\nhttp {{\n    map $http_upgrade $or_close {{ default upgrade; '' close; \
                 }}\n    map $http_upgrade $or_none {{ default upgrade; '' ''; }}\n    server {{\n        \
                 listen 127.0.0.1:{front};\n        location /ws {{ {} proxy_pass \
                 http://127.0.0.1:{}; }}\n    }}\n}}\n",
                row.location,
                peer.port()
            );
            let told = format!("{}:\n{text}", release.version);
            let running = Running::start(release, &[("nginx.conf", &text)]);
            let plain = client::get(front, "/ws", "");
            assert_eq!(plain.outcome(), row.plain, "plain, {told}{}", running.error_log());
            let upgrade = client::get(front, "/ws", "Upgrade: websocket\r\n");
            assert_eq!(upgrade.outcome(), row.upgrade, "upgrade, {told}{}", running.error_log());
            let mut spoken = lint::rules(&text, release.version);
            spoken.retain(|rule| RULES.contains(&rule.as_str()));
            assert_eq!(spoken, row.rule.into_iter().collect::<Vec<_>>(), "{told}");
        }
    }
}
