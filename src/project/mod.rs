//! The one road from what a user names to a report: find the configurations, read them, work out
//! what they mean, run the rules, put together what they found.

mod advice;
mod baseline;
mod classify;
mod config;
mod detection;
mod diagnose;
mod error;
mod exclusion;
mod explain;
mod find;
mod ignored;
mod image;
mod overlay;
mod recipe;
mod relevance;
mod row;
mod shared;
mod survey;
#[cfg(test)]
mod tests;
mod unit;
mod upgrade;
mod upward;

pub use config::{InForce, config};
pub use diagnose::{Diagnosis, Learned, Log, diagnose};
pub use error::Error;
pub use explain::{Explanation, Match, explain};
pub use survey::{Survey, survey};
pub use upgrade::Upgrade;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use self::overlay::Overlay;
use crate::diagnostic::{Diagnostic, Level, Report, TargetRow};
use crate::engine::Policy;
use crate::fix::{self, Fixed};
use crate::include::Files;
use crate::nginx::{Flavor, VersionSet};
use crate::rules;
use crate::source::{Loader, Location, SourceId};

/// What a user asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files and directories as typed; if empty, the roots, and without any the current directory.
    pub paths: Vec<PathBuf>,
    /// What came in on standard input, to be checked too.
    pub stdin: Option<Stdin>,
    /// Root configurations; they replace those of the settings.
    pub roots: Vec<PathBuf>,
    /// Where directories of the configuration's machine are to be found on this one.
    pub map: Vec<(PathBuf, PathBuf)>,
    /// The target; over that of the settings.
    pub nginx_version: Option<VersionSet>,
    /// The flavor; over that of the settings.
    pub flavor: Option<Flavor>,
    /// What changes between these releases is asked for, not what is wrong.
    pub upgrade: Option<Upgrade>,
    /// Asks an installed program of that name for its release: what it prints, called with `-v`.
    pub installed: Option<fn(&str) -> Option<String>>,
    /// Which settings hold.
    pub settings: SettingsChoice,
    /// Globs of files that are not reported, beside those of the settings.
    pub exclude: Vec<String>,
    /// Whether directories are searched as `.gitignore` says.
    pub respect_gitignore: bool,
    /// What to run and to show.
    pub policy: Policy,
    /// Which findings are known already.
    pub baseline: BaselineChoice,
    /// Whether the report is to hold a row for each hop.
    pub hops: bool,
    /// Whether logs alone are not enough: there has to be a configuration.
    pub needs_root: bool,
    /// Is told what is being done.
    pub progress: Option<fn(&str)>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            stdin: None,
            roots: Vec::new(),
            map: Vec::new(),
            nginx_version: None,
            flavor: None,
            upgrade: None,
            installed: None,
            settings: SettingsChoice::Discover,
            exclude: Vec::new(),
            respect_gitignore: true,
            policy: Policy::default(),
            baseline: BaselineChoice::Settings,
            hops: false,
            needs_root: false,
            progress: None,
        }
    }
}

/// A text that came in on standard input.
#[derive(Clone, Debug)]
pub struct Stdin {
    /// The name it is shown by, and the place where it is taken to stand.
    pub name: PathBuf,
    /// The text.
    pub bytes: Vec<u8>,
}

/// Which settings hold.
#[derive(Clone, Debug)]
pub enum SettingsChoice {
    /// The nearest settings file upward from each root.
    Discover,
    /// This file.
    File(PathBuf),
    /// None.
    None,
}

/// Which findings are known already, and not reported again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineChoice {
    /// None: what is asked is no matter of what was there before.
    None,
    /// Those of the baseline that the settings name, if they name one.
    Settings,
    /// Those of this one.
    File(PathBuf),
    /// All of them: they make up this one.
    Write(PathBuf),
}

/// Checks what is asked for. A report of no files means that there was nothing to check.
///
/// # Errors
/// A named path or the settings cannot be read, or a settings file is wrong.
pub fn check(loader: &dyn Loader, request: &Request) -> Result<Report, Error> {
    analysed(loader, find::units(loader, request)?, request)
}

/// The report on what was found and read.
fn analysed(loader: &dyn Loader, found: find::Found, request: &Request) -> Result<Report, Error> {
    let mut report = Report { target: unaimed(request), ..Report::default() };
    let find::Found { mut files, units, skipped } = found;
    report.summary.complete = skipped.is_empty();
    report.summary.unread.clone_from(&skipped);
    report.summary.skipped = skipped;
    let mut reported = Shown { several_units: units.len() > 1, ..Shown::default() };
    for unit in &units {
        if let Some(progress) = request.progress {
            progress(&unit.title());
        }
        unit.analyse(&files, request, &mut report, &mut reported);
        reported.ends.push(report.diagnostics.len());
    }
    shared::withhold(&mut report.diagnostics, &units, &reported.ends);
    report.own = std::mem::take(&mut reported.files);
    settle(&mut report, &files, &reported);
    let hidden = unseen(std::mem::take(&mut reported.hidden), &report, &reported);
    report.summary.hidden = hidden.len();
    baseline::hold(loader, request, &files, &units, &hidden, &mut report)?;
    report.sources = std::mem::take(&mut files.sources);
    count(&mut report, &reported);
    Ok(report)
}

/// What is aimed at where there is nothing that says more.
fn unaimed(request: &Request) -> TargetRow {
    let stated = request.nginx_version.clone();
    TargetRow {
        assumed: stated.is_none(),
        versions: stated.unwrap_or_else(VersionSet::assumed),
        flavor: request.flavor.unwrap_or_default(),
        origin: None,
    }
}

/// What [`check`] would report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The files as one would type them, in order; of a dump the dump.
    pub files: Vec<PathBuf>,
    /// What stands where a search went and cannot be read, a line each.
    pub skipped: Vec<String>,
}

/// The files that [`check`] would report on.
///
/// # Errors
/// As of [`check`].
pub fn files(loader: &dyn Loader, request: &Request) -> Result<Listing, Error> {
    let find::Found { files, units, skipped } = find::units(loader, request)?;
    let mut paths: Vec<PathBuf> = units.iter().flat_map(|unit| unit.reported(&files)).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(Listing { files: paths, skipped })
}

/// Checks what is asked for and applies the fixes of what is found: those that are safe, with
/// `unsafely` also those that guess. Nothing is written.
///
/// # Errors
/// As of [`check`]; or the fixes undo each other.
pub fn fix(loader: &dyn Loader, request: &Request, unsafely: bool) -> Result<Fixed, Error> {
    let report = check(loader, request)?;
    let fixed = fix::fix(report, unsafely, |texts| {
        let mut request = request.clone();
        let mut overlay = Overlay::new(loader);
        for (path, bytes) in texts {
            match &mut request.stdin {
                Some(stdin) if stdin.name == *path => stdin.bytes = bytes.to_vec(),
                _ => overlay.put(path, bytes.clone()),
            }
        }
        check(&overlay, &request)
    });
    fixed.map_err(|error| match error {
        fix::Error::Lint(error) => error,
        fix::Error::Unsettled(rules) => Error::new(format!(
            "nothing was changed: the fixes of these rules undo each other: {}",
            rules.join(", ")
        )),
    })
}

/// What the units have reported so far: each thing is counted once.
#[derive(Default)]
struct Shown {
    /// Whether there are several units, which may share texts.
    several_units: bool,
    /// Where in the report the findings of each unit end.
    ends: Vec<usize>,
    /// The texts, and how many units report them.
    sources: HashMap<SourceId, usize>,
    /// Those that are files, not parts of a dump.
    files: HashSet<SourceId>,
    /// The hops, by place and by what is found there: a place in two servers may be two hops.
    hops: HashSet<(Location, u64)>,
    /// What is found and not shown.
    hidden: Vec<Diagnostic>,
}

/// Puts findings in order, each once.
fn settle(report: &mut Report, files: &Files, shown: &Shown) {
    let sources = &files.sources;
    shared::keep_common(&mut report.diagnostics, &shown.sources);
    report.diagnostics.sort_by(|a, b| {
        let name = |one: &Diagnostic| sources.source(one.at.source).name.as_path();
        let before = |one: &Diagnostic| sources.source(one.at.source).before;
        let place = |one: &Diagnostic| (before(one), one.at.span.start, one.rule);
        let files = if a.at.source == b.at.source { Ordering::Equal } else { name(a).cmp(name(b)) };
        files.then_with(|| place(a).cmp(&place(b))).then_with(|| a.message.cmp(&b.message))
    });
    report.diagnostics.dedup_by(|a, b| a.rule == b.rule && a.at == b.at && a.message == b.message);
    for one in &mut report.diagnostics {
        let tree = files.tree_of(one.at.source);
        one.directive = tree.map(|tree| baseline::directive(tree, one.at.span)).unwrap_or_default();
    }
}

/// What is found and not shown, each once: nothing that is shown for another configuration.
fn unseen(mut hidden: Vec<Diagnostic>, report: &Report, shown: &Shown) -> Vec<Diagnostic> {
    shared::keep_common(&mut hidden, &shown.sources);
    let key = |one: &Diagnostic| (one.rule, one.at, one.message.clone());
    let mut known: HashSet<_> = report.diagnostics.iter().map(key).collect();
    hidden.retain(|one| known.insert(key(one)));
    hidden
}

/// Counts what is found.
fn count(report: &mut Report, shown: &Shown) {
    let found: HashSet<&str> = report.diagnostics.iter().map(|one| one.rule).collect();
    let cards = rules::ALL.iter().filter(|rule| found.contains(rule.name));
    report.cards = cards.map(|rule| rule.card()).collect();
    let fixable = report.diagnostics.iter().filter(|one| report.is_safely_fixable(one)).count();
    let summary = &mut report.summary;
    summary.fixable = fixable;
    summary.files = shown.sources.len();
    for diagnostic in &report.diagnostics {
        match diagnostic.level {
            Level::Error => summary.errors += 1,
            Level::Warning => summary.warnings += 1,
            Level::Info | Level::Allow => summary.infos += 1,
        }
    }
}
