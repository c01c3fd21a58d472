//! Whether the words of a directive are what it takes. Most values are read by nginx in one of a
//! few ways, which the facts name (`scalar`); what a module reads by its own code has a check of
//! its own, in a table by the directive's name.

pub(super) use name::misnomer;

mod access;
mod address;
mod again;
mod answer;
mod cache;
mod complex;
mod condition;
mod expression;
mod form;
mod geo;
mod listen;
mod location;
mod log;
mod map;
mod meant;
mod name;
mod network;
mod number;
mod option;
mod pass;
mod process;
mod referer;
mod rewrite;
mod scalar;
mod scheme;
mod server;
#[cfg(test)]
mod tests;
mod tls;
mod types;
mod upstream;
mod url;
mod visitor;
mod word;

use super::fault::Fault;
use crate::include::Used;
use crate::model::Model;
use crate::model::scope::Scope;
use crate::nginx::{Contexts, DirectiveId, Family, ValueKind, VersionRange, VersionSet, id};
use crate::source::Span;
use crate::syntax::{Word, is_placeholder};

/// A directive that stands well, and what is found wrong with its words.
pub(super) struct Subject<'m, 'f> {
    used: Used<'m>,
    scope: Scope<'m>,
    id: DirectiveId,
    kind: ValueKind,
    /// The releases of the target that read its words.
    versions: &'f VersionSet,
    faults: &'f mut Vec<Fault>,
    /// Whether what was found depends on what stands around the line.
    looked_around: bool,
}

/// How the words of a directive are looked at.
#[derive(Copy, Clone)]
struct Check(DirectiveId, fn(&mut Subject<'_, '_>));

/// The checks of what modules read by their own code.
const CHECKS: [&[Check]; 20] = [
    access::CHECKS,
    answer::CHECKS,
    cache::CHECKS,
    condition::CHECKS,
    geo::CHECKS,
    listen::CHECKS,
    location::CHECKS,
    log::CHECKS,
    map::CHECKS,
    name::CHECKS,
    pass::CHECKS,
    process::CHECKS,
    referer::CHECKS,
    rewrite::CHECKS,
    scalar::CHECKS,
    server::CHECKS,
    tls::CHECKS,
    types::CHECKS,
    upstream::CHECKS,
    visitor::CHECKS,
];

/// [`CHECKS`] by directive.
static TABLE: [Option<fn(&mut Subject<'_, '_>)>; DirectiveId::COUNT] = table();

const fn table() -> [Option<fn(&mut Subject<'_, '_>)>; DirectiveId::COUNT] {
    let mut table: [Option<fn(&mut Subject<'_, '_>)>; DirectiveId::COUNT] =
        [None; DirectiveId::COUNT];
    let mut list = 0;
    while list < CHECKS.len() {
        let mut index = 0;
        while index < CHECKS[list].len() {
            let Check(id, check) = CHECKS[list][index];
            table[id.index()] = Some(check);
            index += 1;
        }
        list += 1;
    }
    table
}

/// Whether it depends on the words of a line alone, and on how it stands, what is said of them, and
/// on nothing around it, but where its check says so.
pub(super) fn stands_alone(id: DirectiveId, kind: ValueKind, context: Contexts) -> bool {
    if matches!(kind, ValueKind::Bitmask | ValueKind::MimeTypes) {
        return false;
    }
    match id {
        id::ACCESS_LOG
        | id::ADD_HEADER
        | id::ALLOW
        | id::DENY
        | id::ERROR_PAGE
        | id::EXPIRES
        | id::FASTCGI_PASS
        | id::GRPC_PASS
        | id::INDEX
        | id::LISTEN
        | id::PROXY_PASS
        | id::RETURN
        | id::REWRITE
        | id::SET
        | id::TRY_FILES
        | id::UWSGI_PASS => true,
        // In an `upstream` it is another directive.
        id::LOCATION | id::SERVER => {
            [Contexts::HTTP, Contexts::SERVER, Contexts::STREAM].contains(&context)
        }
        _ => TABLE[id.index()].is_none(),
    }
}

/// Looks at the words of a directive; whether they are right wherever they stand in such a block.
pub(super) fn check(mut subject: Subject<'_, '_>) -> bool {
    let before = subject.faults.len();
    check_words(&mut subject);
    subject.faults.len() == before && !subject.looked_around
}

fn check_words(subject: &mut Subject<'_, '_>) {
    let before = subject.faults.len();
    complex::check(subject);
    expression::check(subject);
    // What is said of a word once is not to be said again in other words.
    if subject.faults.len() > before {
        return;
    }
    match TABLE[subject.id.index()] {
        Some(check) => check(subject),
        None => scalar::check(subject),
    }
    again::check(subject);
}

impl<'m, 'f> Subject<'m, 'f> {
    pub(super) fn new(
        used: Used<'m>,
        scope: Scope<'m>,
        id: DirectiveId,
        kind: ValueKind,
        versions: &'f VersionSet,
        faults: &'f mut Vec<Fault>,
    ) -> Self {
        Self { used, scope, id, kind, versions, faults, looked_around: false }
    }

    /// The part of nginx it is a directive of.
    fn family(&self) -> Family {
        self.scope.context().family()
    }

    fn model(&self) -> &'m Model<'m> {
        self.scope.model
    }

    /// Its name, for a message.
    fn name(&self) -> &'static str {
        self.id.name()
    }

    /// The words behind its name.
    fn args(&self) -> impl DoubleEndedIterator<Item = Word<'m>> + ExactSizeIterator + use<'m> {
        self.used.directive().args()
    }

    /// The word behind its name at `index`, from 0.
    fn arg(&self, index: usize) -> Option<Word<'m>> {
        self.used.directive().arg(index)
    }

    /// The lines of its block, those of files that it includes among them, without the `include`s.
    fn lines(&self) -> impl Iterator<Item = Used<'m>> + use<'m> {
        self.model().config().lines(self.used)
    }

    /// Whether two lines may be branches of a condition in a template, so that one is left out.
    fn is_template(&self, one: Used<'_>, other: Used<'_>) -> bool {
        [one, other].iter().any(|used| used.directive().tree().is_template())
    }

    /// Whether all releases that read it are in `ranges`.
    fn always(&self, ranges: &[VersionRange]) -> bool {
        self.versions.is_within(ranges)
    }

    /// Says what is wrong with one of its words; nothing, if the word is still to be filled in.
    fn refuse_word(
        &mut self,
        word: Word<'_>,
        message: impl FnOnce(&str) -> String,
    ) -> Option<&mut Fault> {
        self.refuse_word_in(self.used, word, message)
    }

    /// [`Self::refuse_word`] for a word of a line of its block.
    fn refuse_word_in(
        &mut self,
        line: Used<'_>,
        word: Word<'_>,
        message: impl FnOnce(&str) -> String,
    ) -> Option<&mut Fault> {
        let value = word.value();
        if is_placeholder(word.raw()) || is_placeholder(&value) {
            return None;
        }
        Some(self.refuse_line(line, word.span(), message(&crate::model::shown(&value))))
    }

    /// Says what is wrong with a part of it, in all releases that read it.
    fn refuse(&mut self, span: Span, message: String) -> &mut Fault {
        self.refuse_line(self.used, span, message)
    }

    /// Says what is wrong with a part of a line of its block.
    fn refuse_line(&mut self, line: Used<'_>, span: Span, message: String) -> &mut Fault {
        let index = self.faults.len();
        self.faults.push(Fault::new(line, span, message, self.versions.clone()));
        &mut self.faults[index]
    }
}

impl Fault {
    /// It is so only in some of the releases that read the directive.
    fn only_in(&mut self, versions: &VersionSet) -> &mut Self {
        self.versions = self.versions.intersect(versions);
        self
    }

    /// It is not so in the releases of `ranges`.
    fn not_in(&mut self, ranges: &[VersionRange]) -> &mut Self {
        self.versions = self.versions.minus(&ranges.iter().copied().collect());
        self
    }
}
