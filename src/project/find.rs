//! From what is named to units: the configurations to analyse, and which of their files to report.
//!
//! What is analysed is not what is reported: a fragment is understood from the root that includes
//! it, and a directory may hold a part of a configuration only.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use super::classify::{Promise, is_configuration, is_root, is_root_by_name, promise};
use super::config::settings_in;
use super::detection::{Detected, Detector};
use super::exclusion::Exclusion;
use super::ignored::Ignored;
use super::overlay::Overlay;
use super::unit::{Reported, Unit};
use super::upward::{Upward, here};
use super::{Error, Request};
use crate::include::{self, Files, Reach, fragment_context, parts, resolve};
use crate::nginx::Contexts;
use crate::settings::{PathGlob, Settings};
use crate::source::{FileKind, Loader, Memory, SourceId, Walk};

/// Everything that was found and read.
pub(super) struct Found {
    pub(super) files: Files,
    pub(super) units: Vec<Unit>,
    /// What stands where a search went and cannot be read, a line each.
    pub(super) skipped: Vec<String>,
}

/// Finds and reads what is asked for.
pub(super) fn units(loader: &dyn Loader, request: &Request) -> Result<Found, Error> {
    from(loader, request, |finder| finder.starts())
}

/// Finds and reads the roots that the request or the settings name; nothing, if they name none.
pub(super) fn roots(loader: &dyn Loader, request: &Request) -> Result<Found, Error> {
    from(loader, request, |finder| finder.named_roots(Path::new("")))
}

/// Finds and reads what some paths lead to.
fn from(
    loader: &dyn Loader,
    request: &Request,
    starts: impl FnOnce(&Finder<'_>) -> Result<Vec<PathBuf>, Error>,
) -> Result<Found, Error> {
    let overlay = request.stdin.as_ref().map(|stdin| {
        let mut overlay = Overlay::new(loader);
        overlay.put(&stdin.name, stdin.bytes.as_slice().into());
        overlay
    });
    let loader: &dyn Loader = overlay.as_ref().map_or(loader, |overlay| overlay);
    let mut finder = Finder {
        loader,
        request,
        files: Files::default(),
        units: Vec::new(),
        fragments: Vec::new(),
        skipped: Vec::new(),
        exclusion: Exclusion::new(loader, request)?,
        looked_up: HashSet::new(),
        detector: Detector::new(loader, request.installed),
    };
    for path in starts(&finder)? {
        finder.start(&path)?;
    }
    finder.rootless()?;
    let Finder { files, units, skipped, .. } = finder;
    Ok(Found { files, units, skipped })
}

struct Finder<'r> {
    loader: &'r dyn Loader,
    request: &'r Request,
    files: Files,
    units: Vec<Unit>,
    /// Fragments that no root includes, so far.
    fragments: Vec<(PathBuf, SourceId)>,
    /// What was passed over.
    skipped: Vec<String>,
    /// What the command line leaves out.
    exclusion: Exclusion,
    /// Directories for whose files the roots that are named or stand upward were read.
    looked_up: HashSet<PathBuf>,
    /// Finds the targets that nobody states.
    detector: Detector<'r>,
}

impl Finder<'_> {
    /// The paths to start from.
    fn starts(&self) -> Result<Vec<PathBuf>, Error> {
        let mut starts = self.request.paths.clone();
        starts.extend(self.request.stdin.as_ref().map(|stdin| stdin.name.clone()));
        if starts.is_empty() {
            starts.clone_from(&self.request.roots);
        }
        if starts.is_empty() {
            starts = self.settings(Path::new(""))?.map_or(Vec::new(), |settings| settings.roots);
        }
        if starts.is_empty() {
            starts.push(PathBuf::from("."));
        }
        Ok(starts)
    }

    fn start(&mut self, path: &Path) -> Result<(), Error> {
        let kind = self.loader.kind(path);
        match kind.map_err(|error| self.unreadable(path, &error, Path::new("")))? {
            FileKind::Directory => self.directory(path),
            FileKind::File | FileKind::Special => self.file(path),
        }
    }

    /// The settings that hold for what stands in `directory`.
    fn settings(&self, directory: &Path) -> Result<Option<Settings>, Error> {
        settings_in(self.loader, self.request, directory)
    }

    /// The roots that the user names for what stands in `directory`.
    fn named_roots(&self, directory: &Path) -> Result<Vec<PathBuf>, Error> {
        if !self.request.roots.is_empty() {
            return Ok(self.request.roots.clone());
        }
        Ok(self.settings(directory)?.map_or(Vec::new(), |settings| settings.roots))
    }

    /// Reads a root that is there for what stands in `directory`.
    fn open(&mut self, path: &Path, directory: &Path) -> Result<SourceId, Error> {
        let opened = self.files.open(self.loader, path);
        opened.map_err(|error| self.unreadable(path, &error, directory))
    }

    /// Something cannot be read; what the settings for `directory` name is said with its line there.
    fn unreadable(&self, path: &Path, error: &io::Error, directory: &Path) -> Error {
        let why = Error::unreadable(path, error);
        let settings = self.settings(directory).ok().flatten();
        let is_named = |one: &Settings| one.roots.iter().any(|root| root == path);
        match settings.filter(|one| self.request.roots.is_empty() && is_named(one)) {
            Some(settings) => Error::of_settings(&settings, "roots", &why),
            None => why,
        }
    }

    /// Reads what nobody named: if it cannot be read, it is passed over.
    fn open_if_readable(&mut self, path: &Path) -> Option<SourceId> {
        let opened = self.files.open(self.loader, path);
        opened.map_err(|error| self.skip(path, &error)).ok()
    }

    fn skip(&mut self, path: &Path, error: &io::Error) {
        let line = Error::unreadable(path.strip_prefix(".").unwrap_or(path), error).to_string();
        if !self.skipped.contains(&line) {
            self.skipped.push(line);
        }
    }

    fn file(&mut self, path: &Path) -> Result<(), Error> {
        let directory = path.parent().unwrap_or(Path::new("")).to_path_buf();
        if self.is_excluded(path, self.settings(&directory)?.as_ref()) {
            return Ok(());
        }
        let opened = self.files.open_any(self.loader, path);
        let source = opened.map_err(|error| Error::unreadable(path, &error))?;
        let bytes = self.files.sources.source(source).bytes.clone();
        if let Some(parts) = parts(&bytes) {
            return self.dump(path, &parts);
        }
        let roots = self.named_roots(&directory)?;
        let canonical = self.files.canonical(source).map(Path::to_path_buf);
        let is_named = |root: &PathBuf| self.loader.canonical(root).ok() == canonical;
        let by_name = roots.iter().any(is_named) || is_root_by_name(path, self.files.tree(source));
        if !by_name && self.adopt(path, source)? {
            return Ok(());
        }
        if by_name || is_root(path, self.files.tree(source)) {
            let unit = self.root(path, source)?;
            self.units[unit].report(Reported::Everything);
        } else {
            self.fragments.push((path.to_path_buf(), source));
        }
        Ok(())
    }

    /// Has a file reported by the configuration that includes it: one that is known already, or
    /// one whose root is named or stands upward. Whether there is any.
    fn adopt(&mut self, path: &Path, source: SourceId) -> Result<bool, Error> {
        self.look_up(path.parent().unwrap_or(Path::new("")))?;
        let mut adopted = false;
        for unit in self.units.iter_mut().filter(|unit| !unit.is_of(source) && unit.uses(source)) {
            unit.report(Reported::File(source));
            adopted = true;
        }
        Ok(adopted)
    }

    /// Reads the roots that may include what stands in `directory`, once.
    fn look_up(&mut self, directory: &Path) -> Result<(), Error> {
        if !self.looked_up.insert(directory.to_path_buf()) {
            return Ok(());
        }
        let mut candidates = self.named_roots(directory)?;
        let upward = candidates.is_empty();
        if upward {
            candidates = self.roots_above(directory);
        }
        for root in candidates {
            let source = match upward {
                true => self.open_if_readable(&root),
                false => Some(self.open(&root, directory)?),
            };
            let Some(source) = source else { continue };
            if !upward || is_root(&root, self.files.tree(source)) {
                self.root(&root, source)?;
            }
        }
        Ok(())
    }

    /// Files called `nginx.conf` upward from `directory`, as far as the repository goes.
    fn roots_above(&self, directory: &Path) -> Vec<PathBuf> {
        let directories = Upward::from(self.loader, directory).directories;
        let roots = directories.iter().map(|directory| directory.join("nginx.conf"));
        roots.filter(|root| matches!(self.loader.kind(root), Ok(FileKind::File))).collect()
    }

    fn directory(&mut self, directory: &Path) -> Result<(), Error> {
        let named = self.named_roots(directory)?;
        let typed = here(directory);
        let own =
            self.loader.canonical(typed).map_err(|error| Error::unreadable(directory, &error))?;
        let mut roots = named.clone();
        let (mut by_content, mut others) = (Vec::new(), Vec::new());
        for (path, promise) in self.search(directory)? {
            let Some(source) = self.open_if_readable(&path) else { continue };
            let tree = self.files.tree(source).clone();
            if let Some(parts) = parts(tree.bytes()) {
                self.dump(&path, &parts)?;
            } else if named.is_empty() && is_root_by_name(&path, &tree) {
                roots.push(path);
            } else if named.is_empty() && is_root(&path, &tree) {
                by_content.push((path, source));
            } else if promise == Promise::Sure || is_configuration(&tree) {
                others.push((path, source));
            }
        }
        for path in &roots {
            let source = self.open(path, directory)?;
            let unit = self.root(path, source)?;
            self.units[unit].report(Reported::Below(own.clone()));
            // Reported even where it is a link that leads out of the directory.
            if !named.contains(path) {
                self.units[unit].report(Reported::File(source));
            }
        }
        for (path, source) in &by_content {
            self.root(path, *source)?;
        }
        for (path, source) in by_content {
            // What looks like a root may be a part of another.
            if !self.adopt(&path, source)? {
                let unit = self.root(&path, source)?;
                self.units[unit].report(Reported::Below(own.clone()));
                self.units[unit].report(Reported::File(source));
            }
        }
        for (path, source) in others {
            if !self.adopt(&path, source)? {
                self.fragments.push((path, source));
            }
        }
        Ok(())
    }

    /// The files in a directory that may be configuration, with what their names promise.
    fn search(&mut self, directory: &Path) -> Result<Vec<(PathBuf, Promise)>, Error> {
        const NEVER: [&str; 4] = [".git", ".hg", ".svn", "node_modules"];
        let settings = self.settings(directory)?;
        let here = here(directory);
        // The directory's own name says what its files are, however it was typed.
        let own =
            self.loader.canonical(here).ok().and_then(|path| path.file_name().map(PathBuf::from));
        let own = own.unwrap_or_default();
        let promised = |path: &Path| promise(&own.join(path.strip_prefix(here).unwrap_or(path)));
        let mut ignored = Ignored::new(self.loader, directory, self.request.respect_gitignore);
        let mut enter = |path: &Path, kind: FileKind| {
            let is_directory = kind == FileKind::Directory;
            let name = path.file_name().unwrap_or_default();
            let never = is_directory && NEVER.iter().any(|never| name == *never);
            let promising = is_directory || promised(path) != Promise::None;
            promising
                && !never
                && !self.is_excluded(path, settings.as_ref())
                && !ignored.leaves_out(path, is_directory)
        };
        let found = self.loader.walk(directory, &mut enter);
        let Walk { files, skipped } =
            found.map_err(|error| Error::unreadable(directory, &error))?;
        skipped.iter().for_each(|(path, error)| self.skip(path, error));
        // What one would type for a file below `.` has no `./` before it.
        let typed = |path: PathBuf| {
            let promise = promised(&path);
            (path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path), promise)
        };
        Ok(files.into_iter().map(typed).collect())
    }

    fn is_excluded(&self, path: &Path, settings: Option<&Settings>) -> bool {
        let canonical = || {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = self.loader.canonical(parent.unwrap_or(Path::new("."))).ok()?;
            Some(parent.join(path.file_name()?))
        };
        let below = |base: &Path, globs: &[PathGlob]| {
            let canonical = canonical();
            let relative = canonical.as_deref().and_then(|path| path.strip_prefix(base).ok());
            relative.is_some_and(|path| globs.iter().any(|glob| glob.matches(path)))
        };
        let by_option = || canonical().is_some_and(|one| self.exclusion.covers(path, &one));
        (!self.exclusion.is_empty() && by_option())
            || settings
                .is_some_and(|one| !one.exclude.is_empty() && below(&one.directory, &one.exclude))
    }

    /// The unit of a root, made if it is not there yet.
    fn root(&mut self, path: &Path, source: SourceId) -> Result<usize, Error> {
        if let Some(known) = self.units.iter().position(|unit| unit.is_of(source)) {
            return Ok(known);
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        let settings = self.settings(directory)?;
        let reach = Reach::of_root(self.loader, path, self.map(settings.as_ref()));
        let tops = [(source, Contexts::MAIN)];
        let config = resolve(&mut self.files, self.loader, &reach, &tops);
        let canonical = self.files.canonical(source).map(Path::to_path_buf);
        let detected = self.detect(directory, canonical, settings.as_ref());
        self.push(path, Some(source), config, settings, detected);
        Ok(self.units.len() - 1)
    }

    /// The target of what stands at `canonical` in `directory`, if nobody states one.
    fn detect(
        &mut self,
        directory: &Path,
        canonical: Option<PathBuf>,
        settings: Option<&Settings>,
    ) -> Option<Detected> {
        self.detector.unless_stated(self.request, settings, directory, &canonical?)
    }

    fn push(
        &mut self,
        title: &Path,
        root: Option<SourceId>,
        config: include::Config,
        settings: Option<Settings>,
        detected: Option<Detected>,
    ) {
        let mut unit = Unit::new(title.to_path_buf(), root, config, settings, detected);
        let hidden: HashSet<SourceId> = unit
            .sources()
            .filter(|source| {
                let name = &self.files.sources.source(*source).name;
                self.is_excluded(name, unit.settings())
            })
            .collect();
        unit.hide(hidden);
        self.units.push(unit);
    }

    fn map(&self, settings: Option<&Settings>) -> Vec<(PathBuf, PathBuf)> {
        let mut map = self.request.map.clone();
        map.extend(settings.into_iter().flat_map(|settings| settings.include_map.clone()));
        map
    }

    /// A dump is a world of its own: its files are those that it names.
    fn dump(&mut self, path: &Path, parts: &[include::Part<'_>]) -> Result<(), Error> {
        let mut memory = Memory::default();
        for part in parts {
            memory.insert(&part.name, part.bytes);
        }
        let Some(root) = parts.first() else { return Ok(()) };
        let settings = self.settings(path.parent().unwrap_or(Path::new("")))?;
        self.files.change_loader();
        let source = self
            .files
            .open(&memory, &root.name)
            .map_err(|error| Error::unreadable(&root.name, &error))?;
        let reach = Reach::of_dump(&root.name);
        let config = resolve(&mut self.files, &memory, &reach, &[(source, Contexts::MAIN)]);
        self.files.change_loader();
        self.push(path, Some(source), config, settings, None);
        if let Some(unit) = self.units.last_mut() {
            unit.report(Reported::Everything);
            unit.is_of_a_dump();
        }
        Ok(())
    }

    /// Fragments that no root includes: those of a directory form one unit, with their siblings.
    fn rootless(&mut self) -> Result<(), Error> {
        let mut groups: BTreeMap<PathBuf, Vec<SourceId>> = BTreeMap::new();
        for (path, source) in std::mem::take(&mut self.fragments) {
            if self.units.iter().any(|unit| unit.uses(source)) {
                continue;
            }
            let directory = path.parent().unwrap_or(Path::new("")).to_path_buf();
            groups.entry(directory).or_default().push(source);
        }
        for (directory, named) in groups {
            let settings = self.settings(&directory)?;
            let mut all = named.clone();
            all.extend(self.siblings(&directory, &named));
            let mut seen = HashSet::new();
            all.retain(|source| seen.insert(*source));
            let tops: Vec<_> = all
                .iter()
                .map(|&source| {
                    let context =
                        fragment_context(self.files.tree(source), self.files.notes(source));
                    (source, context)
                })
                .collect();
            let reach = Reach::of_fragments(self.loader, &directory, self.map(settings.as_ref()));
            let config = resolve(&mut self.files, self.loader, &reach, &tops);
            let title = self.files.sources.source(named[0]).name.clone();
            let canonical = self.loader.canonical(here(&directory)).ok();
            let detected = self.detect(&directory, canonical, settings.as_ref());
            self.push(&title, None, config, settings, detected);
            if let Some(unit) = self.units.last_mut() {
                for source in named {
                    unit.report(Reported::File(source));
                }
            }
        }
        Ok(())
    }

    /// Other fragments in the directory: an upstream may stand in one of them.
    fn siblings(&mut self, directory: &Path, named: &[SourceId]) -> Vec<SourceId> {
        let typed = here(directory);
        let mut names = self.loader.list(typed).unwrap_or_default();
        names.sort_unstable();
        let mut siblings = Vec::new();
        let mut read = 0;
        for path in names.iter().map(|name| directory.join(name)) {
            let is_file = matches!(self.loader.kind(&path), Ok(FileKind::File));
            if !is_file || promise(&path) == Promise::None {
                continue;
            }
            let Ok(source) = self.files.open(self.loader, &path) else { continue };
            let tree = self.files.tree(source);
            read += tree.bytes().len();
            if read > MOST_OF_SIBLINGS {
                break;
            }
            let is_fragment = !is_root(&path, tree) && is_configuration(tree);
            if is_fragment && parts(tree.bytes()).is_none() && !named.contains(&source) {
                siblings.push(source);
            }
        }
        siblings
    }
}

/// So many bytes of files beside a fragment are read for its sake.
const MOST_OF_SIBLINGS: usize = 16 << 20;
