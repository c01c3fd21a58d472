//! `ngxlint rule`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::option::rule;
use super::{Failure, output};
use crate::diagnostic::Card;
use crate::page::Page;
use crate::report::{self, Look};
use crate::rules;

/// Explain a rule, or list all rules.
#[derive(Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// The rule
    #[arg(value_parser = rule, required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// All rules: as text a list, else every page
    #[arg(long)]
    all: bool,
    /// How to write it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    output_format: Format,
}

/// How to write a page.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    #[default]
    Text,
    /// As written
    Markdown,
    /// For programs
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let wanted =
        |rule: &&&rules::Rule| arguments.name.as_ref().is_none_or(|name| rule.name == name);
    let mut pages = Vec::new();
    for rule in rules::ALL.iter().filter(wanted) {
        let page = Page::parse(rule.page);
        let page = page.map_err(|error| Failure::new(format!("page {}: {error}", rule.name)))?;
        pages.push((rule.card(), page));
    }
    output::give(None, |out| match (&*pages, arguments.all, arguments.output_format) {
        (pages, true, Format::Text) => list(out, pages),
        (pages, true, Format::Json) => report::rules_json(out, pages),
        (pages, _, Format::Markdown) => markdown(out, pages),
        ([(card, page)], false, Format::Json) => report::rule_json(out, card, page),
        ([(card, page)], false, Format::Text) => {
            report::rule_text(out, card, page, Look::default())
        }
        _ => Ok(()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn list(out: &mut dyn Write, pages: &[(Card, Page<'_>)]) -> std::io::Result<()> {
    let cards: Vec<_> = pages.iter().map(|(card, _)| card.clone()).collect();
    report::rule_list(out, &cards, Look { width: usize::MAX, ..Look::default() })
}

fn markdown(out: &mut dyn Write, pages: &[(Card, Page<'_>)]) -> std::io::Result<()> {
    for (index, (_, page)) in pages.iter().enumerate() {
        let apart = if index > 0 { "\n" } else { "" };
        write!(out, "{apart}{}", page.markdown())?;
    }
    Ok(())
}

const EXAMPLES: &str = "\
Examples:
  ngxlint rule http1-to-http2-upstream
  ngxlint rule --all
  ngxlint rule --all --output-format json | jq '.[].name'";
