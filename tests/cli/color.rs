//! When there is colour: at a terminal, where the environment insists, where an option says so.

use std::process::Command;

use super::{command, tree};

/// Whether the output is coloured, with these variables and options.
fn is_colored(variables: &[(&str, &str)], options: &[&str]) -> bool {
    let tree = tree();
    let arguments = [&["check"], options].concat();
    let mut command = command(&tree.path().join("broken"), &arguments);
    clean(&mut command).envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    output.stdout.contains(&0x1b)
}

/// The same at a terminal, which `script` makes.
fn is_colored_at_a_terminal(variables: &[(&str, &str)], options: &str) -> bool {
    let tree = tree();
    let line = format!("{} check {options}", env!("CARGO_BIN_EXE_ngxlint"));
    let mut command = Command::new("script");
    command.current_dir(tree.path().join("broken")).args(["-qec", &line, "/dev/null"]);
    clean(&mut command).env("TERM", "xterm-256color").envs(variables.iter().copied());
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.contains("\x1b[31merror:")
}

fn clean(command: &mut Command) -> &mut Command {
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "FORCE_HYPERLINK", "TERM"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn a_pipe_is_coloured_only_on_demand() {
    let force = ("CLICOLOR_FORCE", "1");
    assert!(!is_colored(&[], &[]));
    assert!(!is_colored(&[("CLICOLOR", "1")], &[]));
    assert!(is_colored(&[force], &[]));
    assert!(!is_colored(&[force, ("NO_COLOR", "1")], &[]));
    assert!(!is_colored(&[force], &["--color", "never"]));
    assert!(is_colored(&[("NO_COLOR", "1")], &["--color", "always"]));
    // Problem matchers read it.
    assert!(!is_colored(&[force], &["--output-format", "concise"]));
    assert!(!is_colored(&[force], &["--output-format", "json"]));
}

#[test]
fn a_terminal_is_coloured_unless_it_is_told_otherwise() {
    assert!(is_colored_at_a_terminal(&[], ""));
    assert!(!is_colored_at_a_terminal(&[("NO_COLOR", "1")], ""));
    assert!(!is_colored_at_a_terminal(&[("CLICOLOR", "0")], ""));
    assert!(!is_colored_at_a_terminal(&[("TERM", "dumb")], ""));
    assert!(!is_colored_at_a_terminal(&[], "--color never"));
}
