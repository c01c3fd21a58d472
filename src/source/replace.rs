//! Puts a new text in the place of a file.

use std::io::{self, Read, Write};
use std::path::Path;

use super::Disk;

#[expect(clippy::disallowed_methods, reason = "this is the one place that writes to the disk")]
impl Disk {
    /// Replaces the file at `path`, links followed, if it still holds `before`: the new text is
    /// written beside it and takes its place at once, so that the file is whole at any time, with
    /// the old text or with the new one. Its owner and permissions stay; a link stays a link.
    ///
    /// # Errors
    /// It may not be written, has another name, holds something else by now, or what the operating system says; the
    /// file is as it was then.
    pub fn replace(&self, path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
        let path = std::fs::canonicalize(path)?;
        // A file that its owner locked is left alone, though a new one could take its place.
        let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        if metadata.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&metadata) > 1 {
            return Err(io::Error::other(
                "it has another name (a hard link), which would keep the old text",
            ));
        }
        let mut now = Vec::with_capacity(before.len());
        file.read_to_end(&mut now)?;
        if now != before {
            return Err(io::Error::other("it changed since it was read"));
        }
        let directory = path.parent().unwrap_or(Path::new("/"));
        let mut new = tempfile::Builder::new().prefix(".ngxlint-").tempfile_in(directory)?;
        new.write_all(after)?;
        new.as_file().set_permissions(metadata.permissions())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let own = new.as_file().metadata()?;
            if (own.uid(), own.gid()) != (metadata.uid(), metadata.gid()) {
                fchown(new.as_file(), Some(metadata.uid()), Some(metadata.gid()))?;
                // A change of owner may take bits away.
                new.as_file().set_permissions(metadata.permissions())?;
            }
        }
        new.as_file().sync_all()?;
        new.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Makes a file that is whole as soon as it is there.
    ///
    /// # Errors
    /// Something stands at `path`, or what the operating system says.
    pub fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".ngxlint-");
        // What the mask of the process leaves of it, as for any new file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut new = builder.tempfile_in(directory.unwrap_or(Path::new(".")))?;
        new.write_all(bytes)?;
        new.as_file().sync_all()?;
        new.persist_noclobber(path).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(all(test, unix))]
#[expect(clippy::disallowed_methods, reason = "tests make their own files")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let (file, plain) = (directory.path().join("a"), directory.path().join("b"));
        Disk.create(&file, b"new").unwrap();
        fs::write(&plain, "").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&file), mode(&plain));
        assert!(Disk.create(&file, b"other").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "nothing is left beside it");
    }

    #[test]
    fn a_file_is_replaced_and_keeps_what_is_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("a.conf"), directory.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a.conf", &link).unwrap();
        Disk.replace(&link, b"old", b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "nothing is left beside it");
    }

    #[test]
    fn a_file_that_changed_or_is_locked_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.conf");
        fs::write(&file, "other").unwrap();
        assert!(Disk.replace(&file, b"old", b"new").is_err());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        let error = Disk.replace(&file, b"other", b"new").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&file).unwrap(), b"other");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        fs::hard_link(&file, directory.path().join("b.conf")).unwrap();
        assert!(Disk.replace(&file, b"other", b"new").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"other");
        assert!(Disk.replace(directory.path(), b"", b"new").is_err());
        assert!(Disk.replace(&directory.path().join("none"), b"", b"new").is_err());
    }
}
