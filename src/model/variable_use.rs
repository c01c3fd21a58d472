//! Variables that are used and that nobody makes.
//!
//! nginx looks variables up when everything is read (`ngx_http_variables_init_vars`), wherever a
//! text with a `$` is compiled.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::Model;
use super::compiled::{How, Table};
use super::known::Known;
use super::material::listens_for_tls;
use super::scope::{Entry, Scope};
use crate::include::{Files, Used};
use crate::nginx::{self, Contexts, DirectiveId, Family, Origin, VersionSet, id};
use crate::source::Span;
use crate::syntax::{Word, is_placeholder};

/// A variable that some releases do not know, at its first use.
pub struct Unknown<'m> {
    /// Its name, without the `$`.
    pub name: String,
    /// In which part of nginx.
    pub family: Family,
    /// The lines that use it, in nginx's order, and where.
    pub uses: Vec<(Used<'m>, Span)>,
    /// The releases of the target that do not know it.
    pub versions: VersionSet,
    /// Where it would be known: other releases, another server.
    pub known_to: Option<&'static nginx::Variable>,
    /// A variable that is called nearly so.
    pub near: Option<String>,
}

impl<'m> Model<'m> {
    /// Every variable that is used and unknown to some release of the target.
    pub fn unknown_variables(&'m self, files: &'m Files) -> Vec<Unknown<'m>> {
        if self.modules().is_foreign() || self.has_foreign_names() {
            return Vec::new();
        }
        let made = Made::new(self, files);
        let (mut table, mut known) = (Table::new(self), Known::new(self.config));
        let mut found: HashMap<(Family, Vec<u8>), Unknown<'m>> = HashMap::new();
        for scope in self.scopes() {
            let family = scope.context().family();
            // All blocks of one part of nginx are alike in this.
            let context = match family {
                Family::Http => Contexts::HTTP,
                Family::Stream => Contexts::STREAM,
                _ => continue,
            };
            for Entry { id, line, used } in scope.entries().iter().copied() {
                let row = table.row(id, family);
                if row.is_empty() || known.is_right(line, context) {
                    continue;
                }
                let used = self.used(used);
                let compiling = compiling(scope, id);
                let mut look = || {
                    let mut right = true;
                    for reading in row {
                        let some = compiling.as_ref().map(|some| reading.versions.intersect(some));
                        let mut look = Look {
                            model: self,
                            family,
                            made: &made,
                            versions: some.as_ref().unwrap_or(&reading.versions),
                            found: &mut found,
                            right: true,
                        };
                        look.directive(reading.how, used);
                        right &= look.right;
                    }
                    right
                };
                // What depends on the block is not remembered by the line alone.
                if used.directive().is_block() || compiling.is_some() {
                    look();
                } else {
                    known.look(used, context, look);
                }
            }
        }
        let mut found: Vec<Unknown<'m>> = found.into_values().collect();
        for unknown in &mut found {
            self.sort_uses(&mut unknown.uses);
            unknown.near = made.near(&unknown.name, unknown.family);
        }
        found.sort_by(|one, other| (&one.name, one.family).cmp(&(&other.name, other.family)));
        found
    }

    fn sort_uses(&self, uses: &mut [(Used<'m>, Span)]) {
        uses.sort_by(|(one, at), (other, behind)| {
            if one.name() == other.name() {
                at.start.cmp(&behind.start)
            } else if self.config.precedes(one.name(), other.name()) {
                std::cmp::Ordering::Less
            } else {
                std::cmp::Ordering::Greater
            }
        });
    }

    /// Whether directives stand in it that the user declares: their modules may bring variables.
    fn has_foreign_names(&self) -> bool {
        if self.assumptions.extra_directives.is_empty() {
            return false;
        }
        let name = |used| self.config.used(used).directive().name().value();
        let mut unknown = self.scopes.unknown().map(|(used, _)| name(used));
        unknown.any(|name| self.is_extra(&name))
            || self.directives().any(|(id, ..)| self.is_extra(id.name().as_bytes()))
    }

    /// Every variable that directives of the configuration make, in lower case.
    fn made_variables(&self) -> HashSet<(Family, Vec<u8>)> {
        let mut made = HashSet::new();
        let mut add = |family: Family, word: &[u8]| {
            if let Some(name) = word.strip_prefix(b"$") {
                made.insert((family, name.to_ascii_lowercase()));
            }
        };
        let standing = DirectiveId::all().filter(|id| self.scopes.has(*id));
        for (id, by) in standing.filter_map(|id| Some((id, Maker::of(id)?))) {
            for (used, scope) in self.every(id) {
                let family = scope.context().family();
                let directive = used.directive();
                match by {
                    Maker::First => {
                        directive.arg(0).iter().for_each(|word| add(family, &word.value()));
                    }
                    Maker::Last => {
                        directive.args().last().iter().for_each(|word| add(family, &word.value()));
                    }
                    Maker::Any => {
                        directive.args().for_each(|word| add(family, &word.value()));
                        if directive.is_block() {
                            for line in self.config.lines(used) {
                                add(family, &line.directive().name().value());
                            }
                        }
                    }
                }
            }
        }
        for (used, scope) in self.scopes.unknown() {
            let family = self.scope(scope).context().family();
            self.config.used(used).directive().args().for_each(|word| add(family, &word.value()));
        }
        made
    }
}

/// The variables that the configuration itself makes, in lower case.
struct Made<'m> {
    model: &'m Model<'m>,
    files: &'m Files,
    /// By directives.
    by_lines: HashSet<(Family, Vec<u8>)>,
    /// By groups of regular expressions; looked for in all the texts only where somebody asks.
    by_groups: OnceCell<HashSet<Vec<u8>>>,
}

impl<'m> Made<'m> {
    fn new(model: &'m Model<'m>, files: &'m Files) -> Self {
        Self { model, files, by_lines: model.made_variables(), by_groups: OnceCell::new() }
    }

    fn by_groups(&self) -> &HashSet<Vec<u8>> {
        self.by_groups.get_or_init(|| {
            let sources = self.model.config().sources().into_iter();
            let names = sources.flat_map(|source| captures(self.files.tree(source).bytes()));
            names.map(<[u8]>::to_ascii_lowercase).collect()
        })
    }

    fn has(&self, variable: &(Family, Vec<u8>)) -> bool {
        self.by_lines.contains(variable) || self.by_groups().contains(&variable.1)
    }

    /// The nearest name among those that nginx and the configuration make.
    fn near(&self, name: &str, family: Family) -> Option<String> {
        let most = 1 + name.len() / 6;
        let distance = |other: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), other);
        let own = self.by_lines.iter().filter(|(of, _)| *of == family).map(|(_, name)| name);
        let own = own.chain(self.by_groups()).map(|name| super::shown(name));
        let known = nginx::variables(family).filter(|one| one.origin == Origin::Nginx);
        let all = own.chain(known.filter(|one| !one.prefix).map(|one| one.name.to_owned()));
        let all = all.map(|other| (distance(&other), other)).filter(|(far, _)| *far <= most);
        all.min().map(|(_, other)| other)
    }
}

/// The releases that get as far as compiling a directive; `None`: all that read it so. What is to be
/// loaded for TLS is looked at where a server has a certificate, and in `stream` before 1.25.5 only
/// where one listens for TLS (`ngx_http_ssl_merge_srv_conf`, `ngx_stream_ssl_merge_srv_conf`).
fn compiling(scope: Scope<'_>, id: DirectiveId) -> Option<VersionSet> {
    if !matches!(id, id::SSL_CERTIFICATE | id::SSL_CERTIFICATE_KEY) {
        return None;
    }
    let has_certificate = |scope: Scope<'_>| scope.effective(id::SSL_CERTIFICATE).next().is_some();
    if !has_certificate(scope) && !scope.blocks(id::SERVER).any(has_certificate) {
        return Some(VersionSet::none());
    }
    let in_http = scope.context().family() == Family::Http;
    if in_http || listens_for_tls(scope) || scope.blocks(id::SERVER).any(listens_for_tls) {
        return None;
    }
    Some(VersionSet::since(nginx::Version::new(1, 25, 5)))
}

/// The names of groups in regular expressions: `(?<name>`, `(?P<name>`, `(?'name'`.
fn captures(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memmem::find_iter(text, b"(?").filter_map(|at| {
        let rest = &text[at + 2..];
        let rest = rest.strip_prefix(b"P").unwrap_or(rest);
        let rest = rest.strip_prefix(b"<").or_else(|| rest.strip_prefix(b"'"))?;
        let end = rest.iter().position(|byte| !is_name(*byte))?;
        (end > 0).then(|| &rest[..end])
    })
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Which words of a directive make a variable.
#[derive(Copy, Clone)]
enum Maker {
    First,
    Last,
    /// A module outside nginx: any word that is a variable's name may.
    Any,
}

impl Maker {
    fn of(id: DirectiveId) -> Option<Self> {
        match id {
            id::AUTH_REQUEST_SET | id::PERL_SET | id::SET => Some(Self::First),
            id::GEO | id::MAP | id::SPLIT_CLIENTS => Some(Self::Last),
            _ => {
                let own = id.definitions().first().map(|one| one.origin);
                (own != Some(Origin::Nginx)).then_some(Self::Any)
            }
        }
    }
}

/// Looks at the words of one directive.
struct Look<'l, 'm> {
    model: &'m Model<'m>,
    family: Family,
    made: &'l Made<'m>,
    /// The releases that compile them.
    versions: &'l VersionSet,
    found: &'l mut HashMap<(Family, Vec<u8>), Unknown<'m>>,
    /// Whether nothing was found.
    right: bool,
}

impl<'m> Look<'_, 'm> {
    fn directive(&mut self, how: How, used: Used<'m>) {
        let directive = used.directive();
        match how {
            How::At(index) => directive.arg(index).iter().for_each(|word| self.word(used, *word)),
            How::From(index) => {
                directive.args().skip(index).for_each(|word| self.word(used, word));
            }
            How::Last => directive.args().last().iter().for_each(|word| self.word(used, *word)),
            How::Patterns => directive
                .args()
                .filter(|word| word.value().first() != Some(&b'~'))
                .for_each(|word| self.word(used, word)),
            How::Log => {
                let mut words = directive.args();
                let path = words.next().filter(|word| !word.value().starts_with(b"syslog:"));
                let condition = words.filter(|word| word.value().starts_with(b"if="));
                path.into_iter().chain(condition).for_each(|word| self.word(used, word));
            }
            How::Behind(prefix) => directive
                .args()
                .filter(|word| word.value().starts_with(prefix.as_bytes()))
                .for_each(|word| self.word(used, word)),
            How::Name => directive.args().for_each(|word| self.bare(used, word)),
            How::Geo => {
                let mut words = directive.args();
                let (first, second) = (words.next(), words.next());
                first.filter(|_| second.is_some()).iter().for_each(|word| self.bare(used, *word));
            }
            How::Map => {
                directive.arg(0).iter().for_each(|word| self.word(used, *word));
                if memchr::memchr(b'$', block(used)).is_some() || has_include(used) {
                    for line in self.model.config().lines(used) {
                        line.directive().arg(0).iter().for_each(|word| self.word(line, *word));
                    }
                }
            }
            How::Condition => {
                let mut regex = false;
                for word in directive.args() {
                    if !std::mem::take(&mut regex) {
                        self.word(used, word);
                    }
                    regex = matches!(&*word.value(), b"~" | b"~*" | b"!~" | b"!~*");
                }
            }
            How::Memcached => self.name(used, b"memcached_key", directive.span()),
        }
    }

    /// The variable that a whole word names: braces are a part of its name.
    fn bare(&mut self, used: Used<'m>, word: Word<'m>) {
        let value = word.value();
        if let Some(name) = value.strip_prefix(b"$")
            && !is_placeholder(word.raw())
        {
            self.name(used, name, word.span());
        }
    }

    /// Every variable of a word (`ngx_http_script_compile`).
    fn word(&mut self, used: Used<'m>, word: Word<'m>) {
        let raw = word.raw();
        if memchr::memchr(b'$', raw).is_none() || is_placeholder(raw) {
            return;
        }
        let value = word.value();
        for (name, at) in names(&value) {
            // A backslash that is translated moves what is behind it.
            let span = match value {
                Cow::Borrowed(_) => {
                    let start = word.span().start + u32::from(word.is_quoted());
                    Span::new(start + at.start as u32, start + at.end as u32)
                }
                Cow::Owned(_) => word.span(),
            };
            self.name(used, name, span);
        }
    }

    fn name(&mut self, used: Used<'m>, name: &[u8], span: Span) {
        let (model, family) = (self.model, self.family);
        let fact = nginx::variable(name, family);
        let known = fact.filter(|fact| match fact.origin {
            Origin::Nginx => true,
            Origin::Module(module) => {
                model.flavor() == nginx::Flavor::Openresty || model.modules().have_module(module)
            }
            Origin::Fork(flavor) => flavor == model.flavor(),
            Origin::Plus => model.flavor() == nginx::Flavor::Plus,
        });
        let within = |fact: &&nginx::Variable| match fact.ranges {
            [one] => self.versions.is_within(&[one.versions]),
            _ => false,
        };
        if known.as_ref().is_some_and(within) {
            return;
        }
        let in_releases: VersionSet =
            known.into_iter().flat_map(|one| one.ranges).map(|one| one.versions).collect();
        let versions = self.versions.minus(&in_releases);
        let key = (family, name.to_ascii_lowercase());
        if versions.is_empty() || self.made.has(&key) {
            return;
        }
        self.right = false;
        let unknown = self.found.entry(key).or_insert_with(|| Unknown {
            name: super::shown(name),
            family,
            uses: Vec::new(),
            versions: VersionSet::none(),
            known_to: fact,
            near: None,
        });
        unknown.uses.push((used, span));
        unknown.versions = unknown.versions.union(&versions);
    }
}

/// The text of a block.
fn block(used: Used<'_>) -> &[u8] {
    let directive = used.directive();
    let span = directive.whole_span();
    &directive.tree().bytes()[directive.terminator().end as usize..span.end as usize]
}

fn has_include(used: Used<'_>) -> bool {
    used.directive().children().any(|line| line.id() == Some(id::INCLUDE))
}

/// The names of the variables in a text, and where each stands with its `$`. `$1` to `$9` are
/// groups of a regular expression.
fn names(text: &[u8]) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + memchr::memchr(b'$', text.get(from..)?)?;
            let rest = &text[at + 1..];
            let braced = rest.first() == Some(&b'{');
            let inner = if braced { &rest[1..] } else { rest };
            let length = inner.iter().position(|byte| !is_name(*byte)).unwrap_or(inner.len());
            let closed = !braced || inner.get(length) == Some(&b'}');
            let end = at + 1 + length + if braced && closed { 2 } else { usize::from(braced) };
            from = end.max(at + 1);
            let group = !braced && matches!(rest.first(), Some(b'1'..=b'9'));
            if group {
                from = at + 2;
            } else if length > 0 && closed {
                return Some((&inner[..length], at..end));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        names(text.as_bytes())
            .map(|(name, at)| format!("{}@{at:?}", super::super::shown(name)))
            .collect()
    }

    #[test]
    fn names_are_found() {
        assert_eq!(all("a$b-${c}d"), ["b@1..3", "c@4..8"]);
        assert_eq!(all("$1$2x$$ $- $"), [""; 0]);
        assert_eq!(all("${1}$0"), ["1@0..4", "0@4..6"]);
        assert_eq!(all("${a $b"), ["b@4..6"]);
        let text = br"~(?<one>a)(?P<two>b)(?'three'c)(?:d)(?=e)(?<!f)";
        let names: Vec<_> = captures(text).map(super::super::shown).collect();
        assert_eq!(names, ["one", "two", "three"]);
    }
}
