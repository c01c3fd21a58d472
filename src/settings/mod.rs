//! What a user declares once and for all in `ngxlint.toml`: the target, the roots, what to leave
//! out, how loud each rule is and what the peers outside the configuration speak.
//!
//! [`discover`] finds the file that rules a directory, [`read`] reads one that was named,
//! [`read_baseline`] the findings that are known already. Each gives plain data, every path in it
//! as one would type it from the current directory, or one [`Error`] that names the file, the line
//! and the key: settings are never half obeyed.

mod baseline;
mod discover;
mod error;
mod glob;
mod read;
mod schema;
mod stated;
mod table;
mod template;
#[cfg(test)]
mod tests;

pub use baseline::{Baseline, Known, read_baseline};
pub use discover::{FILE_NAMES, discover, read};
pub use error::{Error, closest};
pub use glob::{GlobError, PathGlob};
pub use read::KEYS;
pub use schema::{default, location, schema};
pub use stated::{Entry, dotted};
pub use template::{Proposal, template};

use std::path::PathBuf;

use crate::diagnostic::Level;
use crate::nginx::{Flavor, Protocol, VersionSet};

/// The whole of one `ngxlint.toml`. What the file does not say is `None` or empty.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The settings file, as one would type it.
    pub file: PathBuf,
    /// The one absolute name of the directory that the globs of this file begin at.
    pub directory: PathBuf,
    /// `nginx-version`: the target.
    pub nginx_version: Option<Stated<VersionSet>>,
    /// `flavor`: which server reads the configuration.
    pub flavor: Option<Stated<Flavor>>,
    /// `modules`: the catalogues of directives that are there beside those of `load_module`; `None`:
    /// any may be.
    pub modules: Option<Vec<String>>,
    /// `roots`: the configurations nginx is started with.
    pub roots: Vec<PathBuf>,
    /// `exclude`: files that are not looked for.
    pub exclude: Vec<PathGlob>,
    /// `extra-directives`: names, with `*` for any run of characters, that are known besides.
    pub extra_directives: Vec<String>,
    /// `[include] map`: where what is below the left path is to be found, in the order of the
    /// file.
    pub include_map: Vec<(PathBuf, PathBuf)>,
    /// `[rules]`: levels by rule or category, in the order of the file.
    pub rules: Vec<(String, Level)>,
    /// `[per-path]`: further levels for some files, in the order of the file; the last that
    /// matches wins.
    pub per_path: Vec<PerPath>,
    /// `baseline`: the file of findings that are known and not reported.
    pub baseline: Option<PathBuf>,
    /// `[[backend]]`: what peers outside the configuration speak; the first that matches wins.
    pub backends: Vec<Backend>,
    /// All of that again, as the file states it, with the lines.
    pub entries: Vec<Entry>,
}

impl Settings {
    /// Where a key is stated, for a message: `ngxlint.toml:3`.
    pub fn place(&self, key: &str) -> String {
        let line = self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.line);
        let file = self.file.display();
        line.map_or_else(|| file.to_string(), |line| format!("{file}:{line}"))
    }
}

/// A value with the line it is stated in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// The line in the settings file, from 1.
    pub line: u32,
}

/// Levels that hold in some files only.
#[derive(Clone, Debug)]
pub struct PerPath {
    /// The files.
    pub glob: PathGlob,
    /// Levels by rule or category, in the order of the file.
    pub rules: Vec<(String, Level)>,
}

/// What a peer outside the configuration speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// `host:port`, `host`, `unix:/path`, an upstream's name, or a glob of those; as written.
    pub address: String,
    /// The whole truth about what it speaks.
    pub speaks: Vec<Protocol>,
    /// The line in the settings file, from 1.
    pub line: u32,
}
