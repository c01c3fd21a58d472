//! Which names of servers nginx puts into a table, and what it says of them there.

use super::process::check;
use super::{Release, lint};

/// More bytes than a bucket of the default size takes.
const LONG: &str = "a-very-long-name-of-a-customer.staging.internal.example.com";

/// Servers of a block, `LONG` written as such: the releases, the block, what stands in it, and of
/// which rule nginx says something.
const ALL: &[(&str, &str, &str, Option<&str>)] = &[
    // One server.
    ("*", "http", "server { listen P; server_name LONG; }", None),
    ("*", "http", "server { listen P; server_name LONG ~^a; }", None),
    ("*", "http", "server { listen P; server_name LONG ~^(?:a); }", None),
    ("*", "http", "server { listen P; server_name LONG ~^(a); }", TOO_LONG),
    ("*", "http", "server { listen P; server_name ~^(?<x>a) LONG; }", TOO_LONG),
    // The last regular expression counts.
    ("*", "http", "server { listen P; server_name LONG ~^(a) ~^b; }", None),
    ("*", "http", "server { listen P; server_name ~^b; server_name LONG ~^(a); }", TOO_LONG),
    ("*", "http", "server { listen P; server_name a a; }", None),
    ("*", "http", "server { listen P; server_name a A ~^(b); }", TWICE),
    ("*", "http", "server { listen P; server_name .a *.a ~^(b); }", TWICE),
    (">=1.25.5", "stream", "server { listen P; server_name LONG; return a; }", None),
    (">=1.25.5", "stream", "server { listen P; server_name LONG ~^(a); return a; }", TOO_LONG),
    (">=1.25.5", "stream", "server { listen P; server_name a a ~^(b); return a; }", TWICE),
    // Several.
    ("*", "http", "server { listen P; server_name LONG; } server { listen P; }", TOO_LONG),
    ("*", "http", "server { listen P; server_name LONG; } server { listen 127.0.0.1:P; }", None),
    (
        ">=1.25.5",
        "stream",
        "server { listen P udp; server_name LONG; return a; } \
         server { listen P udp; server_name b; return a; }",
        TOO_LONG,
    ),
    ("*", "http", "server { listen P; server_name a a; } server { listen P; }", TWICE),
];

const TOO_LONG: Option<&str> = Some("hash-bucket-size");
const TWICE: Option<&str> = Some("duplicate-server-name");

#[test]
fn names_go_to_a_table_where_nginx_puts_them() {
    let mut count = 0;
    for release in Release::all() {
        for (releases, block, servers, expected) in ALL {
            if !release.is_in(releases) {
                continue;
            }
            let servers = servers.replace("LONG", LONG).replace('P', "18000");
            let text = format!("events {{}}\n{block} {{ {servers} }}\n");
            let told = format!("{} {text}", release.version);
            let verdict = check(release, &[("nginx.conf", &text)]);
            let rule = verdict.lines.iter().find_map(|line| rule(&line.message));
            assert_eq!(rule, *expected, "{told}{verdict:?}");
            let found = lint::rules(&text, release.version);
            assert_eq!(found, Vec::from_iter(expected.iter().copied()), "{told}");
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

/// The rule that speaks of what nginx says.
fn rule(message: &str) -> Option<&'static str> {
    let is_long = message.starts_with("could not build server_names_hash");
    let is_twice = message.starts_with("conflicting server name");
    TOO_LONG.filter(|_| is_long).or(TWICE.filter(|_| is_twice))
}
