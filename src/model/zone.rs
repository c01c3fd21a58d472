//! Shared memory zones, thread pools and log formats: who declares a name, and who uses it.
//!
//! nginx keeps one table of zones for the whole configuration, `http`, `stream` and `mail` alike; a
//! zone belongs to the module that named it first (`ngx_shared_memory_add`). Whether a zone that is
//! used was declared is looked at when everything is read, so that the order does not matter; a log
//! format must stand before the log that uses it (`ngx_http_log_set_log`).

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::repeat::{Duplicate, DuplicateKind};
use super::{Model, Scope, ScopeId};
use crate::include::{Use, Used};
use crate::nginx::{DirectiveId, Family, id};
use crate::source::Span;
use crate::syntax::{Word, is_placeholder};

/// A line that declares or uses something by name.
#[derive(Clone)]
pub struct Zone<'m> {
    /// The line.
    pub used: Used<'m>,
    /// The word with the name.
    pub span: Span,
    /// The name.
    pub name: Cow<'m, [u8]>,
    /// What it is.
    pub kind: ZoneKind,
    /// How large it is, if the line says so.
    size: Option<u64>,
}

/// What has a name: each kind belongs to one module.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum ZoneKind {
    /// A zone that this directive declares: `limit_req_zone` …
    Zone(DirectiveId, Family),
    /// A log format.
    Format(Family),
    /// A thread pool.
    Pool,
}

impl ZoneKind {
    /// Whether its name is a whole word where it is declared, or where it is used.
    const fn is_word(self, declared: bool) -> bool {
        match self {
            Self::Format(_) => true,
            Self::Zone(
                id::FASTCGI_CACHE_PATH
                | id::PROXY_CACHE_PATH
                | id::SCGI_CACHE_PATH
                | id::UWSGI_CACHE_PATH,
                _,
            ) => !declared,
            _ => false,
        }
    }

    /// The directive that declares it.
    pub const fn declared_by(self) -> DirectiveId {
        match self {
            Self::Zone(id, _) => id,
            Self::Format(_) => id::LOG_FORMAT,
            Self::Pool => id::THREAD_POOL,
        }
    }

    /// For a message.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Zone(..) => "zone",
            Self::Format(_) => "log format",
            Self::Pool => "thread pool",
        }
    }

    /// Whether nginx has one of that name unasked.
    fn is_built_in(self, name: &[u8]) -> bool {
        match self {
            Self::Zone(..) => false,
            Self::Format(family) => family == Family::Http && name == b"combined",
            Self::Pool => name == b"default",
        }
    }

    /// Whether a second declaration with the same size is the same zone.
    const fn is_shared(self) -> bool {
        matches!(self, Self::Zone(id::ZONE | id::SSL_SESSION_CACHE | id::SSL_OCSP_CACHE, _))
    }
}

/// A name that is used, and what is wrong with that.
#[derive(Clone)]
pub enum Dangling<'m> {
    /// Nothing of that name is declared; one that nearly is called so.
    Undefined(Zone<'m>, Option<String>),
    /// A zone of that name belongs to another module.
    Foreign(Zone<'m>, Zone<'m>),
    /// A log format that is declared further down.
    Later(Zone<'m>, Used<'m>),
}

/// A line that names something, apart from the model that it is kept in.
#[derive(Debug)]
pub(super) struct Named {
    used: Use,
    span: Span,
    name: Vec<u8>,
    kind: ZoneKind,
    size: Option<u64>,
    declared: bool,
}

/// All that is declared and all that is used.
#[derive(Default)]
struct Zones<'m> {
    declared: Vec<Zone<'m>>,
    used: Vec<Zone<'m>>,
}

impl<'m> Model<'m> {
    fn zones(&'m self) -> Zones<'m> {
        let named = self.named.get_or_init(|| self.read_zones());
        let mut zones = Zones::default();
        for one in named {
            let (used, name) = (self.used(one.used), Cow::Borrowed(&one.name[..]));
            let Named { span, kind, size, .. } = *one;
            let list = if one.declared { &mut zones.declared } else { &mut zones.used };
            list.push(Zone { used, span, name, kind, size });
        }
        zones
    }

    /// Every line that declares something, and those that use what is not declared as it would have
    /// to be: most uses are right, and nobody asks for them. Read once, for several rules ask.
    fn read_zones(&'m self) -> Vec<Named> {
        let mut zones = Zones::default();
        let readers = DirectiveId::all().filter_map(|id| Some((id, declaring(id)?)));
        let lines = readers.flat_map(|(id, read)| {
            self.every(id).map(move |(used, scope)| (scope.id(), used.name(), read))
        });
        let mut lines: Vec<(ScopeId, Use, Read<'m>)> = lines.collect();
        // Block by block.
        lines.sort_by_key(|(scope, ..)| *scope);
        for (scope, used, read) in lines {
            read(self.scope(scope), self.used(used), &mut zones);
        }
        let declared = std::mem::take(&mut zones.declared);
        let mut right = Right::new(self, &declared);
        zones.used.retain(|one| !right.holds(one));
        for (id, read) in DirectiveId::all().filter_map(|id| Some((id, using(id)?))) {
            for (used, scope) in self.every(id) {
                let before = zones.used.len();
                read(scope, used, &mut zones);
                if zones.used.get(before).is_some_and(|one| right.holds(one)) {
                    zones.used.truncate(before);
                }
            }
        }
        zones.used.retain(|zone| !is_placeholder(&zone.name));
        let own = |zone: Zone<'_>, declared: bool| {
            let Zone { used, span, name, kind, size } = zone;
            Named { used: used.name(), span, name: name.into_owned(), kind, size, declared }
        };
        let declared = declared.iter().map(|zone| own(zone.clone(), true));
        let named = declared.chain(zones.used.into_iter().map(|zone| own(zone, false)));
        // A parameter without a name is another's matter.
        named.filter(|one| !one.name.is_empty() || one.kind.is_word(one.declared)).collect()
    }

    /// Every name that is used and not declared as it would have to be.
    pub fn dangling_zones(&'m self) -> Vec<Dangling<'m>> {
        let zones = self.zones();
        if zones.used.is_empty() {
            return Vec::new();
        }
        let mut named: HashMap<&[u8], Vec<&Zone<'m>>> = HashMap::new();
        for zone in &zones.declared {
            named.entry(&zone.name).or_default().push(zone);
        }
        let mut found = Vec::new();
        for used in &zones.used {
            let namesakes = named.get(&*used.name).map_or(&[][..], Vec::as_slice);
            let mut own = namesakes.iter().filter(|zone| zone.kind == used.kind);
            if used.kind.is_built_in(&used.name) {
                continue;
            }
            if let Some(first) = own.next() {
                let is_before =
                    |zone: &Zone<'_>| self.config.precedes(zone.used.name(), used.used.name());
                if matches!(used.kind, ZoneKind::Format(_))
                    && !is_before(first)
                    && !own.any(|zone| is_before(zone))
                {
                    found.push(Dangling::Later(used.clone(), first.used));
                }
                continue;
            }
            let is_zone = |zone: &&&Zone<'_>| matches!(zone.kind, ZoneKind::Zone(..));
            let foreign = namesakes.iter().find(is_zone).filter(|_| is_zone(&&used));
            if let Some(foreign) = foreign {
                found.push(Dangling::Foreign(used.clone(), (*foreign).clone()));
                continue;
            }
            let mut alike = zones.declared.iter().filter(|zone| zone.kind == used.kind);
            if alike.clone().any(|zone| is_placeholder(&zone.name)) {
                continue;
            }
            let near = alike.find(|zone| {
                let (one, other) = (super::shown(&zone.name), super::shown(&used.name));
                strsim::damerau_levenshtein(&one, &other) <= 1 + one.len() / 6
            });
            let near = near.map(|zone| super::shown(&zone.name));
            found.push(Dangling::Undefined(used.clone(), near));
        }
        found
    }

    /// Declarations of zones that clash with an earlier one, wherever they stand.
    pub(super) fn zone_clashes(&'m self) -> Vec<Duplicate> {
        let mut zones = self.zones().declared;
        zones.retain(|zone| matches!(zone.kind, ZoneKind::Zone(..)) && !is_placeholder(&zone.name));
        // Most names are declared once.
        let mut seen: HashMap<&[u8], usize> = HashMap::with_capacity(zones.len());
        let mut again: HashSet<&[u8]> = HashSet::new();
        for (index, zone) in zones.iter().enumerate() {
            if *seen.entry(&zone.name).or_insert(index) != index {
                again.insert(&zone.name);
            }
        }
        let mut found = Vec::new();
        for zone in zones.iter().filter(|zone| again.contains(&*zone.name)) {
            // The first of the name is mostly the one.
            let first = seen.get(&*zone.name).copied().unwrap_or(0);
            let mut namesakes = zones[first..].iter().filter(|other| other.name == zone.name);
            let earlier = namesakes.find(|other| {
                let (one, other) = (other.used.name(), zone.used.name());
                self.config.precedes(one, other)
                    && self.config.are_together(one.instance, other.instance)
            });
            let Some(earlier) = earlier else { continue };
            let kind = if earlier.kind != zone.kind {
                DuplicateKind::Use(zone.name.to_vec())
            } else if !zone.kind.is_shared() {
                DuplicateKind::Name(zone.name.to_vec())
            } else if matches!((earlier.size, zone.size), (Some(one), Some(other)) if one != other)
            {
                DuplicateKind::Size(zone.name.to_vec())
            } else {
                continue;
            };
            let (first, later) = (earlier.used.name(), zone.used.name());
            found.push(Duplicate { first, later, kind, versions: self.target().clone() });
        }
        found
    }
}

/// Tells the uses that are right.
struct Right<'d, 'm> {
    model: &'m Model<'m>,
    /// The first declaration of each name.
    first: HashMap<(ZoneKind, &'d [u8]), &'d Zone<'m>>,
    /// What the last use led to: what one line uses, the next mostly uses too.
    last: Option<&'d Zone<'m>>,
}

impl<'d, 'm> Right<'d, 'm> {
    fn new(model: &'m Model<'m>, declared: &'d [Zone<'m>]) -> Self {
        let mut first = HashMap::new();
        for zone in declared {
            first.entry((zone.kind, &*zone.name)).or_insert(zone);
        }
        Self { model, first, last: None }
    }

    fn holds(&mut self, one: &Zone<'_>) -> bool {
        if one.kind.is_built_in(&one.name) {
            return true;
        }
        let same = |zone: &&Zone<'_>| zone.kind == one.kind && zone.name == one.name;
        let last = self.last.filter(same);
        let Some(found) = last.or_else(|| self.first.get(&(one.kind, &*one.name)).copied()) else {
            return false;
        };
        self.last = Some(found);
        let is_before = || self.model.config.precedes(found.used.name(), one.used.name());
        !matches!(one.kind, ZoneKind::Format(_)) || is_before()
    }
}

/// What is behind a prefix in one of the words of a line.
pub(super) fn parameter<'m>(used: Used<'m>, prefix: &[u8]) -> Option<Cow<'m, [u8]>> {
    let mut words = used.directive().args();
    let word = words.find(|word| word.value().starts_with(prefix))?;
    Some(tail(word.value(), prefix.len()))
}

fn tail(value: Cow<'_, [u8]>, from: usize) -> Cow<'_, [u8]> {
    match value {
        Cow::Borrowed(value) => Cow::Borrowed(&value[from..]),
        Cow::Owned(value) => Cow::Owned(value[from..].to_vec()),
    }
}

type Read<'m> = fn(Scope<'m>, Used<'m>, &mut Zones<'m>);

/// How the lines of a directive are read that declare something, or may; `None` for all others.
fn declaring<'m>(id: DirectiveId) -> Option<Read<'m>> {
    Some(match id {
        id::LIMIT_REQ_ZONE | id::LIMIT_CONN_ZONE => |scope, used, zones| {
            declare(scope, used, b"zone=", zones);
        },
        // Up to 1.7.5, for `limit_conn`.
        id::LIMIT_ZONE => |scope, used, zones| {
            let Some(word) = used.directive().arg(0) else { return };
            let kind = ZoneKind::Zone(id::LIMIT_CONN_ZONE, scope.context().family());
            let (span, name) = (word.span(), word.value());
            zones.declared.push(Zone { used, span, name, kind, size: None });
        },
        id::FASTCGI_CACHE_PATH
        | id::PROXY_CACHE_PATH
        | id::SCGI_CACHE_PATH
        | id::UWSGI_CACHE_PATH => |scope, used, zones| {
            declare(scope, used, b"keys_zone=", zones);
        },
        id::SSL_SESSION_CACHE | id::SSL_OCSP_CACHE => |scope, used, zones| {
            declare(scope, used, b"shared:", zones);
        },
        id::ZONE => |scope, used, zones| {
            let Some(word) = used.directive().arg(0) else { return };
            let size = used.directive().arg(1).map(|word| size(&word.value()));
            let kind = ZoneKind::Zone(id::ZONE, scope.context().family());
            let list = if size.is_some() { &mut zones.declared } else { &mut zones.used };
            let (span, name) = (word.span(), word.value());
            list.push(Zone { used, span, name, kind, size: size.flatten() });
        },
        id::LOG_FORMAT => |scope, used, zones| {
            let Some(word) = used.directive().arg(0) else { return };
            let kind = ZoneKind::Format(scope.context().family());
            let (span, name) = (word.span(), word.value());
            zones.declared.push(Zone { used, span, name, kind, size: None });
        },
        id::THREAD_POOL => |_, used, zones| {
            let Some(word) = used.directive().arg(0) else { return };
            let (span, name) = (word.span(), word.value());
            zones.declared.push(Zone { used, span, name, kind: ZoneKind::Pool, size: None });
        },
        _ => return None,
    })
}

/// How the lines of a directive are read that use something; each uses one thing at most.
fn using<'m>(id: DirectiveId) -> Option<Read<'m>> {
    Some(match id {
        id::ACCESS_LOG => |scope, used, zones| {
            // There are many, and nearly all are alike.
            let (own, read) = (used.directive(), used.directive().exemplar());
            let (Some(path), Some(word)) = (read.arg(0), read.arg(1)) else { return };
            if *path.value() != *b"off" {
                let kind = ZoneKind::Format(scope.context().family());
                let (span, name) = (own.arg(1).map_or(word.span(), Word::span), word.value());
                zones.used.push(Zone { used, span, name, kind, size: None });
            }
        },
        id::AIO => |_, used, zones| {
            let Some(word) = used.directive().arg(0) else { return };
            let value = word.value();
            if value.starts_with(b"threads=") && !value.contains(&b'$') {
                let (span, name) = (word.span(), tail(value, b"threads=".len()));
                zones.used.push(Zone { used, span, name, kind: ZoneKind::Pool, size: None });
            }
        },
        id::LIMIT_REQ => |scope, used, zones| {
            let mut words = used.directive().args();
            let Some(word) = words.find(|word| word.value().starts_with(b"zone=")) else { return };
            let (span, name) = (word.span(), tail(word.value(), b"zone=".len()));
            use_of(id::LIMIT_REQ_ZONE, scope, used, (span, name), zones);
        },
        id::LIMIT_CONN => |scope, used, zones| first(id::LIMIT_CONN_ZONE, scope, used, zones),
        id::FASTCGI_CACHE => |scope, used, zones| first(id::FASTCGI_CACHE_PATH, scope, used, zones),
        id::PROXY_CACHE => |scope, used, zones| first(id::PROXY_CACHE_PATH, scope, used, zones),
        id::SCGI_CACHE => |scope, used, zones| first(id::SCGI_CACHE_PATH, scope, used, zones),
        id::UWSGI_CACHE => |scope, used, zones| first(id::UWSGI_CACHE_PATH, scope, used, zones),
        _ => return None,
    })
}

/// A zone as the first word of a line; not `off`, nor what variables make.
fn first<'m>(by: DirectiveId, scope: Scope<'m>, used: Used<'m>, zones: &mut Zones<'m>) {
    let Some(word) = used.directive().arg(0) else { return };
    let name = word.value();
    if *name != *b"off" && !name.contains(&b'$') {
        use_of(by, scope, used, (word.span(), name), zones);
    }
}

fn use_of<'m>(
    by: DirectiveId,
    scope: Scope<'m>,
    used: Used<'m>,
    (span, name): (Span, Cow<'m, [u8]>),
    zones: &mut Zones<'m>,
) {
    let kind = ZoneKind::Zone(by, scope.context().family());
    zones.used.push(Zone { used, span, name, kind, size: None });
}

/// `zone=NAME:SIZE` and its like.
fn declare<'m>(scope: Scope<'m>, used: Used<'m>, prefix: &[u8], zones: &mut Zones<'m>) {
    let directive = used.directive();
    let Some(id) = directive.id() else { return };
    for word in directive.args() {
        let value = word.value();
        if !value.starts_with(prefix) {
            continue;
        }
        let text = tail(value, prefix.len());
        let Some(colon) = memchr::memchr(b':', &text) else { continue };
        let bytes = size(&text[colon + 1..]);
        let name = match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..colon]),
            Cow::Owned(text) => Cow::Owned(text[..colon].to_vec()),
        };
        let kind = ZoneKind::Zone(id, scope.context().family());
        zones.declared.push(Zone { used, span: word.span(), name, kind, size: bytes });
    }
}

/// `ngx_parse_size`.
pub(super) fn size(text: &[u8]) -> Option<u64> {
    let (digits, scale) = match text.split_last()? {
        (b'K' | b'k', digits) => (digits, 1 << 10),
        (b'M' | b'm', digits) => (digits, 1 << 20),
        _ => (text, 1),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    digits.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(size(b"10m"), Some(10 << 20));
        assert_eq!(size(b"32K"), Some(32 << 10));
        assert_eq!(size(b"512"), Some(512));
        for text in [&b""[..], b"m", b"1g", b"1x", b"-1"] {
            assert_eq!(size(text), None);
        }
    }
}
