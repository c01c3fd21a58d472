//! Scopes: the blocks of a configuration with the directives in force there.
//!
//! A directive's value is handed to inner blocks as its merge kind says: a scalar and a list are
//! replaced by what stands further in, some directives are not inherited at all. What is asked for
//! comes back as the directive itself, so that a finding can show where a value comes from.

use std::num::NonZeroU32;
use std::ops::Range;

use super::Model;
use crate::include::{Config, LineId, Use, Used};
use crate::nginx::{self, Contexts, DirectiveId, Merge};

/// Names a scope of a [`Model`]. It counts from 1, so that `Option<ScopeId>` is no larger: there
/// are many.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(NonZeroU32);

/// Every scope, in the order in which they begin.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    all: Vec<Data>,
    /// What may stand in each: asked of all of them again and again, and so kept close together.
    contexts: Vec<Contexts>,
    /// Those of one scope lie together, by id, then in nginx's order.
    entries: Vec<Entry>,
    /// Directives that no catalogue knows, where directives are read.
    unknown: Vec<(Use, ScopeId)>,
    /// In which scopes each directive stands, and where its first entry is: those of one directive
    /// lie together, in the order in which the scopes begin.
    groups: Vec<(ScopeId, u32)>,
    /// Where the groups of each directive begin; those of most are none.
    starts: Vec<u32>,
    /// Those in which some directive stands more than once.
    repeating: Vec<ScopeId>,
}

#[derive(Debug)]
struct Data {
    parent: Option<ScopeId>,
    /// The directive with the braces; `None` for a file that nothing includes.
    block: Option<Use>,
    entries: Range<u32>,
    /// Behind the blocks inside.
    end: u32,
}

/// What is left to be read.
enum Rest {
    /// A block in a scope.
    Block(Use, ScopeId),
    /// No more blocks of a scope.
    End(ScopeId),
}

/// A directive of the catalogue in its block, with what most passes ask for first.
#[derive(Copy, Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: DirectiveId,
    pub(super) line: LineId,
    pub(super) used: Use,
}

impl Scopes {
    pub(super) fn build(config: &Config) -> Self {
        let starts = vec![0; DirectiveId::COUNT + 1];
        let entries = Vec::with_capacity(config.line_count());
        let mut scopes = Self { starts, entries, ..Self::default() };
        let mut rest = Vec::new();
        for top in config.tops() {
            let scope = scopes.add(None, None, top.context);
            rest.push(Rest::End(scope));
            scopes.read(scope, config.level(top), &mut rest);
            while let Some(next) = rest.pop() {
                match next {
                    Rest::Block(block, around) => {
                        let block = config.used(block);
                        let context = scopes.contexts[around.index()];
                        let inner =
                            block.directive().id().and_then(|id| nginx::inside(id, context));
                        let inner = inner.unwrap_or(Contexts::NONE);
                        let scope = scopes.add(Some(around), Some(block.name()), inner);
                        rest.push(Rest::End(scope));
                        scopes.read(scope, config.inside(block), &mut rest);
                    }
                    Rest::End(scope) => scopes.all[scope.index()].end = scopes.all.len() as u32,
                }
            }
        }
        scopes.group();
        scopes
    }

    /// Sorts the groups by directive, each into its place: how many there are of each is known.
    fn group(&mut self) {
        let mut end = 0;
        for count in &mut self.starts {
            let start = end;
            end += std::mem::replace(count, start);
        }
        let mut next = self.starts.clone();
        self.groups = vec![(ScopeId::new(0), 0); end as usize];
        for (index, data) in self.all.iter().enumerate() {
            let Range { start, end } = data.entries;
            let mut last = None;
            for (entry, at) in self.entries[start as usize..end as usize].iter().zip(start..) {
                if last.replace(entry.id) != Some(entry.id) {
                    let place = &mut next[entry.id.index()];
                    self.groups[*place as usize] = (ScopeId::new(index), at);
                    *place += 1;
                }
            }
        }
    }

    fn add(&mut self, parent: Option<ScopeId>, block: Option<Use>, context: Contexts) -> ScopeId {
        self.all.push(Data { parent, block, entries: 0..0, end: 0 });
        self.contexts.push(context);
        ScopeId::new(self.all.len() - 1)
    }

    /// Reads the directives of a scope. Its blocks go to `rest`, the first on top.
    fn read<'c>(
        &mut self,
        scope: ScopeId,
        directives: impl Iterator<Item = Used<'c>>,
        rest: &mut Vec<Rest>,
    ) {
        let (start, blocks) = (self.entries.len(), rest.len());
        let is_read = !self.contexts[scope.index()].is_empty();
        for used in directives {
            let directive = used.directive();
            if let Some(id) = directive.id() {
                self.entries.push(Entry { id, line: used.line(), used: used.name() });
            } else if is_read {
                self.unknown.push((used.name(), scope));
            }
            if directive.is_block() {
                rest.push(Rest::Block(used.name(), scope));
            }
        }
        rest[blocks..].reverse();
        let own = &mut self.entries[start..];
        own.sort_by_key(|entry| entry.id);
        let (mut last, mut repeats) = (None, false);
        for entry in own {
            if last.replace(entry.id) == Some(entry.id) {
                repeats = true;
            } else {
                self.starts[entry.id.index()] += 1;
            }
        }
        if repeats {
            self.repeating.push(scope);
        }
        self.all[scope.index()].entries = start as u32..self.entries.len() as u32;
    }

    fn entries(&self, scope: ScopeId) -> &[Entry] {
        let Range { start, end } = self.all[scope.index()].entries;
        &self.entries[start as usize..end as usize]
    }

    fn own(&self, scope: ScopeId, id: DirectiveId) -> &[Entry] {
        if !self.has(id) {
            return &[];
        }
        let entries = self.entries(scope);
        lead(&entries[entries.partition_point(|entry| entry.id < id)..], id)
    }

    fn groups(&self, id: DirectiveId) -> &[(ScopeId, u32)] {
        let (start, end) = (self.starts[id.index()], self.starts[id.index() + 1]);
        &self.groups[start as usize..end as usize]
    }

    fn group_entries(&self, id: DirectiveId, (scope, first): (ScopeId, u32)) -> &[Entry] {
        let end = self.all[scope.index()].entries.end;
        lead(&self.entries[first as usize..end as usize], id)
    }

    /// The scopes in which a directive stands, each with its entries there.
    pub(super) fn every(&self, id: DirectiveId) -> impl Iterator<Item = (ScopeId, &[Entry])> {
        self.groups(id).iter().map(move |group| (group.0, self.group_entries(id, *group)))
    }

    /// The entries of a directive in the nearest scope, from `scope` outward, that has any.
    fn nearest(&self, scope: ScopeId, id: DirectiveId) -> &[Entry] {
        let groups = self.groups(id);
        if groups.len() <= FEW {
            // Those that hold `scope` begin before its end and end behind it: the last is nearest.
            let holds = |around: ScopeId| {
                around <= scope && scope.index() < self.all[around.index()].end as usize
            };
            let group = groups.iter().rev().find(|(around, _)| holds(*around));
            return group.map_or(&[], |group| self.group_entries(id, *group));
        }
        let chain = std::iter::successors(Some(scope), |scope| self.all[scope.index()].parent);
        chain.map(|scope| self.own(scope, id)).find(|own| !own.is_empty()).unwrap_or_default()
    }

    /// Whether a directive stands anywhere.
    pub(super) fn has(&self, id: DirectiveId) -> bool {
        self.starts[id.index()] < self.starts[id.index() + 1]
    }

    /// The scopes in which some directive stands more than once.
    pub(super) fn repeating(&self) -> &[ScopeId] {
        &self.repeating
    }

    /// Directives that no catalogue knows, with the block they stand in.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (Use, ScopeId)> {
        self.unknown.iter().copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.all.len()).map(ScopeId::new)
    }
}

/// A directive that stands in no more blocks is looked for in all of them.
const FEW: usize = 8;

/// The entries of a directive that come first.
fn lead(entries: &[Entry], id: DirectiveId) -> &[Entry] {
    &entries[..entries.iter().take_while(|entry| entry.id == id).count()]
}

impl ScopeId {
    const fn new(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    pub(super) const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A block of the configuration: a small view, to be copied.
#[derive(Copy, Clone)]
pub struct Scope<'m> {
    pub(super) model: &'m Model<'m>,
    pub(super) id: ScopeId,
}

impl<'m> Scope<'m> {
    fn data(self) -> &'m Data {
        &self.model.scopes.all[self.id.index()]
    }

    fn at(self, id: ScopeId) -> Self {
        Self { model: self.model, id }
    }

    /// Its name in the model.
    pub const fn id(self) -> ScopeId {
        self.id
    }

    /// What may stand in it.
    pub fn context(self) -> Contexts {
        self.model.scopes.contexts[self.id.index()]
    }

    /// The block around it.
    pub fn parent(self) -> Option<Self> {
        self.data().parent.map(|parent| self.at(parent))
    }

    /// This block and those around it, the innermost first.
    pub fn chain(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |scope| scope.parent())
    }

    /// The directive with the braces; `None` for a file that nothing includes.
    pub fn block(self) -> Option<Used<'m>> {
        self.data().block.map(|block| self.model.config.used(block))
    }

    /// [`Self::all`], without a look at the directives themselves.
    pub(super) fn entries(self) -> &'m [Entry] {
        self.model.scopes.entries(self.id)
    }

    /// Every directive in it that the catalogue knows, by name.
    pub fn all(self) -> impl Iterator<Item = (DirectiveId, Used<'m>)> {
        let model = self.model;
        let entries = model.scopes.entries(self.id).iter();
        entries.map(move |entry| (entry.id, model.config.used(entry.used)))
    }

    /// The directives in it for whose name `choose` has something, with that.
    pub fn pick<T>(
        self,
        choose: impl Fn(DirectiveId) -> Option<T>,
    ) -> impl Iterator<Item = (Used<'m>, T)> {
        let model = self.model;
        let entries = model.scopes.entries(self.id).iter();
        entries
            .filter_map(move |entry| Some((entry.used, choose(entry.id)?)))
            .map(move |(used, chosen)| (model.config.used(used), chosen))
    }

    /// The directives that stand in it more than once, each with its lines in nginx's order.
    pub(super) fn repeated(
        self,
    ) -> impl Iterator<Item = (DirectiveId, impl Iterator<Item = Used<'m>>)> {
        let model = self.model;
        let groups = model.scopes.entries(self.id).chunk_by(|one, other| one.id == other.id);
        groups.filter(|group| group.len() > 1).map(move |group| {
            (group[0].id, group.iter().map(move |entry| model.config.used(entry.used)))
        })
    }

    /// The directives of that name in it, in nginx's order.
    pub fn own(self, id: DirectiveId) -> impl DoubleEndedIterator<Item = Used<'m>> + Clone {
        let model = self.model;
        model.scopes.own(self.id, id).iter().map(move |entry| model.config.used(entry.used))
    }

    /// The blocks in it, in nginx's order.
    fn inner(self) -> impl Iterator<Item = Self> {
        let end = self.data().end as usize;
        let from = move |index: usize| (index < end).then(|| self.at(ScopeId::new(index)));
        let behind = move |scope: &Self| from(scope.data().end as usize);
        std::iter::successors(from(self.id.index() + 1), behind)
    }

    /// This block and those inside at any level, in the order in which they begin.
    pub(super) fn within(self) -> impl Iterator<Item = Self> {
        let end = self.data().end as usize;
        (self.id.index()..end).map(move |index| self.at(ScopeId::new(index)))
    }

    /// Whether no block stands in it.
    pub fn is_innermost(self) -> bool {
        self.inner().next().is_none()
    }

    /// The blocks of that name in it, in nginx's order.
    pub fn blocks(self, id: DirectiveId) -> impl Iterator<Item = Self> {
        let name = |scope: &Self| scope.block().and_then(|block| block.directive().id());
        self.inner().filter(move |scope| name(scope) == Some(id))
    }

    /// The directives of that name in force: its own, else those of the nearest block around it
    /// that has any, unless they are not inherited.
    pub fn effective(self, id: DirectiveId) -> impl DoubleEndedIterator<Item = Used<'m>> + Clone {
        let model = self.model;
        let in_force = if !model.scopes.has(id) {
            &[]
        } else if id.merge(self.context().family()) == Merge::None {
            model.scopes.own(self.id, id)
        } else {
            model.scopes.nearest(self.id, id)
        };
        in_force.iter().map(move |entry| model.config.used(entry.used))
    }

    /// The value of a directive with one argument in force, with the directive.
    pub fn value(self, id: DirectiveId) -> Option<(Used<'m>, std::borrow::Cow<'m, [u8]>)> {
        let used = self.effective(id).next()?;
        Some((used, used.directive().exemplar().arg(0)?.value()))
    }

    /// Whether a flag in force is `on`, and the directive that says so.
    pub fn flag(self, id: DirectiveId) -> Option<Used<'m>> {
        let (used, value) = self.value(id)?;
        value.eq_ignore_ascii_case(b"on").then_some(used)
    }

    /// The nearest `server` it stands in, itself included.
    pub fn server(self) -> Option<Self> {
        let servers = [Contexts::SERVER, Contexts::STREAM_SERVER, Contexts::MAIL_SERVER];
        self.chain().find(|scope| servers.contains(&scope.context()))
    }
}
