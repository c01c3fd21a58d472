//! A configuration as nginx sees it: one text that includes made of many.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use super::resolve::{Fault, Unread};
use crate::nginx::Contexts;
use crate::source::{Location, SourceId, Span};
use crate::syntax::{Directive, NodeId, Siblings, Tree};

/// Names one use of a file. It counts from 1, so that `Option<Use>` is no larger than [`Use`]:
/// there are many.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(NonZeroU32);

impl InstanceId {
    pub(super) const fn new(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }

    pub(super) const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Names one use of a directive: the identity of anything in a configuration.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use {
    /// The use of the file.
    pub instance: InstanceId,
    /// The directive in it.
    pub node: NodeId,
}

/// Names all uses of directives that are known to be written alike: what depends on the words alone
/// holds of all or of none.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(u32);

impl LineId {
    /// Below [`Config::line_count`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A configuration: a root and all it includes, or fragments without a root.
#[derive(Clone, Debug)]
pub struct Config {
    pub(super) instances: Vec<Instance>,
    /// Which instances an `include` stands for; ascending.
    pub(super) included: Vec<(Use, Range<u32>)>,
    pub(super) tops: Vec<Top>,
    pub(super) faults: Vec<Fault>,
    pub(super) unread: Vec<Unread>,
}

#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) source: SourceId,
    pub(super) tree: Arc<Tree>,
    /// The least [`LineId`] in it: one text has the same in all its uses.
    pub(super) first_line: u32,
    /// The `include` that stands for it.
    pub(super) from: Option<Use>,
}

/// A file that nothing includes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// Its one use.
    pub instance: InstanceId,
    /// Where its directives stand: `main` for a root.
    pub context: Contexts,
}

impl Config {
    /// The root, or the fragments that stand for one.
    pub fn tops(&self) -> &[Top] {
        &self.tops
    }

    /// Whether it begins at a root, not at fragments.
    pub fn has_root(&self) -> bool {
        self.tops.iter().any(|top| top.context == Contexts::MAIN)
    }

    /// Whether the root is known and everything it includes was read. Only then does the absence
    /// of something mean anything.
    pub fn is_complete(&self) -> bool {
        self.has_root() && self.is_whole()
    }

    /// Whether every include was read, with or without a root.
    pub fn is_whole(&self) -> bool {
        self.unread.is_empty() && self.faults.is_empty()
    }

    /// Whether the root is known and all that defines anything was read: of the files that packages
    /// bring along, those with types, parameters and charsets may be absent.
    pub fn defines_all(&self) -> bool {
        let defines_nothing = |unread: &Unread| {
            let name = unread.path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| DEFINING_NOTHING.contains(&name))
        };
        self.has_root() && self.faults.is_empty() && self.unread.iter().all(defines_nothing)
    }

    /// Includes that nginx would refuse, in the order of the configuration.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Includes that were not followed, in the order of the configuration.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }

    /// The texts it consists of, in the order of first use.
    pub fn sources(&self) -> Vec<SourceId> {
        let mut seen = std::collections::HashSet::new();
        self.instances.iter().map(|one| one.source).filter(|&source| seen.insert(source)).collect()
    }

    /// Whether two uses surely belong to one configuration: under a root they do; fragments without
    /// a root do if one includes the other, or if they are of the same context, so that the same
    /// `include` takes both.
    pub fn are_together(&self, one: InstanceId, other: InstanceId) -> bool {
        let top = |instance: InstanceId| {
            let outermost = self.outermost(instance);
            self.tops.iter().find(|top| top.instance == outermost)
        };
        self.has_root()
            || match (top(one), top(other)) {
                (Some(one), Some(other)) => one == other || one.context == other.context,
                _ => false,
            }
    }

    /// Whether nginx reads `one` before `other`.
    pub fn precedes(&self, one: Use, other: Use) -> bool {
        if one.instance == other.instance {
            return one.node < other.node;
        }
        let way = |used: Use| {
            let mut steps = vec![used];
            steps.extend(self.chain(used.instance).map(Used::name));
            steps.reverse();
            steps
        };
        way(one).iter().lt(way(other).iter())
    }

    /// Whether two uses are of one configuration whoever put the files together: files without a root
    /// may be there to choose from.
    pub fn are_one(&self, one: InstanceId, other: InstanceId) -> bool {
        one == other || self.has_root() || self.outermost(one) == self.outermost(other)
    }

    /// The use of the file that nothing includes through which an instance is used.
    pub fn outermost(&self, instance: InstanceId) -> InstanceId {
        self.chain(instance).last().map_or(instance, Used::instance)
    }

    /// How many uses of texts there are.
    pub fn uses(&self) -> usize {
        self.instances.len()
    }

    /// How many [`LineId`]s there may be.
    pub fn line_count(&self) -> usize {
        let end = |one: &Instance| one.first_line as usize + one.tree.len();
        self.instances.iter().map(end).max().unwrap_or_default()
    }

    /// How often a text is used.
    pub fn uses_of(&self, source: SourceId) -> usize {
        self.instances.iter().filter(|one| one.source == source).count()
    }

    /// The text an instance is a use of.
    pub fn source(&self, instance: InstanceId) -> SourceId {
        self.instances[instance.index()].source
    }

    /// The directive that a use names.
    pub fn used(&self, name: Use) -> Used<'_> {
        let directive = self.instances[name.instance.index()].tree.directive(name.node);
        Used { config: self, instance: name.instance, directive }
    }

    /// The includes through which an instance is used, the nearest first.
    pub fn chain(&self, instance: InstanceId) -> impl Iterator<Item = Used<'_>> {
        let from = |instance: InstanceId| self.instances[instance.index()].from;
        std::iter::successors(from(instance), move |used| from(used.instance))
            .map(|name| self.used(name))
    }

    /// The directives of a top that stand in no block of it, those of included files in the places
    /// of the `include`s.
    pub fn level(&self, top: &Top) -> Level<'_> {
        let roots = self.instances[top.instance.index()].tree.roots();
        Level { config: self, here: (top.instance, roots), around: Vec::new() }
    }

    /// The directives of a block that stand in no block inside, as of [`Self::level`].
    pub fn inside<'c>(&'c self, block: Used<'c>) -> Level<'c> {
        let here = (block.instance, block.directive.children());
        Level { config: self, here, around: Vec::new() }
    }

    /// The directives of a top, its includes in their places.
    pub fn walk(&self, top: &Top) -> Walk<'_> {
        let instance = top.instance;
        let tree = &self.instances[instance.index()].tree;
        Walk {
            config: self,
            stack: vec![Frame { instance, rest: tree.roots(), owner: None }],
            include: None,
        }
    }

    /// Every directive of a top, at whatever level.
    pub fn walk_top(&self, top: &Top) -> impl Iterator<Item = Used<'_>> {
        self.walk(top).filter_map(|step| match step {
            Step::Enter(used) => Some(used),
            Step::Leave(_) => None,
        })
    }

    /// The lines of a block, with those of the files it includes in the places of the `include`s.
    pub fn lines<'c>(&'c self, block: Used<'c>) -> impl Iterator<Item = Used<'c>> {
        let frame =
            Frame { instance: block.instance, rest: block.directive.children(), owner: None };
        let walk = Walk { config: self, stack: vec![frame], include: None };
        walk.filter_map(|step| match step {
            Step::Enter(used) => Some(used),
            Step::Leave(_) => None,
        })
        .filter(|used| used.directive.id() != Some(crate::nginx::id::INCLUDE))
    }

    fn included(&self, include: Use) -> Range<u32> {
        let found = self.included.binary_search_by_key(&include, |(include, _)| *include);
        found.map_or(0..0, |index| self.included[index].1.clone())
    }
}

/// Files of packages that hold types, parameters, headers and charsets.
const DEFINING_NOTHING: [&str; 9] = [
    "fastcgi.conf",
    "fastcgi_params",
    "koi-utf",
    "koi-win",
    "mime.types",
    "proxy_params",
    "scgi_params",
    "uwsgi_params",
    "win-utf",
];

/// A directive in one of its uses: a small view, to be copied.
#[derive(Copy, Clone)]
pub struct Used<'c> {
    config: &'c Config,
    instance: InstanceId,
    directive: Directive<'c>,
}

impl<'c> Used<'c> {
    /// Its name among all uses.
    pub const fn name(self) -> Use {
        Use { instance: self.instance, node: self.directive.node_id() }
    }

    /// What it shares with those that are written alike.
    pub fn line(self) -> LineId {
        let first = self.config.instances[self.instance.index()].first_line;
        LineId(first + self.directive.exemplar().node_id().index() as u32)
    }

    /// The directive as it stands in its file.
    pub const fn directive(self) -> Directive<'c> {
        self.directive
    }

    /// The use of the file it stands in.
    pub const fn instance(self) -> InstanceId {
        self.instance
    }

    /// The text it stands in.
    pub fn source(self) -> SourceId {
        self.config.source(self.instance)
    }

    /// Where it stands, from its name to its last word.
    pub fn location(self) -> Location {
        self.locate(self.directive.span())
    }

    /// Where a part of it stands.
    pub fn locate(self, span: Span) -> Location {
        Location::new(self.source(), span)
    }
}

/// The directives of one level, in nginx's order.
pub struct Level<'c> {
    config: &'c Config,
    /// The file at hand, and what of it is left.
    here: (InstanceId, Siblings<'c>),
    /// The files that come behind it: those that the same `include` takes, and those around it.
    around: Vec<(InstanceId, Siblings<'c>)>,
}

impl<'c> Iterator for Level<'c> {
    type Item = Used<'c>;

    fn next(&mut self) -> Option<Used<'c>> {
        loop {
            let (instance, rest) = &mut self.here;
            let Some(directive) = rest.next() else {
                self.here = self.around.pop()?;
                continue;
            };
            let used = Used { config: self.config, instance: *instance, directive };
            if directive.id() == Some(crate::nginx::id::INCLUDE) {
                self.enter(self.config.included(used.name()));
            }
            return Some(used);
        }
    }
}

impl Level<'_> {
    fn enter(&mut self, included: Range<u32>) {
        let roots = |index: u32| {
            let instance = InstanceId::new(index as usize);
            (instance, self.config.instances[instance.index()].tree.roots())
        };
        let mut files = included.map(roots);
        if let Some(first) = files.next() {
            self.around.push(std::mem::replace(&mut self.here, first));
            let behind = self.around.len();
            self.around.extend(files);
            self.around[behind..].reverse();
        }
    }
}

/// Goes through a configuration in nginx's order, with an explicit stack.
pub struct Walk<'c> {
    config: &'c Config,
    stack: Vec<Frame<'c>>,
    /// Instances still to be gone through before the next directive.
    include: Option<Range<u32>>,
}

struct Frame<'c> {
    instance: InstanceId,
    rest: Siblings<'c>,
    /// The block whose directives these are; `None`: those of a file.
    owner: Option<Used<'c>>,
}

/// A step of a [`Walk`].
#[derive(Copy, Clone)]
pub enum Step<'c> {
    /// A directive; those in its braces follow, if it is a block.
    Enter(Used<'c>),
    /// The end of a block.
    Leave(Used<'c>),
}

impl<'c> Iterator for Walk<'c> {
    type Item = Step<'c>;

    fn next(&mut self) -> Option<Step<'c>> {
        if let Some(instances) = self.include.take() {
            // The last goes below the first, so that they are gone through in order.
            for index in instances.rev() {
                let instance = InstanceId::new(index as usize);
                let rest = self.config.instances[instance.index()].tree.roots();
                self.stack.push(Frame { instance, rest, owner: None });
            }
        }
        loop {
            let frame = self.stack.last_mut()?;
            let instance = frame.instance;
            if let Some(directive) = frame.rest.next() {
                let used = Used { config: self.config, instance, directive };
                if directive.is_block() {
                    let rest = directive.children();
                    self.stack.push(Frame { instance, rest, owner: Some(used) });
                } else if directive.id() == Some(crate::nginx::id::INCLUDE) {
                    self.include = Some(self.config.included(used.name()));
                }
                return Some(Step::Enter(used));
            }
            if let Some(owner) = self.stack.pop().and_then(|frame| frame.owner) {
                return Some(Step::Leave(owner));
            }
        }
    }
}
