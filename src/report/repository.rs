//! What files are called in a repository: CI systems know them by their path from its top, wherever
//! in it the program ran.

use std::path::{Component, Path, PathBuf};

/// Where a run stands.
#[derive(Clone, Debug)]
pub struct Repository {
    top: PathBuf,
    here: PathBuf,
}

impl Repository {
    /// A run in the directory `here`, in or below `top`; both absolute, without `.` and `..`.
    pub fn new(top: PathBuf, here: PathBuf) -> Self {
        Self { top, here }
    }

    /// A path as typed, from the top of the repository; absolute where it leads out of it.
    pub(super) fn path(&self, typed: &Path) -> PathBuf {
        let whole = self.whole(typed);
        whole.strip_prefix(&self.top).map(Path::to_path_buf).unwrap_or(whole)
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

    #[test]
    fn paths_begin_at_the_top() {
        let repository = Repository::new("/r".into(), "/r/deploy".into());
        for (typed, path, uri) in [
            ("nginx.conf", "deploy/nginx.conf", "deploy/nginx.conf"),
            ("./conf.d/../a b.conf", "deploy/a b.conf", "deploy/a%20b.conf"),
            ("../x:%é", "x:%é", "x%3A%25%C3%A9"),
            ("/r/nginx.conf", "nginx.conf", "nginx.conf"),
            ("../../etc/nginx.conf", "/etc/nginx.conf", "file:///etc/nginx.conf"),
            ("/rr/nginx.conf", "/rr/nginx.conf", "file:///rr/nginx.conf"),
        ] {
            assert_eq!(repository.path(Path::new(typed)), Path::new(path));
            assert_eq!(repository.uri(Path::new(typed)).text, uri);
        }
    }
}
