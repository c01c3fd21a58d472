//! Fixes against nginx, on the examples of the pages: what nginx takes, it takes fixed too, and where
//! nothing is left to say of a text it refused, it takes that.

use std::path::Path;

use ngxlint::diagnostic::Level;
use ngxlint::nginx::VersionSet;
use ngxlint::page::{Example, Page};
use ngxlint::project;
use ngxlint::rules::ALL;

use super::Release;
use super::differ::left_out;
use super::process::check;
use crate::law::fix::Case;

/// The root of every case.
const ROOT: &str = "/repo/nginx.conf";

/// An example as a whole configuration for one release; `None`: nobody can tell what is around it.
fn whole(name: String, example: &Example, release: &Release) -> Option<Case> {
    let mut case = Case::of(name, example);
    if !case.files.contains_key(Path::new(ROOT)) {
        let file = example.files.first()?.0.display().to_string();
        let include = format!("include {file};");
        let text = case.files.get(&Path::new("/repo").join(&file))?;
        let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
        let root = match example.context.as_deref() {
            Some("http") => format!("events {{}}\nhttp {{ {include} }}\n"),
            Some("server" | "http/server") => {
                format!("events {{}}\nhttp {{ server {{ {include} }} }}\n")
            }
            Some("location" | "http/server/location") => {
                format!("events {{}}\nhttp {{ server {{ location / {{ {include} }} }} }}\n")
            }
            Some("stream") => format!("events {{}}\nstream {{ {include} }}\n"),
            Some(_) => return None,
            None if has(b"events") => format!("{include}\n"),
            None if has(b"http {") || has(b"stream {") => format!("events {{}}\n{include}\n"),
            None => format!("events {{}}\nhttp {{ {include} }}\n"),
        };
        case.files.insert(ROOT.into(), root.into_bytes());
    }
    case.request.paths = vec![ROOT.into()];
    case.request.roots = vec![ROOT.into()];
    case.request.nginx_version = Some(VersionSet::exactly(release.version));
    Some(case)
}

/// Why nginx refuses the files of a case; `Err`: for what tells nothing of them.
fn refusal(release: &Release, case: &Case) -> Result<Option<String>, &'static str> {
    let file = |(path, bytes): (&std::path::PathBuf, &Vec<u8>)| {
        (path.strip_prefix("/repo").unwrap().display().to_string(), bytes.clone())
    };
    let files: Vec<(String, Vec<u8>)> = case.files.iter().map(file).collect();
    let files: Vec<(&str, &Vec<u8>)> = files.iter().map(|(name, text)| (&**name, text)).collect();
    let verdict = check(release, &files);
    if verdict.ok {
        return Ok(None);
    }
    let message = verdict.refusal().map_or_else(String::new, |line| line.message.clone());
    left_out(release, &message).map_or(Ok(Some(message)), Err)
}

#[test]
fn nginx_takes_what_is_fixed() {
    let (mut wrong, mut counted) = (Vec::new(), [0; 3]);
    for release in Release::all() {
        for rule in ALL {
            let page = Page::parse(rule.page).unwrap();
            for example in &page.examples {
                let fits = example.version.as_ref();
                if fits.is_some_and(|version| !version.contains(release.version)) {
                    continue;
                }
                let name = format!("{}:{}, {}", rule.name, example.line, release.version);
                let Some(case) = whole(name, example, release) else { continue };
                counted[0] += 1;
                for unsafely in [false, true] {
                    held(&case, unsafely, release, &mut counted, &mut wrong);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {counted:?}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(counted[0] > 400 && counted[1] > 150 && counted[2] > 30, "{counted:?}");
}

/// Holds a case to the law. Counted are the fixed texts, and those of them that nginx refused before.
fn held(
    case: &Case,
    unsafely: bool,
    release: &Release,
    counted: &mut [usize; 3],
    wrong: &mut Vec<String>,
) {
    let fixed = project::fix(&case.memory(), &case.request, unsafely).unwrap();
    if fixed.changed.is_empty() {
        return;
    }
    let Ok(before) = refusal(release, case) else { return };
    let mut after =
        Case { name: case.name.clone(), files: case.files.clone(), request: case.request.clone() };
    for one in &fixed.changed {
        after.files.insert(one.path.clone(), one.after.to_vec());
    }
    counted[1] += 1;
    counted[2] += usize::from(before.is_some());
    let is_clean = fixed.report.diagnostics.iter().all(|one| one.level < Level::Error);
    if (before.is_none() || is_clean)
        && let Ok(Some(message)) = refusal(release, &after)
    {
        let rules: Vec<&str> = fixed.applied.iter().map(|one| one.rule).collect();
        wrong.push(format!("{} {rules:?}: before {before:?}, then {message}", case.name));
    }
}
