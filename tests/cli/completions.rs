//! `ngxlint completions`: each script loaded by the shell it is for, and asked for completions where
//! the shell can be asked without a terminal. (No package of Debian has PowerShell.)

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Run;

fn script(directory: &Path, shell: &str) -> String {
    let run = Run::of(directory, &["completions", shell], None);
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""));
    fs::write(directory.join("script"), &run.out).unwrap();
    run.out
}

/// What a shell prints.
fn shell(directory: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .current_dir(directory)
        .env("HOME", directory)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}, which tests/fetch-shells brings: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{program}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_completes_commands_options_and_rules() {
    let directory = tempfile::tempdir().unwrap();
    script(directory.path(), "bash");
    let complete = "source ./script
        ask() {
            COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            _ngxlint ngxlint \"${@: -1}\" \"${@: -2:1}\"
            echo \"${COMPREPLY[@]}\"
        }
        ask ngxlint che; ask ngxlint check --show; ask ngxlint check --flavor an
        ask ngxlint rule http1-to; ask ngxlint check --allow protoc";
    let said = shell(directory.path(), "bash", &["--norc", "-c", complete]);
    assert_eq!(said, "check\n--show-files\nangie\nhttp1-to-http2-upstream\nprotocol\n");
}

#[test]
fn zsh_takes_the_script_as_a_completion() {
    let directory = tempfile::tempdir().unwrap();
    let text = script(directory.path(), "zsh");
    assert!(text.starts_with("#compdef ngxlint"), "{text}");
    fs::rename(directory.path().join("script"), directory.path().join("_ngxlint")).unwrap();
    shell(directory.path(), "zsh", &["-f", "-n", "_ngxlint"]);
    let load = "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; print $_comps[ngxlint]";
    assert_eq!(shell(directory.path(), "zsh", &["-f", "-c", load]), "_ngxlint\n");
}

#[test]
fn fish_completes_commands_options_and_rules() {
    let directory = tempfile::tempdir().unwrap();
    script(directory.path(), "fish");
    for (typed, first) in [
        ("ngxlint che", "check\tCheck configurations"),
        ("ngxlint check --show-f", "--show-files\t"),
        ("ngxlint check --flavor an", "angie"),
        ("ngxlint check --allow http1-to", "http1-to-http2-upstream"),
    ] {
        let ask = format!("source ./script; complete -C '{typed}'");
        let said = shell(directory.path(), "fish", &["--no-config", "-c", &ask]);
        assert!(said.starts_with(first), "{typed}: {said}");
    }
}

#[test]
fn elvish_completes_commands() {
    let directory = tempfile::tempdir().unwrap();
    script(directory.path(), "elvish");
    // Only an interactive shell has `edit:`; the script needs two things of it.
    let ask = "var edit: = (ns [&completion:=(ns [&arg-completer=[&]])
                   &complex-candidate~={|text &display='' @rest| put $text }])
               eval (slurp <script) &ns=(ns [&edit:=$edit:])
               each {|word| echo $word } [($edit:completion:arg-completer[ngxlint] ngxlint '')]";
    let said = shell(directory.path(), "elvish", &["-norc", "-c", ask]);
    for word in ["check", "completions", "config", "hops", "init", "man", "--help"] {
        assert!(said.lines().any(|line| line == word), "{word} in {said}");
    }
}

#[test]
fn powershell_is_given_what_it_registers() {
    let directory = tempfile::tempdir().unwrap();
    let text = script(directory.path(), "powershell");
    assert!(text.contains("Register-ArgumentCompleter -Native -CommandName 'ngxlint'"), "{text}");
    assert_eq!(text.matches('{').count(), text.matches('}').count());
    assert_eq!(text.matches('\'').count() % 2, 0);
}
