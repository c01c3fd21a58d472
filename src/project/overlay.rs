//! A loader with some texts put over what it has: standard input under the name it was given, and
//! files as fixes would leave them.

use std::io;
use std::path::{Path, PathBuf};

use crate::source::{Bytes, FileKind, Loader, Walk};

/// `inner`, but some paths hold other texts.
pub(super) struct Overlay<'l> {
    inner: &'l dyn Loader,
    files: Vec<Put>,
}

/// A text at a path.
struct Put {
    path: PathBuf,
    /// The one name of `path`.
    canonical: PathBuf,
    bytes: Bytes,
}

impl<'l> Overlay<'l> {
    /// `inner` as it is.
    pub(super) const fn new(inner: &'l dyn Loader) -> Self {
        Self { inner, files: Vec::new() }
    }

    /// Puts `bytes` at `path`, which need not stand there.
    pub(super) fn put(&mut self, path: &Path, bytes: Bytes) {
        let canonical = self.inner.canonical(path).unwrap_or_else(|_| {
            let directory = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            let found = self.inner.canonical(directory);
            let directory = found.unwrap_or_else(|_| directory.to_path_buf());
            directory.join(path.file_name().unwrap_or_default())
        });
        self.files.push(Put { path: path.to_path_buf(), canonical, bytes });
    }

    /// The text that was put at `path`.
    fn at(&self, path: &Path) -> Option<&Put> {
        if let Some(put) = self.files.iter().find(|put| put.path == path || put.canonical == path) {
            return Some(put);
        }
        let canonical = self.inner.canonical(path).ok()?;
        self.files.iter().find(|put| put.canonical == canonical)
    }
}

impl Loader for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<Bytes> {
        match self.at(path) {
            Some(put) => Ok(put.bytes.clone()),
            None => self.inner.read(path),
        }
    }

    fn read_small(&self, path: &Path, most: usize) -> io::Result<Option<Bytes>> {
        match self.at(path) {
            Some(put) => Ok((put.bytes.len() <= most).then(|| put.bytes.clone())),
            None => self.inner.read_small(path, most),
        }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names = self.inner.list(directory)?;
        let canonical = self.inner.canonical(directory).ok();
        for put in &self.files {
            if let Some(name) = put.path.file_name().map(PathBuf::from)
                && !names.contains(&name)
                && put.canonical.parent() == canonical.as_deref()
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        if self.at(path).is_some() { Ok(FileKind::File) } else { self.inner.kind(path) }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        match self.at(path) {
            Some(put) => Ok(put.canonical.clone()),
            None => self.inner.canonical(path),
        }
    }

    fn stands(&self, path: &Path) -> bool {
        self.at(path).is_some() || self.inner.stands(path)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        self.inner.link(path)
    }

    fn walk(
        &self,
        directory: &Path,
        enter: &mut dyn FnMut(&Path, FileKind) -> bool,
    ) -> io::Result<Walk> {
        self.inner.walk(directory, enter)
    }
}
