//! What can be told of a directory before anybody has stated anything: for settings to begin with.

use std::path::{Path, PathBuf};

use super::detection::Detector;
use super::upward::here;
use super::{Error, Request, analysed, find};
use crate::diagnostic::{TargetRow, Verdict};
use crate::source::Loader;

/// What was found in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The configurations that nginx could be started with, from the directory on.
    pub roots: Vec<PathBuf>,
    /// Files that no root includes, likewise.
    pub loose: Vec<PathBuf>,
    /// Roots outside of the directory whose parts are in it, as one would type them.
    pub outer: Vec<PathBuf>,
    /// What is aimed at.
    pub target: TargetRow,
    /// What the `nginx` in `PATH` is, where nothing else tells what is aimed at: the target, and
    /// whether it is one that the configuration is made for.
    pub installed: Option<(TargetRow, bool)>,
    /// What is included and was not read, as a person would name it.
    pub unread: Vec<String>,
    /// What stands in the directory and cannot be read, a line each.
    pub skipped: Vec<String>,
    /// The peers of which nothing tells what they speak.
    pub unknown: Vec<String>,
}

/// Looks at what stands in `directory`, which the request names as its only path.
///
/// # Errors
/// As of [`super::check`].
pub fn survey(loader: &dyn Loader, request: &Request, directory: &Path) -> Result<Survey, Error> {
    let unreadable = |error| Error::unreadable(directory, &error);
    let top = loader.canonical(here(directory)).map_err(unreadable)?;
    let mut found = find::units(loader, request)?;
    let skipped = std::mem::take(&mut found.skipped);
    let below = |path: &Path| {
        let canonical = loader.canonical(path).ok()?;
        canonical.strip_prefix(&top).map(Path::to_path_buf).ok()
    };
    let (mut roots, mut loose, mut outer) = (Vec::new(), Vec::new(), Vec::new());
    for unit in &found.units {
        let reported = unit.reported(&found.files);
        match unit.root() {
            _ if reported.is_empty() => {}
            Some(root) => match below(root) {
                Some(root) => roots.push(root),
                None => outer.push(root.to_path_buf()),
            },
            None => loose.extend(reported.iter().filter_map(|path| below(path))),
        }
    }
    roots.sort_unstable();
    loose.sort_unstable();
    let report = analysed(loader, found, request)?;
    let installed = match report.target.assumed {
        true => Detector::new(loader, request.installed).in_path(),
        false => None,
    };
    let installed = installed.map(|one| {
        let fits = !report.target.versions.intersect(&one.versions).is_empty();
        let origin = Some(one.origin);
        (TargetRow { versions: one.versions, assumed: false, flavor: one.flavor, origin }, fits)
    });
    let mut unknown: Vec<String> = Vec::new();
    let peers = report.hops.iter().flat_map(|hop| &hop.peers);
    for peer in peers.filter(|peer| peer.verdict == Verdict::Unknown) {
        if !unknown.contains(&peer.address) {
            unknown.push(peer.address.clone());
        }
    }
    // From the directory on: a settings file is read on other machines too.
    let beginning = format!("{}/", top.display());
    let unread = report.summary.unread.iter();
    let unread = unread.map(|line| line.strip_prefix(&beginning).unwrap_or(line).to_owned());
    let (target, unread) = (report.target, unread.collect());
    Ok(Survey { roots, loose, outer, target, installed, unread, skipped, unknown })
}
