//! What `--exclude` leaves out, wherever the files stand.

use std::path::{Path, PathBuf};

use super::{Error, Request};
use crate::settings::PathGlob;
use crate::source::{FileKind, Loader};

/// The globs of the command line. They begin at the current directory; for what does not stand
/// below it, at the directory that was named.
pub(super) struct Exclusion {
    globs: Vec<PathGlob>,
    /// The current directory.
    here: PathBuf,
    named: Vec<Named>,
}

/// A directory that was named.
struct Named {
    directory: PathBuf,
    /// The directory above it, if its own name was typed: it may be one that is left out.
    above: PathBuf,
}

impl Exclusion {
    /// Reads the globs of a request.
    pub(super) fn new(loader: &dyn Loader, request: &Request) -> Result<Self, Error> {
        let glob = |pattern: &String| {
            PathGlob::typed(pattern).map_err(|error| Error::new(format!("--exclude {error}")))
        };
        let globs = request.exclude.iter().map(glob).collect::<Result<_, _>>()?;
        let named = |path: &PathBuf| {
            let is_directory = matches!(loader.kind(path), Ok(FileKind::Directory));
            let directory = loader.canonical(path).ok().filter(|_| is_directory)?;
            let above = path.file_name().and_then(|_| directory.parent());
            let above = above.unwrap_or(&directory).to_path_buf();
            Some(Named { directory, above })
        };
        let here = loader.canonical(Path::new(".")).unwrap_or_default();
        Ok(Self { globs, here, named: request.paths.iter().filter_map(named).collect() })
    }

    /// Whether nothing is left out.
    pub(super) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether the file at `path` is left out, whose one name is `canonical`.
    pub(super) fn covers(&self, path: &Path, canonical: &Path) -> bool {
        let below = |base: &Path| canonical.strip_prefix(base).unwrap_or(canonical);
        let holders = self.named.iter().filter(|named| canonical.starts_with(&named.directory));
        let nearest = holders.max_by_key(|named| named.directory.as_os_str().len());
        self.globs.iter().any(|glob| {
            if glob.is_absolute() {
                return glob.matches(canonical) || (path.is_absolute() && glob.matches(path));
            }
            let base = match nearest {
                _ if canonical.starts_with(&self.here) => &self.here,
                Some(named) if glob.is_name() => &named.above,
                Some(named) => &named.directory,
                // Nobody named a directory that it is in: a name counts anywhere.
                None => return glob.matches(canonical),
            };
            glob.matches(below(base))
        })
    }
}
