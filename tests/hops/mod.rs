//! Eleven hand-written trees and the demo: every hop is what was derived by hand
//! (`fixtures/hops/DERIVED.md`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ngxlint::diagnostic::{HopRow, PeerRow, Report};
use ngxlint::project::{self, Request};
use ngxlint::source::{Disk, LineIndex, Location};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hops")
}

/// The hops in the notation of `hops.expected`; the words of what a peer accepts in their own
/// order, so that sets compare.
fn shown(report: &Report, tree: &Path) -> String {
    let place = |at: Location| {
        let source = report.sources.source(at.source);
        let line = LineIndex::new(&source.bytes).line(at.span.start);
        let file = source.name.strip_prefix(tree).unwrap_or(&source.name);
        format!("{}:{line}", file.display())
    };
    let mut lines = Vec::new();
    for HopRow { directive, at, speaks, peers } in &report.hops {
        let mut said = vec![speaks.protocol.replace(' ', "")];
        said.extend(speaks.tls.then(|| "tls".to_owned()));
        said.extend(speaks.sni.as_ref().map(|name| format!("sni={name}")));
        said.extend((!speaks.alpn.is_empty()).then(|| format!("alpn={}", speaks.alpn.join(","))));
        said.extend(speaks.proxy_protocol.then(|| "proxy-protocol".to_owned()));
        let by = speaks.decided_by.map_or("default".to_owned(), place);
        lines.push(format!("{} {directive} speaks {} by {by}", place(*at), said.join(" ")));
        for PeerRow { address, accepts, confidence, verdict, .. } in peers {
            let known = confidence.map_or("unknown".to_owned(), |one| one.to_string());
            let line = format!(
                "  {address} accepts {} {known} {}",
                if accepts.is_empty() { "?".to_owned() } else { accepts.join(",") },
                verdict.name()
            );
            lines.push(sorted(&line));
        }
    }
    lines.join("\n")
}

/// A line with the words of what is accepted in order, in lower case.
fn sorted(line: &str) -> String {
    let Some((head, tail)) = line.split_once(" accepts ") else { return line.to_owned() };
    let words: Vec<&str> = tail.split(' ').filter(|word| *word != "|").collect();
    let [accepts @ .., known, verdict] = words.as_slice() else { return line.to_owned() };
    let accepts: BTreeSet<&str> = accepts.iter().flat_map(|words| words.split(',')).collect();
    let accepts: Vec<&str> = accepts.into_iter().collect();
    format!("{head} accepts {} {known} {verdict}", accepts.join(",")).to_lowercase()
}

/// How the hops of the tree in `directory` differ from what stands in the file `expected`.
fn difference(directory: &Path, expected: &Path) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the test reads its own fixtures")]
    let expected = std::fs::read_to_string(expected).expect("it is there");
    let expected: Vec<String> = expected.lines().map(sorted).collect();
    let expected = expected.join("\n");
    let paths = vec![directory.join("nginx.conf")];
    let request = Request { paths, hops: true, ..Request::default() };
    let report = project::check(&Disk, &request).expect("it can be checked");
    let found = shown(&report, directory);
    (found != expected).then(|| {
        let diff = similar::TextDiff::from_lines(&expected, &found);
        format!("{}\n{}", directory.display(), diff.unified_diff())
    })
}

#[test]
fn hops_are_what_was_derived_by_hand() {
    #[expect(clippy::disallowed_methods, reason = "the test reads its own fixtures")]
    let entries = std::fs::read_dir(fixtures()).expect("the fixtures are there");
    let trees: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| !path.extension().is_some_and(|one| one == "md" || one == "expected"))
        .collect();
    assert_eq!(trees.len(), 11);
    let wrong: Vec<String> =
        trees.iter().filter_map(|tree| difference(tree, &tree.join("hops.expected"))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_demo_is_what_was_derived_by_hand() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let wrong = difference(&demo, &fixtures().join("demo.expected"));
    assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
}
