//! TLS on one side only, or not as the other side wants it.

use super::{
    CLOSED, Conf, Goes, HTTP_FRAME, Kind, NO_HEADER, Outcome, STATUS_200, STATUS_400, STATUS_502,
    Situation, WRONG_VERSION, mend, web,
};

/// A location, and on the port `{other}` a stream server that takes TLS off.
macro_rules! tls_stream {
    ($location:literal) => {
        concat!(
            "events {}\nstream { server { listen 127.0.0.1:{other} ssl; ssl_certificate cert.pem; \
             ssl_certificate_key key.pem; proxy_pass 127.0.0.1:{inner}; } }\n\
             http { server { listen 127.0.0.1:{front}; location / { ",
            $location,
            " } }\n",
            inner!("", ""),
            " }\n"
        )
    };
}

/// A location, a stream server that adds TLS on the port `{other}`, and what stands in the server
/// that takes it.
macro_rules! added {
    ($stream:literal, $location:literal, $inner:literal) => {
        concat!(
            "events {}\nstream { server { listen 127.0.0.1:{other}; proxy_ssl on; ",
            $stream,
            " proxy_pass 127.0.0.1:{inner}; } }\n\
             http { server { listen 127.0.0.1:{front}; location / { ",
            $location,
            " } }\n",
            "server { listen 127.0.0.1:{inner} ssl; ",
            $inner,
            " ssl_certificate cert.pem; ssl_certificate_key key.pem; \
             location / { return 200 \"inner $server_protocol\"; } } }\n"
        )
    };
}

/// A location that passes to a stream server, and what that says beside its own pass to the peer.
macro_rules! through {
    ($stream:literal, $location:literal) => {
        concat!(
            "events {}\nstream { server { listen 127.0.0.1:{inner}; ",
            $stream,
            " proxy_pass 127.0.0.1:{peer}; } }\nhttp { server { listen 127.0.0.1:{front}; location / { ",
            $location,
            " } } }\n"
        )
    };
}

/// Refuses whoever does not name `a.example` in the handshake.
macro_rules! sni_inner {
    () => {
        concat!(
            "server { listen 127.0.0.1:{inner} ssl default_server; ssl_reject_handshake on; }\n    ",
            inner!(
                " ssl",
                "server_name a.example; ssl_certificate cert.pem; ssl_certificate_key key.pem;"
            )
        )
    };
}

pub(super) static ALL: &[Situation] = &[
    Situation {
        name: "cleartext to `listen … ssl`",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", TLS_INNER),
            Conf::Web(
                "proxy_ssl_verify off; proxy_ssl_server_name on; \
                 proxy_pass http://127.0.0.1:{inner};",
                TLS_INNER,
            ),
            Conf::Web(
                "proxy_http_version 1.1; proxy_set_header X-Forwarded-Proto https; \
                 proxy_redirect http:// https://; proxy_pass http://127.0.0.1:{inner};",
                TLS_INNER,
            ),
        ],
        goes: Goes::Wrong(&[STATUS_400], &[]),
        mends: &[
            mend(
                "*",
                Conf::Web("proxy_pass https://127.0.0.1:{inner};", TLS_INNER),
                "inner HTTP/1.",
            ),
            mend(
                "*",
                Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
                "inner HTTP/1.",
            ),
        ],
    },
    Situation {
        name: "`proxy_ssl_verify` beside `http://`",
        rule: "unused-upstream-tls",
        releases: "*",
        peer: None,
        // No certificate is of that name, and none is looked at.
        bad: &[Conf::Web(
            "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
             proxy_ssl_name other.example; proxy_pass http://127.0.0.1:{inner};",
            inner!("", ""),
        )],
        goes: Goes::Wrong(&[STATUS_200], &[]),
        mends: &[
            mend(
                "*",
                Conf::Web(
                    "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
                     proxy_ssl_name localhost; proxy_pass https://127.0.0.1:{inner};",
                    TLS_INNER,
                ),
                "inner HTTP/1.",
            ),
            mend(
                "*",
                Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
                "inner HTTP/1.",
            ),
        ],
    },
    Situation {
        name: "gRPC in cleartext to `listen … ssl`",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: None,
        bad: &[Conf::Web("grpc_pass 127.0.0.1:{inner};", TLS_INNER)],
        goes: Goes::Wrong(&[STATUS_502], &[HTTP_FRAME]),
        mends: &[],
    },
    Situation {
        name: "HTTP/1 in cleartext to a TLS peer that answers with an alert",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: Some(Kind::TlsBoth),
        bad: &[web("proxy_pass http://127.0.0.1:{peer};")],
        goes: Goes::Wrong(&[Outcome::Raw], &[NO_HEADER]),
        mends: &[mend("*", web("proxy_pass https://127.0.0.1:{peer};"), "HTTP/1.")],
    },
    Situation {
        name: "gRPC in cleartext to a TLS peer that answers with an alert",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: Some(Kind::TlsBoth),
        bad: &[web("grpc_pass 127.0.0.1:{peer};")],
        // 15 03 03: the alert's type and version.
        goes: Goes::Wrong(&[STATUS_502], &["upstream sent too large http2 frame: 1377027"]),
        mends: &[mend("*", web("grpc_pass grpcs://127.0.0.1:{peer};"), "HTTP/2.0")],
    },
    Situation {
        name: "cleartext to a TLS peer that closes: nginx's own stream",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Whole(tls_stream!("proxy_pass http://127.0.0.1:{other};")),
            Conf::Whole(tls_stream!("grpc_pass 127.0.0.1:{other};")),
        ],
        goes: Goes::Wrong(&[STATUS_502], CLOSED),
        mends: &[mend(
            "*",
            Conf::Whole(tls_stream!("proxy_pass https://127.0.0.1:{other};")),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "TLS to a cleartext peer",
        rule: "tls-to-plaintext-upstream",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web("proxy_pass https://127.0.0.1:{inner};", inner!("", "")),
            Conf::Web("grpc_pass grpcs://127.0.0.1:{inner};", inner!("", "")),
            Conf::Web(
                "proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers ALL; \
                 proxy_pass https://127.0.0.1:{inner};",
                inner!("", ""),
            ),
            Conf::Web(
                "proxy_ssl_verify off; proxy_ssl_server_name on; proxy_ssl_session_reuse off; \
                 proxy_pass https://127.0.0.1:{inner};",
                inner!("", ""),
            ),
        ],
        goes: Goes::Wrong(&[STATUS_502], &[WRONG_VERSION]),
        mends: &[
            mend(
                "*",
                Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
                "inner HTTP/1.",
            ),
            mend(
                "*",
                Conf::Web("proxy_pass https://127.0.0.1:{inner};", TLS_INNER),
                "inner HTTP/1.",
            ),
        ],
    },
    Situation {
        name: "stream speaks TLS to a cleartext peer",
        rule: "tls-to-plaintext-upstream",
        releases: "*",
        peer: None,
        bad: &[Conf::Whole(concat!(
            "events {}\nstream { server { listen 127.0.0.1:{front}; proxy_ssl on; \
             proxy_pass 127.0.0.1:{inner}; } }\nhttp { ",
            inner!("", ""),
            " }\n"
        ))],
        goes: Goes::Wrong(&[Outcome::Closed], &[WRONG_VERSION]),
        mends: &[mend(
            "*",
            Conf::Whole(concat!(
                "events {}\nstream { server { listen 127.0.0.1:{front}; \
                 proxy_pass 127.0.0.1:{inner}; } }\nhttp { ",
                inner!("", ""),
                " }\n"
            )),
            "inner HTTP/1.1",
        )],
    },
    Situation {
        name: "cleartext through a stream that passes bytes on to TLS",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: Some(Kind::TlsHttp1),
        bad: &[Conf::Whole(
            "events {}\nstream { server { listen 127.0.0.1:{inner}; proxy_pass 127.0.0.1:{peer}; } }\n\
             http { server { listen 127.0.0.1:{front}; location / { \
             proxy_pass http://127.0.0.1:{inner}; } } }\n",
        )],
        goes: Goes::Wrong(&[Outcome::Raw], &[NO_HEADER]),
        mends: &[mend(
            "*",
            Conf::Whole(
                "events {}\nstream { server { listen 127.0.0.1:{inner}; proxy_pass 127.0.0.1:{peer}; } }\n\
                 http { server { listen 127.0.0.1:{front}; location / { \
                 proxy_pass https://127.0.0.1:{inner}; } } }\n",
            ),
            "HTTP/1.",
        )],
    },
    Situation {
        name: "no SNI to a listener that wants it",
        rule: "missing-upstream-sni",
        releases: "*",
        peer: None,
        bad: &[
            Conf::Web(
                "proxy_ssl_name a.example; proxy_set_header Host a.example; \
                 proxy_pass https://127.0.0.1:{inner};",
                SNI_INNER,
            ),
            Conf::Web(
                "proxy_ssl_verify off; proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers ALL; \
                 proxy_ssl_session_reuse off; proxy_pass https://127.0.0.1:{inner};",
                SNI_INNER,
            ),
        ],
        goes: Goes::Wrong(&[STATUS_502], &["unrecognized name"]),
        mends: &[
            mend(
                "*",
                Conf::Web(
                    "proxy_ssl_name a.example; proxy_ssl_server_name on; \
                     proxy_set_header Host a.example; proxy_pass https://127.0.0.1:{inner};",
                    SNI_INNER,
                ),
                "inner HTTP/1.",
            ),
            mend(
                "*",
                Conf::Web(
                    "proxy_ssl_name a.example; proxy_ssl_server_name on; \
                     proxy_set_header Host a.example; proxy_pass https://up;",
                    SNI_UPSTREAM,
                ),
                "inner HTTP/1.",
            ),
        ],
    },
    Situation {
        name: "stream asks for HTTP/2 alone where there is none",
        rule: "http2-to-http1-upstream",
        releases: ">=1.31.0",
        peer: None,
        bad: &[Conf::Whole(added!("proxy_ssl_alpn h2;", "grpc_pass 127.0.0.1:{other};", ""))],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["no application protocol:SSL alert number 120) while SSL handshaking to upstream"],
        ),
        mends: &[
            mend(
                ">=1.31.0",
                Conf::Whole(added!("", "proxy_pass http://127.0.0.1:{other};", "")),
                "inner HTTP/1.",
            ),
            mend(
                ">=1.31.0",
                Conf::Whole(added!(
                    "proxy_ssl_alpn h2;",
                    "grpc_pass 127.0.0.1:{other};",
                    "http2 on;"
                )),
                "inner HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "HTTP/2 in TLS that stream adds without ALPN",
        rule: "http2-to-http1-upstream",
        releases: ">=1.25.1",
        peer: None,
        bad: &[Conf::Whole(added!("", "grpc_pass 127.0.0.1:{other};", "http2 on;"))],
        goes: Goes::Wrong(&[STATUS_502], &[HTTP_FRAME]),
        mends: &[mend(
            ">=1.25.1",
            Conf::Whole(added!("", "proxy_pass http://127.0.0.1:{other};", "http2 on;")),
            "inner HTTP/1.",
        )],
    },
    Situation {
        name: "TLS to the port that nginx chose",
        rule: "upstream-default-port",
        releases: "*",
        peer: Some(Kind::TlsHttp1),
        bad: &[Conf::Web("proxy_pass https://up;", "upstream up { server 127.0.0.1; }")],
        goes: Goes::Wrong(
            &[STATUS_502],
            &[
                "connect() failed (111: Connection refused) while connecting to upstream",
                WRONG_VERSION,
            ],
        ),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass https://up;", "upstream up { server 127.0.0.1:{peer}; }"),
            "HTTP/1.",
        )],
    },
    Situation {
        name: "stream asks for no protocol in TLS",
        rule: "stream-tls-without-alpn",
        releases: "*",
        peer: Some(Kind::TlsH2),
        bad: &[
            Conf::Whole(through!("proxy_ssl on;", "grpc_pass 127.0.0.1:{inner};")),
            Conf::Whole(through!(
                "proxy_ssl on; ssl_alpn h2; proxy_ssl_server_name on; \
                 proxy_ssl_protocols TLSv1.2;",
                "grpc_pass 127.0.0.1:{inner};"
            )),
        ],
        goes: Goes::Wrong(&[STATUS_502], CLOSED),
        mends: &[
            mend(
                ">=1.31.0",
                Conf::Whole(through!(
                    "proxy_ssl on; proxy_ssl_alpn h2;",
                    "grpc_pass 127.0.0.1:{inner};"
                )),
                "HTTP/2.0",
            ),
            mend(
                "*",
                Conf::Whole(through!("", "grpc_pass grpcs://127.0.0.1:{inner};")),
                "HTTP/2.0",
            ),
        ],
    },
    Situation {
        name: "a certificate is verified against the name of an upstream block",
        rule: "upstream-tls-name",
        releases: "*",
        peer: Some(Kind::TlsHttp1),
        bad: &[
            Conf::Web(
                "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
                 proxy_pass https://up;",
                "upstream up { server 127.0.0.1:{peer}; }",
            ),
            Conf::Web(
                "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
                 proxy_set_header Host localhost; proxy_pass https://up;",
                "upstream up { server 127.0.0.1:{peer}; }",
            ),
        ],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["upstream SSL certificate does not match \"up\" while SSL handshaking to upstream"],
        ),
        mends: &[
            mend(
                "*",
                Conf::Web(
                    "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
                     proxy_ssl_name localhost; proxy_pass https://up;",
                    "upstream up { server 127.0.0.1:{peer}; }",
                ),
                "HTTP/1.",
            ),
            mend(
                "*",
                Conf::Web(
                    "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
                     proxy_pass https://localhost;",
                    "upstream localhost { server 127.0.0.1:{peer}; }",
                ),
                "HTTP/1.",
            ),
        ],
    },
];

const TLS_INNER: &str = inner!(" ssl", "ssl_certificate cert.pem; ssl_certificate_key key.pem;");

const SNI_INNER: &str = sni_inner!();
const SNI_UPSTREAM: &str = concat!(sni_inner!(), "upstream up { server 127.0.0.1:{inner}; }");
