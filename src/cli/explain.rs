//! `ngxlint explain`.

use std::process::ExitCode;

use clap::Args;

use super::language::Choice;
use super::rule::{Format, markdown, page};
use super::{Failure, output};
use crate::project;
use crate::report::{self, Aside, Explained, Look};

/// Find the rules that a message, a log line or a status is about.
#[derive(Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// The name of a rule, a line of an error log, a message of `nginx -t`, a status with its
    /// phrase, or other words; `-` is standard input
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    output_format: Format,
    #[command(flatten)]
    language: Choice,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let text = match arguments.text.as_slice() {
        [dash] if dash == "-" => String::from_utf8_lossy(&output::standard_input()?).into_owned(),
        words => words.join(" "),
    };
    let explanation = project::explain(&text);
    let language = arguments.language.language();
    let mut found = Vec::new();
    let named = explanation.matches.iter().any(|one| one.named);
    for one in &explanation.matches {
        let why = one.versions.as_ref().map(|set| format!("{} (nginx {set})", one.why));
        let why = why.unwrap_or_else(|| one.why.clone());
        found.push(Explained { card: one.rule.card(), page: page(one.rule, language)?, why });
    }
    let ordinary = explanation.ordinary.map(|one| (one.meaning.to_owned(), one.fault.name()));
    let aside = Aside { told: explanation.told, ordinary };
    let known = !found.is_empty() || aside.ordinary.is_some();
    output::give(None, |out| match (arguments.output_format, found.as_slice()) {
        (Format::Json, found) => report::explain_json(out, found, &aside),
        (Format::Markdown, found) => markdown(out, found.iter().map(|one| &one.page)),
        (Format::Text, [one]) if named => {
            report::rule_text(out, &one.card, &one.page, Look::default())
        }
        (Format::Text, found) => report::explain_text(out, found, &aside, Look::default()),
    })?;
    if !known {
        output::say("nothing is known of that; `ngxlint rule --all` lists all rules");
    } else if explanation.vague && arguments.output_format == Format::Text {
        output::say("these are guesses from words; a line of nginx's error log tells more");
    }
    Ok(ExitCode::from(u8::from(!known)))
}

const EXAMPLES: &str = "\
Exit status:
  0  something is known of it
  1  nothing is
  2  a bad option

Examples:
  ngxlint explain 'upstream sent no valid HTTP/1.0 header while reading response header from upstream'
  ngxlint explain nginx/upstream-sent-http-version-not-supported
  ngxlint explain '400 The plain HTTP request was sent to HTTPS port'
  tail -1 error.log | ngxlint explain -";
