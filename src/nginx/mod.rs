//! What nginx itself knows: its releases, directives, defaults, values and variables. Facts only,
//! no configuration.

pub mod context;
pub mod directive;
pub mod flavor;
pub mod module;
pub mod protocol;
mod table;
#[cfg(test)]
mod tests;
pub mod value;
pub mod variable;
pub mod version;

pub use context::{Contexts, inside};
pub use directive::{
    Arguments, Definition, DirectiveId, Family, Merge, Origin, Range, Repeat, ValueKind, id,
    is_free_form_block, lookup,
};
pub use flavor::Flavor;
pub use module::{Catalogue, catalogue_of, is_of_other_module};
pub use protocol::Protocol;
pub use value::{
    Bound, Deprecation, Status, WordFact, WordKind, bounds, default_at, defaults, deprecations,
    is_word_of, word, words,
};
pub use variable::{Variable, VariableRange, variable, variables};
pub use version::{Release, Version, VersionRange, VersionSet, releases};
