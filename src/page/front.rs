//! The front matter: what machines know of a rule.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{DeadEnd, Page, PageError, Symptom, Workaround};
use crate::nginx::{Protocol, VersionSet};

/// A part of a page that knows on which line it begins.
#[derive(Copy, Clone)]
pub(super) struct Part<'p> {
    pub(super) text: &'p str,
    /// The line (from 1) of the first byte.
    pub(super) line: u32,
}

/// Front matter and body.
pub(super) fn split(text: &str) -> Result<(Part<'_>, Part<'_>), PageError> {
    let missing = || PageError::new(1, "a page begins with front matter between two `+++` lines");
    let rest = text.strip_prefix("+++\n").ok_or_else(missing)?;
    let end = rest.find("\n+++\n").ok_or_else(missing)? + 1;
    let (front, rest) = rest.split_at(end);
    let body = rest.strip_prefix("+++\n").unwrap_or(rest);
    let line = front.lines().count() as u32 + 3;
    Ok((Part { text: front, line: 2 }, Part { text: body, line }))
}

/// The front matter as a page without sections.
pub(super) fn read<'p>(part: Part<'_>) -> Result<Page<'p>, PageError> {
    let reader = Reader(part);
    let front: Front = toml::from_str(part.text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        reader.error(offset, error.message())
    })?;
    Ok(Page {
        name: reader.word(front.name)?,
        summary: reader.summary(front.summary)?,
        aliases: front
            .aliases
            .into_iter()
            .map(|alias| reader.line(alias))
            .collect::<Result<_, _>>()?,
        symptoms: front
            .symptom
            .into_iter()
            .map(|row| reader.symptom(row))
            .collect::<Result<_, _>>()?,
        workarounds: front
            .workaround
            .into_iter()
            .map(|row| reader.workaround(row))
            .collect::<Result<_, _>>()?,
        dead_ends: front
            .dead_end
            .into_iter()
            .map(|row| reader.dead_end(row))
            .collect::<Result<_, _>>()?,
        sections: Vec::new(),
        examples: Vec::new(),
        language: super::Language::En,
        body: "",
    })
}

struct Reader<'p>(Part<'p>);

impl Reader<'_> {
    fn error(&self, offset: usize, message: impl Into<String>) -> PageError {
        let before = self.0.text.as_bytes().get(..offset).unwrap_or_default();
        let line = self.0.line + memchr::memchr_iter(b'\n', before).count() as u32;
        PageError::new(line, message)
    }

    /// A text of one line.
    fn line(&self, text: Spanned<String>) -> Result<String, PageError> {
        let content = text.get_ref();
        if content.trim().is_empty() || content.contains(char::is_control) {
            return Err(self.error(text.span().start, "this is no text of one line"));
        }
        Ok(text.into_inner())
    }

    fn word(&self, name: Spanned<String>) -> Result<String, PageError> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.get_ref().is_empty() || !name.get_ref().bytes().all(letter) {
            return Err(self.error(name.span().start, "a rule's name is of kebab-case"));
        }
        Ok(name.into_inner())
    }

    fn summary(&self, summary: Spanned<String>) -> Result<String, PageError> {
        if summary.get_ref().ends_with('.') {
            return Err(self.error(summary.span().start, "a summary has no full stop"));
        }
        self.line(summary)
    }

    fn optional(&self, text: Option<Spanned<String>>) -> Result<Option<String>, PageError> {
        text.map(|text| self.line(text)).transpose()
    }

    fn versions(&self, text: Option<Spanned<String>>) -> Result<Option<VersionSet>, PageError> {
        let Some(text) = text else { return Ok(None) };
        let fault = |error: crate::nginx::version::VersionError| {
            self.error(text.span().start, error.to_string())
        };
        text.get_ref().parse().map(Some).map_err(fault)
    }

    fn symptom(&self, row: Spanned<SymptomRow>) -> Result<Symptom, PageError> {
        let at = row.span().start;
        let row = row.into_inner();
        if row.log.is_none() && row.client.is_none() {
            return Err(self.error(at, "a symptom shows in the `log` or at the `client`"));
        }
        let levels = row.level.map_or_else(|| Ok(Vec::new()), |level| self.levels(at, level))?;
        Ok(Symptom {
            log: self.optional(row.log)?,
            client: self.optional(row.client)?,
            versions: self.versions(row.versions)?,
            levels,
            of_upstream: row.of_upstream,
            schemes: row.schemes,
            status: row.status,
            proves: self.protocols(row.proves)?,
            suggests: self.protocols(row.suggests)?,
            usual: row.usual,
        })
    }

    fn protocols(&self, words: Vec<Spanned<String>>) -> Result<Vec<Protocol>, PageError> {
        let words = words.into_iter().map(|word| {
            word.get_ref().parse().map_err(|error: String| self.error(word.span().start, error))
        });
        words.collect()
    }

    /// The levels of a line by release.
    fn levels(&self, at: usize, level: LevelRow) -> Result<Vec<(VersionSet, String)>, PageError> {
        let pairs = match level {
            LevelRow::Always(level) => vec![(VersionSet::all(), level)],
            LevelRow::Changing(levels) => levels
                .into_iter()
                .map(|(versions, level)| Ok((versions.parse()?, level)))
                .collect::<Result<_, crate::nginx::version::VersionError>>()
                .map_err(|error| self.error(at, error.to_string()))?,
        };
        match pairs.iter().find(|(_, level)| !LOG_LEVELS.contains(&level.as_str())) {
            Some((_, level)) => Err(self.error(at, format!("`{level}` is no level of a log"))),
            None => Ok(pairs),
        }
    }

    fn workaround(&self, row: WorkaroundRow) -> Result<Workaround, PageError> {
        let source = self.optional(row.source)?;
        Ok(Workaround {
            text: self.line(row.text)?,
            versions: self.versions(row.versions)?,
            success: self.figure(row.success, source.as_deref())?,
            source,
            measured: self.optional(row.measured)?,
        })
    }

    fn dead_end(&self, row: DeadEndRow) -> Result<DeadEnd, PageError> {
        let source = self.optional(row.source)?;
        Ok(DeadEnd {
            text: self.line(row.text)?,
            versions: self.versions(row.versions)?,
            fails: self.figure(row.fails, source.as_deref())?,
            source,
            measured: self.optional(row.measured)?,
        })
    }

    /// How many of a hundred, never without a source.
    fn figure(
        &self,
        figure: Option<Spanned<u8>>,
        source: Option<&str>,
    ) -> Result<Option<u8>, PageError> {
        let Some(figure) = figure else { return Ok(None) };
        let fault = |message| Err(self.error(figure.span().start, message));
        match (*figure.get_ref(), source) {
            (101.., _) => fault("a figure is of a hundred"),
            (_, None) => fault("a figure needs its `source`"),
            (figure, Some(_)) => Ok(Some(figure)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    name: Spanned<String>,
    summary: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    symptom: Vec<Spanned<SymptomRow>>,
    #[serde(default)]
    workaround: Vec<WorkaroundRow>,
    #[serde(default)]
    dead_end: Vec<DeadEndRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SymptomRow {
    log: Option<Spanned<String>>,
    client: Option<Spanned<String>>,
    versions: Option<Spanned<String>>,
    level: Option<LevelRow>,
    #[serde(default)]
    of_upstream: bool,
    #[serde(default)]
    schemes: Vec<String>,
    #[serde(default)]
    status: Vec<u16>,
    #[serde(default)]
    proves: Vec<Spanned<String>>,
    #[serde(default)]
    suggests: Vec<Spanned<String>>,
    #[serde(default)]
    usual: bool,
}

/// One level, or several by release.
#[derive(Deserialize)]
#[serde(untagged)]
enum LevelRow {
    Always(String),
    Changing(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkaroundRow {
    text: Spanned<String>,
    versions: Option<Spanned<String>>,
    success: Option<Spanned<u8>>,
    source: Option<Spanned<String>>,
    measured: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadEndRow {
    text: Spanned<String>,
    versions: Option<Spanned<String>>,
    fails: Option<Spanned<u8>>,
    source: Option<Spanned<String>>,
    measured: Option<Spanned<String>>,
}

/// The levels of `error_log`, the worst first.
const LOG_LEVELS: [&str; 8] =
    ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];
