//! Fixes do what they say and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ngxlint::diagnostic::{Diagnostic, Level, Report};
use ngxlint::page::Example;
use ngxlint::project::{self, Request};
use ngxlint::source::Memory;
use ngxlint::syntax;

/// Files in memory, and what is asked of them.
pub(crate) struct Case {
    /// What a fault is reported under.
    pub(crate) name: String,
    /// The files by their paths, all below `/repo`.
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    /// What is asked.
    pub(crate) request: Request,
}

impl Case {
    /// An example of a page.
    pub(crate) fn of(name: String, example: &Example) -> Self {
        let at = |file: &Path| Path::new("/repo").join(file);
        let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        files.insert("/repo/.git/HEAD".into(), Vec::new());
        for (file, text) in &example.files {
            let note = match &example.context {
                Some(context) if file.extension().is_none_or(|one| one != "toml") => {
                    format!("\n# ngxlint: context={context}\n")
                }
                _ => String::new(),
            };
            files.insert(at(file), format!("{text}{note}").into_bytes());
        }
        let mut request = Request { paths: vec!["/repo".into()], ..Request::default() };
        request.nginx_version.clone_from(&example.version);
        request.flavor = example.flavor;
        request.policy.min_level = Level::Info;
        Self { name, files, request }
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
}

/// `rule: message` of each finding, with how often.
fn tally(report: &Report) -> BTreeMap<(&'static str, Level), usize> {
    let mut tally = BTreeMap::new();
    for one in &report.diagnostics {
        *tally.entry((one.rule, one.level)).or_insert(0) += 1;
    }
    tally
}

/// The laws for one case: what is wrong with its fixes, and how many there were.
pub(crate) fn laws(case: &Case, unsafely: bool, wrong: &mut Vec<String>) -> usize {
    let mut say =
        |what: String| wrong.push(format!("{} (unsafely: {unsafely}): {what}", case.name));
    let before = case.check();
    let fixed = match project::fix(&case.memory(), &case.request, unsafely) {
        Ok(fixed) => fixed,
        Err(error) => {
            say(error.to_string());
            return 0;
        }
    };
    for one in &fixed.withheld {
        say(format!("an edit changes more than it says: {one:?}"));
    }
    let mut after =
        Case { name: String::new(), files: case.files.clone(), request: case.request.clone() };
    for one in &fixed.changed {
        if case.files.get(&one.path).map(Vec::as_slice) != Some(&*one.before) {
            say(format!("another text was read at {}", one.path.display()));
        }
        let parsed = syntax::parse(one.after.clone());
        let problems = syntax::parse(one.before.clone()).problems.len();
        if parsed.problems.len() > problems {
            say(format!("{} does not parse", one.path.display()));
        }
        let lines = |bytes: &[u8]| {
            bytes.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\r")).count()
        };
        let all = one.after.iter().filter(|byte| **byte == b'\n').count();
        if lines(&one.before) > 0 && lines(&one.after) < all {
            say(format!("{} has lines of two kinds", one.path.display()));
        }
        after.files.insert(one.path.clone(), one.after.to_vec());
    }
    // What is reported of the texts as they are then is what a new run says.
    let again = after.check();
    if tally(&again) != tally(&fixed.report) {
        say(format!("the report is not that of the texts: {:?}", tally(&again)));
    }
    // A second run changes nothing.
    match project::fix(&after.memory(), &after.request, unsafely) {
        Ok(second) if second.changed.is_empty() => {}
        _ => say("a second run changes more".into()),
    }
    // No finding comes of a fix, at its level or above. What a broken text hid is no such.
    let was_broken = before.diagnostics.iter().any(|one| one.rule == "syntax-error");
    let fixed_rules: Vec<&str> = fixed.applied.iter().map(|one| one.rule).collect();
    if !was_broken {
        let (old, new) = (tally(&before), tally(&again));
        for ((rule, level), count) in &new {
            let known: usize = old.iter().filter(|((one, _), _)| one == rule).map(|(_, n)| n).sum();
            if *count > known && *level >= Level::Warning {
                say(format!("{fixed_rules:?} brought {rule} at {level}"));
            }
        }
    }
    let is_left = |one: &Diagnostic| {
        again.diagnostics.iter().any(|new| new.rule == one.rule && new.message == one.message)
    };
    for rule in &fixed_rules {
        let of_rule = before.diagnostics.iter().filter(|one| one.rule == *rule);
        if of_rule.clone().count() == 1 && of_rule.clone().all(is_left) {
            say(format!("{rule} was fixed and is still found"));
        }
    }
    fixed.applied.len()
}
