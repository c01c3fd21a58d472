//! What is never written over: a file that the run has read.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Failure;
use super::option::Talk;
use crate::diagnostic::Report;
use crate::project::{BaselineChoice, Request, SettingsChoice};
use crate::report::visible_path;
use crate::settings::FILE_NAMES;
use crate::source::{Disk, FileKind, Loader};

/// Refuses to write a result over what was read for it, or two results to one file. To be asked
/// before anything is written.
pub(super) fn spare(request: &Request, report: &Report, talk: &Talk) -> Result<(), Failure> {
    let read = report.sources.iter().map(|(_, source)| source.name.as_path());
    spare_all(request, read, talk)
}

/// [`spare`], where these files were read.
pub(super) fn spare_all<'p>(
    request: &'p Request,
    read: impl Iterator<Item = &'p Path>,
    talk: &Talk,
) -> Result<(), Failure> {
    let baseline = match &request.baseline {
        BaselineChoice::Write(path) => Some(path.as_path()),
        BaselineChoice::File(_) | BaselineChoice::Settings | BaselineChoice::None => None,
    };
    let written = [("-o", talk.file()), ("--write-baseline", baseline)];
    let written: Vec<(&str, &Path)> =
        written.into_iter().filter_map(|(option, path)| Some((option, path?))).collect();
    if let [(_, first), (_, second)] = written.as_slice()
        && place(first) == place(second)
    {
        return Err(Failure::new(format!(
            "`-o` and `--write-baseline` name the same file, {}",
            visible_path(first)
        )));
    }
    let is_there = |(_, path): &(&str, &Path)| matches!(Disk.kind(path), Ok(FileKind::File));
    let written: Vec<_> = written.into_iter().filter(is_there).collect();
    if written.is_empty() {
        return Ok(());
    }
    let read: Vec<PathBuf> = read.chain(named(request)).map(place).collect();
    for (option, path) in written {
        let place = place(path);
        let is_settings = FILE_NAMES.iter().any(|name| place.file_name() == Some(OsStr::new(name)));
        if is_settings || read.contains(&place) {
            return Err(Failure::new(format!(
                "`{option}` would write over {}, which is read here: name another file",
                visible_path(path)
            )));
        }
    }
    Ok(())
}

/// What the request names to be read.
fn named(request: &Request) -> impl Iterator<Item = &Path> {
    let settings = match &request.settings {
        SettingsChoice::File(path) => Some(path),
        SettingsChoice::Discover | SettingsChoice::None => None,
    };
    let baseline = match &request.baseline {
        BaselineChoice::File(path) => Some(path),
        BaselineChoice::Write(_) | BaselineChoice::Settings | BaselineChoice::None => None,
    };
    let paths = request.paths.iter().chain(&request.roots);
    paths.chain(settings).chain(baseline).map(PathBuf::as_path)
}

/// The one name of the file at `path`, which need not stand there.
fn place(path: &Path) -> PathBuf {
    if let Ok(canonical) = Disk.canonical(path) {
        return canonical;
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = Disk.canonical(parent.unwrap_or(Path::new("."))).unwrap_or_default();
    parent.join(path.file_name().unwrap_or_default())
}
