//! `ngxlint rule`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::language::Choice;
use super::option::Name;
use super::{Failure, output};
use crate::page::{Language, Page};
use crate::report::{self, Look};
use crate::rules;

/// Explain a rule, or list all rules.
#[derive(Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// The rule
    #[arg(value_parser = Name { categories: false }, hide_possible_values = true, required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// All rules: as text a list, else every page
    #[arg(long)]
    all: bool,
    /// How to write it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    output_format: Format,
    #[command(flatten)]
    language: Choice,
}

/// How to write a page.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
        pages.push((rule.card(), page(rule, arguments.language.language())?));
    }
    output::give(None, |out| match (&*pages, arguments.all, arguments.output_format) {
        (pages, true, Format::Text) => {
            report::rule_list(out, pages, Look { width: usize::MAX, ..Look::default() })
        }
        (pages, true, Format::Json) => report::rules_json(out, pages),
        (pages, _, Format::Markdown) => markdown(out, pages.iter().map(|(_, page)| page)),
        ([(card, page)], false, Format::Json) => report::rule_json(out, card, page),
        ([(card, page)], false, Format::Text) => {
            report::rule_text(out, card, page, Look::default())
        }
        _ => Ok(()),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The page of a rule in that language, or, where there is none, in English.
pub(super) fn page(rule: &rules::Rule, language: Language) -> Result<Page<'static>, Failure> {
    let (language, text) = rule.page_in(language);
    Page::parse_in(language, text)
        .map_err(|error| Failure::new(format!("page {} ({language}): {error}", rule.name)))
}

/// Writes pages as Markdown.
pub(super) fn markdown<'p>(
    out: &mut dyn Write,
    pages: impl Iterator<Item = &'p Page<'p>>,
) -> std::io::Result<()> {
    for (index, page) in pages.enumerate() {
        let apart = if index > 0 { "\n" } else { "" };
        write!(out, "{apart}{}", page.markdown())?;
    }
    Ok(())
}

const EXAMPLES: &str = "\
Examples:
  ngxlint rule http1-to-http2-upstream
  ngxlint rule http1-to-http2-upstream --lang zh
  ngxlint rule --all
  ngxlint rule --all --output-format json | jq '.[].name'";
