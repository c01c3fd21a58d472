//! What `.gitignore` files leave out, read through the loader.

use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::source::Loader;

/// The `.gitignore` files from the top of a repository down to where a search stands.
pub(super) struct Ignored<'l> {
    loader: &'l dyn Loader,
    /// By directory, the outermost first.
    files: Vec<(PathBuf, Gitignore)>,
    active: bool,
}

impl<'l> Ignored<'l> {
    /// For a search in `directory`; one that is not `active` ignores nothing.
    pub(super) fn new(loader: &'l dyn Loader, directory: &Path, active: bool) -> Self {
        let mut ignored = Self { loader, files: Vec::new(), active };
        let typed = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let Ok(own) = loader.canonical(typed) else { return ignored };
        let above: Vec<&Path> = own.ancestors().collect();
        let repository = above.iter().position(|one| loader.stands(&one.join(".git")));
        let within = &above[..repository.map_or(1, |index| index + 1)];
        for one in within.iter().rev() {
            ignored.add(one);
        }
        ignored
    }

    fn add(&mut self, canonical: &Path) {
        let Ok(bytes) = self.loader.read(&canonical.join(".gitignore")) else { return };
        let mut builder = GitignoreBuilder::new(canonical);
        for line in bytes.to_str_lossy().lines() {
            // A line that is no pattern says nothing, as in git.
            if builder.add_line(None, line).is_err() {
                continue;
            }
        }
        if let Ok(file) = builder.build() {
            self.files.push((canonical.to_path_buf(), file));
        }
    }

    /// Whether what stands at `path` is left out. A directory that is not has its own
    /// `.gitignore` read.
    pub(super) fn leaves_out(&mut self, path: &Path, directory: bool) -> bool {
        if !self.active {
            return false;
        }
        // A link is judged by where it stands, not by where it leads.
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let Ok(parent) = self.loader.canonical(parent) else { return false };
        let canonical = parent.join(path.file_name().unwrap_or_default());
        self.files.retain(|(above, _)| canonical.starts_with(above));
        let said = self.files.iter().rev().map(|(_, file)| file.matched(&canonical, directory));
        let left_out =
            said.into_iter().find(|found| !found.is_none()).is_some_and(|found| found.is_ignore());
        if directory && !left_out {
            self.add(&canonical);
        }
        left_out
    }
}
