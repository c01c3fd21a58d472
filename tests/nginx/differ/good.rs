//! Configurations that nginx takes, written by hand: what slips are made in, and where good lines of
//! directives are taken from.

/// One of them.
pub(super) struct Conf {
    pub(super) name: &'static str,
    /// The releases that take it, as `--nginx-version` would say it; `*`: all.
    pub(super) releases: &'static str,
    pub(super) text: &'static str,
}

macro_rules! conf {
    ($name:literal, $releases:literal) => {
        Conf {
            name: $name,
            releases: $releases,
            text: include_str!(concat!("good/", $name, ".conf")),
        }
    };
}

pub(super) const ALL: &[Conf] = &[
    conf!("access", "*"),
    conf!("cache", "*"),
    conf!("core", "*"),
    conf!("extra", "*"),
    conf!("fastcgi", "*"),
    conf!("grpc", "*"),
    conf!("log", "*"),
    conf!("mail", "*"),
    conf!("new", ">=1.29.7"),
    conf!("proxy", "*"),
    conf!("quic", ">=1.25.1"),
    conf!("rewrite", "*"),
    conf!("static", "*"),
    conf!("stream", "*"),
    conf!("tls", "*"),
];
