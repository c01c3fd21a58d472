//! The releases that take all that a configuration uses.

use super::Model;
use crate::include::{Use, Used};
use crate::nginx::{self, Contexts, DirectiveId, Family, Origin, VersionSet, WordFact};
use crate::syntax::Word;

/// A target made narrower by what a configuration uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Narrowed {
    /// What is left of the target; never empty.
    pub(super) versions: VersionSet,
    /// The directive that raised its lower end, else the one that lowered its upper end.
    pub(super) by: Option<Use>,
}

/// Narrows `target` to the releases that take every directive of the configuration where it stands,
/// with its arguments. What no release of the target takes is a mistake and narrows nothing.
pub(super) fn narrow(model: &Model<'_>, target: &VersionSet) -> Narrowed {
    let mut narrowing = Narrowing {
        left: target.clone(),
        raised: None,
        lowered: None,
        seen: vec![Vec::new(); DirectiveId::COUNT],
        doubtful: vec![Vec::new(); DirectiveId::COUNT],
    };
    for (id, used, scope) in model.directives() {
        narrowing.take(id, used, scope.context());
    }
    let by = narrowing.raised.or(narrowing.lowered);
    Narrowed { versions: narrowing.left, by }
}

struct Narrowing {
    left: VersionSet,
    raised: Option<Use>,
    lowered: Option<Use>,
    /// The ways in which each directive was met: where, with how many arguments, with a block.
    seen: Vec<Vec<(Contexts, usize, bool)>>,
    /// The words of each directive that was met whose releases the target is not within.
    doubtful: Vec<Vec<(Family, Vec<&'static WordFact>)>>,
}

impl Narrowing {
    fn take(&mut self, id: DirectiveId, used: Used<'_>, context: Contexts) {
        let directive = used.directive();
        let way = (context, directive.args().len(), directive.is_block());
        let seen = &mut self.seen[id.index()];
        if !seen.contains(&way) {
            seen.push(way);
            // Forks and modules may know the name in other places and since other releases.
            if id.definitions().iter().all(|one| one.origin == Origin::Nginx) {
                self.keep(id.accepted_versions(way.0, way.1, way.2), used);
            }
        }
        let family = context.family();
        let doubtful = self.doubtful(id, family);
        if doubtful.is_empty() {
            return;
        }
        let fact = |word: Word<'_>| {
            let value = word.value();
            let doubt = doubtful.iter().any(|fact| fact.is(&value));
            doubt.then(|| nginx::word(id, family, &value)).flatten()
        };
        let found: Vec<_> = directive.args().filter_map(fact).collect();
        for fact in found {
            if !self.left.is_within(fact.ranges) {
                self.keep(fact.ranges.iter().copied().collect(), used);
            }
        }
    }

    /// The words of a directive that some release of the target may not take: few have any.
    fn doubtful(&mut self, id: DirectiveId, family: Family) -> &[&'static WordFact] {
        let families = &mut self.doubtful[id.index()];
        let known = families.iter().position(|(of, _)| *of == family);
        let index = known.unwrap_or_else(|| {
            let words = nginx::words(id, family).iter();
            families
                .push((family, words.filter(|fact| !self.left.is_within(fact.ranges)).collect()));
            families.len() - 1
        });
        &families[index].1
    }

    fn keep(&mut self, versions: VersionSet, used: Used<'_>) {
        let left = self.left.intersect(&versions);
        if left.is_empty() || left == self.left {
            return;
        }
        let lower = |set: &VersionSet| set.bounds().map(|bounds| bounds.since);
        let slot =
            if lower(&left) == lower(&self.left) { &mut self.lowered } else { &mut self.raised };
        *slot = Some(used.name());
        self.left = left;
    }
}
