//! One configuration with its settings: from what was read to what is reported of it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::detection::Detected;
use super::row::row;
use super::{Request, Shown, upgrade};
use crate::diagnostic::{Confidence, Report, TargetRow};
use crate::engine::{self, PerPath, Policy};
use crate::include::{Config, Files, Used, Why};
use crate::model::{Assumptions, Backend, Model, shown};
use crate::nginx::VersionSet;
use crate::settings::Settings;
use crate::source::SourceId;

/// Which files of a unit are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reported {
    /// Those below a directory, by its one name.
    Below(PathBuf),
    /// All.
    Everything,
    /// One.
    File(SourceId),
}

/// A configuration to analyse.
pub(super) struct Unit {
    title: PathBuf,
    /// The root's text; `None` for fragments.
    root: Option<SourceId>,
    config: Config,
    /// The texts that the configuration consists of.
    sources: HashSet<SourceId>,
    settings: Option<Settings>,
    /// The target as found, where none is stated.
    detected: Option<Detected>,
    reported: Vec<Reported>,
    /// Never reported.
    hidden: HashSet<SourceId>,
    /// Whether its texts are parts of a dump: the files are elsewhere.
    dump: bool,
}

impl Unit {
    pub(super) fn new(
        title: PathBuf,
        root: Option<SourceId>,
        config: Config,
        settings: Option<Settings>,
        detected: Option<Detected>,
    ) -> Self {
        let sources = config.sources().into_iter().collect();
        let (reported, hidden, dump) = (Vec::new(), HashSet::new(), false);
        Self { title, root, config, sources, settings, detected, reported, hidden, dump }
    }

    /// What is being done, for a progress line.
    pub(super) fn title(&self) -> String {
        self.title.display().to_string()
    }

    /// The directory in which it begins.
    pub(super) fn directory(&self) -> PathBuf {
        self.title.parent().unwrap_or(Path::new("")).to_path_buf()
    }

    /// Whether all that it includes was read.
    pub(super) fn is_complete(&self) -> bool {
        self.config.is_complete()
    }

    /// The name of its root; `None` for fragments and for a dump, whose root is a part of it.
    pub(super) fn root(&self) -> Option<&Path> {
        self.root.filter(|_| !self.dump).map(|_| self.title.as_path())
    }

    /// The names of the files that are reported.
    pub(super) fn reported(&self, files: &Files) -> Vec<PathBuf> {
        let mut own = self.sources().filter(|source| self.reports(files, *source)).peekable();
        if self.dump {
            return own.peek().map(|_| self.title.clone()).into_iter().collect();
        }
        own.map(|source| files.sources.source(source).name.clone()).collect()
    }

    /// Whether that text is its root.
    pub(super) fn is_of(&self, root: SourceId) -> bool {
        self.root == Some(root)
    }

    /// Whether that text belongs to it.
    pub(super) fn uses(&self, source: SourceId) -> bool {
        self.sources.contains(&source)
    }

    /// The texts it consists of.
    pub(super) fn sources(&self) -> impl Iterator<Item = SourceId> {
        self.sources.iter().copied()
    }

    pub(super) fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    /// Adds to what is reported.
    pub(super) fn report(&mut self, reported: Reported) {
        if !self.reported.contains(&reported) {
            self.reported.push(reported);
        }
    }

    /// Says that its texts are parts of a dump.
    pub(super) const fn is_of_a_dump(&mut self) {
        self.dump = true;
    }

    /// Takes texts away from what is reported.
    pub(super) fn hide(&mut self, hidden: HashSet<SourceId>) {
        self.hidden.extend(hidden);
    }

    fn reports(&self, files: &Files, source: SourceId) -> bool {
        let is_meant = |reported: &Reported| match reported {
            Reported::Below(directory) => {
                files.canonical(source).is_some_and(|path| path.starts_with(directory))
            }
            Reported::Everything => true,
            Reported::File(own) => *own == source,
        };
        !self.hidden.contains(&source) && self.reported.iter().any(is_meant)
    }

    /// The texts that are reported.
    pub(super) fn own(&self, files: &Files) -> HashSet<SourceId> {
        self.sources().filter(|source| self.reports(files, *source)).collect()
    }

    /// Analyses it and adds what is found to `report`, its reported texts and hops to `shown`.
    pub(super) fn analyse(
        &self,
        files: &Files,
        request: &Request,
        report: &mut Report,
        shown: &mut Shown,
    ) {
        let own = self.own(files);
        if own.is_empty() {
            return;
        }
        let (target, model) = self.meaning(files, request);
        let policy = self.policy(files, &request.policy);
        let is_reported = |source: SourceId| own.contains(&source);
        let run = |model: &Model<'_>, policy: &Policy| {
            engine::run(model, files, policy, target.assumed, &is_reported)
        };
        let outcome = match &request.upgrade {
            None => run(&model, &policy),
            Some(upgrade) => {
                let at = |versions: &VersionSet| self.model(files, &target, versions.clone());
                let before = run(&at(&upgrade.from), &upgrade::before(&policy));
                let after = run(&at(&upgrade.to), &policy);
                let between = run(&model, &upgrade::between(&policy));
                upgrade::changes(upgrade, before, after, between)
            }
        };
        report.diagnostics.extend(outcome.diagnostics);
        shown.hidden.extend(outcome.hidden);
        report.summary.complete &= self.config.is_complete();
        for unread in self.config.unread() {
            let why = match unread.why {
                Why::Elsewhere => "not here",
                Why::Placeholder => "not yet filled in",
                Why::TooMany => "too many uses of too many files",
            };
            let line = format!("{} ({why})", unread.path.display());
            if !report.summary.unread.contains(&line) {
                report.summary.unread.push(line);
            }
        }
        // Where each text is used once, no hop comes twice.
        let again = shown.several_units || self.config.uses() > self.sources.len();
        for hop in model.hops().filter(|hop| own.contains(&hop.used().source())) {
            if !again || shown.hops.insert((hop.used().location(), hop.digest())) {
                report.summary.hops.count(hop.certainty().map(Confidence::from));
                report.hops.extend(request.hops.then(|| row(&model, hop)));
            }
        }
        if shown.sources.is_empty() {
            report.target = target;
        } else if report.target != target {
            report.target = common(&report.target, &target);
        }
        if !self.dump {
            shown.files.extend(&own);
        }
        for source in own {
            *shown.sources.entry(source).or_default() += 1;
        }
    }

    /// What is aimed at, narrowed if it is only assumed, and what it means there.
    pub(super) fn meaning(&self, files: &Files, request: &Request) -> (TargetRow, Model<'_>) {
        let mut target = self.target(request);
        let model = self.model(files, &target, target.versions.clone());
        target.versions.clone_from(model.target());
        if let Some(used) = model.narrowed_by() {
            target.origin = Some(origin(files, used));
        }
        (target, model)
    }

    /// What it means in some releases.
    fn model(&self, files: &Files, target: &TargetRow, versions: VersionSet) -> Model<'_> {
        self.model_with(files, target, versions, &[])
    }

    /// What it means in some releases, when more is known of peers than anybody says.
    pub(super) fn model_with(
        &self,
        files: &Files,
        target: &TargetRow,
        versions: VersionSet,
        learned: &[Backend],
    ) -> Model<'_> {
        let settings = self.settings.as_ref();
        let declared = settings.iter().flat_map(|one| &one.backends).map(backend);
        let assumptions = Assumptions {
            target: versions,
            assumed: target.assumed,
            flavor: target.flavor,
            backends: learned.iter().cloned().chain(declared).collect(),
            modules: settings.and_then(|one| one.modules.clone()),
            extra_directives: settings
                .iter()
                .flat_map(|one| one.extra_directives.iter().cloned())
                .collect(),
        };
        Model::build(&self.config, files, assumptions)
    }

    /// What is aimed at, before an assumed target is narrowed.
    fn target(&self, request: &Request) -> TargetRow {
        let stated = self.settings.as_ref().and_then(|one| one.nginx_version.as_ref());
        let flavor = request
            .flavor
            .or_else(|| Some(self.settings.as_ref()?.flavor.as_ref()?.value))
            .unwrap_or_default();
        let row = |versions: &VersionSet, assumed, origin| TargetRow {
            versions: versions.clone(),
            assumed,
            flavor,
            origin,
        };
        if let Some(upgrade) = &request.upgrade {
            return row(&upgrade.whole(), false, None);
        }
        if let Some(versions) = &request.nginx_version {
            return row(versions, false, None);
        }
        if let (Some(stated), Some(settings)) = (stated, &self.settings) {
            let origin = format!("from {}:{}", settings.file.display(), stated.line);
            return row(&stated.value, false, Some(origin));
        }
        if let Some(Detected { versions, flavor, origin }) = &self.detected {
            let origin = Some(origin.clone());
            return TargetRow { flavor: *flavor, ..row(versions, false, origin) };
        }
        row(&VersionSet::assumed(), true, None)
    }

    pub(super) fn policy(&self, files: &Files, base: &Policy) -> Policy {
        let mut policy = base.clone();
        let Some(settings) = &self.settings else { return policy };
        policy.settings.clone_from(&settings.rules);
        for per_path in &settings.per_path {
            let is_meant = |source: &SourceId| {
                let relative = files
                    .canonical(*source)
                    .and_then(|path: &Path| path.strip_prefix(&settings.directory).ok());
                relative.is_some_and(|path| per_path.glob.matches(path))
            };
            policy.per_path.push(PerPath {
                files: self.sources().filter(is_meant).collect(),
                levels: per_path.rules.clone(),
            });
        }
        policy
    }
}

/// The directive that a target comes from, for people.
fn origin(files: &Files, used: Used<'_>) -> String {
    let source = files.sources.source(used.source());
    let line = source.line(used.directive().span().start);
    let name = shown(used.directive().name().raw());
    format!("from `{name}` at {}:{line}", source.name.display())
}

fn backend(declared: &crate::settings::Backend) -> Backend {
    let speaks = declared.speaks.clone();
    Backend { address: declared.address.clone(), speaks, logged: None }
}

/// One row for several targets: all of them together.
fn common(one: &TargetRow, other: &TargetRow) -> TargetRow {
    TargetRow {
        versions: one.versions.union(&other.versions),
        assumed: one.assumed || other.assumed,
        flavor: one.flavor,
        origin: None,
    }
}
