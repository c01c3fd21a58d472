//! A setting that is in force, and where it comes from.

use std::path::PathBuf;

use serde_json::Value;

/// One value of a setting. Several rows of one key, whose values are lists, add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// The dotted key, as TOML spells it.
    pub key: String,
    /// The value; null where none is set.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody says so.
    Default,
    /// A settings file.
    File {
        /// The file, as one would type it.
        file: PathBuf,
        /// The line, from 1.
        line: u32,
    },
    /// Something else that was looked at, as a phrase: "from `nginx -v`".
    Found(String),
    /// An option of the command line, with its dashes.
    Option(&'static str),
}
