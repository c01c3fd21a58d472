//! The fact files say of a release what its source says: tables, words, messages.

use std::path::Path;
use std::process::Command;

use super::Release;

#[test]
fn the_facts_are_those_of_the_source() {
    let release = Release::all().iter().find_map(|one| Some((one, one.source()?)));
    let (release, source) = release.expect("no source: run `tests/run`, which fetches one");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/extract");
    let mut command = Command::new("python3");
    command.arg("-B").arg(program).arg("verify").arg("--source").arg(source);
    let output = command.args(["--version", &release.version.to_string()]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // It compared something of every kind.
    let messages = said.split(" messages compared").next().and_then(|one| one.rsplit(' ').next());
    assert!(messages.is_some_and(|one| one.parse().is_ok_and(|one: u32| one > 800)), "{said}");
}
