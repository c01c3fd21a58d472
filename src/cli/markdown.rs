//! The commands with their options as a page of the manual, made of what `--help` says.

use std::fmt::Write;

use clap::{Arg, Command};

/// The page, for a command that was built.
pub(super) fn page(command: &Command) -> String {
    let mut text = INTRODUCTION.to_owned();
    for command in command.get_subcommands() {
        section(&mut text, command);
    }
    text
}

fn section(text: &mut String, command: &Command) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    // Memory takes whatever is written.
    let _ = write!(
        text,
        "\n## ngxlint {}\n\n{}.\n\n```text\n{usage}\n```\n",
        command.get_name(),
        about.trim_end_matches('.')
    );
    let shown: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    let mut headings: Vec<Option<&str>> = vec![None];
    for heading in shown.iter().map(|arg| arg.get_help_heading()) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        let own = shown.iter().filter(|arg| arg.get_help_heading() == heading);
        let lines: String = own.filter(|arg| arg.get_id() != "help").map(|arg| item(arg)).collect();
        if !lines.is_empty() {
            let title = heading.map(|heading| format!("{heading}:\n\n")).unwrap_or_default();
            let _ = write!(text, "\n{title}{lines}");
        }
    }
    if let Some(help) = command.get_after_help() {
        let _ = write!(text, "\n```text\n{help}\n```\n");
    }
}

/// An option or an operand.
fn item(arg: &Arg) -> String {
    let takes = arg.get_num_args().is_some_and(|range| range.takes_values());
    let names = arg.get_value_names().filter(|_| takes).unwrap_or_default();
    let value = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let dashed = [
        arg.get_short().map(|name| format!("-{name}")),
        arg.get_long().map(|name| format!("--{name}")),
    ];
    let dashed: Vec<String> = dashed.into_iter().flatten().collect();
    let name = match dashed.as_slice() {
        [] => value,
        names if value.is_empty() => names.join(", "),
        names => format!("{} {value}", names.join(", ")),
    };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut line = format!("- `{name}`: {help}");
    let values = match arg.is_hide_possible_values_set() || !takes {
        true => Vec::new(),
        false => arg.get_possible_values(),
    };
    let defaults: Vec<_> =
        arg.get_default_values().iter().map(|one| one.to_string_lossy()).collect();
    if !values.is_empty() {
        let words: Vec<_> = values.iter().map(|value| format!("`{}`", value.get_name())).collect();
        let _ = write!(line, "; one of {}", words.join(", "));
    }
    if takes && !defaults.is_empty() {
        let _ = write!(line, " (default `{}`)", defaults.join(" "));
    }
    line + "\n"
}

const INTRODUCTION: &str = "\
# The command line

This page is made by `ngxlint man --markdown`; `ngxlint help COMMAND` and `man ngxlint-COMMAND` say the
same.

- **Streams**: what was asked for goes to standard output, what is said about the run to standard error.
- **Exit**: 0 where nothing at or above `--fail-on` was found, 1 where something was, 2 where a command
  could not be carried out: a bad option, bad settings, a PATH that does not exist or cannot be read.
- **Colour**: a terminal is coloured. `NO_COLOR` takes colour away, `CLICOLOR_FORCE` brings it to pipes
  too, `--color` beats both. `concise` is coloured by `--color always` alone.
- **Links**: in a terminal that follows links the name of a rule leads to its page, where the build
  knows a repository. `FORCE_HYPERLINK=1` insists, `FORCE_HYPERLINK=0` forbids; where `CI` is set there
  are none.
- **Files that are left out**: what `exclude` and `--exclude` name is never reported, not even when it
  is named; what `.gitignore` names is not looked for in a directory, and is checked when it is named or
  included. `--show-files` lists what is left, `-v` says which files were read.
";
