//! The files of a run: each read and parsed once, however often it is used.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::source::{Bytes, FileKind, Loader, SourceId, Sources};
use crate::syntax::{self, Note, Parsed, Problem, Tree};

/// Offsets are 32 bits wide.
const LARGEST: usize = u32::MAX as usize - 1;

/// Everything that was read, and its trees.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The texts.
    pub sources: Sources,
    files: Vec<File>,
    /// By canonical path.
    known: HashMap<PathBuf, SourceId>,
}

#[derive(Clone, Debug)]
struct File {
    /// The one name it has on the machine, if it was read from one.
    canonical: Option<PathBuf>,
    tree: Arc<Tree>,
    problems: Vec<Problem>,
    notes: Vec<Note>,
}

impl Files {
    /// Parses a text and keeps it under the name it is shown by.
    pub fn add(&mut self, name: PathBuf, bytes: Bytes) -> SourceId {
        let source = self.sources.add(name, bytes.clone());
        let Parsed { tree, problems } = syntax::parse(bytes);
        let notes = syntax::notes(&tree);
        self.files.push(File { canonical: None, tree: Arc::new(tree), problems, notes });
        source
    }

    /// Reads the regular file at `path`, if it was not read before under any name.
    ///
    /// # Errors
    /// What the operating system says of it; `IsADirectory` for a directory, `InvalidInput` for a
    /// pipe or a device, `FileTooLarge` for one of 4 GiB.
    pub fn open(&mut self, loader: &dyn Loader, path: &Path) -> io::Result<SourceId> {
        self.open_named(loader, path, loader.canonical(path)?)
    }

    /// [`Files::open`] for a path whose one name is known.
    pub(super) fn open_named(
        &mut self,
        loader: &dyn Loader,
        path: &Path,
        canonical: PathBuf,
    ) -> io::Result<SourceId> {
        if let Some(&known) = self.known.get(&canonical) {
            return Ok(known);
        }
        if loader.kind(path)? == FileKind::Special {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        self.read(loader, path, canonical)
    }

    /// [`Files::open`] for a file that a user names: a pipe is fine too.
    ///
    /// # Errors
    /// As [`Files::open`].
    pub fn open_any(&mut self, loader: &dyn Loader, path: &Path) -> io::Result<SourceId> {
        // What a pipe is called, `/dev/fd/63` say, need not be the name of anything.
        let canonical = match loader.canonical(path) {
            Err(_) if loader.kind(path).is_ok() => path.to_path_buf(),
            canonical => canonical?,
        };
        match self.known.get(&canonical) {
            Some(&known) => Ok(known),
            None => self.read(loader, path, canonical),
        }
    }

    fn read(
        &mut self,
        loader: &dyn Loader,
        path: &Path,
        canonical: PathBuf,
    ) -> io::Result<SourceId> {
        let bytes = loader.read(path)?;
        if bytes.len() > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let source = self.add(typed(loader, path, &canonical), bytes);
        self.files[source.index()].canonical = Some(canonical.clone());
        self.known.insert(canonical, source);
        Ok(source)
    }

    /// Forgets under which names files were read: what is opened from now on comes from another
    /// loader, where the same name may be another file.
    pub fn change_loader(&mut self) {
        self.known.clear();
    }

    /// The one name of a text's file, if it was opened.
    pub fn canonical(&self, source: SourceId) -> Option<&Path> {
        self.files[source.index()].canonical.as_deref()
    }

    /// The tree of a text.
    pub fn tree(&self, source: SourceId) -> &Arc<Tree> {
        &self.files[source.index()].tree
    }

    /// The tree of a text, if it was read as one of a configuration: a log is none.
    pub fn tree_of(&self, source: SourceId) -> Option<&Arc<Tree>> {
        self.files.get(source.index()).map(|file| &file.tree)
    }

    /// What nginx would stop at in a text.
    pub fn problems(&self, source: SourceId) -> &[Problem] {
        &self.files[source.index()].problems
    }

    /// The comments to ngxlint in a text.
    pub fn notes(&self, source: SourceId) -> &[Note] {
        &self.files[source.index()].notes
    }
}

/// A path as one would type it: without `.`, and without a name that a `..` takes back, where that
/// leads to the same file.
fn typed(loader: &dyn Loader, path: &Path, canonical: &Path) -> PathBuf {
    let dotless = path.components().filter(|component| *component != Component::CurDir);
    let mut short = PathBuf::new();
    for component in dotless.clone() {
        let named = matches!(short.components().next_back(), Some(Component::Normal(_)));
        if component == Component::ParentDir && named {
            short.pop();
        } else {
            short.push(component);
        }
    }
    let whole: PathBuf = dotless.collect();
    let same = short == whole || loader.canonical(&short).is_ok_and(|one| one == canonical);
    if same { short } else { whole }
}
