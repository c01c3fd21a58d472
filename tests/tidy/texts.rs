//! Sizes, names, pages, and what no text may hold.

use super::File;

/// The longest file of Rust, in lines.
const LONGEST: usize = 500;
/// The longest rule: what is longer asks the model too little.
const LONGEST_RULE: usize = 120;

/// Names that say nothing of what is in a module.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "util", "utils"];

/// What no text may hold, in two parts so that this one does not.
const FORBIDDEN: &[(&str, &str)] =
    &[("FIX", "ME"), ("to", "do!("), ("unimplement", "ed!("), ("#[ign", "ore"), ("../sha", "red")];

/// Everything that is wrong with the texts.
pub(super) fn wrong(files: &[File]) -> Vec<String> {
    let stands = |path: &str| files.iter().any(|file| file.path == path);
    files
        .iter()
        .flat_map(|file| {
            [size(file), name(file), page(file, &stands), place(file), lines(file), words(file)]
        })
        .flatten()
        .collect()
}

fn size(file: &File) -> Vec<String> {
    let rule = rule(file).is_some();
    let (lines, most) = (file.text.lines().count(), if rule { LONGEST_RULE } else { LONGEST });
    let long = file.is_rust() && lines > most;
    long.then(|| file.at(0, &format!("{lines} lines, at most {most}"))).into_iter().collect()
}

fn name(file: &File) -> Vec<String> {
    let stem = file.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
    let last = stem.rsplit('/').next().unwrap_or(stem);
    let empty = file.is_rust() && EMPTY_NAMES.contains(&last);
    empty
        .then(|| file.at(0, &format!("`{last}` names nothing of the domain")))
        .into_iter()
        .collect()
}

/// The module name of a rule.
fn rule(file: &File) -> Option<&str> {
    let name = file.path.strip_prefix("src/rules/")?.strip_suffix(".rs")?;
    (name != "mod" && !name.contains('/')).then_some(name)
}

/// A rule has a page, and a page a rule.
fn page(file: &File, stands: &dyn Fn(&str) -> bool) -> Vec<String> {
    let page_of = |rule: &str| format!("rules/{}.md", rule.replace('_', "-"));
    let rule_of = |page: &str| format!("src/rules/{}.rs", page.replace('-', "_"));
    let page = file.path.strip_prefix("rules/").and_then(|name| name.strip_suffix(".md"));
    let page = page.filter(|page| !page.contains('/'));
    let other = rule(file).map(page_of).or_else(|| page.map(rule_of));
    let missing = other.filter(|path| !stands(path));
    missing.map(|path| file.at(0, &format!("there is no {path}"))).into_iter().collect()
}

/// Only some rooms touch the disk and standard output.
fn place(file: &File) -> Vec<String> {
    let code = if file.path.starts_with("src/") { file.code_and_tests().0 } else { "" };
    let mut wrong = Vec::new();
    let mut only = |rooms: &[&str], marks: &[&str], message: &str| {
        if rooms.iter().any(|room| file.path.starts_with(&format!("src/{room}"))) {
            return;
        }
        for mark in marks {
            let found = code.match_indices(mark).filter(|(at, _)| is_code(&code[..*at]));
            wrong.extend(found.map(|(at, _)| file.at(at, message)));
        }
    };
    only(&["source/", "cli/"], &["std::fs", "fs::"], "only `source` and `cli` touch the disk");
    only(
        &["cli/", "report/", "main.rs"],
        &["stdout", "println!", "print!("],
        "only `cli` and `report` write to standard output",
    );
    wrong.dedup();
    wrong
}

/// Whether what stands behind `before` is no comment and begins a name.
fn is_code(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    !line.contains("//") && !line.ends_with(|byte: char| byte.is_alphanumeric() || byte == '_')
}

fn lines(file: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, _) in file.text.match_indices('\n') {
        if file.text[..at].ends_with([' ', '\t', '\r']) {
            wrong.push(file.at(at, "blank space at the end of a line"));
        }
    }
    let end = file.text.len();
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        wrong.push(file.at(end, "does not end its last line"));
    } else if file.text.ends_with("\n\n") || file.text == "\n" {
        wrong.push(file.at(end - 1, "ends in an empty line"));
    }
    wrong
}

fn words(file: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    for (start, end) in FORBIDDEN {
        let word = format!("{start}{end}");
        let found = file.text.match_indices(&word);
        wrong.extend(found.map(|(at, _)| file.at(at, &format!("`{word}` has no place here"))));
    }
    wrong
}
