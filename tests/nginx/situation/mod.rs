//! The mismatches, as data: what is written, what real nginx then does, and how it is mended.

use super::client::Outcome;
use super::peer::Kind;

/// A server of the same nginx, with what its `listen` says, on the port `{inner}`.
macro_rules! inner {
    ($listen:literal, $more:literal) => {
        concat!(
            "server { listen 127.0.0.1:{inner}",
            $listen,
            "; ",
            $more,
            " location / { return 200 \"inner $server_protocol\"; } }"
        )
    };
}

mod http;
mod other;
mod route;
mod tls;

/// A mismatch of protocols between nginx and a peer.
pub(super) struct Situation {
    pub(super) name: &'static str,
    /// The rule of ngxlint that must speak of it.
    pub(super) rule: &'static str,
    /// The releases in which it is one, as `--nginx-version` would say it; `*`: all.
    pub(super) releases: &'static str,
    /// The peer that is no nginx: `{peer}` is its port.
    pub(super) peer: Option<Kind>,
    /// Each of these configurations shows it. Those that nginx takes are asked for `/`, with
    /// `Upgrade: websocket`, and then, where they have it, for `/again`, which counts.
    pub(super) bad: &'static [Conf],
    pub(super) goes: Goes,
    /// Each of these works.
    pub(super) mends: &'static [Mend],
}

/// Every mismatch there is.
pub(super) fn all() -> impl Iterator<Item = &'static Situation> {
    [http::ALL, tls::ALL, other::ALL, route::ALL].into_iter().flatten()
}

/// How a bad configuration fares.
#[derive(Copy, Clone)]
pub(super) enum Goes {
    /// nginx does not take it, and says so.
    Refused(&'static str),
    /// nginx takes it. The client gets one of the outcomes, and the error log gets a line that
    /// holds one of the texts; none, if there is no text.
    Wrong(&'static [Outcome], &'static [&'static str]),
}

/// A configuration that works.
pub(super) struct Mend {
    /// The releases in which it does.
    pub(super) releases: &'static str,
    pub(super) conf: Conf,
    pub(super) outcome: Outcome,
    /// What the answer's body holds.
    pub(super) body: &'static str,
    /// Rules that have something to say of it all the same.
    pub(super) remarks: &'static [&'static str],
}

/// A configuration. `{front}` is the port that clients ask, `{inner}` and `{other}` are two more
/// free ones, `{peer}` is the peer's.
#[derive(Copy, Clone)]
pub(super) enum Conf {
    /// A location behind `{front}`, and what stands beside its server.
    Web(&'static str, &'static str),
    Whole(&'static str),
}

impl Conf {
    /// The text, with its ports.
    pub(super) fn text(self, ports: &[(&str, u16)]) -> String {
        let mut text = match self {
            Self::Web(location, beside) => format!(
                "events {{}}\n\nhttp {{\n    server {{\n        listen 127.0.0.1:{{front}};\n        \
                 location / {{\n            {location}\n        }}\n    }}\n    {beside}\n}}\n"
            ),
            Self::Whole(text) => text.to_owned(),
        };
        for (name, port) in ports {
            text = text.replace(name, &port.to_string());
        }
        text
    }
}

const fn mend(releases: &'static str, conf: Conf, body: &'static str) -> Mend {
    Mend { releases, conf, outcome: Outcome::Status(200), body, remarks: &[] }
}

const fn web(location: &'static str) -> Conf {
    Conf::Web(location, "")
}

const STATUS_200: Outcome = Outcome::Status(200);
const STATUS_400: Outcome = Outcome::Status(400);
const STATUS_502: Outcome = Outcome::Status(502);

const NO_HEADER: &str =
    "upstream sent no valid HTTP/1.0 header while reading response header from upstream";
const WRONG_VERSION: &str = "wrong version number) while SSL handshaking to upstream";
const HTTP_FRAME: &str = "upstream sent too large http2 frame: 4740180 while reading response \
                          header from upstream";
const CLOSED: &[&str] = &[
    "upstream prematurely closed connection while reading response header from upstream",
    "recv() failed (104: Connection reset by peer) while reading response header from upstream",
];
