//! TLS on one side only, or not as the other side wants it.

use super::{
    CLOSED, Conf, Goes, Kind, NO_HEADER, Outcome, STATUS_400, STATUS_502, Situation, WRONG_VERSION,
    mend, web,
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

pub(super) static ALL: &[Situation] = &[
    Situation {
        name: "cleartext to `listen … ssl`",
        rule: "plaintext-to-tls-upstream",
        releases: "*",
        peer: None,
        bad: &[Conf::Web("proxy_pass http://127.0.0.1:{inner};", TLS_INNER)],
        goes: Goes::Wrong(&[STATUS_400], &[]),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass https://127.0.0.1:{inner};", TLS_INNER),
            "inner HTTP/1.",
        )],
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
        ],
        goes: Goes::Wrong(&[STATUS_502], &[WRONG_VERSION]),
        mends: &[mend(
            "*",
            Conf::Web("proxy_pass http://127.0.0.1:{inner};", inner!("", "")),
            "inner HTTP/1.",
        )],
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
        bad: &[Conf::Web(
            "proxy_ssl_name a.example; proxy_set_header Host a.example; \
             proxy_pass https://127.0.0.1:{inner};",
            SNI_INNER,
        )],
        goes: Goes::Wrong(&[STATUS_502], &["unrecognized name"]),
        mends: &[mend(
            "*",
            Conf::Web(
                "proxy_ssl_name a.example; proxy_ssl_server_name on; \
                 proxy_set_header Host a.example; proxy_pass https://127.0.0.1:{inner};",
                SNI_INNER,
            ),
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
        bad: &[Conf::Whole(through!("proxy_ssl on;", "grpc_pass 127.0.0.1:{inner};"))],
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
        bad: &[Conf::Web(
            "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; proxy_pass https://up;",
            "upstream up { server 127.0.0.1:{peer}; }",
        )],
        goes: Goes::Wrong(
            &[STATUS_502],
            &["upstream SSL certificate does not match \"up\" while SSL handshaking to upstream"],
        ),
        mends: &[mend(
            "*",
            Conf::Web(
                "proxy_ssl_verify on; proxy_ssl_trusted_certificate cert.pem; \
                 proxy_ssl_name localhost; proxy_pass https://up;",
                "upstream up { server 127.0.0.1:{peer}; }",
            ),
            "HTTP/1.",
        )],
    },
];

const TLS_INNER: &str = inner!(" ssl", "ssl_certificate cert.pem; ssl_certificate_key key.pem;");

/// Refuses whoever does not name `a.example` in the handshake.
const SNI_INNER: &str = concat!(
    "server { listen 127.0.0.1:{inner} ssl default_server; ssl_reject_handshake on; }\n    ",
    inner!(" ssl", "server_name a.example; ssl_certificate cert.pem; ssl_certificate_key key.pem;")
);
