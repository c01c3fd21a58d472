//! A configuration as nginx sees it: one text that includes made of many.

use std::ops::Range;
use std::sync::Arc;

use super::resolve::{Fault, Unread};
use crate::nginx::Contexts;
use crate::source::{Location, SourceId, Span};
use crate::syntax::{Directive, NodeId, Siblings, Tree};

/// Names one use of a file.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(u32);

impl InstanceId {
    pub(super) const fn new(index: usize) -> Self {
        Self(index as u32)
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
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
        self.has_root() && self.unread.is_empty() && self.faults.is_empty()
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
            let outermost = self.chain(instance).last().map_or(instance, Used::instance);
            self.tops.iter().find(|top| top.instance == outermost)
        };
        self.has_root()
            || match (top(one), top(other)) {
                (Some(one), Some(other)) => one == other || one.context == other.context,
                _ => false,
            }
    }

    /// How many uses of texts there are.
    pub fn uses(&self) -> usize {
        self.instances.len()
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

    fn included(&self, include: Use) -> Range<u32> {
        let found = self.included.binary_search_by_key(&include, |(include, _)| *include);
        found.map_or(0..0, |index| self.included[index].1.clone())
    }
}

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
                let instance = InstanceId(index);
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
