//! Reading files, from a disk or from memory.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::Bytes;

/// What stands at a path, links followed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A pipe, a device, a socket: reading it may never end.
    Special,
}

/// Where files come from. Paths are used as given; relative ones stand below the current
/// directory (for [`Memory`]: below its root).
pub trait Loader {
    /// The bytes of a file.
    ///
    /// # Errors
    /// What the operating system says of it; `IsADirectory` for a directory.
    fn read(&self, path: &Path) -> io::Result<Bytes>;

    /// The bytes of a file, if it has no more than `most`.
    ///
    /// # Errors
    /// As of [`Loader::read`].
    fn read_small(&self, path: &Path, most: usize) -> io::Result<Option<Bytes>> {
        self.read(path).map(|bytes| Some(bytes).filter(|bytes| bytes.len() <= most))
    }

    /// The names in a directory, in no particular order, without `.` and `..`.
    ///
    /// # Errors
    /// What the operating system says of it.
    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>>;

    /// What stands at `path`, links followed.
    ///
    /// # Errors
    /// What the operating system says of it; a dangling link is `NotFound`.
    fn kind(&self, path: &Path) -> io::Result<FileKind>;

    /// The one absolute name of what stands at `path`: no link, no `.` and no `..` in it.
    ///
    /// # Errors
    /// What the operating system says of it.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;

    /// Whether anything, be it a dangling link, stands at `path`.
    fn stands(&self, path: &Path) -> bool;

    /// Where a symbolic link at `path` points, as it is written; `None` for anything else.
    fn link(&self, path: &Path) -> Option<PathBuf>;

    /// The files below `directory`, in byte order of their paths. `enter` is asked about everything
    /// that stands there, and what it declines is left out. Links to directories are not followed;
    /// those to files are files.
    ///
    /// # Errors
    /// What the operating system says of `directory` itself, if it cannot be listed.
    fn walk(
        &self,
        directory: &Path,
        enter: &mut dyn FnMut(&Path, FileKind) -> bool,
    ) -> io::Result<Walk>;
}

/// What stands below a directory.
#[derive(Debug, Default)]
pub struct Walk {
    /// The files.
    pub files: Vec<PathBuf>,
    /// What could not be listed, with what the operating system says of it.
    pub skipped: Vec<(PathBuf, io::Error)>,
}

/// The file system of this machine.
#[derive(Copy, Clone, Debug, Default)]
pub struct Disk;

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the disk")]
impl Loader for Disk {
    fn read(&self, path: &Path) -> io::Result<Bytes> {
        std::fs::read(path).map(Bytes::from)
    }

    fn read_small(&self, path: &Path, most: usize) -> io::Result<Option<Bytes>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok((bytes.len() <= most).then(|| bytes.into()))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(directory)?
            .map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())))
            .collect()
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let metadata = std::fs::metadata(path)?;
        Ok(if metadata.is_dir() {
            FileKind::Directory
        } else if metadata.is_file() {
            FileKind::File
        } else {
            FileKind::Special
        })
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn stands(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        std::fs::read_link(path).ok()
    }

    fn walk(
        &self,
        directory: &Path,
        enter: &mut dyn FnMut(&Path, FileKind) -> bool,
    ) -> io::Result<Walk> {
        let kind = |entry: &walkdir::DirEntry| match entry.file_type() {
            kind if kind.is_dir() => FileKind::Directory,
            kind if kind.is_file() || kind.is_symlink() => FileKind::File,
            _ => FileKind::Special,
        };
        let mut found = Walk::default();
        let mut walk = walkdir::WalkDir::new(directory).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.path().is_some_and(|path| path != directory) => {
                    let path = error.path().unwrap_or(directory).to_path_buf();
                    found.skipped.push((path, error.into()));
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let link = entry.path_is_symlink() && entry.depth() > 0;
            if link && !matches!(self.kind(entry.path()), Ok(FileKind::File)) {
                continue;
            }
            match kind(&entry) {
                _ if entry.depth() == 0 => {}
                FileKind::Directory if !enter(entry.path(), FileKind::Directory) => {
                    walk.skip_current_dir();
                }
                FileKind::Directory => {}
                FileKind::File if enter(entry.path(), FileKind::File) => {
                    found.files.push(entry.into_path());
                }
                FileKind::File | FileKind::Special => {}
            }
        }
        found.files.sort_unstable();
        Ok(found)
    }
}

/// Files held in memory, for tests, examples and dumps. Its root is `/`, which is also its current
/// directory; directories exist where files are below them.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Bytes>,
}

impl Memory {
    /// Puts a file in, or replaces it.
    pub fn insert(&mut self, path: impl AsRef<Path>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(normal(path.as_ref()), Bytes::from(bytes.into()));
    }

    fn below<'m>(&'m self, directory: &'m Path) -> impl Iterator<Item = &'m Path> {
        let inside = move |path: &&PathBuf| path.starts_with(directory);
        self.files
            .range(directory.to_path_buf()..)
            .map(|(path, _)| path)
            .take_while(inside)
            .map(PathBuf::as_path)
    }
}

impl Loader for Memory {
    fn read(&self, path: &Path) -> io::Result<Bytes> {
        if let Some(bytes) = self.files.get(&normal(path)) {
            return Ok(bytes.clone());
        }
        // What stands there without being a file is a directory.
        Err(self.kind(path).map_or_else(|error| error, |_| io::ErrorKind::IsADirectory.into()))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let directory = normal(directory);
        let child = |path: &Path| -> Option<PathBuf> {
            Some(path.strip_prefix(&directory).ok()?.components().next()?.as_os_str().into())
        };
        let mut names: Vec<_> = self.below(&directory).filter_map(child).collect();
        names.dedup();
        if names.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(names) }
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let path = normal(path);
        if self.files.contains_key(&path) {
            Ok(FileKind::File)
        } else if self.below(&path).next().is_some() {
            Ok(FileKind::Directory)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        self.kind(path).map(|_| normal(path))
    }

    fn stands(&self, path: &Path) -> bool {
        self.kind(path).is_ok()
    }

    /// Memory knows no links.
    fn link(&self, _: &Path) -> Option<PathBuf> {
        None
    }

    fn walk(
        &self,
        directory: &Path,
        enter: &mut dyn FnMut(&Path, FileKind) -> bool,
    ) -> io::Result<Walk> {
        let mut files = Vec::new();
        let mut directories = vec![normal(directory)];
        while let Some(directory) = directories.pop() {
            let names = self.list(&directory)?;
            for path in names.iter().map(|name| directory.join(name)) {
                let kind = self.kind(&path)?;
                match kind {
                    _ if !enter(&path, kind) => {}
                    FileKind::Directory => directories.push(path),
                    FileKind::File => files.push(path),
                    FileKind::Special => {}
                }
            }
        }
        files.sort_unstable();
        Ok(Walk { files, skipped: Vec::new() })
    }
}

/// `path` below `/`, without `.` and `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(name) => normal.push(name),
            Component::ParentDir => {
                normal.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_a_small_disk() {
        let mut memory = Memory::default();
        memory.insert("etc/nginx/nginx.conf", "a");
        memory.insert("/etc/nginx/conf.d/x.conf", "b");
        assert_eq!(&*memory.read(Path::new("/etc/nginx/conf.d/../nginx.conf")).unwrap(), b"a");
        assert_eq!(memory.kind(Path::new("etc/nginx")).unwrap(), FileKind::Directory);
        let names = memory.list(Path::new("/etc/nginx")).unwrap();
        assert_eq!(names, [PathBuf::from("conf.d"), PathBuf::from("nginx.conf")]);
        assert!(memory.read(Path::new("/etc/nginx")).is_err());
        assert!(!memory.stands(Path::new("/etc/ng")));
    }
}
