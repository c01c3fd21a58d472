//! PROXY headers, QUIC, FastCGI, and schemes that nginx does not know.

use super::{
    CLOSED, Conf, Goes, HTTP_FRAME, Kind, STATUS_200, STATUS_400, STATUS_502, Situation, mend, web,
};

/// A location that passes TLS through a stream server to a listener that wants a PROXY header.
macro_rules! front {
    ($stream:literal) => {
        concat!(
            "events {}\nstream { server { listen 127.0.0.1:{other}; ",
            $stream,
            " proxy_pass 127.0.0.1:{inner}; } }\nhttp { server { listen 127.0.0.1:{front}; \
             location / { proxy_pass https://127.0.0.1:{other}; } }\n",
            inner!(" ssl proxy_protocol", "ssl_certificate cert.pem; ssl_certificate_key key.pem;"),
            " }\n"
        )
    };
}

/// A stream server before two servers, the second of them with what its `listen` says.
macro_rules! pair {
    ($listen:literal) => {
        pair!($listen, "")
    };
    ($listen:literal, $parameters:literal) => {
        concat!(
            "events {}\nstream { upstream pair { server 127.0.0.1:{inner}",
            $parameters,
            "; server 127.0.0.1:{other}",
            $parameters,
            "; }\n\
             server { listen 127.0.0.1:{front}; proxy_pass pair; } }\nhttp { ",
            inner!("", ""),
            "\nserver { listen 127.0.0.1:{other}",
            $listen,
            "; ssl_certificate cert.pem; ssl_certificate_key key.pem; \
             location = /again { return 200 again; } } }\n"
        )
    };
}

/// A server with what its `listen` says that passes calls of gRPC on to the peer.
macro_rules! rpc {
    ($listen:literal, $more:literal) => {
        concat!(
            "server { listen 127.0.0.1:{inner}",
            $listen,
            "; ",
            $more,
            " location / { grpc_set_header TE trailers; grpc_pass grpc://127.0.0.1:{peer}; } }"
        )
    };
}

pub(super) static ALL: &[Situation] = &[
    Situation {
        name: "no PROXY header to a listener that wants one",
        rule: "proxy-protocol-mismatch",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!(" proxy_protocol", "")),
            Conf::Web(
                "proxy_set_header X-Forwarded-For $remote_addr; \
                 proxy_set_header X-Real-IP $remote_addr; real_ip_header proxy_protocol; \
                 proxy_pass http://127.0.0.1:{inner};",
                inner!(" proxy_protocol", ""),
            ),
        ],
        goes: Goes::Wrong(&[STATUS_502], CLOSED),
        mends: &[
            mend(
                "*",
                Conf::Whole(concat!(
                    "events {}\nstream { server { listen 127.0.0.1:{front}; proxy_protocol on; \
                     proxy_pass 127.0.0.1:{inner}; } }\nhttp { ",
                    inner!(" proxy_protocol", ""),
                    " }\n"
                )),
                "inner HTTP/1.1",
            ),
            mend(
                "*",
                Conf::Web(
                    "proxy_pass http://127.0.0.1:{other};",
                    inner!(" proxy_protocol; listen 127.0.0.1:{other}", ""),
                ),
                "inner HTTP/1.",
            ),
        ],
    },
    Situation {
        name: "`proxy_protocol on` in a location",
        rule: "directive-context",
        releases: "*",
        peer: None,
        bad: &[web("proxy_protocol on; proxy_pass http://127.0.0.1:{inner};")],
        goes: Goes::Refused("\"proxy_protocol\" directive is not allowed here"),
        mends: &[],
    },
    Situation {
        name: "a PROXY header to a listener that wants none",
        rule: "proxy-protocol-mismatch",
        releases: "*",
        peer: None,
        bad: &[Conf::Whole(concat!(
            "events {}\nstream { server { listen 127.0.0.1:{front}; proxy_protocol on; \
             proxy_pass 127.0.0.1:{inner}; } }\nhttp { ",
            inner!("", ""),
            " }\n"
        ))],
        goes: Goes::Wrong(&[STATUS_400], &[]),
        mends: &[
            mend(
                "*",
                Conf::Whole(concat!(
                    "events {}\nstream { server { listen 127.0.0.1:{front}; proxy_protocol on; \
                     proxy_pass 127.0.0.1:{inner}; } }\nhttp { ",
                    inner!(" proxy_protocol", ""),
                    " }\n"
                )),
                "inner HTTP/1.1",
            ),
            mend(
                "*",
                Conf::Whole(concat!(
                    "events {}\nstream { server { listen 127.0.0.1:{front}; proxy_protocol off; \
                     proxy_pass 127.0.0.1:{inner}; } }\nhttp { ",
                    inner!("", ""),
                    " }\n"
                )),
                "inner HTTP/1.1",
            ),
        ],
    },
    Situation {
        name: "no PROXY header from a stream front that looks for a name",
        rule: "proxy-protocol-mismatch",
        releases: "*",
        peer: None,
        bad: &[Conf::Whole(front!("ssl_preread on;"))],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["peer closed connection in SSL handshake", "Connection reset by peer"],
        ),
        mends: &[mend(
            "*",
            Conf::Whole(front!("ssl_preread on; proxy_protocol on;")),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "servers of one upstream with TLS and without",
        rule: "mixed-upstream-protocols",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Whole(pair!(" ssl")),
            Conf::Whole(pair!(" ssl", " max_fails=1 fail_timeout=10s")),
        ],
        goes: Goes::Wrong(&[STATUS_400], &[]),
        mends: &[mend("*", Conf::Whole(pair!("")), "again")],
    },
    Situation {
        name: "`proxy_next_upstream` for a 400",
        rule: "invalid-value",
        releases: "*",
        peer: None,
        bad: &[web("proxy_next_upstream error http_400; proxy_pass http://127.0.0.1:{inner};")],
        goes: Goes::Refused("invalid value \"http_400\""),
        mends: &[],
    },
    Situation {
        name: "uwsgi to an HTTP peer",
        rule: "wrong-upstream-protocol",
        releases: "*",
        peer: None,
        bad: &[Conf::Web("uwsgi_pass 127.0.0.1:{inner};", inner!("", ""))],
        goes: Goes::Wrong(&[STATUS_400], &[]),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "FastCGI to an HTTP peer",
        rule: "wrong-upstream-protocol",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web("fastcgi_pass 127.0.0.1:{inner};", inner!("", "")),
            Conf::Web(
                "fastcgi_buffers 16 64k; fastcgi_buffer_size 64k; fastcgi_read_timeout 5m; \
                 fastcgi_pass 127.0.0.1:{inner};",
                inner!("", ""),
            ),
        ],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["upstream sent unsupported FastCGI protocol version: 72 while reading response \
               header from upstream"],
        ),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "TCP to a listener of QUIC",
        rule: "quic-only-upstream",
        // 1.31.3 is here without HTTP/3.
        releases: ">=1.25.0, <1.30",
        peer: None,
        bad: &[Conf::Web(
            "proxy_pass https://127.0.0.1:{inner};",
            inner!(" quic", "ssl_certificate cert.pem; ssl_certificate_key key.pem;"),
        )],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["connect() failed (111: Connection refused) while connecting to upstream"],
        ),
        mends: &[mend(
            ">=1.25.0, <1.30",
            Conf::Web(
                "proxy_pass https://127.0.0.1:{inner};",
                inner!(
                    " quic; listen 127.0.0.1:{inner} ssl",
                    "ssl_certificate cert.pem; ssl_certificate_key key.pem;"
                ),
            ),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "schemes that proxy_pass does not know",
        rule: "invalid-upstream-scheme",
        releases: "*",
        peer: None,
        bad: &[
            web("proxy_pass grpc://127.0.0.1:{inner};"),
            web("proxy_pass ws://127.0.0.1:{inner};"),
            web("proxy_pass h2c://127.0.0.1:{inner};"),
            web("proxy_pass 127.0.0.1:{inner};"),
        ],
        goes: Goes::Refused("invalid URL prefix"),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "a scheme where only a host may stand",
        rule: "invalid-upstream-scheme",
        releases: "*",
        peer: None,
        bad: &[
            web("grpc_pass http://127.0.0.1:{inner};"),
            web("fastcgi_pass http://127.0.0.1:{inner};"),
            Conf::Web("proxy_pass http://up;", "upstream up { server http://127.0.0.1:{inner}; }"),
        ],
        goes: Goes::Refused("invalid host in upstream \"http://127.0.0.1:"),
        mends: &[mend(
            "*",
            Conf::Web(
                "proxy_pass http://up;",
                concat!(inner!("", ""), "upstream up { server 127.0.0.1:{inner}; }"),
            ),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "a port behind the name of an upstream",
        rule: "upstream-port",
        releases: "*",
        peer: None,
        bad: &[Conf::Web(
            "proxy_pass https://up:443;",
            "upstream up { server 127.0.0.1:{inner}; }",
        )],
        goes: Goes::Refused("upstream \"up\" may not have port 443"),
        mends: &[],
    },
    Situation {
        name: "gRPC to a listener without HTTP/2 that passes it on",
        rule: "grpc-listener-without-http2",
        releases: "*",
        peer: Some(Kind::H2c),
        bad: &[Conf::Web("grpc_pass 127.0.0.1:{inner};", rpc!("", ""))],
        goes: Goes::Wrong(&[STATUS_502], &[HTTP_FRAME]),
        mends: &[
            mend(
                "<1.25.1",
                Conf::Web("grpc_pass 127.0.0.1:{inner};", rpc!(" http2", "")),
                "HTTP/2.0",
            ),
            mend(
                ">=1.25.1",
                Conf::Web("grpc_pass 127.0.0.1:{inner};", rpc!("", "http2 on;")),
                "HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "`proxy_http_version` beside `grpc_pass`",
        rule: "unused-proxy-http-version",
        releases: "*",
        peer: Some(Kind::H2c),
        bad: &[web("proxy_http_version 1.1; grpc_pass 127.0.0.1:{peer};")],
        goes: Goes::Wrong(&[STATUS_200], &[]),
        mends: &[mend("*", web("grpc_pass 127.0.0.1:{peer};"), "HTTP/2.0")],
    },
];
