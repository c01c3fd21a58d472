//! Servers that share an address: what nginx refuses of their `listen` lines, and which of their
//! names it ignores (`ngx_http_add_addresses`, `ngx_http_server_names`, the same in stream since
//! 1.25.5). Addresses are compared as they are bound, each kind of socket by itself.

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::address::Host;
use super::scope::{Scope, ScopeId};
use super::{Model, regex};
use crate::include::{InstanceId, Use};
use crate::nginx::{Family, Version, VersionSet, id};
use crate::source::Span;
use crate::syntax::is_placeholder;

/// One `listen`, as the socket that it asks for; or a `server` that has none.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) used: Use,
    pub(super) server: ScopeId,
    pub(super) family: Family,
    pub(super) udp: bool,
    pub(super) host: Host,
    pub(super) ports: (u16, u16),
    /// Whether it says `default_server`.
    pub(super) default: bool,
    /// Whether it sets options of the socket, which only one `listen` may.
    pub(super) sets: bool,
    pub(super) implicit: bool,
}

/// A `listen` that another one before it excludes.
#[derive(Clone, Debug)]
pub struct SecondListen {
    /// The later `listen`.
    pub used: Use,
    /// The earlier one.
    pub first: Use,
    /// Why only one may be.
    pub why: Exclusion,
    /// The address, for a message.
    pub address: String,
    /// The releases in which that is so.
    pub versions: VersionSet,
}

/// Why two `listen` lines exclude each other.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// They stand in one server.
    Server,
    /// Both say which server is the default.
    Default,
    /// Both set options of the socket.
    Options,
    /// An address belongs to one server.
    Address,
}

/// A name that a server on the same address has already.
#[derive(Clone, Debug)]
pub struct SecondName {
    /// The `server_name`, or the `server` that has none.
    pub used: Use,
    /// The name in it.
    pub span: Span,
    /// The name as nginx compares it.
    pub name: String,
    /// Where it stands first.
    pub first: (Use, Span),
    /// The address, for a message.
    pub address: String,
    /// Whether both are of one server.
    pub own: bool,
    /// Whether the two surely share it.
    pub certain: bool,
    /// The releases in which that is so.
    pub versions: VersionSet,
}

/// A name that is none, which nginx sees only where the names of an address go to a table.
#[derive(Clone, Debug)]
pub(super) struct Misnomer {
    pub(super) used: Use,
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) versions: VersionSet,
}

/// What servers that share an address have against each other.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    listens: Vec<SecondListen>,
    names: Vec<SecondName>,
    pub(super) misnomers: Vec<Misnomer>,
}

/// Every `listen` of one address, in order.
#[derive(Default)]
struct Group<'b> {
    members: Vec<&'b Bound>,
    default: Option<&'b Bound>,
    sets: Option<&'b Bound>,
}

/// What makes two sockets one: the file that fragments stand in, the kind, the address.
#[derive(PartialEq, Eq, Hash)]
struct Key<'b> {
    top: Option<InstanceId>,
    family: Family,
    udp: bool,
    host: &'b Host,
    port: u16,
}

impl Sharing {
    pub(super) fn build(model: &Model<'_>) -> Self {
        let mut sharing = Self::default();
        let bound = model.sockets.bound();
        let mut places: HashMap<Key<'_>, usize> = HashMap::with_capacity(bound.len());
        let mut groups: Vec<Group<'_>> = Vec::new();
        let config = model.config();
        let has_root = config.has_root();
        let whole = config.is_whole();
        let mut template = (None, false);
        for one in bound.iter().filter(|one| whole || !one.implicit) {
            // Of the branches of a template one is left out. Most lines are of the same file.
            let instance = Some(one.used.instance);
            if template.0 != instance {
                template = (instance, model.used(one.used).directive().tree().is_template());
            }
            if template.1 {
                continue;
            }
            // Files without a root may be there to choose from.
            let top = (!has_root).then(|| config.outermost(one.used.instance));
            let mut said = false;
            let (low, high) = one.ports;
            for port in low..=high.min(low.saturating_add(WIDEST)) {
                let Bound { family, udp, ref host, .. } = *one;
                let key = Key { top, family, udp, host, port };
                let index = *places.entry(key).or_insert_with(|| {
                    groups.push(Group::default());
                    groups.len() - 1
                });
                let group = &mut groups[index];
                if !said {
                    said = sharing.listen(group, one);
                }
                if group.members.last().is_none_or(|last| last.server != one.server) {
                    group.add(one);
                }
            }
        }
        let mut seen = HashSet::new();
        for group in &groups {
            let servers = || group.members.iter().map(|one| one.server);
            let has_table = match group.members.as_slice() {
                [one] => model.captures_in_names(one.server),
                _ => true,
            };
            if has_table && seen.insert(servers().collect::<Vec<_>>()) {
                sharing.name(model, group, whole);
            }
        }
        sharing
    }

    /// Whether nginx refuses a `listen` for one that is there already.
    fn listen(&mut self, group: &Group<'_>, one: &Bound) -> bool {
        let Some(last) = group.members.last() else { return false };
        let found = if last.server == one.server {
            Some((*last, Exclusion::Server))
        } else if let Some(first) = group.sets.filter(|_| one.sets) {
            Some((first, Exclusion::Options))
        } else {
            group.default.filter(|_| one.default).map(|first| (first, Exclusion::Default))
        };
        let mut push = |first: &Bound, why, versions| {
            self.listens.push(SecondListen {
                used: one.used,
                first: first.used,
                why,
                address: one.shown(),
                versions,
            });
        };
        match (one.family, found) {
            (_, Some((first, Exclusion::Server))) => {
                push(first, Exclusion::Server, VersionSet::all());
            }
            (Family::Http, Some((first, why))) => push(first, why, VersionSet::all()),
            (Family::Http, None) => return false,
            (Family::Stream, found) => {
                push(group.members[0], Exclusion::Address, VersionSet::before(STREAM_NAMES));
                if let Some((first, why)) = found {
                    push(first, why, VersionSet::since(STREAM_NAMES));
                }
            }
            _ => push(group.members[0], Exclusion::Address, VersionSet::all()),
        }
        true
    }

    /// Finds the names that several servers of one address have.
    fn name(&mut self, model: &Model<'_>, group: &Group<'_>, whole: bool) {
        let versions = match group.members[0].family {
            Family::Http => VersionSet::all(),
            Family::Stream => VersionSet::since(STREAM_NAMES),
            _ => return,
        };
        let mut names = Names::with_capacity(group.members.len());
        // A server that listens twice on one address is refused for that.
        let mut last = None;
        for one in group.members.iter().filter(|one| last.replace(one.server) != Some(one.server)) {
            let scope = Scope { model, id: one.server };
            let mut any = false;
            for used in scope.own(id::SERVER_NAME) {
                any = true;
                for word in used.directive().args() {
                    let value = word.value();
                    if value.first() == Some(&b'~') || is_placeholder(word.raw()) {
                        continue;
                    }
                    let place = Place { used: used.name(), span: word.span(), bound: one };
                    let first = names.add(value, place);
                    self.judge(first, || word.value(), place, &versions);
                }
            }
            if let Some(block) = scope.block().filter(|_| !any && whole) {
                let span = block.directive().name().span();
                let place = Place { used: block.name(), span, bound: one };
                let first = names.add(Cow::Borrowed(b""), place);
                self.judge(first, || Cow::Borrowed(b""), place, &versions);
            }
        }
    }

    fn judge<'n>(
        &mut self,
        added: Added<'_>,
        name: impl FnOnce() -> Cow<'n, [u8]>,
        place: Place<'_>,
        versions: &VersionSet,
    ) {
        let Place { used, span, bound } = place;
        let versions = || versions.clone();
        let name = || super::shown(&name().to_ascii_lowercase());
        match added {
            Added::New => {}
            Added::Invalid => {
                self.misnomers.push(Misnomer { used, span, name: name(), versions: versions() });
            }
            Added::Known(first) => self.names.push(SecondName {
                used,
                span,
                name: name(),
                first: (first.used, first.span),
                address: bound.shown(),
                own: first.bound.server == bound.server,
                certain: first.bound.implicit == bound.implicit,
                versions: versions(),
            }),
        }
    }
}

impl<'b> Group<'b> {
    fn add(&mut self, one: &'b Bound) {
        if one.default && self.default.is_none() {
            self.default = Some(one);
        }
        if one.sets && self.sets.is_none() {
            self.sets = Some(one);
        }
        self.members.push(one);
    }
}

impl Bound {
    fn shown(&self) -> String {
        match &self.host {
            Host::Unix(_) => self.host.to_string(),
            host if *host == Host::ANY4 => format!("*:{}", self.ports.0),
            host => format!("{host}:{}", self.ports.0),
        }
    }
}

/// Where a name stands.
#[derive(Copy, Clone)]
struct Place<'b> {
    used: Use,
    span: Span,
    bound: &'b Bound,
}

/// What became of a name.
enum Added<'b> {
    New,
    Known(Place<'b>),
    Invalid,
}

/// The names on one address (`ngx_hash_add_key`).
#[derive(Default)]
struct Names<'t, 'b> {
    exact: HashMap<Cow<'t, [u8]>, Place<'b>>,
    /// What follows `*.` or the `.` at the beginning.
    heads: HashMap<Vec<u8>, Place<'b>>,
    /// What stands before `.*`.
    tails: HashMap<Vec<u8>, Place<'b>>,
}

impl<'t, 'b> Names<'t, 'b> {
    /// For so many servers: most have two names.
    fn with_capacity(servers: usize) -> Self {
        Self { exact: HashMap::with_capacity(2 * servers), ..Self::default() }
    }

    fn add(&mut self, name: Cow<'t, [u8]>, place: Place<'b>) -> Added<'b> {
        let (mut stars, mut upper, mut last) = (0, false, 0);
        for &byte in name.as_ref() {
            if byte == 0 || byte == b'.' && last == b'.' {
                return Added::Invalid;
            }
            stars += usize::from(byte == b'*');
            upper |= byte.is_ascii_uppercase();
            last = byte;
        }
        if stars > 1 {
            return Added::Invalid;
        }
        let name = if upper { Cow::Owned(name.to_ascii_lowercase()) } else { name };
        match name.as_ref() {
            [b'.', rest @ ..] if !rest.is_empty() => {
                match self.exact.entry(Cow::Owned(rest.to_vec())) {
                    Entry::Occupied(first) => Added::Known(*first.get()),
                    Entry::Vacant(slot) => {
                        slot.insert(place);
                        put(&mut self.heads, rest, place)
                    }
                }
            }
            [b'*', b'.', rest @ ..] if !rest.is_empty() => put(&mut self.heads, rest, place),
            [front @ .., b'.', b'*'] if !front.is_empty() => put(&mut self.tails, front, place),
            _ if stars > 0 => Added::Invalid,
            _ => match self.exact.entry(name) {
                Entry::Occupied(first) => Added::Known(*first.get()),
                Entry::Vacant(slot) => {
                    slot.insert(place);
                    Added::New
                }
            },
        }
    }
}

fn put<'b>(all: &mut HashMap<Vec<u8>, Place<'b>>, name: &[u8], place: Place<'b>) -> Added<'b> {
    match all.entry(name.to_vec()) {
        Entry::Occupied(first) => Added::Known(*first.get()),
        Entry::Vacant(slot) => {
            slot.insert(place);
            Added::New
        }
    }
}

impl Model<'_> {
    /// The `listen` lines that another before them excludes, in the order of the configuration.
    pub fn second_listens(&self) -> &[SecondListen] {
        &self.sharing.listens
    }

    /// The server names that a server on the same address has already.
    pub fn second_names(&self) -> &[SecondName] {
        &self.sharing.names
    }

    /// Whether the names of a server go to a table even where it is alone on an address: what its last
    /// regular expression captures must be known (`captures` of `ngx_http_core_server_name`).
    pub fn captures_in_names(&self, server: ScopeId) -> bool {
        let names = Scope { model: self, id: server }.own(id::SERVER_NAME);
        let words = names.flat_map(|used| used.directive().args());
        let mut marked = words.filter(|word| word.raw().contains(&b'~')).map(|word| word.value());
        marked.rfind(|value| value.first() == Some(&b'~')).is_some_and(|value| {
            let shape = regex::read(&value[1..]).ok().filter(|_| !is_placeholder(&value));
            shape.and_then(|shape| shape.captures).is_some_and(|captures| captures > 0)
        })
    }
}

/// The release in which stream got virtual servers.
const STREAM_NAMES: Version = Version::new(1, 25, 5);

/// As many ports of a range are looked at one by one.
const WIDEST: u16 = 1000;
