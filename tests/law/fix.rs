//! Fixes do what they say and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ngxlint::diagnostic::{Applicability, Diagnostic, Edit, Level, Report};
use ngxlint::fix::{self, Fixed, Texts};
use ngxlint::page::Example;
use ngxlint::project::{self, Request};
use ngxlint::source::{Bytes, Memory};
use ngxlint::syntax;

/// Files in memory, and what is asked of them.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// What a fault is reported under.
    pub(crate) name: String,
    /// The files by their paths, all below `/repo`.
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    /// What is asked.
    pub(crate) request: Request,
}

impl Case {
    /// No files, every level shown.
    pub(crate) fn new(name: String) -> Self {
        let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        files.insert("/repo/.git/HEAD".into(), Vec::new());
        let mut request = Request { paths: vec!["/repo".into()], ..Request::default() };
        request.policy.min_level = Level::Info;
        Self { name, files, request }
    }

    /// An example of a page.
    pub(crate) fn of(name: String, example: &Example) -> Self {
        let mut case = Self::new(name);
        for (file, text) in &example.files {
            let note = match &example.context {
                Some(context) if file.extension().is_none_or(|one| one != "toml") => {
                    format!("\n# ngxlint: context={context}\n")
                }
                _ => String::new(),
            };
            case.files.insert(Path::new("/repo").join(file), format!("{text}{note}").into_bytes());
        }
        case.request.nginx_version.clone_from(&example.version);
        case.request.flavor = example.flavor;
        case
    }

    /// The same with every line ended by CR LF.
    pub(crate) fn with_crlf(&self) -> Self {
        let files = self.files.iter().map(|(path, bytes)| {
            let toml = path.extension().is_some_and(|end| end == "toml");
            let text = String::from_utf8(bytes.clone()).expect("an example is text");
            (path.clone(), if toml { text } else { text.replace('\n', "\r\n") }.into_bytes())
        });
        let name = format!("{} with CR LF", self.name);
        Self { name, files: files.collect(), request: self.request.clone() }
    }

    /// The files, to be read.
    pub(crate) fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for (path, bytes) in &self.files {
            memory.insert(path, bytes.clone());
        }
        memory
    }

    /// What is found in them.
    pub(crate) fn check(&self) -> Report {
        project::check(&self.memory(), &self.request).expect("an example can be checked")
    }

    /// The same, where these texts stand for those of their names.
    fn with(&self, texts: &Texts) -> Self {
        let mut case = self.clone();
        for (path, bytes) in texts {
            case.files.insert(path.clone(), bytes.to_vec());
        }
        case
    }
}

/// The laws for one case: what is wrong with its fixes, and how many there were.
pub(crate) fn laws(case: &Case, unsafely: bool, wrong: &mut Vec<String>) -> usize {
    judge(case, unsafely, wrong).len()
}

/// The laws for one case: what is wrong with its fixes, and the rules of those that were applied.
pub(crate) fn judge(case: &Case, unsafely: bool, wrong: &mut Vec<String>) -> Vec<&'static str> {
    let mut say =
        |what: String| wrong.push(format!("{} (unsafely: {unsafely}): {what}", case.name));
    let fixed = match project::fix(&case.memory(), &case.request, unsafely) {
        Ok(fixed) => fixed,
        Err(error) => {
            say(error.to_string());
            return Vec::new();
        }
    };
    // What stands for what in a text that is no configuration, any edit may change.
    let is_text = |path: &PathBuf| {
        let text = case.files.get(path).map(|text| syntax::parse(text.as_slice().into()));
        text.is_some_and(|parsed| parsed.problems.is_empty())
    };
    for one in fixed.withheld.iter().filter(|one| is_text(&one.path)) {
        say(format!("an edit changes more than it says: {one:?}"));
    }
    if fixed.applied.is_empty() {
        if !fixed.changed.is_empty() {
            say("a text is changed by no fix".into());
        }
        return Vec::new();
    }
    texts(case, &fixed, &mut say);
    let before = case.check();
    let again = rounds(case, unsafely, &before, &fixed, &mut say);
    // A second run changes nothing.
    let after = case.with(&changed(&fixed));
    match project::fix(&after.memory(), &after.request, unsafely) {
        Ok(second) if second.changed.is_empty() => {}
        Ok(second) => say(format!("a second run changes more: {:?}", second.applied)),
        Err(error) => say(format!("a second run fails: {error}")),
    }
    findings(&before, &again, &fixed, &mut say);
    fixed.applied.iter().map(|one| one.rule).collect()
}

fn changed(fixed: &Fixed) -> Texts {
    fixed.changed.iter().map(|one| (one.path.clone(), one.after.clone())).collect()
}

/// What was read is what is changed; the result parses, and its lines end as they did.
fn texts(case: &Case, fixed: &Fixed, say: &mut impl FnMut(String)) {
    for one in &fixed.changed {
        let path = one.path.display();
        if case.files.get(&one.path).map(Vec::as_slice) != Some(&*one.before) {
            say(format!("another text was read at {path}"));
        }
        let problems = |bytes: &Bytes| syntax::parse(bytes.clone()).problems.len();
        if problems(&one.after) > problems(&one.before) {
            say(format!("{path} does not parse"));
        }
        let ends = |bytes: &[u8]| {
            let crlf = bytes.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\r"));
            (crlf.count(), bytes.iter().filter(|byte| **byte == b'\n').count())
        };
        let (crlf, all) = ends(&one.before);
        let (crlf_after, all_after) = ends(&one.after);
        if crlf > 0 && crlf >= all && crlf_after < all_after {
            say(format!("{path} has lines of two kinds"));
        }
    }
}

/// Goes the way of the fixer again, round by round: every byte that changes is changed by an edit of
/// a finding's fix, and what is reported at the end is what a new run says of the texts, which is
/// handed back.
fn rounds(
    case: &Case,
    unsafely: bool,
    before: &Report,
    fixed: &Fixed,
    say: &mut impl FnMut(String),
) -> Report {
    let mut now: Texts =
        case.files.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice().into())).collect();
    let mut edits = edits_of(before, unsafely);
    let again = fix::fix(before.clone(), unsafely, |texts| {
        for (path, new) in texts {
            let old = now.insert(path.clone(), new.clone()).unwrap_or_default();
            let of_file = edits.remove(path).unwrap_or_default();
            if !is_made_by(&old, new, &of_file) {
                say(format!("{} is changed beside the edits", path.display()));
            }
        }
        let report = project::check(&case.with(texts).memory(), &case.request)?;
        edits = edits_of(&report, unsafely);
        Ok::<_, project::Error>(report)
    });
    let Ok(again) = again else {
        say("the texts cannot be checked after the fix".into());
        return before.clone();
    };
    if changed(&again) != changed(fixed) {
        say("the same fixes make other texts".into());
    }
    let lines = |report: &Report| report.diagnostics.iter().map(line).collect::<Vec<_>>();
    if lines(&again.report) != lines(&fixed.report) {
        say("the report is not that of the texts".into());
    }
    again.report
}

/// What a finding says, and where.
fn line(one: &Diagnostic) -> (&'static str, Level, String, ngxlint::source::Span) {
    (one.rule, one.level, one.message.clone(), one.at.span)
}

/// The edits of the fixes that may be applied, by file.
fn edits_of(report: &Report, unsafely: bool) -> BTreeMap<PathBuf, Vec<Edit>> {
    let mut edits: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
    let fixes = report.diagnostics.iter().flat_map(|one| &one.fixes);
    let may_be = fixes.filter(|fix| unsafely || fix.applicability == Applicability::Safe);
    for edit in may_be.flat_map(|fix| &fix.edits) {
        let name = report.sources.source(edit.at.source).name.clone();
        edits.entry(name).or_default().push(edit.clone());
    }
    edits
}

/// Whether some of the edits, and nothing else, make the new text of the old one.
fn is_made_by(old: &[u8], new: &[u8], edits: &[Edit]) -> bool {
    // Pairs of places in the old and the new text up to which they agree.
    let mut reached = BTreeSet::from([(0, 0)]);
    while let Some((from, to)) = reached.pop_first() {
        if (from, to) == (old.len(), new.len()) {
            return true;
        }
        if from < old.len() && old.get(from) == new.get(to) {
            reached.insert((from + 1, to + 1));
        }
        for edit in edits.iter().filter(|edit| edit.at.span.start as usize == from) {
            let rest = new.get(to..).unwrap_or_default();
            let moves = !edit.at.span.is_empty() || !edit.text.is_empty();
            if moves && rest.starts_with(edit.text.as_bytes()) {
                reached.insert((edit.at.span.end as usize, to + edit.text.len()));
            }
        }
    }
    false
}

/// The finding is gone, and none comes of a fix at its level or above. What a broken text hid is no
/// such.
fn findings(before: &Report, again: &Report, fixed: &Fixed, say: &mut impl FnMut(String)) {
    let fixed_rules: BTreeSet<&str> = fixed.applied.iter().map(|one| one.rule).collect();
    let was_broken = before.diagnostics.iter().any(|one| HIDING.contains(&one.rule));
    if !was_broken {
        let (old, new) = (tally(before), tally(again));
        for ((rule, level), count) in &new {
            let known: usize = old.iter().filter(|((one, _), _)| one == rule).map(|(_, n)| n).sum();
            if *count > known && *level >= Level::Warning && !is_behind(rule, &fixed_rules) {
                say(format!("{fixed_rules:?} brought {rule} at {level}"));
            }
        }
    }
    // One that no fix is offered for is another than the one that was fixed.
    let is_left = |one: &Diagnostic| {
        !one.fixes.is_empty()
            && again
                .diagnostics
                .iter()
                .any(|new| new.rule == one.rule && new.message == one.message)
    };
    for rule in &fixed_rules {
        let of_rule = before.diagnostics.iter().filter(|one| one.rule == *rule);
        let may_be_another = was_broken && !HIDING.contains(rule);
        if !may_be_another && of_rule.clone().count() == 1 && of_rule.clone().all(is_left) {
            say(format!("{rule} was fixed and is still found"));
        }
    }
}

/// Rule and level of each finding, with how often.
fn tally(report: &Report) -> BTreeMap<(&'static str, Level), usize> {
    let mut tally = BTreeMap::new();
    for one in &report.diagnostics {
        *tally.entry((one.rule, one.level)).or_insert(0) += 1;
    }
    tally
}

/// Whether a rule may find what one of those that were fixed stood before.
fn is_behind(rule: &str, fixed: &BTreeSet<&str>) -> bool {
    let layer = |rule: &str| LAYERS.iter().position(|layer| layer.contains(&rule));
    let own = layer(rule);
    own.is_some() && fixed.iter().any(|one| layer(one).is_some_and(|one| Some(one) < own))
}

/// A connection is judged from its first bytes on: where it breaks off, what would come then is not
/// found.
const LAYERS: [&[&str]; 3] = [
    &["proxy-protocol-mismatch"],
    &["plaintext-to-tls-upstream", "tls-to-plaintext-upstream"],
    &["http1-to-http2-upstream", "http2-to-http1-upstream", "wrong-upstream-protocol"],
];

/// Where these are found, other rules may not have seen what is there.
const HIDING: [&str; 2] = ["syntax-error", "unknown-directive"];
