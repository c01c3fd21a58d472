//! A loader with one file put over what it has: standard input under the name it was given.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{FileKind, Loader};

/// `inner`, but `path` holds `bytes`.
pub(super) struct Overlay<'l> {
    inner: &'l dyn Loader,
    path: PathBuf,
    /// The one name of `path`.
    canonical: PathBuf,
    bytes: Arc<[u8]>,
}

impl<'l> Overlay<'l> {
    /// Puts `bytes` at `path`, which need not stand there.
    pub(super) fn new(inner: &'l dyn Loader, path: &Path, bytes: Arc<[u8]>) -> Self {
        let canonical = inner.canonical(path).unwrap_or_else(|_| {
            let directory = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            let directory = inner.canonical(directory).unwrap_or_else(|_| directory.to_path_buf());
            directory.join(path.file_name().unwrap_or_default())
        });
        Self { inner, path: path.to_path_buf(), canonical, bytes }
    }

    fn is_it(&self, path: &Path) -> bool {
        path == self.path
            || path == self.canonical
            || self.inner.canonical(path).is_ok_and(|canonical| canonical == self.canonical)
    }
}

impl Loader for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        if self.is_it(path) { Ok(self.bytes.clone()) } else { self.inner.read(path) }
    }

    fn read_small(&self, path: &Path, most: usize) -> io::Result<Option<Arc<[u8]>>> {
        if !self.is_it(path) {
            return self.inner.read_small(path, most);
        }
        Ok((self.bytes.len() <= most).then(|| self.bytes.clone()))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names = self.inner.list(directory)?;
        let is_its = || self.canonical.parent() == self.inner.canonical(directory).ok().as_deref();
        if let Some(name) = self.path.file_name().map(PathBuf::from)
            && !names.contains(&name)
            && is_its()
        {
            names.push(name);
        }
        Ok(names)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        if self.is_it(path) { Ok(FileKind::File) } else { self.inner.kind(path) }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        if self.is_it(path) { Ok(self.canonical.clone()) } else { self.inner.canonical(path) }
    }

    fn stands(&self, path: &Path) -> bool {
        self.is_it(path) || self.inner.stands(path)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        self.inner.link(path)
    }

    fn walk(
        &self,
        directory: &Path,
        enter: &mut dyn FnMut(&Path, FileKind) -> bool,
    ) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
        self.inner.walk(directory, enter)
    }
}
