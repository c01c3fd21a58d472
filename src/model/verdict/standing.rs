//! Whether a directive may stand where it stands, as it stands there.

use crate::include::Use;
use crate::model::{Model, ScopeId};
use crate::nginx::{self, Contexts, DirectiveId, Origin, Range, Status, ValueKind, VersionSet};

/// A directive that does not stand as nginx wants it.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// The directive.
    pub used: Use,
    /// The block it stands in.
    pub scope: ScopeId,
    /// Why.
    pub kind: MisfitKind,
    /// The releases of the target in which that is so.
    pub versions: VersionSet,
}

/// Why a directive does not stand well, in the order in which nginx looks.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum MisfitKind {
    /// Nobody knows the name, or only a server or a module that is not there.
    Unknown,
    /// Only NGINX Plus knows the name.
    Commercial,
    /// Other releases know it.
    Version,
    /// It may not stand in this block.
    Context,
    /// It has a block and may not, or has none and must.
    Block,
    /// It takes another number of arguments.
    Arguments,
    /// Nothing, but nginx warns that it is on its way out.
    Deprecated,
}

/// What nginx makes of a directive before it looks at its value.
pub struct Standing {
    /// The releases of the target that get as far as its value.
    pub versions: VersionSet,
    /// How the newest of them reads it.
    pub kind: Option<ValueKind>,
    /// What the others have against it; the sets are disjoint.
    pub misfits: Vec<(MisfitKind, VersionSet)>,
}

impl Standing {
    /// Of a directive in a context, with so many arguments, with a block or without.
    pub fn of(
        model: &Model<'_>,
        id: DirectiveId,
        context: Contexts,
        arguments: usize,
        block: bool,
    ) -> Self {
        let target = model.target();
        let ranges = || model.ranges(id);
        if ranges().next().is_none() {
            let extra = model.is_extra(id.name().as_bytes());
            let plus = id.definitions().iter().any(|one| one.origin == Origin::Plus);
            let kind = if plus { MisfitKind::Commercial } else { MisfitKind::Unknown };
            let misfits = if extra { Vec::new() } else { vec![(kind, target.clone())] };
            return Self { versions: VersionSet::none(), kind: None, misfits };
        }
        let those = |fits: &dyn Fn(&Range) -> bool| -> VersionSet {
            ranges().filter(|range| fits(range)).map(|range| range.versions).collect()
        };
        let in_context = |range: &Range| range.contexts.contains(context);
        let in_block = |range: &Range| in_context(range) && range.block == block;
        let fits = |range: &Range| in_block(range) && range.arguments.accepts(arguments);
        let versions = target.intersect(&those(&fits));
        let meets = |range: &Range| versions.meets(&[range.versions].into_iter().collect());
        let newest = ranges().filter(|range| fits(range) && meets(range)).last();
        let kind = newest.map(|range| range.value);
        let mut misfits = Vec::new();
        let mut left = target.minus(&versions);
        // From the last step to the first: what passes a step fails at the next.
        let steps: [(MisfitKind, VersionSet); 3] = [
            (MisfitKind::Arguments, those(&in_block)),
            (MisfitKind::Block, those(&in_context)),
            (MisfitKind::Context, those(&|_| true)),
        ];
        for (kind, passed) in steps {
            let failed = left.intersect(&passed);
            if !failed.is_empty() {
                left = left.minus(&failed);
                misfits.push((kind, failed));
            }
        }
        if !left.is_empty() {
            // Where it never stands well, the releases before it or after it say nothing more.
            match misfits.as_mut_slice() {
                [(_, failed)] if versions.is_empty() => *failed = failed.union(&left),
                _ => misfits.push((MisfitKind::Version, left)),
            }
        }
        let fading = deprecated(id, context, &versions);
        if !fading.is_empty() {
            misfits.push((MisfitKind::Deprecated, fading));
        }
        Self { versions, kind, misfits }
    }
}

/// The releases of `versions` in which nginx warns that it gives the directive up.
fn deprecated(id: DirectiveId, context: Contexts, versions: &VersionSet) -> VersionSet {
    let warns = |one: &&nginx::Deprecation| {
        one.parameter.is_none()
            && matches!(one.status, Status::Deprecated | Status::Obsolete)
            && one.family == context.family()
    };
    let phases = nginx::deprecations(id).iter().filter(warns).map(|one| one.versions);
    versions.intersect(&phases.collect())
}

impl Model<'_> {
    /// Since when and where a directive may stand, with what: by the server and the modules that
    /// may be there.
    pub fn ranges(&self, id: DirectiveId) -> impl Iterator<Item = &'static Range> {
        let own = id.definitions().iter().filter(|one| self.modules().have(one, self.flavor()));
        own.flat_map(|definition| definition.ranges)
    }

    /// Whether `one` is the directive `other` by another name: it stands where that stands, takes as
    /// many words, and they are read alike.
    pub fn is_alias(&self, one: DirectiveId, other: DirectiveId) -> bool {
        let form = |range: &Range| (range.contexts, range.arguments, range.block, range.value);
        self.ranges(one).all(|old| self.ranges(other).any(|new| form(old) == form(new)))
    }
}
