//! The pages of the rules: every example is executed, and says what is found.

mod advice;
mod chinese;
mod hook;
mod picture;
mod settings;
mod symptom;

use std::path::Path;

use ngxlint::diagnostic::{Level, Report};
use ngxlint::page::{Example, Page};
use ngxlint::project::{self, Request};
use ngxlint::rules::{ALL, COMING, Rule};
use ngxlint::source::{LineIndex, Memory};

/// Checks an example as its user would, every level shown.
pub fn report(example: &Example) -> Report {
    let mut memory = Memory::default();
    memory.insert("/repo/.git/HEAD", "");
    let at = |file: &Path| Path::new("/repo").join(file);
    for (file, text) in &example.files {
        // Behind the last line, where it moves none.
        let note = match &example.context {
            Some(context) if file.extension().is_none_or(|one| one != "toml") => {
                format!("\n# ngxlint: context={context}\n")
            }
            _ => String::new(),
        };
        memory.insert(at(file), format!("{text}{note}"));
    }
    let is_settings = |file: &Path| file.extension().is_some_and(|one| one == "toml");
    let files = example.files.iter().map(|(file, _)| file).filter(|file| !is_settings(file));
    let root = files.map(|file| at(file)).next().expect("an example has a file");
    let mut request = Request { paths: vec![root], ..Request::default() };
    request.nginx_version.clone_from(&example.version);
    request.flavor = example.flavor;
    request.policy.min_level = Level::Info;
    project::check(&memory, &request).expect("an example can be checked")
}

/// `file:line level rule`, in order.
fn found(report: &Report) -> Vec<String> {
    let line = |one: &ngxlint::diagnostic::Diagnostic| {
        let source = report.sources.source(one.at.source);
        let line = LineIndex::new(&source.bytes).line(one.at.span.start);
        let file = source.name.strip_prefix("/repo").unwrap_or(&source.name).display();
        format!("{file}:{line} {} {}", one.level, one.rule)
    };
    let mut lines: Vec<_> = report.diagnostics.iter().map(line).collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Every page can be read, and is that of its rule.
fn page(rule: &'static Rule) -> Page<'static> {
    let page =
        Page::parse(rule.page).unwrap_or_else(|error| panic!("rules/{}.md: {error}", rule.name));
    assert_eq!(page.name, rule.name, "the page of another rule");
    page
}

#[test]
fn every_example_says_what_is_found() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for rule in ALL {
        for example in page(rule).examples {
            count += 1;
            let mut expected: Vec<_> = example
                .expected
                .iter()
                .map(|one| {
                    let file = one.file.display();
                    format!("{file}:{} {} {}", one.line, one.level.name(), one.rule)
                })
                .collect();
            expected.sort();
            let found = found(&report(&example));
            if found != expected {
                let line = example.line;
                wrong.push(format!(
                    "rules/{}.md:{line}\n  expected {expected:#?}\n  found {found:#?}",
                    rule.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 60, "only {count} examples: are they read?");
}

#[test]
fn every_rule_file_is_in_the_list() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    #[expect(clippy::disallowed_methods, reason = "the test reads the sources")]
    let entries = std::fs::read_dir(rules).expect("the sources are there");
    let mut files: Vec<String> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|one| one == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.replace('_', "-")))
        .filter(|name| name != "mod")
        .collect();
    files.sort();
    assert_eq!(files, ALL.iter().map(|rule| rule.name).collect::<Vec<_>>());
    assert!(COMING.iter().all(|name| Rule::named(name).is_none()), "a name has come");
}

#[test]
fn what_does_not_help_stands_in_both_places() {
    let mut count = 0;
    for rule in ALL {
        let page = page(rule);
        let heading = "What does not help";
        let has_section = page.sections.iter().any(|section| section.heading == heading);
        let has_row = !page.dead_ends.is_empty();
        assert_eq!(has_row, has_section, "rules/{}.md: a row, and a section?", rule.name);
        count += usize::from(has_row);
    }
    assert!(count > 20, "only {count} pages have any: are they read?");
}

#[test]
fn every_rule_is_shown_failing_and_silent() {
    for rule in ALL {
        let examples = page(rule).examples;
        let fails = |one: &Example| one.expected.iter().any(|expected| expected.rule == rule.name);
        assert!(examples.iter().any(fails), "{} is shown nowhere", rule.name);
        assert!(
            examples.iter().any(|one| one.expected.is_empty()),
            "{} is silent nowhere",
            rule.name
        );
    }
}
