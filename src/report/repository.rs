//! What files are called in a repository: CI systems know them by their path from its top, wherever
//! in it the program ran.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::source::Loader;

/// Where a run stands. Each file is called from the top of its own repository, which is looked for
/// upward of the file: the run may be anywhere.
pub struct Repository<'l> {
    loader: &'l dyn Loader,
    here: PathBuf,
    /// The tops of directories that were asked for.
    tops: RefCell<HashMap<PathBuf, PathBuf>>,
}

impl<'l> Repository<'l> {
    /// A run in the directory `here`: absolute, without `.` and `..`.
    pub fn new(loader: &'l dyn Loader, here: PathBuf) -> Self {
        Self { loader, here, tops: RefCell::default() }
    }

    /// A path as typed, from the top of the repository that it is in, or from the current directory
    /// where it is in none; absolute where it leads out of that.
    pub(super) fn path(&self, typed: &Path) -> PathBuf {
        let whole = self.whole(typed);
        let top = self.top(whole.parent().unwrap_or(&whole));
        whole.strip_prefix(&top).map(Path::to_path_buf).unwrap_or(whole)
    }

    fn top(&self, directory: &Path) -> PathBuf {
        if let Some(top) = self.tops.borrow().get(directory) {
            return top.clone();
        }
        let mut above = directory.ancestors();
        let top = above.find(|above| self.loader.stands(&above.join(".git"))).unwrap_or(&self.here);
        self.tops.borrow_mut().insert(directory.to_path_buf(), top.to_path_buf());
        top.to_path_buf()
    }

    /// The same as a URI: relative to the top, or of the scheme `file`.
    pub(super) fn uri(&self, typed: &Path) -> Uri {
        let path = self.path(typed);
        let inside = path.is_relative();
        let mut text = String::from(if inside { "" } else { "file://" });
        for &byte in path.as_os_str().as_encoded_bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                    text.push(char::from(byte));
                }
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
        Uri { text, inside }
    }

    fn whole(&self, typed: &Path) -> PathBuf {
        let mut whole = self.here.clone();
        for part in typed.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    whole.pop();
                }
                part => whole.push(part),
            }
        }
        whole
    }
}

/// Where a file is, percent-encoded.
pub(super) struct Uri {
    pub(super) text: String,
    /// Whether it is relative to the top of the repository.
    pub(super) inside: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    #[test]
    fn paths_begin_at_the_top() {
        let mut loader = Memory::default();
        loader.insert("/r/.git/HEAD", "");
        loader.insert("/other/.git", "gitdir: elsewhere");
        let repository = Repository::new(&loader, "/r/deploy".into());
        for (typed, path, uri) in [
            ("nginx.conf", "deploy/nginx.conf", "deploy/nginx.conf"),
            ("./conf.d/../a b.conf", "deploy/a b.conf", "deploy/a%20b.conf"),
            ("../x:%é", "x:%é", "x%3A%25%C3%A9"),
            ("/r/nginx.conf", "nginx.conf", "nginx.conf"),
            ("../../etc/nginx.conf", "/etc/nginx.conf", "file:///etc/nginx.conf"),
            ("/rr/nginx.conf", "/rr/nginx.conf", "file:///rr/nginx.conf"),
            ("../../other/a/nginx.conf", "a/nginx.conf", "a/nginx.conf"),
        ] {
            assert_eq!(repository.path(Path::new(typed)), Path::new(path));
            assert_eq!(repository.uri(Path::new(typed)).text, uri);
        }
    }

    #[test]
    fn where_the_run_is_changes_no_name() {
        let mut loader = Memory::default();
        loader.insert("/w/r/.git/HEAD", "");
        for (here, typed) in [
            ("/w/r", "deploy/nginx.conf"),
            ("/w/r/deploy", "nginx.conf"),
            ("/w", "r/deploy/nginx.conf"),
            ("/", "/w/r/deploy/nginx.conf"),
        ] {
            let repository = Repository::new(&loader, here.into());
            assert_eq!(repository.path(Path::new(typed)), Path::new("deploy/nginx.conf"));
        }
    }

    #[test]
    fn outside_of_repositories_names_begin_at_the_current_directory() {
        let loader = Memory::default();
        let repository = Repository::new(&loader, "/d".into());
        for (typed, path) in [("a/nginx.conf", "a/nginx.conf"), ("/e/nginx.conf", "/e/nginx.conf")]
        {
            assert_eq!(repository.path(Path::new(typed)), Path::new(path));
        }
    }
}
