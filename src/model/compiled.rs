//! Which words of which directives nginx compiles, so that a `$` in them is a variable. The kind of
//! value says it for most; for those that modules read by their own code it was read in the source.

use super::Model;
use crate::nginx::{self, DirectiveId, Family, Origin, ValueKind, VersionSet, id};

/// Which words of a directive are compiled.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// This one.
    At(usize),
    /// From this one on.
    From(usize),
    /// The last one.
    Last,
    /// All but regular expressions, which begin with `~`.
    Patterns,
    /// The path of a log, unless it goes to syslog, and the condition `if=`.
    Log,
    /// The condition of an `if`.
    Condition,
    /// What is behind this prefix, in any word.
    Behind(&'static str),
    /// The whole word is a name, if it begins with `$`.
    Name,
    /// The first of two words is a name.
    Geo,
    /// The first word, and the values of the block's lines.
    Map,
    /// None: but `$memcached_key` is looked up.
    Memcached,
}

impl How {
    fn of(id: DirectiveId, family: Family, kind: ValueKind) -> Option<Self> {
        Some(match kind {
            ValueKind::Bind | ValueKind::Complex | ValueKind::ComplexSize => Self::At(0),
            ValueKind::ComplexArray | ValueKind::Predicate => Self::From(0),
            ValueKind::KeyvalIfNotEmpty => Self::At(1),
            ValueKind::Keyval => match id {
                id::GRPC_SET_HEADER | id::PROXY_SET_HEADER => Self::At(1),
                _ => return None,
            },
            ValueKind::String if id == id::PROXY_SET_BODY => Self::At(0),
            ValueKind::StringArray if family != Family::Mail => match id {
                id::SSL_CERTIFICATE | id::SSL_CERTIFICATE_KEY => Self::At(0),
                _ => return None,
            },
            ValueKind::Custom => return Self::of_own_code(id, family),
            _ => return None,
        })
    }

    fn of_own_code(id: DirectiveId, family: Family) -> Option<Self> {
        Some(match id {
            id::ACCESS_LOG => Self::Log,
            id::AIO => Self::Behind("threads="),
            id::CHARSET | id::SOURCE_CHARSET => Self::Name,
            id::DISABLE_SYMLINKS => Self::Behind("from="),
            id::ERROR_PAGE | id::RETURN => Self::Last,
            id::GEO => Self::Geo,
            id::IF => Self::Condition,
            id::EXPIRES | id::INDEX | id::PROXY_SSL_ALPN | id::SUB_FILTER | id::TRY_FILES => {
                Self::From(0)
            }
            id::IMAGE_FILTER | id::XSLT_STYLESHEET => Self::From(1),
            id::LOG_FORMAT => Self::From(1),
            id::ADD_HEADER
            | id::ADD_TRAILER
            | id::AUTH_REQUEST_SET
            | id::REWRITE
            | id::SET
            | id::XSLT_PARAM
            | id::XSLT_STRING_PARAM => Self::At(1),
            id::MAP => Self::Map,
            id::MEMCACHED_PASS => Self::Memcached,
            id::PROXY_COOKIE_DOMAIN
            | id::PROXY_COOKIE_FLAGS
            | id::PROXY_COOKIE_PATH
            | id::PROXY_REDIRECT => Self::Patterns,
            id::ALIAS
            | id::AUTH_BASIC_USER_FILE
            | id::FASTCGI_CACHE
            | id::FASTCGI_CACHE_KEY
            | id::FASTCGI_PASS
            | id::FASTCGI_STORE
            | id::GRPC_PASS
            | id::HASH
            | id::HTTP2_PUSH
            | id::IMAGE_FILTER_JPEG_QUALITY
            | id::IMAGE_FILTER_SHARPEN
            | id::IMAGE_FILTER_WEBP_QUALITY
            | id::LIMIT_CONN_ZONE
            | id::LIMIT_REQ_ZONE
            | id::PASS
            | id::PROXY_CACHE
            | id::PROXY_CACHE_KEY
            | id::PROXY_PASS
            | id::PROXY_STORE
            | id::ROOT
            | id::SCGI_CACHE
            | id::SCGI_CACHE_KEY
            | id::SCGI_PASS
            | id::SCGI_STORE
            | id::SPLIT_CLIENTS
            | id::TUNNEL_PASS
            | id::UWSGI_CACHE
            | id::UWSGI_CACHE_KEY
            | id::UWSGI_PASS
            | id::UWSGI_STORE => Self::At(0),
            id::PROXY_BIND if family == Family::Stream => Self::At(0),
            _ => return None,
        })
    }

    /// The releases whose own code does so.
    fn versions(id: DirectiveId) -> VersionSet {
        // The path is pushed until 1.25.1 makes the directive obsolete.
        if id == id::HTTP2_PUSH {
            return VersionSet::before(nginx::Version::new(1, 25, 1));
        }
        // Certificates by name since 1.15.9.
        if matches!(id, id::SSL_CERTIFICATE | id::SSL_CERTIFICATE_KEY) {
            return VersionSet::since(nginx::Version::new(1, 15, 9));
        }
        VersionSet::all()
    }
}

/// How a directive is read, and in which releases of the target.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Which words.
    pub(super) how: How,
    /// The releases.
    pub(super) versions: VersionSet,
}

/// The readings of each directive, worked out when it is first met.
pub(super) struct Table<'m> {
    model: &'m Model<'m>,
    rows: Vec<Option<Vec<Reading>>>,
}

impl<'m> Table<'m> {
    pub(super) fn new(model: &'m Model<'m>) -> Self {
        Self { model, rows: vec![None; 2 * DirectiveId::COUNT] }
    }

    /// How a directive of a part of nginx is read.
    pub(super) fn row(&mut self, id: DirectiveId, family: Family) -> &[Reading] {
        let index = 2 * id.index() + usize::from(family == Family::Stream);
        let model = self.model;
        self.rows[index].get_or_insert_with(|| readings(model, id, family))
    }
}

fn readings(model: &Model<'_>, id: DirectiveId, family: Family) -> Vec<Reading> {
    let mut readings: Vec<Reading> = Vec::new();
    for one in id.definitions() {
        let own = one.origin == Origin::Nginx;
        if one.family != family || !model.modules().have(one, model.flavor()) {
            continue;
        }
        for range in one.ranges {
            if !own && range.value == ValueKind::Custom {
                continue;
            }
            let Some(how) = How::of(id, family, range.value) else { continue };
            let versions = model.target().intersect(&VersionSet::from(range.versions));
            let versions = versions.intersect(&How::versions(id));
            if versions.is_empty() {
                continue;
            }
            match readings.iter_mut().find(|reading| reading.how == how) {
                Some(reading) => reading.versions = reading.versions.union(&versions),
                None => readings.push(Reading { how, versions }),
            }
        }
    }
    readings
}
