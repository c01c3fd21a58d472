//! What ngxlint says of a text, as far as nginx could say it too: the errors that mean that nginx
//! refuses it, and the lines they stand in.

use std::path::{Path, PathBuf};

use ngxlint::diagnostic::{Category, Confidence, Diagnostic, Level};
use ngxlint::nginx::{Version, VersionSet};
use ngxlint::project::{self, Request, SettingsChoice};
use ngxlint::source::{LineIndex, Location, Memory};
use ngxlint::syntax;

use super::judge::INCLUDED;

/// Rules about protocols whose errors nginx refuses; those of the others show when it runs.
const REFUSED: &[&str] = &["invalid-upstream-scheme", "unsupported-proxy-http-version"];

/// An error that means that nginx refuses the text.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) message: String,
    /// Where in the root it stands, and where its labels do; empty if it is all in other files.
    places: Vec<Location>,
}

/// The errors that ngxlint finds in a configuration, for one release.
pub(super) struct Findings<'t> {
    text: &'t str,
    lines: LineIndex,
    pub(super) errors: Vec<Found>,
    /// Whether anything is found that a fix is offered for.
    pub(super) fixable: bool,
}

/// The root that a text is given as.
const ROOT: &str = "/r/nginx.conf";

fn asked(text: &str, version: Version) -> (Memory, Request) {
    let root = PathBuf::from(ROOT);
    let mut memory = Memory::default();
    memory.insert(&root, text);
    for (name, bytes) in INCLUDED {
        memory.insert(Path::new("/r").join(name), *bytes);
    }
    let request = Request {
        paths: vec![root.clone()],
        roots: vec![root],
        nginx_version: Some(VersionSet::exactly(version)),
        settings: SettingsChoice::None,
        ..Request::default()
    };
    (memory, request)
}

/// A text as the fixes leave it.
pub(super) struct Fixed {
    pub(super) text: String,
    /// The rules whose fixes were applied, each once.
    pub(super) rules: String,
}

/// What the fixes for one release make of a text, if they change anything.
pub(super) fn fixed(text: &str, version: Version, unsafely: bool) -> Option<Fixed> {
    let (memory, request) = asked(text, version);
    let fixed = project::fix(&memory, &request, unsafely).unwrap();
    let changed = fixed.changed.iter().find(|one| one.path == Path::new(ROOT))?;
    let mut rules: Vec<&str> = fixed.applied.iter().map(|one| one.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let text = String::from_utf8(changed.after.to_vec()).unwrap();
    Some(Fixed { text, rules: rules.join(" + ") })
}

impl<'t> Findings<'t> {
    pub(super) fn of(text: &'t str, version: Version) -> Self {
        let (memory, request) = asked(text, version);
        let report = project::check(&memory, &request).unwrap();
        let place = |one: &Diagnostic| {
            let all = one.labels.iter().map(|label| label.at).chain([one.at]);
            all.filter(|at| report.sources.source(at.source).name == Path::new(ROOT)).collect()
        };
        let errors = report.diagnostics.iter().filter(|one| is_refusal(one)).map(|one| Found {
            rule: one.rule,
            message: one.message.clone(),
            places: place(one),
        });
        let fixable = report.diagnostics.iter().any(|one| !one.fixes.is_empty());
        Self { text, lines: LineIndex::new(text.as_bytes()), errors: errors.collect(), fixable }
    }

    /// The errors that stand where nginx says one is: in that line; in a statement that ends there,
    /// as nginx counts lines; or, where a block ends in that line, within it, because nginx looks
    /// at what a block comes to when all of it is read.
    pub(super) fn in_line(&self, line: u32) -> Vec<&Found> {
        let line_of = |offset: u32| self.lines.line(offset);
        let within = |found: &&Found| {
            let mut places = found.places.iter();
            places.any(|at| (line_of(at.span.start)..=line_of(at.span.end)).contains(&line))
        };
        let at_once: Vec<&Found> = self.errors.iter().filter(within).collect();
        if !at_once.is_empty() || self.errors.is_empty() {
            return at_once;
        }
        let parsed = syntax::parse(self.text.as_bytes().into());
        let around = |found: &&Found| {
            parsed.tree.directives().any(|one| {
                let (whole, head) = (one.whole_span(), one.span().to(one.terminator()));
                let mut places = found.places.iter().map(|at| at.span.start);
                let ends_here = one.is_block() && line_of(whole.end.saturating_sub(1)) == line;
                ends_here && places.clone().any(|at| whole.contains(at))
                    || (line_of(head.start)..=line_of(head.end)).contains(&line)
                        && places.any(|at| head.contains(at))
            })
        };
        self.errors.iter().filter(around).collect()
    }

    /// Whether an error stands in a server that begins in a line.
    pub(super) fn is_in_server(&self, line: u32) -> bool {
        let parsed = syntax::parse(self.text.as_bytes().into());
        let mut servers = parsed.tree.directives().filter(|one| {
            one.is_block()
                && one.name().raw() == b"server"
                && self.lines.line(one.span().start) == line
        });
        servers.any(|one| {
            let whole = one.whole_span();
            let mut places = self.errors.iter().flat_map(|found| &found.places);
            places.any(|at| whole.contains(at.span.start))
        })
    }

    /// The rules that found something, each once.
    pub(super) fn rules(&self) -> String {
        let mut rules: Vec<&str> = self.errors.iter().map(|found| found.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        if rules.is_empty() { "nothing".to_owned() } else { rules.join(" + ") }
    }
}

fn is_refusal(one: &Diagnostic) -> bool {
    let said_by_nginx = matches!(one.category, Category::Correctness | Category::Deprecated)
        || REFUSED.contains(&one.rule);
    one.level == Level::Error && one.confidence == Confidence::Certain && said_by_nginx
}
