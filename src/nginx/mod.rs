//! What nginx itself knows: its releases, directives, defaults, values and variables. Facts only,
//! no configuration.

pub mod flavor;
pub mod version;

pub use flavor::Flavor;
pub use version::{Version, VersionRange, VersionSet};
