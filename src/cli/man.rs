//! `ngxlint man`: the manual pages, one for each command, made of what `--help` says.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::{Cli, Failure, markdown, output};

/// Print the manual page, or write those of all commands.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Write `ngxlint.1` and a page for each command into this directory
    #[arg(value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
    /// Print the page of the manual on the command line as Markdown
    #[arg(long, hide = true, conflicts_with = "directory")]
    markdown: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    if arguments.markdown {
        output::give(None, |out| out.write_all(markdown::page(&command).as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(directory) = &arguments.directory else {
        let (_, page) = page(&command).map_err(Failure::new)?;
        output::give(None, |out| out.write_all(&page))?;
        return Ok(ExitCode::SUCCESS);
    };
    for command in [&command].into_iter().chain(command.get_subcommands()) {
        let (name, page) = page(command).map_err(Failure::new)?;
        output::give(Some(&directory.join(name)), |out| out.write_all(&page))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of a command, and the name of its file.
fn page(command: &clap::Command) -> std::io::Result<(String, Vec<u8>)> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (prose, sections) = parts(&help);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let about = format!("{}.\n\n{prose}", about.trim_end_matches('.'));
    let command = command.clone().after_help(None).long_about(about.trim_end().to_owned());
    let man = Man::new(command);
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    // The title has to be written by hand: an empty date would be left out, and what follows it would
    // be the date. A page without one is the same whenever it is made.
    let title = |line: &str| match line.starts_with(".TH ") {
        true => format!(".TH \"{}\" \"1\" \"\" \"{SOURCE}\" \"ngxlint\"\n", name.to_uppercase()),
        false => format!("{line}\n"),
    };
    let page: String = page.lines().map(title).collect();
    // An empty line between two breaks is what readers of the format advise against.
    let mut page = page.replace(".br\n\n.br\n", ".sp\n");
    let mut roff = Roff::new();
    for (heading, lines) in sections {
        roff.control("SH", [heading.to_uppercase().as_str()]);
        // The lines are a table: they stay as they are.
        roff.control("nf", []);
        for line in lines {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    page.push_str(&roff.to_roff());
    Ok((man.get_filename(), page.into_bytes()))
}

/// What stands below the options of a command: its prose, and its headings with their lines.
fn parts(help: &str) -> (String, Vec<(&str, Vec<&str>)>) {
    let mut prose = Vec::new();
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in help.lines() {
        match (line.strip_suffix(':').filter(|_| !line.starts_with(' ')), sections.last_mut()) {
            (Some(heading), _) => sections.push((heading, Vec::new())),
            (None, None) => prose.push(line),
            (None, Some((_, lines))) if !line.is_empty() => {
                lines.push(line.strip_prefix("  ").unwrap_or(line));
            }
            (None, Some(_)) => {}
        }
    }
    (prose.join("\n"), sections)
}

/// What the page is of.
const SOURCE: &str = concat!("ngxlint ", env!("CARGO_PKG_VERSION"));

const EXAMPLES: &str = "\
Examples:
  ngxlint man | man -l -
  ngxlint man /usr/local/share/man/man1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_and_tables_are_told_apart() {
        let help = "Some\nwords.\n\nExit status:\n  0  good\n  2  bad\n\nExamples:\n  a\n";
        let (prose, sections) = parts(help);
        assert_eq!(prose, "Some\nwords.\n");
        assert_eq!(sections, [("Exit status", vec!["0  good", "2  bad"]), ("Examples", vec!["a"])]);
        assert_eq!(parts(""), (String::new(), Vec::new()));
    }
}
