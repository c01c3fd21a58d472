//! What keeps a text from being a configuration.

use crate::source::Span;

/// One problem of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The place a person would edit: the `{` that is never closed, the quote that never ends, the
    /// empty place where the `;` is missing, the stray byte. Empty spans lie inside the text or at
    /// its end.
    pub span: Span,
    /// Where nginx notices it, if that is another place.
    pub noticed: Option<Span>,
    /// Where it began: the directive that lacks its `;`, the word before a stray byte.
    pub began: Option<Span>,
    /// What nginx says of it (`ngx_conf_file.c`), without the file and the line.
    pub nginx: String,
}

/// The kinds of problems.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// A byte follows a closing quote that may not.
    AfterQuote,
    /// A directive has no `;`.
    MissingSemicolon,
    /// A block is not closed at the end of the text.
    UnclosedBlock,
    /// A Lua block is not closed at the end of the text.
    UnclosedLua,
    /// A quote is not closed.
    UnclosedQuote,
    /// A block in a block whose lines are no directives: `map`, `types` …
    UnexpectedBlock,
    /// A `}` closes nothing.
    UnexpectedClose,
    /// A `{` or `;` without a directive before it.
    UnexpectedStart,
}

impl ProblemKind {
    /// Whether braces without their other half are the problem.
    pub const fn is_about_braces(self) -> bool {
        matches!(self, Self::UnclosedBlock | Self::UnexpectedClose | Self::UnexpectedStart)
    }

    /// What is wrong, in a line without full stop.
    pub const fn message(self) -> &'static str {
        match self {
            Self::AfterQuote => "unexpected character after a closing quote",
            Self::MissingSemicolon => "missing `;`",
            Self::UnclosedBlock => "this `{` is never closed",
            Self::UnclosedLua => "this Lua block is never closed",
            Self::UnclosedQuote => "this quote is never closed",
            Self::UnexpectedBlock => "no block may stand here",
            Self::UnexpectedClose => "this `}` closes nothing",
            Self::UnexpectedStart => "no directive stands before this",
        }
    }
}
