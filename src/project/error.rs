//! Why nothing could be checked.

use std::fmt;
use std::io;
use std::path::Path;

use crate::settings::{self, Settings};

/// What keeps a run from its start: one line that names the thing.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// Something at `path` cannot be read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        Self(format!("{}: {why}", path.display()))
    }

    /// Something that a key of the settings names cannot be read.
    pub(super) fn of_settings(settings: &Settings, key: &str, why: &Self) -> Self {
        Self(format!("{}: `{key}` names {why}", settings.place(key)))
    }

    /// Something else, in a line.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<settings::Error> for Error {
    fn from(error: settings::Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
