//! Which of several passes to one peer opened the connection that a line speaks of: asked of real
//! logs. Every pass speaks TLS to a peer that does not.

use super::super::peer::{Kind, Peer};
use super::super::process::{Running, within};
use super::super::{Release, client, port};
use super::diagnose;

/// Requests, each with the mark of the pass that it gets to.
const REQUESTS: &[(&str, &str, &str)] = &[
    ("a", "/one", "one"),
    ("a", "/two", "two"),
    ("a", "/two/", "two"),
    ("a", "/two/deep", "deep"),
    ("a", "/two/%64eep/er?x=/one", "deep"),
    ("a", "/exact", "exact"),
    ("a", "/exactly", "rest"),
    ("a", "/one.re", "regex"),
    ("a", "/plain/one.re", "plain"),
    ("a", "/name", "name"),
    ("a", "/set", "set"),
    ("a", "/map?to=x", "map"),
    ("a", "/asked?to={peer}", "asked"),
    ("a", "/uri/x", "uri"),
    ("a", "/page", "page"),
    ("a", "/page/code", "one"),
    ("a", "/page/inherited", "inherited"),
    ("a", "/tried", "tried"),
    ("a", "/tried/uri", "two"),
    ("a", "/rewritten", "deep"),
    ("a", "/auth", "auth"),
    ("a", "/mirrored", "mirror"),
    ("a", "/ssi/page", "two"),
    ("a", "/if?x=1", "if"),
    ("a", "/grpc", "grpc"),
    ("a", "/unix", "unix"),
    ("a", "/other", "other"),
    ("b", "/one", "of b"),
    ("b", "/other", "other of b"),
    ("c", "/one", "of c"),
];

const TEXT: &str = "events {}
stream {
    upstream s { server 127.0.0.1:{peer}; }
    proxy_ssl on;
    server { listen 127.0.0.1:{first};
        proxy_pass s; # first
    }
    server { listen 127.0.0.1:{second};
        proxy_pass s; # second
    }
    server { listen 127.0.0.1:{third};
        proxy_pass 127.0.0.1:{peer}; # third
    }
}
http {
    upstream up { server 127.0.0.1:{peer}; }
    upstream socket { server unix:peer.sock; }
    map $arg_to $to { default up; }
    server { listen unix:peer.sock; return 200; }
    server {
        listen 127.0.0.1:{front};
        server_name a;
        error_page 405 @inherited;
        location / {
            proxy_pass https://up; # rest
        }
        location /one {
            proxy_pass https://up; # one
        }
        location /two {
            proxy_pass https://up; # two
            location /two/deep {
                proxy_pass https://up/other/; # deep
            }
        }
        location = /exact {
            proxy_pass https://up; # exact
        }
        location ~ \\.re$ {
            proxy_pass https://up; # regex
        }
        location ^~ /plain/ {
            proxy_pass https://127.0.0.1:{peer}; # plain
        }
        location /name {
            proxy_pass https://localhost:{peer}; # name
        }
        location /set {
            set $up up;
            proxy_pass https://$up; # set
        }
        location /map {
            proxy_pass https://$to; # map
        }
        location /asked {
            proxy_pass https://127.0.0.1:$arg_to; # asked
        }
        location /uri/ {
            proxy_pass https://127.0.0.1:{peer}$request_uri; # uri
        }
        location = /page {
            error_page 404 = @page;
            return 404;
        }
        location @page {
            proxy_pass https://up; # page
        }
        location = /page/code {
            error_page 403 404 =200 /one?x;
            return 404;
        }
        location = /page/inherited {
            return 405;
        }
        location @inherited {
            proxy_pass https://up; # inherited
        }
        location = /tried {
            try_files /none @tried;
        }
        location @tried {
            proxy_pass https://up; # tried
        }
        location = /tried/uri {
            try_files /none /two$is_args$args;
        }
        location = /rewritten {
            rewrite ^/(.*)$ /two/deep/$1 last;
        }
        location = /auth {
            auth_request /allowed;
            root html;
        }
        location = /allowed {
            proxy_pass https://up; # auth
        }
        location = /mirrored {
            mirror /mirror;
            root html;
        }
        location = /mirror {
            proxy_pass https://up; # mirror
        }
        location /ssi/ {
            ssi on;
            ssi_types *;
            proxy_pass http://127.0.0.1:{page}; # page of SSI
        }
        location /if {
            if ($arg_x) {
                proxy_pass https://up; # if
            }
            root html;
        }
        location /grpc {
            grpc_pass grpcs://up; # grpc
        }
        location /unix {
            proxy_pass https://socket; # unix
        }
        location /other {
            proxy_pass https://127.0.0.1:{other}; # other
        }
    }
    server {
        listen 127.0.0.1:{front};
        server_name b;
        location / {
            proxy_pass https://up; # of b
        }
        location /other {
            proxy_pass https://up; # other of b
        }
    }
    server {
        listen 127.0.0.1:{front};
        server_name c.example c;
        location / {
            proxy_pass https://up; # of c
        }
    }
    server { listen 127.0.0.1:{page}; location / { return 200 '<!--# include virtual=\"/two\" -->'; } }
}
";

#[test]
fn the_pass_that_opened_the_connection_is_named() {
    for release in Release::all() {
        let (peer, other) = (Peer::start(Kind::Http1), Peer::start(Kind::Http1));
        let mut text = TEXT.to_owned();
        let [front, page, first, second, third] = std::array::from_fn(|_| port::free());
        for (name, port) in [
            ("{front}", front),
            ("{page}", page),
            ("{first}", first),
            ("{second}", second),
            ("{third}", third),
            ("{peer}", peer.port()),
            ("{other}", other.port()),
        ] {
            text = text.replace(name, &port.to_string());
        }
        let running = Running::start(release, &[("nginx.conf", &text)]);
        let mut before = running.error_log().len();
        let mut wrong = Vec::new();
        let mut check = |ask: &dyn Fn(), what: &str, mark: &str| {
            ask();
            // A mirror is asked when the client has its answer.
            let new = within(&format!("{what}: nothing is logged"), || {
                let log = running.error_log();
                log[before..].contains("wrong version number").then(|| log[before..].to_owned())
            });
            before += new.len();
            let report = diagnose(&text, release.version, &[new.as_bytes()]).report;
            let marked = |at: u32| text[at as usize..].lines().next().unwrap().split_once("# ");
            let named: Vec<_> = super::found(&report)
                .into_iter()
                .filter(|one| one.rule == "tls-to-plaintext-upstream")
                .map(|one| one.at.and_then(marked).map(|(_, mark)| mark))
                .collect();
            if named != [Some(mark)] {
                wrong.push(format!("{what} is of {mark:?}, not {named:?}: {new}"));
            }
        };
        for (host, path, mark) in REQUESTS {
            let path = path.replace("{peer}", &peer.port().to_string());
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let ask = || drop(client::ask(front, &[&request]));
            check(&ask, &format!("{host}{path}"), mark);
        }
        for (port, mark) in [(first, "first"), (second, "second"), (third, "third")] {
            check(&|| drop(client::get(port, "/", "")), "stream", mark);
        }
        assert!(wrong.is_empty(), "nginx {}\n{}", release.version, wrong.join("\n"));
    }
}
