//! Lines that nginx does not take twice at one level, and those that take the place of others.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::Model;
use super::scope::Scope;
use super::zone::parameter;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, Origin, Repeat, ValueKind, Version, VersionSet, id};
use crate::syntax::{TriviaKind, Word, is_placeholder};

/// A line that clashes with an earlier one of its block.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The earlier line.
    pub first: Use,
    /// The later one.
    pub later: Use,
    /// Why they clash.
    pub kind: DuplicateKind,
    /// The releases of the target in which they do.
    pub versions: VersionSet,
}

/// Why two lines of a block clash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DuplicateKind {
    /// The directive takes one line.
    Line,
    /// They define or use something of one name.
    Name(Vec<u8>),
    /// One of them is `off`, which stands alone.
    Off,
    /// nginx has one of that name itself.
    BuiltIn,
    /// They are two directives that fill one place.
    Place,
    /// They declare a zone of that name for two uses.
    Use(Vec<u8>),
    /// They declare a zone of that name with two sizes.
    Size(Vec<u8>),
    /// They keep two caches at one path.
    Path(Vec<u8>),
    /// They set two methods of balancing; nginx only warns.
    Method,
}

/// The releases that look at a second line, and how.
type Pieces = Vec<(VersionSet, Repeat)>;

impl<'m> Model<'m> {
    /// Every line that clashes with an earlier one of its block, block by block.
    pub fn duplicates(&'m self) -> Vec<Duplicate> {
        let mut finder =
            Finder { model: self, known: vec![Vec::new(); DirectiveId::COUNT], found: Vec::new() };
        for scope in self.scopes.repeating().iter().map(|id| self.scope(*id)) {
            let context = scope.context();
            if !context.is_empty() && context != Contexts::OTHER {
                scope.repeated().for_each(|(id, lines)| finder.group(scope, id, lines));
            }
        }
        let is_one = |scope: &Scope<'_>, of: &[Contexts]| of.contains(&scope.context());
        let http =
            self.blocks_with(id::LOG_FORMAT).filter(|scope| is_one(scope, &[Contexts::HTTP]));
        http.for_each(|scope| finder.formats(scope));
        let locations = [Contexts::LOCATION, Contexts::IF_IN_LOCATION];
        let aliases = self.blocks_with(id::ALIAS).filter(|scope| is_one(scope, &locations));
        aliases.for_each(|scope| finder.places(scope));
        let upstreams = [Contexts::UPSTREAM, Contexts::STREAM_UPSTREAM];
        let balanced = self.scopes().filter(|scope| is_one(scope, &upstreams));
        balanced.for_each(|scope| finder.methods(scope));
        finder.paths();
        finder.found.extend(self.zone_clashes());
        finder.found.retain(|one| !self.is_between_templates(one));
        finder.found
    }

    /// Sorts lines as nginx reads them.
    fn in_order(&self, lines: &mut [Used<'_>]) {
        lines.sort_by(|one, other| match one.name() == other.name() {
            true => Ordering::Equal,
            false if self.config.precedes(one.name(), other.name()) => Ordering::Less,
            false => Ordering::Greater,
        });
    }

    /// Whether a template may take but one of the lines: `{% if … %}` and the like stand between
    /// them.
    fn is_between_templates(&self, duplicate: &Duplicate) -> bool {
        let (first, later) = (self.used(duplicate.first), self.used(duplicate.later));
        let trees = [first.directive().tree(), later.directive().tree()];
        let between = first.directive().span().start..later.directive().span().start;
        trees.iter().any(|tree| {
            let mut templates = tree.trivia().iter().filter(|one| one.kind == TriviaKind::Template);
            templates
                .any(|one| first.source() != later.source() || between.contains(&one.span.start))
        })
    }
}

struct Finder<'m> {
    model: &'m Model<'m>,
    /// Who refuses a second line of a directive, by context: few each.
    known: Vec<Vec<(Contexts, Pieces)>>,
    found: Vec<Duplicate>,
}

impl<'m> Finder<'m> {
    fn group(&mut self, scope: Scope<'m>, id: DirectiveId, lines: impl Iterator<Item = Used<'m>>) {
        let context = scope.context();
        let known = &self.known[id.index()];
        let index = known.iter().position(|(of, _)| *of == context).unwrap_or_else(|| {
            let pieces = self.pieces(id, context);
            self.known[id.index()].push((context, pieces));
            self.known[id.index()].len() - 1
        });
        let (_, pieces) = &self.known[id.index()][index];
        if pieces.is_empty() {
            return;
        }
        let taken = |used: &Used<'_>| {
            let directive = used.directive();
            let (count, block) = (directive.args().len(), directive.is_block());
            id.accepts(count, block)
        };
        let lines: Vec<Used<'m>> = lines.filter(taken).collect();
        for (versions, repeat) in pieces {
            clashes(id, *repeat, &lines, |first, later, kind| {
                let (first, later, versions) = (first.name(), later.name(), versions.clone());
                self.found.push(Duplicate { first, later, kind, versions });
            });
        }
    }

    /// The releases of the target that refuse some second line of a directive of nginx.
    fn pieces(&self, id: DirectiveId, context: Contexts) -> Pieces {
        let mut pieces = Pieces::new();
        let family = context.family();
        let own = id.definitions().iter().filter(|one| {
            one.origin == Origin::Nginx && one.family == family && one.is_in(self.model.flavor())
        });
        for range in own.flat_map(|one| one.ranges) {
            if !range.contexts.contains(context) || range.value == ValueKind::Include {
                continue;
            }
            for (versions, repeat) in id.repeats(family, range) {
                let versions = versions.intersect(self.model.target());
                if versions.is_empty() || repeat == Repeat::List {
                    continue;
                }
                match pieces.iter_mut().find(|(_, other)| *other == repeat) {
                    Some((all, _)) => *all = all.union(&versions),
                    None => pieces.push((versions, repeat)),
                }
            }
        }
        pieces
    }

    /// Paths of two caches (`ngx_add_path`).
    fn paths(&mut self) {
        let path = |id: DirectiveId| {
            let caches = [
                id::FASTCGI_CACHE_PATH,
                id::PROXY_CACHE_PATH,
                id::SCGI_CACHE_PATH,
                id::UWSGI_CACHE_PATH,
            ];
            caches.contains(&id).then_some(())
        };
        let mut seen: HashMap<Cow<'m, [u8]>, Use> = HashMap::new();
        for scope in self.model.scopes().filter(|scope| scope.context() == Contexts::HTTP) {
            let mut caches: Vec<Used<'m>> = scope.pick(path).map(|(used, ())| used).collect();
            self.model.in_order(&mut caches);
            for used in caches {
                let Some(path) = used.directive().arg(0).map(Word::value) else { continue };
                if is_placeholder(&path) {
                    continue;
                }
                let later = used.name();
                if let Some(first) = seen.get(&path).copied() {
                    let (kind, versions) =
                        (DuplicateKind::Path(path.into_owned()), self.model.target().clone());
                    self.found.push(Duplicate { first, later, kind, versions });
                } else {
                    seen.insert(path, later);
                }
            }
        }
    }

    /// A format that nginx defines itself (`ngx_http_log_create_main_conf`).
    fn formats(&mut self, scope: Scope<'m>) {
        for used in scope.own(id::LOG_FORMAT) {
            if used.directive().arg(0).is_some_and(|word| *word.value() == *b"combined") {
                let (first, later, kind) = (used.name(), used.name(), DuplicateKind::BuiltIn);
                let versions = self.model.target().clone();
                self.found.push(Duplicate { first, later, kind, versions });
            }
        }
    }

    /// `root` and `alias` (`ngx_http_core_root`).
    fn places(&mut self, scope: Scope<'m>) {
        let (Some(alias), Some(root)) = (scope.own(id::ALIAS).next(), scope.own(id::ROOT).next())
        else {
            return;
        };
        let (mut first, mut later) = (alias.name(), root.name());
        if self.model.config.precedes(later, first) {
            std::mem::swap(&mut first, &mut later);
        }
        let versions = self.model.target().clone();
        self.found.push(Duplicate { first, later, kind: DuplicateKind::Place, versions });
    }

    /// Methods that take the place of another (`uscf->peer.init_upstream`).
    fn methods(&mut self, scope: Scope<'m>) {
        let set = |id: DirectiveId| SETTING.contains(&id).then_some(id);
        let mut lines: Vec<Used<'m>> = scope.pick(set).map(|(used, _)| used).collect();
        self.model.in_order(&mut lines);
        for pair in lines.windows(2) {
            let [first, later] = pair else { continue };
            let (earlier, method) = (first.directive().id(), later.directive().id());
            // These do not look at what is set, or refuse a second line.
            let quiet = [Some(id::KEEPALIVE), Some(id::STICKY)].contains(&method)
                || earlier == method && method == Some(id::LEAST_TIME);
            if quiet {
                continue;
            }
            let mut versions = self.model.target().clone();
            if earlier == Some(id::KEEPALIVE) {
                // From 1.29.7 on, a pool of connections is no method (ngx_http_upstream_keepalive_module.c).
                versions = versions.minus(&VersionSet::since(Version::new(1, 29, 7)));
            }
            if !versions.is_empty() {
                let (first, later) = (first.name(), later.name());
                self.found.push(Duplicate { first, later, kind: DuplicateKind::Method, versions });
            }
        }
    }
}

/// The lines of one directive in one block that clash with an earlier one.
fn clashes<'m>(
    id: DirectiveId,
    repeat: Repeat,
    lines: &[Used<'m>],
    mut report: impl FnMut(Used<'m>, Used<'m>, DuplicateKind),
) {
    match repeat {
        Repeat::List => {}
        Repeat::Once => {
            // A priority of 0 is as good as none (`ngx_set_priority`).
            let unset = |used: &&Used<'_>| {
                let word = used.directive().arg(0);
                id == id::WORKER_PRIORITY
                    && word.is_some_and(|word| {
                        let value = word.value();
                        value.strip_prefix(b"-").unwrap_or(&value).iter().all(|byte| *byte == b'0')
                    })
            };
            let mut lines = lines.iter().skip_while(unset);
            let Some(first) = lines.next() else { return };
            lines.for_each(|later| report(*first, *later, DuplicateKind::Line));
        }
        Repeat::Off => {
            let is_off = |used: &Used<'_>| {
                used.directive().arg(0).is_some_and(|word| *word.value() == *b"off")
            };
            let Some((first, rest)) = lines.split_first() else { return };
            for later in rest {
                if is_off(first) || is_off(later) {
                    report(*first, *later, DuplicateKind::Off);
                }
            }
        }
        Repeat::Name => {
            let mut seen: HashMap<Cow<'_, [u8]>, Used<'m>> = HashMap::with_capacity(lines.len());
            for later in lines {
                let Some(name) = name(id, *later) else { continue };
                if is_placeholder(&name) {
                    continue;
                }
                match seen.get(&name) {
                    Some(first) => {
                        report(*first, *later, DuplicateKind::Name(name.into_owned()));
                    }
                    None => {
                        seen.insert(name, *later);
                    }
                }
            }
        }
    }
}

/// The name by which nginx tells lines of a directive apart. Zones are compared across all blocks,
/// elsewhere.
fn name<'m>(id: DirectiveId, used: Used<'m>) -> Option<Cow<'m, [u8]>> {
    let directive = used.directive();
    match id {
        id::LOG_FORMAT | id::THREAD_POOL | id::LIMIT_CONN => directive.arg(0).map(Word::value),
        id::LIMIT_REQ => parameter(used, b"zone="),
        id::CHARSET_MAP => {
            let word = |index| directive.arg(index).map(|word| word.value().to_ascii_lowercase());
            let (mut one, mut other): (Vec<u8>, Vec<u8>) = (word(0)?, word(1)?);
            if one > other {
                std::mem::swap(&mut one, &mut other);
            }
            one.push(b' ');
            one.append(&mut other);
            Some(Cow::Owned(one))
        }
        _ => None,
    }
}

/// What sets the way in which an upstream's servers are chosen.
const SETTING: [DirectiveId; 7] =
    [id::HASH, id::IP_HASH, id::KEEPALIVE, id::LEAST_CONN, id::LEAST_TIME, id::RANDOM, id::STICKY];
