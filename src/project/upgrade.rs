//! What changes for a configuration between two releases: what the newer one says of it that the
//! older does not, and what means another thing there without a word.

use std::collections::HashMap;

use super::Error;
use crate::diagnostic::Level;
use crate::engine::{Outcome, Policy};
use crate::nginx::VersionSet;
use crate::rules;
use crate::source::Location;

/// An upgrade from some releases to others.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// The releases that run now.
    pub from: VersionSet,
    /// Those that are to run; the newest is newer than that of `from`.
    pub to: VersionSet,
}

impl Upgrade {
    /// # Errors
    /// It leads to no newer release.
    pub fn new(from: VersionSet, to: VersionSet) -> Result<Self, Error> {
        let end =
            |set: &VersionSet| set.bounds().map(|bounds| (bounds.until.is_none(), bounds.until));
        if end(&to) <= end(&from) {
            return Err(Error::new(format!(
                "an upgrade leads to a newer release: {to} is not newer than {from}"
            )));
        }
        Ok(Self { from, to })
    }

    /// The releases from the first to the last.
    pub(super) fn whole(&self) -> VersionSet {
        let first = self.from.bounds().map(|bounds| bounds.since);
        let between = first.map(VersionSet::since).unwrap_or_default();
        match self.to.bounds().and_then(|bounds| bounds.until) {
            Some(end) => between.intersect(&VersionSet::before(end)),
            None => between,
        }
    }
}

/// What is asked of the older releases: everything, since what is found there already is no change.
pub(super) fn before(policy: &Policy) -> Policy {
    Policy { min_level: Level::Info, ..policy.clone() }
}

/// What is asked of all releases together: what changes between them. Those rules are off else; a
/// level that the user sets counts more.
pub(super) fn between(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    let on = CHANGES.map(|name| (name.to_owned(), Level::Warning));
    policy.settings.splice(0..0, on);
    if policy.select.is_empty() {
        policy.select = CHANGES.map(str::to_owned).to_vec();
    }
    policy
}

/// The findings of an upgrade: what `after` has and `before` had not, or less badly, and the
/// changes among `between`.
pub(super) fn changes(
    upgrade: &Upgrade,
    before: Outcome,
    mut after: Outcome,
    mut between: Outcome,
) -> Outcome {
    let mut known: HashMap<(&str, Location), Level> = HashMap::new();
    for one in &before.diagnostics {
        let level = known.entry((one.rule, one.at)).or_insert(one.level);
        *level = one.level.max(*level);
    }
    after.diagnostics.retain(|one| {
        !CHANGES.contains(&one.rule)
            && known.get(&(one.rule, one.at)).is_none_or(|level| *level < one.level)
    });
    for one in &mut after.diagnostics {
        one.affects.get_or_insert_with(|| upgrade.to.clone());
    }
    between.diagnostics.retain(|one| CHANGES.contains(&one.rule));
    after.diagnostics.append(&mut between.diagnostics);
    after.hidden.truncate(after.hidden.len().saturating_sub(before.hidden.len()));
    after
}

/// The rules that speak of changes.
const CHANGES: [&str; 2] = [rules::CHANGED_DIRECTIVE.name, rules::CHANGED_PROXY_DEFAULTS.name];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_leads_from_the_first_release_to_the_last() {
        let upgrade =
            |from: &str, to: &str| Upgrade::new(from.parse().unwrap(), to.parse().unwrap());
        let whole = |from, to| upgrade(from, to).unwrap().whole().to_string();
        assert_eq!(whole("1.28", "1.31.3"), ">=1.28.0, <1.31.4");
        assert_eq!(whole("1.20.1 || 1.22.1", "1.28"), ">=1.20.1, <1.29.0");
        assert_eq!(whole("1.28.1", ">=1.28.2"), ">=1.28.1");
        for (from, to) in [("1.28", "1.28"), ("1.28", "1.26"), (">=1.28", "1.31")] {
            assert!(upgrade(from, to).is_err(), "{from} {to}");
        }
    }
}
