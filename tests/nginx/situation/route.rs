//! Where requests go: names that nobody looks up, passes that another takes the place of, and what
//! servers on one socket say of it.

use super::{Conf, Goes, Kind, Mend, Outcome, STATUS_200, STATUS_502, Situation, mend, web};

/// A server that forwards upgrades, and what a location of it says beside its pass.
macro_rules! inherits {
    ($location:literal) => {
        concat!(
            "events {}\nhttp { map $http_upgrade $connection_upgrade { default upgrade; '' ''; }\n\
             server { listen 127.0.0.1:{front}; proxy_http_version 1.1; \
             proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection $connection_upgrade; location / { ",
            $location,
            " proxy_pass http://127.0.0.1:{peer}; } } }\n"
        )
    };
}

pub(super) static ALL: &[Situation] = &[
    Situation {
        name: "a name that is looked up at run time, without a resolver",
        rule: "missing-resolver",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web("proxy_pass http://localhost:{inner}$request_uri;", inner!("", "")),
            Conf::Web("proxy_pass $scheme://localhost:{inner};", inner!("", "")),
            Conf::Web("set $up localhost:{inner}; proxy_pass http://$up;", inner!("", "")),
            Conf::Web("set $up backend; proxy_pass http://$up:{inner};", inner!("", "")),
            // A name with a port is no upstream.
            Conf::Web(
                "set $up backend:{inner}; proxy_pass http://$up;",
                concat!(inner!("", ""), "upstream backend { server 127.0.0.1:{inner}; }"),
            ),
            // A pass to the same name counts only with the same port.
            Conf::Web(
                "set $up localhost:{inner}; proxy_pass http://$up; \
                 location /other { proxy_pass http://localhost:{other}; }",
                inner!("", ""),
            ),
            Conf::Web("proxy_pass http://$http_host;", inner!("", "")),
        ],
        goes: Goes::Wrong(&[STATUS_502], &["no resolver defined to resolve"]),
        mends: &[
            mend("*", Conf::Web("proxy_pass http://localhost:{inner};", inner!("", "")), "inner"),
            mend(
                "*",
                Conf::Web("proxy_pass http://127.0.0.1:{inner}$request_uri;", inner!("", "")),
                "inner",
            ),
            mend(
                "*",
                Conf::Web(
                    "set $up backend; proxy_pass $scheme://$up$request_uri;",
                    concat!(inner!("", ""), "upstream backend { server 127.0.0.1:{inner}; }"),
                ),
                "inner",
            ),
            mend(
                "*",
                Conf::Web(
                    "set $up localhost:{inner}; proxy_pass http://$up; \
                     location /other { proxy_pass http://localhost:{inner}; }",
                    inner!("", ""),
                ),
                "inner",
            ),
        ],
    },
    Situation {
        name: "a host without a port where there is no default",
        rule: "missing-resolver",
        releases: "*",
        peer: None,
        bad: &[
            web("set $up 127.0.0.1; grpc_pass $up;"),
            web("set $up localhost; fastcgi_pass $up;"),
        ],
        goes: Goes::Wrong(&[Outcome::Status(500)], &["no port in upstream"]),
        mends: &[],
    },
    Situation {
        name: "two passes in one location",
        rule: "overridden-pass",
        releases: "*",
        peer: None,
        bad: &[Conf::Web(
            "proxy_pass http://127.0.0.1:{inner}; fastcgi_pass 127.0.0.1:{other};",
            inner!("", ""),
        )],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["connect() failed (111: Connection refused) while connecting to upstream, client: \
               127.0.0.1, server: , request: \"GET / HTTP/1.1\", upstream: \"fastcgi://"],
        ),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
            "inner",
        )],
    },
    Situation {
        name: "a header line in a location drops those of the server",
        rule: "lost-proxy-headers",
        releases: "*",
        peer: Some(Kind::Http1),
        bad: &[
            Conf::Whole(inherits!("proxy_set_header X-Api 1;")),
            Conf::Whole(inherits!("proxy_set_header X-Api 1; proxy_pass_request_headers on;")),
        ],
        goes: Goes::Wrong(&[STATUS_200], &[]),
        mends: &[
            Mend {
                releases: "*",
                conf: Conf::Whole(inherits!(
                    "proxy_set_header Upgrade $http_upgrade; \
                     proxy_set_header Connection $connection_upgrade; proxy_set_header X-Api 1;"
                )),
                outcome: Outcome::Status(101),
                body: "",
                remarks: &[],
            },
            Mend {
                releases: "*",
                conf: Conf::Whole(inherits!("")),
                outcome: Outcome::Status(101),
                body: "",
                remarks: &[],
            },
        ],
    },
    Situation {
        name: "`proxy_protocol` in the `listen` of one of two servers",
        rule: "listen-options-conflict",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web(
                "return 200 front;",
                "server { listen 127.0.0.1:{front} proxy_protocol; server_name other; }",
            ),
            Conf::Web(
                "return 200 front;",
                "server { listen 127.0.0.1:{front} proxy_protocol default_server; }",
            ),
        ],
        goes: Goes::Wrong(
            &[Outcome::Closed],
            &["broken header: \"GET / HTTP/1.1", "while reading PROXY protocol"],
        ),
        mends: &[
            mend(
                "*",
                Conf::Web(
                    "return 200 front;",
                    "server { listen 127.0.0.1:{other} proxy_protocol; server_name other; }",
                ),
                "front",
            ),
            mend(
                "*",
                Conf::Whole(
                    "events {}\nstream { server { listen 127.0.0.1:{front}; proxy_protocol on; \
                     proxy_pass 127.0.0.1:{inner}; } }\nhttp { server { \
                     listen 127.0.0.1:{inner} proxy_protocol; return 200 inner; }\n\
                     server { listen 127.0.0.1:{inner} proxy_protocol; server_name other; } }\n",
                ),
                "inner",
            ),
        ],
    },
];
