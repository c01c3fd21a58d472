//! The formats of findings.

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;

use super::option::{Color, Talk};
use super::output;
use crate::diagnostic::Report;
use crate::report::{self, Repository};
use crate::source::{Disk, Loader};

/// How to write what was found.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With the lines it is about, for people
    #[default]
    Full,
    /// One line each, as compilers do it
    Concise,
    /// One document, for programs
    Json,
    /// One document each, on a line
    JsonLines,
    /// For code scanning and other tools that read SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions, and `concise`
    Github,
    /// Code quality report of GitLab
    Gitlab,
    /// For CI dashboards: a failed test each
    Junit,
    /// For Jenkins and others that read Checkstyle's XML
    Checkstyle,
    /// For reviewdog
    Rdjson,
}

impl Format {
    /// Writes the report. `full` ends with the summary; that of the other formats would be in the
    /// way of the programs that read them.
    pub(super) fn write(
        self,
        out: &mut dyn Write,
        report: &Report,
        summary: &str,
        talk: &Talk,
    ) -> io::Result<()> {
        match self {
            Self::Full => {
                report::full(out, report, output::look(talk))?;
                if (report.summary.files > 0 || report.summary.log.is_some()) && !talk.quiet {
                    writeln!(out, "{summary}")?;
                }
                Ok(())
            }
            Self::Concise => report::concise(out, report, talk.color == Color::Always),
            Self::Json => report::check_json(out, report),
            Self::JsonLines => report::json_lines(out, report),
            Self::Sarif => report::sarif(out, report, &repository()),
            Self::Github => report::github(out, report, &repository()),
            Self::Gitlab => report::gitlab(out, report, &repository()),
            Self::Junit => report::junit(out, report),
            Self::Checkstyle => report::checkstyle(out, report),
            Self::Rdjson => report::rdjson(out, report),
        }
    }

    /// Whether the lines of `concise` are in it, or shown beside it, which say nothing of the run as
    /// a whole.
    pub(super) fn is_lines(self, talk: &Talk) -> bool {
        matches!(self, Self::Concise | Self::Github) || talk.file().is_some()
    }

    /// Says what is left out of a document that has no place for more.
    pub(super) fn say_left_out(self, report: &Report) {
        let left_out = report::left_out(report);
        if self == Self::Sarif && left_out > 0 {
            output::say(&format!(
                "warning: {left_out} findings are left out of the SARIF document, the least severe: \
                 GitHub keeps no more"
            ));
        }
    }
}

/// Where the run stands.
fn repository() -> Repository<'static> {
    Repository::new(&Disk, Disk.canonical(Path::new(".")).unwrap_or_default())
}
