//! Where directives stand: the kinds of block, and sets of them.

use std::fmt;
use std::str::FromStr;

use super::{DirectiveId, Family, id};

/// A set of contexts. Most often it holds one.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Contexts(u16);

impl Contexts {
    /// No context.
    pub const NONE: Self = Self(0);
    /// The top level of the configuration.
    pub const MAIN: Self = Self(1);
    /// `events`.
    pub const EVENTS: Self = Self(1 << 1);
    /// `http`.
    pub const HTTP: Self = Self(1 << 2);
    /// `server` in `http`.
    pub const SERVER: Self = Self(1 << 3);
    /// `location`.
    pub const LOCATION: Self = Self(1 << 4);
    /// `upstream` in `http`.
    pub const UPSTREAM: Self = Self(1 << 5);
    /// `if` in a `server` of `http`.
    pub const IF_IN_SERVER: Self = Self(1 << 6);
    /// `if` in a `location`.
    pub const IF_IN_LOCATION: Self = Self(1 << 7);
    /// `limit_except`.
    pub const LIMIT_EXCEPT: Self = Self(1 << 8);
    /// `stream`.
    pub const STREAM: Self = Self(1 << 9);
    /// `server` in `stream`.
    pub const STREAM_SERVER: Self = Self(1 << 10);
    /// `upstream` in `stream`.
    pub const STREAM_UPSTREAM: Self = Self(1 << 11);
    /// `mail`.
    pub const MAIL: Self = Self(1 << 12);
    /// `server` in `mail`.
    pub const MAIL_SERVER: Self = Self(1 << 13);
    /// Any block of a module outside nginx whose lines are directives: `rtmp` and those in it,
    /// `acme_issuer`, `otel_exporter`, `mgmt`, `oidc_provider`, `processes`.
    pub const OTHER: Self = Self(1 << 14);

    /// Every context, each alone.
    pub const ALL: [Self; 15] = [
        Self::MAIN,
        Self::EVENTS,
        Self::HTTP,
        Self::SERVER,
        Self::LOCATION,
        Self::UPSTREAM,
        Self::IF_IN_SERVER,
        Self::IF_IN_LOCATION,
        Self::LIMIT_EXCEPT,
        Self::STREAM,
        Self::STREAM_SERVER,
        Self::STREAM_UPSTREAM,
        Self::MAIL,
        Self::MAIL_SERVER,
        Self::OTHER,
    ];

    /// Whether every context of `other` is in the set, and `other` is not empty.
    pub const fn contains(self, other: Self) -> bool {
        other.0 != 0 && self.0 & other.0 == other.0
    }

    /// The contexts in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether some context is in both.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// A number for each set; 0 for the empty one.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The part of nginx that one context belongs to.
    pub const fn family(self) -> Family {
        match self {
            Self::MAIN | Self::EVENTS => Family::Core,
            Self::STREAM | Self::STREAM_SERVER | Self::STREAM_UPSTREAM => Family::Stream,
            Self::MAIL | Self::MAIL_SERVER => Family::Mail,
            Self::OTHER => Family::Other,
            _ => Family::Http,
        }
    }

    /// The contexts, each alone.
    pub fn iter(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |one| self.contains(*one))
    }

    /// For a message: the blocks by their names, `or` before the last.
    pub fn in_words(self) -> String {
        let words: Vec<&str> = self.iter().map(Self::block).collect();
        match words.as_slice() {
            [] => "no block".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} or {last}", first.join(", ")),
        }
    }

    /// The block of one context, for a message.
    fn block(self) -> &'static str {
        match self {
            Self::MAIN => "the top level",
            Self::EVENTS => "`events`",
            Self::HTTP => "`http`",
            Self::SERVER => "`server`",
            Self::LOCATION => "`location`",
            Self::UPSTREAM => "`upstream`",
            Self::IF_IN_SERVER => "`if` in a `server`",
            Self::IF_IN_LOCATION => "`if` in a `location`",
            Self::LIMIT_EXCEPT => "`limit_except`",
            Self::STREAM => "`stream`",
            Self::STREAM_SERVER => "`server` of `stream`",
            Self::STREAM_UPSTREAM => "`upstream` of `stream`",
            Self::MAIL => "`mail`",
            Self::MAIL_SERVER => "`server` of `mail`",
            _ => "a block of another module",
        }
    }

    /// The canonical path of one context.
    fn path(self) -> &'static str {
        match self {
            Self::MAIN => "main",
            Self::EVENTS => "events",
            Self::HTTP => "http",
            Self::SERVER => "http/server",
            Self::LOCATION => "http/server/location",
            Self::UPSTREAM => "http/upstream",
            Self::IF_IN_SERVER => "http/server/if",
            Self::IF_IN_LOCATION => "http/server/location/if",
            Self::LIMIT_EXCEPT => "http/limit_except",
            Self::STREAM => "stream",
            Self::STREAM_SERVER => "stream/server",
            Self::STREAM_UPSTREAM => "stream/upstream",
            Self::MAIL => "mail",
            Self::MAIL_SERVER => "mail/server",
            _ => "other",
        }
    }
}

/// The contexts inside the block of `id` where it stands in `context`; `None` where that block
/// makes no context: it may not stand there, or its lines are no directives.
pub fn inside(id: DirectiveId, context: Contexts) -> Option<Contexts> {
    let steps = STEPS.iter().filter(|(block, outer, _)| *block == id && context.intersects(*outer));
    let inner = steps.fold(Contexts::NONE, |inner, step| inner.union(step.2));
    if !inner.is_empty() {
        return Some(inner);
    }
    let holds_directives = context.intersects(Contexts::OTHER) || FOREIGN.contains(&id.name());
    let mut ranges = id.definitions().iter().flat_map(|definition| definition.ranges);
    let stands = ranges.any(|range| range.block && range.contexts.intersects(context));
    (holds_directives && stands).then_some(Contexts::OTHER)
}

/// Reads the words of a comment `context=`: a path of blocks (`http/server/location`,
/// `http/location`, `main`), or its last word where that says enough (`location`; `server` and
/// `upstream` are those of `http`).
impl FromStr for Contexts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || {
            let known = Self::ALL.map(Self::path);
            let known = known[..known.len() - 1].join(", ");
            format!("`{}` is no context: one of {known}", text.escape_debug())
        };
        let mut words = text.split('/');
        let first = words.next().unwrap_or_default();
        let mut at = match first {
            "main" => Self::MAIN,
            "server" | "location" | "upstream" | "limit_except" => {
                step(Self::HTTP, first).ok_or_else(unknown)?
            }
            _ => step(Self::MAIN, first).ok_or_else(unknown)?,
        };
        for word in words {
            at = step(at, word).ok_or_else(unknown)?;
        }
        Ok(at)
    }
}

/// The path; a set of several is joined by `, `.
impl fmt::Display for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.iter().map(Self::path).collect();
        f.pad(&paths.join(", "))
    }
}

/// Where a block named `word` leads, seen from `context`. In `http`, the blocks between may be
/// left out.
fn step(context: Contexts, word: &str) -> Option<Contexts> {
    match (context, word) {
        (Contexts::HTTP, "location") => Some(Contexts::LOCATION),
        (Contexts::HTTP | Contexts::SERVER, "limit_except") => Some(Contexts::LIMIT_EXCEPT),
        _ => {
            let mut steps = STEPS.iter();
            let step = steps.find(|(block, outer, _)| *outer == context && block.name() == word);
            step.map(|step| step.2)
        }
    }
}

/// Block, where it stands, what is inside.
const STEPS: [(DirectiveId, Contexts, Contexts); 14] = [
    (id::EVENTS, Contexts::MAIN, Contexts::EVENTS),
    (id::HTTP, Contexts::MAIN, Contexts::HTTP),
    (id::STREAM, Contexts::MAIN, Contexts::STREAM),
    (id::MAIL, Contexts::MAIN, Contexts::MAIL),
    (id::SERVER, Contexts::HTTP, Contexts::SERVER),
    (id::SERVER, Contexts::STREAM, Contexts::STREAM_SERVER),
    (id::SERVER, Contexts::MAIL, Contexts::MAIL_SERVER),
    (id::UPSTREAM, Contexts::HTTP, Contexts::UPSTREAM),
    (id::UPSTREAM, Contexts::STREAM, Contexts::STREAM_UPSTREAM),
    (id::LOCATION, Contexts::SERVER, Contexts::LOCATION),
    (id::LOCATION, Contexts::LOCATION, Contexts::LOCATION),
    (id::IF, Contexts::SERVER, Contexts::IF_IN_SERVER),
    (id::IF, Contexts::LOCATION, Contexts::IF_IN_LOCATION),
    (id::LIMIT_EXCEPT, Contexts::LOCATION, Contexts::LIMIT_EXCEPT),
];

/// The blocks of modules outside nginx that stand in a context of nginx and hold directives.
const FOREIGN: [&str; 6] =
    ["acme_issuer", "mgmt", "oidc_provider", "otel_exporter", "processes", "rtmp"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::lookup;

    fn contexts(text: &str) -> Contexts {
        text.parse().expect(text)
    }

    #[test]
    fn every_context_reads_back_what_it_prints() {
        for one in Contexts::ALL.into_iter().filter(|one| *one != Contexts::OTHER) {
            assert_eq!(contexts(&one.to_string()), one);
        }
        let two = Contexts::HTTP.union(Contexts::SERVER);
        assert_eq!(two.to_string(), "http, http/server");
        assert_eq!(two.iter().collect::<Vec<_>>(), [Contexts::HTTP, Contexts::SERVER]);
    }

    #[test]
    fn short_paths_are_read() {
        for (text, context) in [
            ("server", Contexts::SERVER),
            ("location", Contexts::LOCATION),
            ("upstream", Contexts::UPSTREAM),
            ("limit_except", Contexts::LIMIT_EXCEPT),
            ("http/location", Contexts::LOCATION),
            ("location/if", Contexts::IF_IN_LOCATION),
            ("server/if", Contexts::IF_IN_SERVER),
            ("http/server/location/location", Contexts::LOCATION),
            ("main/stream/server", Contexts::STREAM_SERVER),
        ] {
            assert_eq!(contexts(text), context, "{text}");
        }
        for text in
            ["", "if", "http/if", "http/", "mail/upstream", "HTTP", "other", "stream/location"]
        {
            assert!(text.parse::<Contexts>().is_err(), "{text}");
        }
    }

    #[test]
    fn blocks_lead_to_their_contexts() {
        let id = |name: &str| lookup(name.as_bytes()).expect(name);
        for (block, outer, inner) in STEPS {
            assert_eq!(inside(block, outer), Some(inner));
            let ranges = block.definitions().iter().flat_map(|definition| definition.ranges);
            let mut ranges = ranges.filter(|range| range.block && range.versions.until.is_none());
            assert!(ranges.any(|range| range.contexts.contains(outer)), "{} {outer}", block.name());
        }
        assert_eq!(inside(id("map"), Contexts::HTTP), None);
        assert_eq!(inside(id("server"), Contexts::MAIN), None);
        assert_eq!(inside(id("server"), Contexts::UPSTREAM), None);
        assert_eq!(inside(id("types"), Contexts::LOCATION), None);
        assert_eq!(inside(id("rtmp"), Contexts::MAIN), Some(Contexts::OTHER));
        assert_eq!(inside(id("rtmp"), Contexts::HTTP), None);
        assert_eq!(inside(id("server"), Contexts::OTHER), Some(Contexts::OTHER));
        assert_eq!(inside(id("application"), Contexts::OTHER), Some(Contexts::OTHER));
        assert_eq!(inside(id("geoip2"), Contexts::HTTP), None);
        for name in FOREIGN {
            assert!(
                id(name).accepts(
                    usize::from(name.contains("issuer") || name.contains("provider")),
                    true
                )
            );
        }
    }
}
