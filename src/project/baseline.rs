//! What a baseline knows is taken out of the report; or all that was found makes up a new one.
//!
//! A run seldom sees everything: it may be of one file, or of some rules. What it could not have
//! found is neither stale nor left out of the new baseline.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use super::config::rule_names;
use super::unit::Unit;
use super::{BaselineChoice, Error, Request};
use crate::diagnostic::{Diagnostic, Report};
use crate::engine::Policy;
use crate::include::Files;
use crate::rules::Rule;
use crate::settings::{Baseline, Known, read_baseline};
use crate::source::{Loader, SourceId, Span};
use crate::syntax::Tree;

/// Has each finding of the report held back by the baseline that is for its file. `hidden` is what
/// was found and is not shown.
///
/// # Errors
/// A baseline cannot be read, or is none.
pub(super) fn hold(
    loader: &dyn Loader,
    request: &Request,
    files: &Files,
    units: &[Unit],
    hidden: &[Diagnostic],
    report: &mut Report,
) -> Result<(), Error> {
    let mut baselines: Vec<(&Path, Vec<&Unit>)> = Vec::new();
    match &request.baseline {
        BaselineChoice::None => {}
        BaselineChoice::File(path) | BaselineChoice::Write(path) => {
            baselines.push((path, units.iter().collect()));
        }
        BaselineChoice::Settings => {
            for unit in units {
                let Some(settings) = unit.settings() else { continue };
                let Some(path) = settings.baseline.as_deref() else { continue };
                loader.kind(path).map_err(|error| {
                    Error::of_settings(settings, "baseline", &Error::unreadable(path, &error))
                })?;
                match baselines.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, units)) => units.push(unit),
                    None => baselines.push((path, vec![unit])),
                }
            }
        }
    }
    let mut verdicts = vec![Verdict::default(); report.diagnostics.len()];
    for (path, units) in baselines {
        let new = matches!(request.baseline, BaselineChoice::Write(_));
        let baseline = if new && !loader.stands(path) {
            let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let directory = loader.canonical(directory.unwrap_or(Path::new(".")));
            let directory = directory.map_err(|error| Error::unreadable(path, &error))?;
            Baseline { file: path.to_path_buf(), directory, known: BTreeMap::new() }
        } else {
            read_baseline(loader, path, &rule_names())?
        };
        let holder = Holder::new(loader, request, files, &units, baseline, report);
        if new {
            report.baseline = Some(holder.renew(hidden, report).to_string());
        } else {
            let stale = holder.judge(&report.diagnostics, hidden, &mut verdicts);
            report.summary.stale.extend(stale);
        }
    }
    take(&verdicts, report);
    Ok(())
}

/// What baselines say of a finding.
#[derive(Copy, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Nothing.
    #[default]
    New,
    /// One knows others like it, and not so many.
    OneTooMany,
    /// One knows it.
    Known,
}

/// Takes out of the report what is known.
fn take(verdicts: &[Verdict], report: &mut Report) {
    let all = report.diagnostics.len();
    let mut verdicts = verdicts.iter();
    report.diagnostics.retain_mut(|one| {
        let verdict = verdicts.next().copied().unwrap_or_default();
        if verdict == Verdict::OneTooMany {
            one.help.push(
                "the baseline knows others like this one, and not so many: any of them may be \
                 the new one"
                    .into(),
            );
        }
        verdict != Verdict::Known
    });
    report.summary.known += all - report.diagnostics.len();
}

/// A baseline among the configurations that it is for.
struct Holder<'r> {
    loader: &'r dyn Loader,
    files: &'r Files,
    baseline: Baseline,
    /// What the baseline calls the texts that are reported.
    names: HashMap<SourceId, String>,
    /// Which rules ran over which of them.
    ran: Vec<(Policy, HashSet<String>)>,
}

impl<'r> Holder<'r> {
    fn new(
        loader: &'r dyn Loader,
        request: &Request,
        files: &'r Files,
        units: &[&Unit],
        baseline: Baseline,
        report: &Report,
    ) -> Self {
        let name = |source: SourceId| match files.canonical(source) {
            Some(path) if report.own.contains(&source) => relative(&baseline.directory, path),
            // A part of a dump has the name that it has on its own machine.
            _ => joined(files.sources.source(source).name.components()),
        };
        let mut names = HashMap::new();
        let mut ran = Vec::new();
        for unit in units {
            let own = unit.own(files);
            names.extend(own.iter().map(|source| (*source, name(*source))));
            let own = own.iter().map(|source| names[source].clone()).collect();
            ran.push((unit.policy(files, &request.policy), own));
        }
        Self { loader, files, baseline, names, ran }
    }

    /// Says which findings are known, and what is known and not found.
    fn judge(
        &self,
        found: &[Diagnostic],
        hidden: &[Diagnostic],
        verdicts: &mut [Verdict],
    ) -> Vec<String> {
        let mut left = self.baseline.known.clone();
        for (one, verdict) in found.iter().zip(verdicts) {
            let Some(count) = self.known(one).and_then(|known| left.get_mut(&known)) else {
                continue;
            };
            let own = if *count == 0 { Verdict::OneTooMany } else { Verdict::Known };
            *count = count.saturating_sub(1);
            *verdict = own.max(*verdict);
        }
        for one in hidden {
            if let Some(count) = self.known(one).and_then(|known| left.get_mut(&known)) {
                *count = count.saturating_sub(1);
            }
        }
        let stale = left.iter().filter(|(known, count)| **count > 0 && self.is_gone(known));
        stale.map(|(known, count)| self.sentence(known, *count)).collect()
    }

    /// Takes all out of the report that a baseline may know, and makes a new one of it. What this run
    /// could not find stays as it was.
    fn renew(mut self, hidden: &[Diagnostic], report: &mut Report) -> Baseline {
        let mut new: BTreeMap<Known, usize> = BTreeMap::new();
        let all = report.diagnostics.len();
        report.diagnostics.retain(|one| {
            let known = self.known(one);
            let is_new = known.is_none();
            known.into_iter().for_each(|known| *new.entry(known).or_default() += 1);
            is_new
        });
        report.summary.known += all - report.diagnostics.len();
        let mut unseen: BTreeMap<Known, usize> = BTreeMap::new();
        for known in hidden.iter().filter_map(|one| self.known(one)) {
            *unseen.entry(known).or_default() += 1;
        }
        for (known, count) in std::mem::take(&mut self.baseline.known) {
            let found = new.get(&known).copied().unwrap_or_default();
            let kept = if self.is_gone(&known) {
                unseen.get(&known).copied().unwrap_or_default().min(count.saturating_sub(found))
            } else {
                count.saturating_sub(found)
            };
            if kept > 0 {
                *new.entry(known).or_default() += kept;
            }
        }
        Baseline { known: new, ..self.baseline }
    }

    /// What a baseline calls a finding, if it is in a text that it is for.
    fn known(&self, one: &Diagnostic) -> Option<Known> {
        let file = self.names.get(&one.at.source)?.clone();
        let directive = directive(self.files.tree(one.at.source), one.at.span);
        Some(Known { file, rule: one.rule.to_owned(), directive })
    }

    /// Whether this run would have found it, were it there: its rule ran over its file, or there is
    /// no such file.
    fn is_gone(&self, known: &Known) -> bool {
        let Some(rule) = Rule::named(&known.rule) else { return false };
        let looked_at =
            self.ran.iter().any(|(policy, own)| own.contains(&known.file) && policy.runs(rule));
        let file = Path::new(&known.file);
        looked_at
            || (!file.is_absolute() && !self.loader.stands(&self.baseline.directory.join(file)))
    }

    /// What is known and not found `count` times.
    fn sentence(&self, known: &Known, count: usize) -> String {
        let Known { file, rule, directive } = known;
        let baseline = self.baseline.file.display();
        let all = self.baseline.known.get(known).copied().unwrap_or(count);
        let part = if all > 1 { format!(" ({count} of {all})") } else { String::new() };
        let at = if directive.is_empty() { String::new() } else { format!(" at `{directive}`") };
        format!("{baseline}: {rule} is not found any more in {file}{at}{part}")
    }
}

/// The words of the directive that begins or goes on at a place, else those of the line.
pub(super) fn directive(tree: &Tree, at: Span) -> String {
    let directive = tree.before(at.start + 1).filter(|one| at.start < one.terminator().end);
    if let Some(directive) = directive {
        let words = std::iter::once(directive.name()).chain(directive.args());
        let words: Vec<_> = words.map(|word| String::from_utf8_lossy(word.raw())).collect();
        return words.join(" ");
    }
    let (before, after) = tree.bytes().split_at(tree.bytes().len().min(at.start as usize));
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let end = before.len() + memchr::memchr(b'\n', after).unwrap_or(after.len());
    let line =
        String::from_utf8_lossy(tree.bytes().get(start..end).unwrap_or_default()).into_owned();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The way from a directory to a file, both by their one name.
fn relative(directory: &Path, file: &Path) -> String {
    let shared = directory.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = directory.components().skip(shared).map(|_| Component::ParentDir);
    joined(up.chain(file.components().skip(shared)))
}

/// Names with `/` between them, on every machine.
fn joined<'p>(components: impl Iterator<Item = Component<'p>>) -> String {
    let path: PathBuf = components.collect();
    let path = path.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_from_the_directory_of_the_baseline() {
        let relative = |directory, file| relative(Path::new(directory), Path::new(file));
        assert_eq!(relative("/r", "/r/conf.d/a.conf"), "conf.d/a.conf");
        assert_eq!(relative("/r/ci/x", "/r/conf.d/a.conf"), "../../conf.d/a.conf");
        assert_eq!(relative("/", "/a"), "a");
    }

    #[test]
    fn a_place_is_known_by_its_directive_or_its_line() {
        let text = "a  b\n 'c d';  # x   y\n}\n";
        let tree = crate::syntax::parse(text.as_bytes().into()).tree;
        let at = |offset| directive(&tree, Span::at(offset));
        assert_eq!([at(0), at(3), at(7)], ["a b 'c d'"; 3]);
        assert_eq!(at(15), "'c d'; # x y", "a comment");
        assert_eq!((at(22).as_str(), at(24).as_str()), ("}", ""));
        assert_eq!(directive(&crate::syntax::parse(b"".as_slice().into()).tree, Span::at(0)), "");
    }
}
