//! `ngxlint man`: pages that mandoc reads without a word, one for each command.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Run;

#[test]
fn every_command_has_a_page_that_mandoc_takes() {
    let directory = tempfile::tempdir().unwrap();
    let run = Run::of(directory.path(), &["man", "."], None);
    assert_eq!((run.exit, run.out.as_str(), run.err.as_str()), (Some(0), "", ""));
    let mut names: Vec<String> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let help = Run::of(directory.path(), &["--help"], None).out;
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let commands =
        commands.lines().filter(is_name).filter_map(|line| line.split_whitespace().next());
    let mut wanted: Vec<String> =
        commands.filter(|name| *name != "help").map(|name| format!("ngxlint-{name}.1")).collect();
    wanted.push("ngxlint.1".into());
    wanted.sort();
    assert_eq!(names, wanted);
    for name in names {
        let lint = Command::new("mandoc")
            .current_dir(directory.path())
            .args(["-T", "lint", "-W", "warning", &name])
            .output()
            .expect("mandoc, which tests/fetch-shells brings");
        let said = String::from_utf8_lossy(&lint.stdout);
        // A page without a date is the same whenever it is made.
        let said: Vec<_> = said.lines().filter(|line| !line.contains("missing date")).collect();
        assert!(said.is_empty(), "{said:?}");
    }
    let page = read(directory.path(), "ngxlint-check.1");
    for part in [
        "NGXLINT-CHECK(1)",
        "\nEXIT STATUS\n       0  nothing at or above --fail-on was found\n",
        "\nEXAMPLES\n       ngxlint check                 ",
        "--fail-on <LEVEL>",
    ] {
        assert!(page.contains(part), "{part:?} in\n{page}");
    }
    assert!(read(directory.path(), "ngxlint.1").contains("ngxlint-check(1)"));
}

#[test]
fn the_page_on_the_command_line_is_fresh() {
    let run = Run::of(Path::new("."), &["man", "--markdown"], None);
    let fresh = run.out == include_str!("../../docs/command-line.md");
    assert!(fresh, "make it again: ngxlint man --markdown >docs/command-line.md");
}

/// A page as people see it.
fn read(directory: &Path, name: &str) -> String {
    let output = Command::new("mandoc")
        .current_dir(directory)
        .args(["-T", "ascii", "-O", "indent=7,width=100", name])
        .output()
        .expect("mandoc, which tests/fetch-shells brings");
    let text = String::from_utf8(output.stdout).unwrap();
    // Bold is a letter struck twice.
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '\u{8}' => drop(plain.pop()),
            letter => plain.push(letter),
        }
    }
    plain
}
