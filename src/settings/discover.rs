//! Finding the settings file that rules a directory.

use std::path::{Component, Path, PathBuf};

use super::read::parse;
use super::{Error, Settings};
use crate::source::Loader;

/// The names of a settings file, the stronger first.
pub const FILE_NAMES: [&str; 2] = ["ngxlint.toml", ".ngxlint.toml"];

/// The settings that rule `directory` (as typed; empty: the current one): those of the nearest
/// settings file upward, not beyond the first directory that holds `.git`. Where one directory
/// holds both names, `ngxlint.toml` wins. `rules` are the names of all rules.
///
/// # Errors
/// The nearest file cannot be read or obeyed.
pub fn discover(
    loader: &dyn Loader,
    directory: &Path,
    rules: &[&str],
) -> Result<Option<Settings>, Error> {
    let mut typed = directory.to_path_buf();
    while let Ok(canonical) = loader.canonical(here(&typed)) {
        if let Some(file) = settings_file(loader, &typed) {
            return read(loader, &file, rules).map(Some);
        }
        if canonical.parent().is_none() || loader.stands(&typed.join(".git")) {
            break;
        }
        raise(&mut typed);
    }
    Ok(None)
}

/// The settings in the file at `path`. `rules` are the names of all rules.
///
/// # Errors
/// The file cannot be read or obeyed.
pub fn read(loader: &dyn Loader, path: &Path, rules: &[&str]) -> Result<Settings, Error> {
    let (text, directory) = open(loader, path)?;
    parse(&text, path, directory, rules)
}

/// The text of the file at `path`, and the one name of its directory.
pub(super) fn open(loader: &dyn Loader, path: &Path) -> Result<(String, PathBuf), Error> {
    let cannot = |error| Error::whole(path, format!("cannot be read: {error}"));
    let bytes = loader.read(path).map_err(cannot)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        Error::at(path, line_of(before), "is not UTF-8")
    })?;
    let typed = path.parent().unwrap_or(Path::new(""));
    let directory = loader.canonical(here(typed)).map_err(cannot)?;
    Ok((text.to_owned(), directory))
}

/// The file in this directory, if any.
fn settings_file(loader: &dyn Loader, directory: &Path) -> Option<PathBuf> {
    FILE_NAMES.iter().map(|name| directory.join(name)).find(|path| loader.stands(path))
}

/// The path of the directory above, as one would type it.
fn raise(directory: &mut PathBuf) {
    match directory.components().next_back() {
        Some(Component::Normal(_)) => {
            directory.pop();
        }
        Some(Component::CurDir) => *directory = PathBuf::from(".."),
        _ => directory.push(".."),
    }
}

/// The empty path is the current directory, which the operating system knows as `.`.
fn here(directory: &Path) -> &Path {
    if directory.as_os_str().is_empty() { Path::new(".") } else { directory }
}

/// The line (from 1) that follows `before`.
pub(super) fn line_of(before: &[u8]) -> u32 {
    memchr::memchr_iter(b'\n', before).count() as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_the_current_directory_paths_are_typed_with_dots() {
        let above = |path: &str| {
            let mut path = PathBuf::from(path);
            raise(&mut path);
            path
        };
        for (below, directory) in [
            ("a/b", "a"),
            ("a", ""),
            ("", ".."),
            (".", ".."),
            ("..", "../.."),
            ("a/..", "a/../.."),
            ("/a", "/"),
        ] {
            assert_eq!(above(below), Path::new(directory), "{below}");
        }
    }
}
