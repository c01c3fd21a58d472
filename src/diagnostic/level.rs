//! The words by which findings are weighed and selected.

use std::fmt;
use std::str::FromStr;

/// How bad a finding is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The rule is off.
    Allow,
    /// Pointless, or a hint.
    Info,
    /// It works worse than written, or nginx warns.
    Warning,
    /// The connection fails, or nginx refuses the configuration.
    Error,
}

/// How sure a finding is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A convention says so: a port, a name.
    Likely,
    /// The configuration or a declaration of the user says so.
    Certain,
}

/// Whether a fix may be applied unasked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// In every release it is for, the configuration means what its author evidently wrote.
    Safe,
    /// It guesses.
    Unsafe,
}

/// What a rule is about.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The two sides of a connection disagree.
    Protocol,
    /// nginx refuses it, or warns.
    Correctness,
    /// It still works, and will not for long.
    Deprecated,
    /// About ngxlint's own comments and files.
    Meta,
    /// It can be abused.
    Security,
    /// It is rarely what was meant.
    Suspicious,
    /// It is slower than it could be.
    Performance,
    /// A matter of taste.
    Style,
}

/// The names of an enumeration, both ways.
macro_rules! words {
    ($type:ident, $noun:literal, $($variant:ident => $word:literal),+) => {
        impl $type {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in settings and output.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|one| one.name()).collect();
                    format!("`{}` is no {}: one of {}", text.escape_debug(), $noun, known.join(", "))
                })
            }
        }
    };
}

words!(Level, "level", Allow => "allow", Info => "info", Warning => "warning", Error => "error");
words!(Confidence, "confidence", Likely => "likely", Certain => "certain");
words!(Applicability, "applicability", Safe => "safe", Unsafe => "unsafe");
words!(
    Category, "category",
    Protocol => "protocol", Correctness => "correctness", Deprecated => "deprecated", Meta => "meta",
    Security => "security", Suspicious => "suspicious", Performance => "performance", Style => "style"
);
