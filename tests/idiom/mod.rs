//! Correct configurations as they are usually written, in `fixtures/idiom`: nothing is found in
//! them, at any level. The first line of each names the releases it is for. That real nginx takes
//! them is held by `nginx::idiom`.

use std::path::{Path, PathBuf};

use ngxlint::diagnostic::Level;
use ngxlint::nginx::{Version, VersionSet};
use ngxlint::project::{self, Request};
use ngxlint::source::{Disk, LineIndex};

/// A configuration with the releases it is for.
pub struct Idiom {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    releases: VersionSet,
}

impl Idiom {
    /// Every one.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = files()
            .into_iter()
            .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "conf"))
            .map(|(path, text)| {
                let line = text.lines().next().and_then(|line| line.strip_prefix("# nginx "));
                let releases = line.and_then(|line| line.parse().ok());
                let releases = releases.unwrap_or_else(|| panic!("{}: for what?", path.display()));
                Self { path, text, releases }
            })
            .collect();
        all.sort_by(|one, other| one.path.cmp(&other.path));
        all
    }

    /// Whether it is right in a release.
    pub fn is_for(&self, version: Version) -> bool {
        self.releases.contains(version)
    }
}

/// What the configurations include.
pub fn parts() -> Vec<(String, String)> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let files = files().into_iter().map(|(path, text)| (name(&path), text));
    files.filter(|(name, _)| !name.ends_with(".conf")).collect()
}

#[expect(clippy::disallowed_methods, reason = "the test reads its own fixtures")]
fn files() -> Vec<(PathBuf, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/idiom");
    let entries = std::fs::read_dir(directory).expect("the fixtures are there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("it can be read");
            (path, text)
        })
        .collect()
}

#[test]
fn nothing_is_found_in_what_is_right() {
    let releases = [
        Version::new(1, 20, 0),
        Version::new(1, 24, 0),
        Version::new(1, 28, 3),
        Version::new(1, 31, 3),
    ];
    let all = Idiom::all();
    assert!(all.len() >= 20, "only {}", all.len());
    let mut found = Vec::new();
    for release in releases {
        for idiom in all.iter().filter(|idiom| idiom.is_for(release)) {
            let paths = vec![idiom.path.clone()];
            let mut request = Request { paths: paths.clone(), roots: paths, ..Request::default() };
            request.policy.min_level = Level::Info;
            request.nginx_version = Some(VersionSet::exactly(release));
            let report = project::check(&Disk, &request).expect("it can be checked");
            assert!(report.summary.complete, "{}", idiom.path.display());
            for one in &report.diagnostics {
                let source = report.sources.source(one.at.source);
                let line = LineIndex::new(&source.bytes).line(one.at.span.start);
                let name = source.name.file_name().unwrap_or_default().to_string_lossy();
                found.push(format!("{release} {name}:{line} {} [{}]", one.message, one.rule));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
