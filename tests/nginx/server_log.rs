//! What an error log calls a server: asked of every release and of the model.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

use ngxlint::model::Scope;
use ngxlint::nginx::{Contexts, Family};

use super::location::modelled;
use super::process::{Running, within};
use super::{Release, client, port};

/// Lines that name a server of http, and whether only that one goes by what is logged.
const NAMES: &[(&str, bool)] = &[
    ("", false),
    ("server_name \"\" x.example;", false),
    ("server_name A.Example b.example;", true),
    ("server_name .C.example;", true),
    ("server_name *.d.example;", true),
    ("server_name e.*;", true),
    ("server_name ~^F\\.(?<g>.+)$ h;", true),
    ("server_name \"~^[a-c]{1,2}\\.I\";", true),
    ("server_name ~.J;", true),
    ("server_name k.example. l;", true),
    ("server_name m; server_name n;", true),
    ("server_name $Hostname;", true),
    ("server_name _ o;", true),
    ("server_name \u{c4}.example;", true),
    ("server_name \"p q\";", true),
    ("server_name x.example ~Y;", true),
];

/// The field of the line that tells of a failed connection to a port.
fn field(log: &str, port: u16, next: &str) -> Option<String> {
    let failed = format!(":{port}");
    let line =
        log.lines().find(|line| line.contains("connect() failed") && line.contains(&failed))?;
    let (_, rest) = line.split_once(", server: ")?;
    Some(rest.split_once(&format!(", {next}: "))?.0.to_owned())
}

/// Every server passes to a closed port of its own, by which its line is known.
#[test]
fn servers_go_by_what_is_logged() {
    for release in Release::all() {
        let mut text = "events {}\nhttp {\n".to_owned();
        let http: Vec<(u16, u16)> = NAMES.iter().map(|_| (port::free(), port::free())).collect();
        for ((names, _), (own, closed)) in NAMES.iter().zip(&http) {
            writeln!(
                text,
                "server {{ listen 127.0.0.1:{own}; {names} location / {{ proxy_pass http://127.0.0.1:{closed}; }} }}"
            )
            .unwrap();
        }
        let stream: Vec<(u16, u16)> = (0..4).map(|_| (port::free(), port::free())).collect();
        let shared = stream[3].0;
        let listens = [
            format!("listen 127.0.0.1:{}", stream[0].0),
            format!("listen {}", stream[1].0),
            format!("listen localhost:{}", stream[2].0),
            format!("listen 127.0.0.1:{shared}"),
        ];
        text += "}\nstream {\n";
        for (listen, (_, closed)) in listens.iter().zip(&stream) {
            writeln!(text, "server {{ {listen}; proxy_pass 127.0.0.1:{closed}; }}").unwrap();
        }
        // The wildcard of the port takes what comes to the address of the fourth.
        writeln!(text, "server {{ listen {shared}; proxy_pass 127.0.0.1:{}; }}\n}}", port::free())
            .unwrap();
        let running = Running::start(release, &[("nginx.conf", &text)]);
        for (own, _) in &http {
            client::get(*own, "/", "");
        }
        for (own, _) in &stream {
            let mut one = TcpStream::connect(("127.0.0.1", *own)).unwrap();
            // nginx closes the connection, or resets it.
            let _ = one.write_all(b"x").and_then(|()| one.read(&mut [0]).map(drop));
        }
        modelled(&text, release.version, |model| {
            let check = |family, context, index: usize, name: &str, alone: bool| {
                let servers = model.scopes().filter(|scope| scope.context() == context);
                let server = servers.map(Scope::id).nth(index).unwrap();
                let found: Vec<_> =
                    model.servers_called(family, name.as_bytes()).map(Scope::id).collect();
                assert!(found.contains(&server), "nginx {}: {name:?} {index}", release.version);
                assert_eq!(found.len() == 1, alone, "nginx {}: {name:?} {index}", release.version);
            };
            for (index, ((_, alone), (_, closed))) in NAMES.iter().zip(&http).enumerate() {
                let name =
                    within("nothing is logged", || field(&running.error_log(), *closed, "request"));
                check(Family::Http, Contexts::SERVER, index, &name, *alone);
            }
            for (index, (own, closed)) in stream.iter().enumerate() {
                let name = within("nothing is logged", || {
                    field(&running.error_log(), *closed, "upstream")
                });
                assert!(name.ends_with(&format!(":{own}")), "{name}");
                check(Family::Stream, Contexts::STREAM_SERVER, index, &name, index != 3);
            }
        });
    }
}
