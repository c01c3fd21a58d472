//! What pages about protocols advise, and what they advise against: each was measured here, or says
//! where it comes from.

use std::path::Path;

use ngxlint::diagnostic::Category;
use ngxlint::page::{DeadEnd, Workaround};
use ngxlint::rules::ALL;
use serde::Deserialize;

use super::page;

/// A text with what stands behind it.
struct Advice {
    rule: &'static str,
    text: String,
    source: Option<String>,
    measured: Option<String>,
    /// Whether it helps.
    helps: bool,
}

fn advice() -> Vec<Advice> {
    let mut all = Vec::new();
    for rule in ALL.iter().filter(|rule| rule.category == Category::Protocol) {
        let page = page(rule);
        all.extend(page.workarounds.into_iter().map(|one| {
            let Workaround { text, source, measured, .. } = one;
            Advice { rule: rule.name, text, source, measured, helps: true }
        }));
        all.extend(page.dead_ends.into_iter().map(|one| {
            let DeadEnd { text, source, measured, .. } = one;
            Advice { rule: rule.name, text, source, measured, helps: false }
        }));
    }
    all
}

#[derive(Deserialize)]
struct Matrix {
    hop: Vec<Hop>,
    upstream: Vec<Upstream>,
}

#[derive(Deserialize)]
struct Hop {
    name: String,
}

#[derive(Deserialize)]
struct Upstream {
    what: String,
    works: String,
}

/// Whether the hop to the upstream worked when it was measured; `None`: there is no such cell.
fn worked(matrix: &Matrix, cell: &str) -> Option<bool> {
    let (what, hop) = cell.rsplit_once(" × ")?;
    let upstream = matrix.upstream.iter().find(|one| one.what == what)?;
    let index = matrix.hop.iter().position(|one| one.name == hop)?;
    upstream.works.chars().nth(index).map(|mark| mark == '+')
}

#[test]
fn all_advice_is_measured_or_has_a_source() {
    for one in advice().iter().filter(|one| one.rule != "http1-to-http2-upstream") {
        let is_known = one.source.is_some() || one.measured.is_some();
        assert!(is_known, "{}: `{}`: who says so?", one.rule, one.text);
    }
}

#[test]
fn what_was_measured_is_there() {
    let matrix: Matrix =
        toml::from_str(include_str!("../matrix/hops.toml")).expect("the facts can be read");
    let (mut tests, mut cells) = (0, 0);
    for one in advice() {
        let Some(measured) = &one.measured else { continue };
        let told = format!("{}: `{}`: {measured}", one.rule, one.text);
        let (file, name) = measured.split_once(": ").expect("a file and a name");
        if file == "tests/matrix" {
            assert_eq!(worked(&matrix, name), Some(one.helps), "{told}");
            cells += 1;
            continue;
        }
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        #[expect(clippy::disallowed_methods, reason = "the test reads the tests")]
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{told}: {error}"));
        let is_there =
            text.contains(&format!("fn {name}()")) || text.contains(&format!("name: \"{name}\","));
        assert!(is_there, "{told}");
        tests += 1;
    }
    assert!(tests > 80 && cells > 3, "{tests} tests and {cells} cells: are they read?");
}

#[test]
fn sources_are_addresses_that_can_be_asked() {
    for one in advice() {
        let Some(source) = &one.source else { continue };
        let is_address = source.contains("://") || source.contains("www.");
        let is_safe = source.starts_with("https://") && !source.contains(char::is_whitespace);
        assert!(!is_address || is_safe, "{}: {source}", one.rule);
    }
}
