//! What is wrong with the words of a directive.

use crate::include::Used;
use crate::nginx::VersionSet;
use crate::source::{Location, Span};

/// Something that nginx refuses, or warns of, in the words of a directive that stands well.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The directive, or the line of its block.
    pub used: crate::include::Use,
    /// What kind of thing is wrong.
    pub kind: FaultKind,
    /// The part of it that is wrong.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// The releases of the target in which that is so.
    pub versions: VersionSet,
    /// Whether nginx only warns.
    pub warns: bool,
    /// What nginx says of it in its log, where that is known.
    pub log: Option<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Other places, and what to see there.
    pub labels: Vec<(Location, String)>,
    /// What it should say, where that is known.
    pub mend: Option<Mend>,
}

/// What kind of thing is wrong: each is the matter of one rule.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A value that is not what the directive takes.
    Value,
    /// A regular expression that PCRE2 does not take.
    Regex,
    /// A scheme where none may be, the wrong one, or none where one must be.
    Scheme,
    /// A port that is missing, or one that may not be given.
    Port,
    /// A path in a pass that may have none there.
    Uri,
    /// A key that a map has already.
    Key,
    /// Something that is used before it is defined.
    Order,
    /// Locations that may not stand in one another.
    Nesting,
}

/// An edit in the text of the faulty directive.
#[derive(Clone, Debug)]
pub struct Mend {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
    /// Whether that is surely what was meant.
    pub safe: bool,
}

impl Fault {
    pub(super) fn new(used: Used<'_>, span: Span, message: String, versions: VersionSet) -> Self {
        Self {
            used: used.name(),
            kind: FaultKind::Value,
            span,
            message,
            versions,
            warns: false,
            log: None,
            help: Vec::new(),
            labels: Vec::new(),
            mend: None,
        }
    }

    /// Of which kind; [`FaultKind::Value`] if nothing is said.
    pub(super) fn kind(&mut self, kind: FaultKind) -> &mut Self {
        self.kind = kind;
        self
    }

    /// nginx only warns.
    pub(super) fn warns(&mut self) -> &mut Self {
        self.warns = true;
        self
    }

    /// What nginx says of it in its log.
    pub(super) fn logs(&mut self, log: impl Into<String>) -> &mut Self {
        self.log = Some(log.into());
        self
    }

    /// Adds what to do.
    pub(super) fn help(&mut self, sentence: impl Into<String>) -> &mut Self {
        self.help.push(sentence.into());
        self
    }

    /// Adds another place.
    pub(super) fn label(&mut self, at: Location, message: impl Into<String>) -> &mut Self {
        self.labels.push((at, message.into()));
        self
    }

    /// Says what it should say: surely, or only perhaps.
    pub(super) fn mend(&mut self, span: Span, text: impl Into<String>, safe: bool) -> &mut Self {
        self.mend = Some(Mend { span, text: text.into(), safe });
        self
    }
}
