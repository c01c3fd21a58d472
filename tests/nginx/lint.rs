//! What `ngxlint check` says of the very text that nginx was given.

use std::process::Command;

use ngxlint::nginx::Version;

/// The rules that speak of a configuration for one release, at any level, in order.
pub(super) fn rules(text: &str, version: Version) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("nginx.conf"), text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ngxlint"))
        .args(["check", "--no-config", "--output-format", "concise", "--min-level", "info"])
        .args(["--nginx-version", &version.to_string(), "nginx.conf"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let rule = |line: &str| Some(line.strip_suffix(']')?.rsplit_once('[')?.1.to_owned());
    let mut rules: Vec<String> = said.lines().filter_map(rule).collect();
    rules.dedup();
    rules
}
