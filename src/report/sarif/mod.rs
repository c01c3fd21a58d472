//! SARIF 2.1.0, as GitHub's code scanning takes it: within its limits, with its properties, and with
//! nothing for which it would refuse the whole file.

mod document;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use self::document::*;
use super::fingerprint::fingerprints;
use super::json::write_line;
use super::place::Places;
use super::repository::Repository;
use super::text::{told, visible, web};
use crate::diagnostic::{Card, Diagnostic, Fix, Label, Level, Report};
use crate::page::Page;
use crate::source::{Location, Position};

/// Writes the findings, the worst of them where there are more than GitHub keeps.
///
/// # Errors
/// What the writer says.
pub fn sarif(out: &mut dyn Write, report: &Report, repository: &Repository<'_>) -> io::Result<()> {
    let scene = Scene { report, repository, places: Places::new(&report.sources) };
    let fingerprints = fingerprints(report, &scene.places, repository);
    let found = report.diagnostics.iter().zip(fingerprints).enumerate();
    let mut kept: Vec<_> = found.collect();
    kept.sort_by_key(|(index, (one, _))| (Reverse(one.level), *index));
    kept.truncate(RESULTS);
    kept.sort_by_key(|(index, _)| *index);
    let more = kept.iter().map(|(_, (one, _))| one.labels.len().saturating_sub(RELATED));
    let unrelated = more.sum();
    let results = kept.into_iter().map(|(_, (one, fingerprint))| scene.result(one, fingerprint));
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: web(env!("CARGO_PKG_REPOSITORY")),
        rules: report.cards.iter().map(rule).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        automation_details: Id { id: "ngxlint/" },
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: BTreeMap::from([(ROOT, Base { description: text(TOP) })]),
        invocations: [Invocation {
            execution_successful: true,
            tool_execution_notifications: notifications(report, unrelated),
        }],
        results: results.collect(),
    };
    write_line(out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

/// How many findings are not written.
pub fn left_out(report: &Report) -> usize {
    report.diagnostics.len().saturating_sub(RESULTS)
}

struct Scene<'r> {
    report: &'r Report,
    repository: &'r Repository<'r>,
    places: Places<'r>,
}

impl<'r> Scene<'r> {
    fn result(&self, diagnostic: &'r Diagnostic, fingerprint: String) -> Outcome<'r> {
        let cards = &self.report.cards;
        let target = &self.report.target.versions;
        let labels = diagnostic.labels.iter().take(RELATED).enumerate();
        let fixes = diagnostic.fixes.iter().filter(|fix| fix.is_right_in(target));
        Outcome {
            rule_id: diagnostic.rule,
            rule_index: cards.iter().position(|card| card.name == diagnostic.rule),
            level: level(diagnostic.level),
            message: text(&told(diagnostic)),
            locations: [self.place(diagnostic.at)],
            related_locations: labels.map(|(index, label)| self.related(index, label)).collect(),
            partial_fingerprints: Fingerprint { primary_location_line_hash: fingerprint },
            fixes: fixes.map(|fix| self.fix(fix)).collect(),
            properties: Facts {
                confidence: diagnostic.confidence.name(),
                affects: diagnostic.affects.as_ref().map(ToString::to_string),
                symptoms: diagnostic.symptoms.iter().map(|one| visible(one)).collect(),
            },
        }
    }

    fn related(&self, index: usize, label: &Label) -> Place {
        let message = Some(text(&visible(&label.message)));
        Place { id: Some(index + 1), message, ..self.place(label.at) }
    }

    fn place(&self, at: Location) -> Place {
        let mut region = self.region(at);
        // An empty place (something is missing there) would be refused.
        if (region.start_line, region.start_column) == (region.end_line, region.end_column) {
            region.end_column += 1;
        }
        let artifact_location = self.artifact(at);
        let physical_location = Physical { artifact_location, region };
        Place { id: None, physical_location, message: None }
    }

    fn artifact(&self, at: Location) -> Artifact {
        let uri = self.repository.uri(self.places.path(at.source));
        Artifact { uri: uri.text, uri_base_id: uri.inside.then_some(ROOT) }
    }

    fn region(&self, at: Location) -> Region {
        let [start, end] = self.places.ends(at);
        let Position { line: start_line, column: start_column } = start;
        let Position { line: end_line, column: end_column } = end;
        Region { start_line, start_column, end_line, end_column }
    }

    fn fix(&self, fix: &Fix) -> Mend {
        let mut changes: Vec<(Location, Change)> = Vec::new();
        for edit in &fix.edits {
            let replacement = Replacement {
                deleted_region: self.region(edit.at),
                inserted_content: Content { text: edit.text.clone() },
            };
            match changes.iter_mut().find(|(at, _)| at.source == edit.at.source) {
                Some((_, change)) => change.replacements.push(replacement),
                None => {
                    let artifact_location = self.artifact(edit.at);
                    let replacements = vec![replacement];
                    changes.push((edit.at, Change { artifact_location, replacements }));
                }
            }
        }
        Mend {
            description: text(&format!("{} ({})", visible(&fix.message), fix.applicability)),
            artifact_changes: changes.into_iter().map(|(_, change)| change).collect(),
        }
    }
}

fn rule(card: &Card) -> Rule<'_> {
    // That every page can be read is held by a test.
    let page = Page::parse(card.page).ok();
    let help = page.as_ref().map(|page| Help { text: page.text(100), markdown: page.markdown() });
    let what = page.as_ref().and_then(|page| page.sections.first());
    let full = what.map_or_else(|| card.summary.clone(), |section| paragraph(section.text));
    Rule {
        id: card.name,
        name: pascal(card.name),
        short_description: Text { text: format!("{}.", card.summary) },
        full_description: Text { text: full },
        help,
        help_uri: web(&card.url),
        default_configuration: Configuration {
            enabled: card.level != Level::Allow,
            level: level(card.level),
        },
        properties: Properties {
            tags: ["nginx", card.category.name()],
            precision: "high",
            severity: match card.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Info | Level::Allow => "recommendation",
            },
        },
    }
}

/// What the run has to say beside its findings, of whose labels so many are not written.
fn notifications(report: &Report, unrelated: usize) -> Vec<Notification> {
    let mut said = Vec::new();
    let left_out = left_out(report);
    if left_out > 0 {
        let message = format!("{left_out} findings are left out: GitHub keeps {RESULTS} of a run");
        said.push(Notification { level: "warning", message: text(&message) });
    }
    if unrelated > 0 {
        let message = format!(
            "{unrelated} related locations are left out: GitHub takes {RELATED} of a result"
        );
        said.push(Notification { level: "warning", message: text(&message) });
    }
    if !report.summary.complete {
        // What is not there at all is a finding, and in no list.
        let which = match report.summary.unread.as_slice() {
            [] => String::new(),
            unread => format!(": {}", unread.join(", ")),
        };
        let message = format!("not all that the configuration includes was read{which}");
        said.push(Notification { level: "note", message: text(&visible(&message)) });
    }
    said
}

/// A name as SARIF has it for people, who are not to take it for the stable one.
fn pascal(name: &str) -> String {
    let big = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(big).collect()
}

/// The first paragraph of a text in Markdown, on one line.
fn paragraph(text: &str) -> String {
    let first = text.trim().split("\n\n").next().unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message. What looks like a link in it (`[click](https://…)`) would be one.
fn text(message: &str) -> Text {
    Text { text: message.replace("](", "\\](") }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info | Level::Allow => "note",
    }
}

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const ROOT: &str = "%SRCROOT%";
const TOP: &str = "The top of the repository";

/// So many results of a run GitHub keeps. It takes five times as many, and drops those it likes least.
const RESULTS: usize = 5_000;
/// So many related locations of a result GitHub takes.
const RELATED: usize = 1_000;
