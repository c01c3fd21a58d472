//! What nginx says of each directive by itself, release by release: whether it knows the name,
//! whether it stands where it may, and whether its words are what it takes. In nginx's own order
//! (`ngx_conf_handler`): name, context, block or semicolon, number of arguments, value. What is
//! refused at one step in a release is not looked at further in that release.

mod fault;
mod module;
mod relation;
mod standing;
mod value;

pub use fault::{Fault, FaultKind, Mend};
pub use module::Modules;
pub use standing::{Misfit, MisfitKind, Standing};

use super::Model;
use super::known::Known;
use super::scope::{Entry, Scope, ScopeId};
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, ValueKind, VersionSet};
use value::Subject;

/// What nginx has against the directives of a configuration.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    misfits: Vec<Misfit>,
    faults: Vec<Fault>,
}

impl Verdicts {
    pub(super) fn build(model: &Model<'_>) -> Self {
        let mut judge = Judge {
            model,
            ways: vec![Vec::new(); DirectiveId::COUNT],
            known: Known::new(model.config),
            found: Self::default(),
        };
        for (used, scope) in model.scopes.unknown() {
            judge.found.misfits.push(Misfit {
                used,
                scope,
                kind: MisfitKind::Unknown,
                versions: model.target().clone(),
            });
        }
        for scope in model.scopes() {
            let context = scope.context();
            // What stands in a block that makes no context is read by nobody, or by a module.
            if context.is_empty() || context == Contexts::OTHER {
                continue;
            }
            let mut marks = 0;
            for Entry { id, line, used } in scope.entries().iter().copied() {
                marks |= relation::mark(id);
                if !judge.known.is_right(line, context) {
                    judge.directive(id, model.used(used), scope, context);
                }
            }
            if marks != 0 {
                relation::check(model, scope, marks, &mut judge.found.faults);
            }
        }
        for misnomer in &model.sharing.misnomers {
            judge.found.faults.extend(value::misnomer(model, misnomer));
        }
        // What leaves no release to an assumed target is said once, of both places together.
        let mut found = judge.found;
        if !model.conflict().is_empty() {
            let told = |used: Use| model.conflict().iter().any(|need| need.used == used);
            found.misfits.retain(|misfit| !told(misfit.used));
            found.faults.retain(|fault| !told(fault.used));
        }
        found
    }
}

struct Judge<'m> {
    model: &'m Model<'m>,
    /// The ways in which each directive was met: few each, and most lines are alike.
    ways: Vec<Vec<Way>>,
    /// Lines that stand well and whose words are right, whatever stands around them.
    known: Known<'m>,
    found: Verdicts,
}

/// A way in which a directive stands.
#[derive(Clone, Debug)]
struct Way {
    context: Contexts,
    arguments: usize,
    block: bool,
    /// The releases of the target that get as far as its value.
    versions: VersionSet,
    /// How they read it, and what is wrong with the way, if anything is.
    kind: Option<ValueKind>,
    misfits: Vec<(MisfitKind, VersionSet)>,
}

impl<'m> Judge<'m> {
    fn directive(&mut self, id: DirectiveId, used: Used<'m>, scope: Scope<'m>, context: Contexts) {
        let directive = used.directive();
        let (arguments, block) = (directive.args().len(), directive.is_block());
        let ways = &mut self.ways[id.index()];
        let met =
            |way: &Way| way.context == context && way.arguments == arguments && way.block == block;
        let index = ways.iter().position(met).unwrap_or_else(|| {
            let standing = Standing::of(self.model, id, context, arguments, block);
            let Standing { versions, kind, misfits } = standing;
            ways.push(Way { context, arguments, block, versions, kind, misfits });
            ways.len() - 1
        });
        let way = &ways[index];
        for (kind, versions) in &way.misfits {
            let versions = versions.clone();
            self.found.misfits.push(Misfit {
                used: used.name(),
                scope: scope.id(),
                kind: *kind,
                versions,
            });
        }
        let Some(kind) = way.kind else { return };
        let faults = &mut self.found.faults;
        let mut check = || value::check(Subject::new(used, scope, id, kind, &way.versions, faults));
        if way.misfits.is_empty() && value::stands_alone(id, kind, context) {
            self.known.look(used, context, check);
        } else {
            check();
        }
    }
}

impl Model<'_> {
    /// The directives that do not stand as nginx wants them, for one reason.
    pub fn misfits(&self, kind: MisfitKind) -> impl Iterator<Item = &Misfit> {
        self.verdicts.misfits.iter().filter(move |misfit| misfit.kind == kind)
    }

    /// What is wrong with the words of directives, of one kind.
    pub fn faults(&self, kind: FaultKind) -> impl Iterator<Item = &Fault> {
        self.verdicts.faults.iter().filter(move |fault| fault.kind == kind)
    }

    /// Whether a directive stands in the block that no catalogue knows.
    pub fn unknown_in(&self, scope: Scope<'_>) -> bool {
        self.scopes.unknown().any(|(_, id)| id == scope.id())
    }

    /// A block of the configuration.
    pub fn scope(&self, id: ScopeId) -> Scope<'_> {
        Scope { model: self, id }
    }
}
