//! Versions of HTTP that do not meet.

use super::{
    Conf, Goes, HTTP_FRAME, Kind, Mend, NO_HEADER, Outcome, STATUS_200, STATUS_502, Situation,
    mend, web,
};

pub(super) static ALL: &[Situation] = &[
    Situation {
        name: "HTTP/1 to a peer that speaks HTTP/2 only",
        rule: "http1-to-http2-upstream",
        releases: "*",
        peer: Some(Kind::H2c),
        bad: &[
            web("proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 1.0; proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 1.1; proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_buffering off; proxy_read_timeout 5m; proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 1.1; proxy_set_header Upgrade h2c; \
                 proxy_set_header Connection \"Upgrade, HTTP2-Settings\"; \
                 proxy_set_header HTTP2-Settings AAMAAABkAAQAAP__; \
                 proxy_pass http://127.0.0.1:{peer};"),
        ],
        goes: Goes::Wrong(&[Outcome::Raw, Outcome::Closed], &[NO_HEADER]),
        mends: &[
            mend("*", web("grpc_pass grpc://127.0.0.1:{peer};"), "HTTP/2.0"),
            mend(
                ">=1.29.4",
                web("proxy_http_version 2; proxy_pass http://127.0.0.1:{peer};"),
                "HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "HTTP/1 over TLS to a peer that speaks HTTP/2 whatever ALPN says",
        rule: "http1-to-http2-upstream",
        releases: "*",
        peer: Some(Kind::TlsAlwaysH2),
        bad: &[
            web("proxy_pass https://127.0.0.1:{peer};"),
            web("proxy_http_version 1.1; proxy_pass https://127.0.0.1:{peer};"),
        ],
        goes: Goes::Wrong(&[Outcome::Raw, Outcome::Closed], &[NO_HEADER]),
        mends: &[
            mend("*", web("grpc_pass grpcs://127.0.0.1:{peer};"), "HTTP/2.0"),
            mend(
                ">=1.29.4",
                web("proxy_http_version 2; proxy_pass https://127.0.0.1:{peer};"),
                "HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "HTTP/1 to a cleartext `listen … http2` of an older nginx",
        rule: "http1-to-http2-upstream",
        releases: "<1.25.1",
        peer: None,
        bad: &[
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!(" http2", "")),
            Conf::Web(
                "proxy_pass http://127.0.0.1:{inner};",
                "server { listen 127.0.0.1:{inner} http2; return 301 https://localhost/; }",
            ),
        ],
        goes: Goes::Wrong(&[Outcome::Raw, Outcome::Closed], &[NO_HEADER]),
        mends: &[
            mend(
                "*",
                Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
                "inner HTTP/1.",
            ),
            mend(
                ">=1.25.1",
                Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "http2 on;")),
                "inner HTTP/1.",
            ),
            Mend {
                releases: ">=1.25.1",
                conf: Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!(" http2", "")),
                outcome: STATUS_200,
                body: "inner HTTP/1.",
                remarks: &["deprecated-listen-http2"],
            },
        ],
    },
    Situation {
        name: "HTTP/2 to a peer that speaks HTTP/1 only: grpc_pass",
        rule: "http2-to-http1-upstream",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web("grpc_pass 127.0.0.1:{inner};", inner!("", "")),
            Conf::Web("grpc_buffer_size 64k; grpc_pass 127.0.0.1:{inner};", inner!("", "")),
            Conf::Web(
                "grpc_next_upstream error timeout invalid_header; grpc_pass up;",
                concat!(
                    inner!("", ""),
                    "upstream up { server 127.0.0.1:{inner}; server 127.0.0.1:{inner}; }"
                ),
            ),
        ],
        goes: Goes::Wrong(&[STATUS_502], &[HTTP_FRAME]),
        mends: &[
            mend(
                "<1.25.1",
                Conf::Web("grpc_pass 127.0.0.1:{inner};", inner!(" http2", "")),
                "inner HTTP/2.0",
            ),
            mend(
                ">=1.25.1",
                Conf::Web("grpc_pass 127.0.0.1:{inner};", inner!("", "http2 on;")),
                "inner HTTP/2.0",
            ),
            mend(
                "*",
                Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
                "inner HTTP/1.",
            ),
        ],
    },
    Situation {
        name: "HTTP/2 to a peer that speaks HTTP/1 only: proxy_http_version 2",
        rule: "http2-to-http1-upstream",
        releases: ">=1.29.4",
        peer: None,
        bad: &[Conf::Web(
            "proxy_http_version 2; proxy_pass http://127.0.0.1:{inner};",
            inner!("", ""),
        )],
        goes: Goes::Wrong(&[STATUS_502], &[HTTP_FRAME]),
        mends: &[mend(
            ">=1.29.4",
            Conf::Web(
                "proxy_http_version 2; proxy_pass http://127.0.0.1:{inner};",
                inner!("", "http2 on;"),
            ),
            "inner HTTP/2.0",
        )],
    },
    Situation {
        name: "HTTP/2 over TLS to a peer without h2 by ALPN",
        rule: "http2-to-http1-upstream",
        releases: "*",
        peer: Some(Kind::TlsHttp1),
        bad: &[web("grpc_pass grpcs://127.0.0.1:{peer};")],
        goes: Goes::Wrong(&[STATUS_502], &["no application protocol"]),
        mends: &[mend("*", web("proxy_pass https://127.0.0.1:{peer};"), "HTTP/1.")],
    },
    Situation {
        name: "HTTP/1 and gRPC share the kept connections of an upstream",
        rule: "shared-keepalive-pool",
        releases: "*",
        peer: Some(Kind::Both),
        bad: &[Conf::Web(
            "proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_pass http://up; \
             location = /again { grpc_pass up; }",
            "upstream up { server 127.0.0.1:{peer}; keepalive 4; }",
        )],
        // One failure on a kept connection is made good on a new one; more of them are a 502.
        goes: Goes::Wrong(
            &[STATUS_200, STATUS_502],
            &["no connection data found for keepalive http2 connection while sending request to \
               upstream"],
        ),
        mends: &[
            mend(
                "*",
                Conf::Web(
                    "proxy_http_version 1.1; proxy_set_header Connection \"\"; \
                     proxy_pass http://up; location = /again { grpc_pass grpc_up; }",
                    "upstream up { server 127.0.0.1:{peer}; keepalive 4; } \
                     upstream grpc_up { server 127.0.0.1:{peer}; keepalive 4; }",
                ),
                "HTTP/2.0",
            ),
            mend(
                ">=1.29.7",
                Conf::Web(
                    "proxy_pass http://up; location = /again { grpc_pass up; }",
                    "upstream up { server 127.0.0.1:{peer}; keepalive 4 local; }",
                ),
                "HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "a protocol upgrade over HTTP/1.0, which has none",
        rule: "upgrade-without-http11",
        releases: "<1.29.7",
        peer: Some(Kind::Http1),
        bad: &[
            web("proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_set_header Upgrade websocket; \
                 proxy_set_header Connection \"keep-alive, Upgrade\"; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; \
                 proxy_buffering off; proxy_read_timeout 1h; \
                 proxy_pass http://127.0.0.1:{peer};"),
        ],
        goes: Goes::Wrong(&[STATUS_200], &[]),
        mends: &[Mend {
            releases: "*",
            conf: web("proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                 proxy_set_header Connection upgrade; proxy_pass http://127.0.0.1:{peer};"),
            outcome: Outcome::Status(101),
            body: "",
            remarks: &["constant-connection-upgrade"],
        }],
    },
    Situation {
        name: "a protocol upgrade over HTTP/2, which has none",
        rule: "upgrade-without-http11",
        releases: ">=1.29.4",
        peer: Some(Kind::H2c),
        bad: &[web("proxy_http_version 2; proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection upgrade; proxy_pass http://127.0.0.1:{peer};")],
        goes: Goes::Wrong(&[STATUS_502], &["upstream rejected request with error 1"]),
        mends: &[],
    },
    Situation {
        name: "the value of Connection in Upgrade, or no Upgrade at all",
        rule: "wrong-upgrade-header",
        releases: "*",
        peer: Some(Kind::Http1),
        bad: &[
            Conf::Web(
                "proxy_http_version 1.1; proxy_set_header Upgrade $connection_upgrade; \
                 proxy_set_header Connection $connection_upgrade; \
                 proxy_pass http://127.0.0.1:{peer};",
                UPGRADE_MAP,
            ),
            web("proxy_http_version 1.1; proxy_set_header Connection \"upgrade\"; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 1.1; proxy_set_header Connection \"upgrade\"; \
                 proxy_pass_request_headers on; proxy_pass_header Upgrade; \
                 proxy_pass http://127.0.0.1:{peer};"),
        ],
        goes: Goes::Wrong(&[STATUS_200], &[]),
        mends: &[Mend {
            releases: "*",
            conf: Conf::Web(
                "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                 proxy_set_header Connection $connection_upgrade; \
                 proxy_pass http://127.0.0.1:{peer};",
                UPGRADE_MAP,
            ),
            outcome: Outcome::Status(101),
            body: "",
            remarks: &[],
        }],
    },
    Situation {
        name: "a Connection header in HTTP/2",
        rule: "connection-header-over-http2",
        releases: ">=1.29.4",
        peer: Some(Kind::H2c),
        bad: &[
            web("proxy_http_version 2; proxy_set_header Connection close; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 2; proxy_set_header Keep-Alive timeout=5; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 2; proxy_set_header Proxy-Connection keep-alive; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 2; proxy_set_header Transfer-Encoding chunked; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 2; proxy_set_header TE gzip; \
                 proxy_pass http://127.0.0.1:{peer};"),
            web("proxy_http_version 2; proxy_set_header Connection keep-alive; \
                 proxy_hide_header Connection; proxy_pass_request_headers off; \
                 proxy_pass http://127.0.0.1:{peer};"),
        ],
        goes: Goes::Wrong(&[STATUS_502], &["upstream rejected request with error 1"]),
        mends: &[mend(
            ">=1.29.4",
            web("proxy_http_version 2; proxy_set_header TE trailers; proxy_pass_trailers on; \
                 proxy_set_header Connection \"\"; proxy_pass http://127.0.0.1:{peer};"),
            "HTTP/2.0",
        )],
    },
    Situation {
        name: "a Connection header in gRPC",
        rule: "connection-header-over-http2",
        releases: "*",
        peer: Some(Kind::H2c),
        bad: &[
            web("grpc_set_header Connection close; grpc_pass 127.0.0.1:{peer};"),
            web("grpc_set_header Upgrade $http_upgrade; grpc_pass 127.0.0.1:{peer};"),
        ],
        goes: Goes::Wrong(&[STATUS_502], &["upstream rejected request with error 1"]),
        mends: &[mend(
            "*",
            web("grpc_set_header Connection \"\"; grpc_pass 127.0.0.1:{peer};"),
            "HTTP/2.0",
        )],
    },
    Situation {
        name: "proxy_http_version 2 before 1.29.4",
        rule: "unsupported-proxy-http-version",
        releases: "<1.29.4",
        peer: Some(Kind::H2c),
        bad: &[web("proxy_http_version 2; proxy_pass http://127.0.0.1:{peer};")],
        goes: Goes::Refused("invalid value \"2\""),
        mends: &[
            mend("<1.29.4", web("grpc_pass 127.0.0.1:{peer};"), "HTTP/2.0"),
            mend(
                ">=1.29.4",
                web("proxy_http_version 2; proxy_pass http://127.0.0.1:{peer};"),
                "HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "values that proxy_http_version never took",
        rule: "unsupported-proxy-http-version",
        releases: "*",
        peer: None,
        bad: &[
            web("proxy_http_version 2.0; proxy_pass http://127.0.0.1:{inner};"),
            web("proxy_http_version 3; proxy_pass http://127.0.0.1:{inner};"),
            web("proxy_http_version h2; proxy_pass http://127.0.0.1:{inner};"),
            web("proxy_http_version $v; proxy_pass http://127.0.0.1:{inner};"),
            web("proxy_http_version HTTP/1.1; proxy_pass http://127.0.0.1:{inner};"),
        ],
        goes: Goes::Refused("invalid value \""),
        mends: &[],
    },
];

const UPGRADE_MAP: &str = "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }";
