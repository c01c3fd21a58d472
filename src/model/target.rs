//! The releases that take all that a configuration uses, or what it is that no release takes
//! together.

use super::Model;
use super::known::Known;
use super::scope::Entry;
use crate::include::{Use, Used};
use crate::nginx::{
    self, Contexts, Definition, DirectiveId, Family, Origin, Status, ValueKind, VersionSet,
    WordFact, id,
};
use crate::syntax::Word;

/// A directive of the configuration with the releases that take it as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The directive.
    pub used: Use,
    /// The word of it that those releases know, if it is not the directive as such.
    pub word: Option<&'static str>,
    /// The releases.
    pub versions: VersionSet,
}

/// A target made narrower by what a configuration uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Narrowed {
    /// What is left of the target; all of it, where nothing would be left.
    pub(super) versions: VersionSet,
    /// The directive that raised its lower end, else the one that lowered its upper end.
    pub(super) by: Option<Use>,
    /// What surely belongs together and what no release takes together, what is gone first in
    /// front; empty if there is no such thing.
    pub(super) conflict: Vec<Need>,
}

/// Narrows `target` to the releases that take every directive of the configuration where it stands,
/// with its arguments. What no release of the target takes is a mistake and narrows nothing.
pub(super) fn narrow(model: &Model<'_>, target: &VersionSet) -> Narrowed {
    let mut narrowing = Narrowing {
        target,
        left: target.clone(),
        needs: Vec::new(),
        raised: None,
        lowered: None,
        conflict: None,
        seen: vec![Vec::new(); DirectiveId::COUNT],
        doubtful: vec![Vec::new(); DirectiveId::COUNT],
    };
    let mut known = Known::new(model.config);
    let may_narrow: Vec<bool> = DirectiveId::all()
        .map(|id| model.scopes.has(id) && narrowing.may_be_narrowed_by(id))
        .collect();
    let directives = model.scopes().flat_map(|scope| {
        let context = scope.context();
        scope.entries().iter().map(move |entry| (*entry, context))
    });
    for (Entry { id, line, used }, context) in directives {
        if !may_narrow[id.index()] || known.is_right(line, context) {
            continue;
        }
        let used = model.used(used);
        known.look(used, context, || {
            narrowing.take(id, used, context);
            true
        });
        if let Some(mut conflict) = narrowing.conflict.take() {
            let end = |need: &Need| need.versions.bounds().and_then(|bounds| bounds.until);
            conflict.sort_by_key(|need| (end(need).is_none(), end(need), need.used));
            let is_one_file =
                conflict.windows(2).all(|two| two[0].used.instance == two[1].used.instance);
            let together = model.config().has_root() || is_one_file;
            // The words of `server` that are young in nginx are old in NGINX Plus.
            let is_old = |need: &Need| {
                need.word.is_some() && model.used(need.used).directive().id() == Some(id::SERVER)
            };
            let sure = together && !conflict.iter().any(is_old);
            let conflict = if sure { conflict } else { Vec::new() };
            return Narrowed { versions: target.clone(), by: None, conflict };
        }
    }
    let by = narrowing.raised.or(narrowing.lowered);
    Narrowed { versions: narrowing.left, by, conflict: Vec::new() }
}

struct Narrowing<'t> {
    target: &'t VersionSet,
    left: VersionSet,
    /// What made it so, in the order in which it was met.
    needs: Vec<Need>,
    raised: Option<Use>,
    lowered: Option<Use>,
    /// What leaves nothing.
    conflict: Option<Vec<Need>>,
    /// The ways in which each directive was met: where, with how many arguments, with a block.
    seen: Vec<Vec<(Contexts, usize, bool)>>,
    /// The doubtful words of each directive that was met, by the part of nginx.
    doubtful: Vec<Vec<(Family, Vec<Doubtful>)>>,
}

/// A word that some release of the target does not take.
#[derive(Clone)]
struct Doubtful {
    fact: &'static WordFact,
    /// The releases that take it.
    versions: VersionSet,
}

impl Narrowing<'_> {
    /// Whether some use of a directive may be taken by a part of the target alone: most are as old as
    /// all of it.
    fn may_be_narrowed_by(&mut self, id: DirectiveId) -> bool {
        let definitions = id.definitions();
        let is_in_part = |range: &nginx::Range| {
            let versions = VersionSet::from(range.versions);
            versions.meets(self.target) && !self.target.is_subset(&versions)
        };
        definitions.iter().flat_map(|one| one.ranges).any(is_in_part)
            || definitions.iter().any(|one| !self.doubtful(id, one.family).is_empty())
    }

    fn take(&mut self, id: DirectiveId, used: Used<'_>, context: Contexts) {
        let directive = used.directive();
        let way = (context, directive.args().len(), directive.is_block());
        let seen = &mut self.seen[id.index()];
        if !seen.contains(&way) {
            seen.push(way);
            // Forks and modules may know the name in other places and since other releases.
            if id.definitions().iter().all(|one| one.origin == Origin::Nginx) {
                self.keep(id.accepted_versions(way.0, way.1, way.2), used, None);
            }
        }
        let family = context.family();
        let doubtful = self.doubtful(id, family);
        if doubtful.is_empty() {
            return;
        }
        let shortest = doubtful.iter().map(|one| one.fact.word.len()).min().unwrap_or(0);
        let doubt = |word: Word<'_>| {
            // Neither quotes nor escapes make a word longer than it is written.
            if word.raw().len() < shortest {
                return None;
            }
            let value = word.value();
            if !doubtful.iter().any(|one| one.fact.is(&value)) {
                return None;
            }
            let fact = nginx::word(id, family, &value)?;
            doubtful.iter().find(|one| std::ptr::eq(one.fact, fact)).cloned()
        };
        let found: Vec<_> = directive.args().filter_map(doubt).collect();
        for Doubtful { fact, versions } in found {
            self.keep(versions, used, Some(fact.word));
        }
    }

    /// The words of a directive that are doubtful: few have any.
    fn doubtful(&mut self, id: DirectiveId, family: Family) -> &[Doubtful] {
        let families = &mut self.doubtful[id.index()];
        let known = families.iter().position(|(of, _)| *of == family);
        let index = known.unwrap_or_else(|| {
            let words = nginx::words(id, family).iter();
            let doubtful = words
                .filter(|fact| !self.target.is_within(fact.ranges))
                .map(|fact| Doubtful { fact, versions: taken(id, family, fact) })
                .filter(|one| !self.target.is_subset(&one.versions));
            families.push((family, doubtful.collect()));
            families.len() - 1
        });
        &families[index].1
    }

    fn keep(&mut self, versions: VersionSet, used: Used<'_>, word: Option<&'static str>) {
        if self.left.is_subset(&versions) || !versions.meets(self.target) {
            return;
        }
        let left = self.left.intersect(&versions);
        let need = Need { used: used.name(), word, versions };
        if left.is_empty() {
            self.conflict = Some(self.excluding(need));
            return;
        }
        let lower = |set: &VersionSet| set.bounds().map(|bounds| bounds.since);
        let slot =
            if lower(&left) == lower(&self.left) { &mut self.lowered } else { &mut self.raised };
        *slot = Some(need.used);
        self.left = left;
        self.needs.push(need);
    }

    /// `need` and what was met before and leaves no release for it: one directive, if there is one
    /// that does so alone. Nothing, if a release outside of the target takes it all.
    fn excluding(&self, need: Need) -> Vec<Need> {
        let mut left = need.versions.clone();
        let mut conflict = vec![need];
        let alone = self.needs.iter().find(|one| !one.versions.meets(&left));
        let others = alone.map_or(self.needs.as_slice(), std::slice::from_ref);
        for other in others {
            let rest = left.intersect(&other.versions);
            if rest != left {
                conflict.push(other.clone());
                left = rest;
            }
        }
        if left.is_empty() { conflict } else { Vec::new() }
    }
}

/// The releases in which the directive takes a word that it knows.
fn taken(id: DirectiveId, family: Family, fact: &WordFact) -> VersionSet {
    let is_own = |one: &&Definition| one.origin == Origin::Nginx && one.family == family;
    // `on` and `off` became words of a list where a flag was given a third value.
    let is_flag = ["on", "off"].contains(&fact.word);
    let flag = id.definitions().iter().filter(is_own).flat_map(|one| one.ranges);
    let flag = flag.filter(|one| is_flag && one.value == ValueKind::Flag).map(|one| one.versions);
    // What is ignored is not looked at: `http2_push off` is taken to this day.
    let ignored = nginx::deprecations(id).iter().filter(|one| {
        one.family == family && one.parameter.is_none() && one.status == Status::Obsolete
    });
    let ignored = ignored.map(|one| one.versions);
    fact.ranges.iter().copied().chain(flag).chain(ignored).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that are young in the tables, in directives that took them before in another way.
    #[test]
    fn only_what_a_release_refuses_narrows() {
        let newest = nginx::version::NEWEST;
        let taken = |id: DirectiveId, family, text: &[u8]| {
            taken(id, family, nginx::word(id, family, text).expect("a word"))
        };
        for (id, family, word) in [
            (id::PROXY_PROTOCOL, Family::Stream, "on"),
            (id::PROXY_PROTOCOL, Family::Mail, "off"),
            (id::HTTP2_PUSH, Family::Http, "off"),
            (id::RESOLVER, Family::Http, "valid=10s"),
        ] {
            let versions = taken(id, family, word.as_bytes());
            assert!(VersionSet::assumed().is_subset(&versions), "{word}: {versions}");
        }
        for (id, family, word, since) in [
            (id::PROXY_PROTOCOL, Family::Stream, "v2", ">=1.31.4"),
            (id::PROXY_HTTP_VERSION, Family::Http, "2", ">=1.29.4"),
            (id::LISTEN, Family::Http, "quic", ">=1.25.0"),
        ] {
            assert_eq!(taken(id, family, word.as_bytes()).to_string(), since);
        }
        assert!(!taken(id::AIO, Family::Http, b"sendfile").contains(newest));
    }
}
