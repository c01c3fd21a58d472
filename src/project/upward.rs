//! The directories from one up to the top of the repository around it.

use std::path::{Path, PathBuf};

use crate::source::Loader;

/// Directories from the innermost outward, as one would type them.
pub(super) struct Upward {
    pub(super) directories: Vec<PathBuf>,
    /// Whether the last one is the top of a repository, not of the file system.
    pub(super) in_repository: bool,
}

impl Upward {
    /// From `directory`, as typed; empty: the current one.
    pub(super) fn from(loader: &dyn Loader, directory: &Path) -> Self {
        let mut upward = Self { directories: Vec::new(), in_repository: false };
        let mut typed = directory.to_path_buf();
        loop {
            upward.directories.push(typed.clone());
            let Ok(canonical) = loader.canonical(here(&typed)) else { break };
            upward.in_repository = loader.stands(&canonical.join(".git"));
            if upward.in_repository || canonical.parent().is_none() {
                break;
            }
            if typed.file_name().is_some() {
                typed.pop();
            } else if typed == Path::new(".") {
                typed = PathBuf::from("..");
            } else {
                typed.push("..");
            }
        }
        upward
    }
}

/// The empty path is the current directory, which the operating system knows as `.`.
pub(super) fn here(directory: &Path) -> &Path {
    if directory.as_os_str().is_empty() { Path::new(".") } else { directory }
}
