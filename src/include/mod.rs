//! Files to a [`Config`]: every file in every place where it is used.
//!
//! Includes are followed as nginx follows them (`ngx_conf_include`): relative to the directory of
//! the root file at every level, patterns as `glob(3)`. The same file in two places is parsed once
//! and used twice; whatever is said of a directive is said of a *use*, an instance of a file and a
//! directive in it. Nothing outside the reach of the root is read.

mod config;
mod context;
mod dump;
mod file;
mod pattern;
mod reach;
mod resolve;
#[cfg(test)]
mod tests;

pub use config::{Config, InstanceId, LineId, Step, Top, Use, Used, Walk};
pub use context::{fragment_context, is_root};
pub use dump::{Part, parts};
pub use file::Files;
pub use reach::{Home, Reach};
pub use resolve::{Fault, FaultKind, Unread, Why, resolve};
