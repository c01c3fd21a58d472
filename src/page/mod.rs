//! A rule's page: what people read, what `diagnose` matches log lines with and what the tests
//! execute, in one text.
//!
//! A page begins with TOML between two `+++` lines (what machines use), goes on under fixed
//! headings (what people read), and holds its examples as fences of the language `nginx`, marked
//! where a finding is expected. [`Page::parse`] is the only reader of that form: whatever it lets
//! through is whole, so nobody later has to check again.

mod body;
mod example;
mod front;
mod language;
#[cfg(test)]
mod tests;
mod text;

pub use body::Section;
pub use example::{Example, Expected, Severity};
pub use language::Language;
pub(crate) use text::wrap;

use std::fmt;

use crate::nginx::{Protocol, VersionSet};

/// One page, read.
#[derive(Clone, Debug)]
pub struct Page<'p> {
    /// The rule's name.
    pub name: String,
    /// What is wrong, in one line without a full stop.
    pub summary: String,
    /// Other names the rule is known by.
    pub aliases: Vec<String>,
    /// How it shows at run time.
    pub symptoms: Vec<Symptom>,
    /// What helps.
    pub workarounds: Vec<Workaround>,
    /// What people try in vain.
    pub dead_ends: Vec<DeadEnd>,
    /// The headings with their texts, in order.
    pub sections: Vec<Section<'p>>,
    /// The examples, in order.
    pub examples: Vec<Example>,
    /// The language it is written in.
    pub language: Language,
    body: &'p str,
}

impl<'p> Page<'p> {
    /// Reads a page.
    ///
    /// # Errors
    /// The first thing that is not as a page has to be.
    pub fn parse(text: &'p str) -> Result<Self, PageError> {
        Self::parse_in(Language::En, text)
    }

    /// Reads a page that is written in that language.
    ///
    /// # Errors
    /// The first thing that is not as a page has to be.
    pub fn parse_in(language: Language, text: &'p str) -> Result<Self, PageError> {
        let (front, body) = front::split(text)?;
        let mut page = front::read(front)?;
        page.language = language;
        let blocks = body::blocks(body)?;
        page.sections = body::sections(body, &blocks, language)?;
        page.examples = example::examples(&blocks)?;
        page.body = body.text;
        Ok(page)
    }

    /// The page as Markdown: its name, its summary, and its text as written.
    pub fn markdown(&self) -> String {
        let (name, summary, stop) = (&self.name, &self.summary, self.language.full_stop());
        format!("# {name}\n\n{summary}{stop}\n\n{}\n", self.body.trim())
    }

    /// The page as text for a terminal of that many columns: the summary, the symptoms, and what
    /// stands under the headings.
    pub fn text(&self, width: usize) -> String {
        let mut text = String::new();
        text::paragraph(
            &mut text,
            &format!("{}{}", self.summary, self.language.full_stop()),
            width,
        );
        for (index, symptom) in self.symptoms.iter().enumerate() {
            // Rows that differ only in what machines use, such as the scheme, are one to people.
            let is_said =
                |row: &Symptom| (&row.log, &row.client) == (&symptom.log, &symptom.client);
            if self.symptoms.iter().take(index).any(is_said) {
                continue;
            }
            let versions = symptom.versions.as_ref().map(|set| format!(" ({set})"));
            let versions = versions.unwrap_or_default();
            let ([log, client], colon) = (self.language.symptoms(), self.language.colon());
            for (who, what) in [(log, &symptom.log), (client, &symptom.client)] {
                if let Some(what) = what {
                    text.push('\n');
                    text::paragraph(&mut text, &format!("{who}{versions}{colon}{what}"), width);
                }
            }
        }
        for section in &self.sections {
            text.push_str(&format!("\n{}\n\n", section.heading.to_uppercase()));
            text::render(&mut text, section.text, width);
        }
        text
    }
}

/// How a problem shows at run time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symptom {
    /// What the error log says: a part of the message; `*` stands for any bytes.
    pub log: Option<String>,
    /// What the client meets.
    pub client: Option<String>,
    /// The releases that say so; `None`: all.
    pub versions: Option<VersionSet>,
    /// The levels at which the line is written, each with the releases that do; empty: `error` in
    /// all of them.
    pub levels: Vec<(VersionSet, String)>,
    /// Whether the line is in the log of the upstream that is an nginx, not of the one that passes.
    pub of_upstream: bool,
    /// The schemes of the `upstream` in the line, without `://`; empty: any.
    pub schemes: Vec<String>,
    /// The statuses that a client may get; 9 stands for an answer without a status line.
    pub status: Vec<u16>,
    /// What the line proves of the peer: all that is known of it then.
    pub proves: Vec<Protocol>,
    /// What the line makes likely of the peer, where it proves nothing.
    pub suggests: Vec<Protocol>,
    /// Whether the rule is what usually is behind this line.
    pub usual: bool,
}

/// What helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workaround {
    /// What to do.
    pub text: String,
    /// The releases in which it helps; `None`: all.
    pub versions: Option<VersionSet>,
    /// In how many of a hundred reports it helped.
    pub success: Option<u8>,
    /// Where the figure, or the advice, comes from.
    pub source: Option<String>,
    /// What in this repository shows that it helps.
    pub measured: Option<String>,
}

/// What people try in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEnd {
    /// What they do.
    pub text: String,
    /// The releases in which it does not help; `None`: all.
    pub versions: Option<VersionSet>,
    /// In how many of a hundred reports it did not help.
    pub fails: Option<u8>,
    /// Where the figure, or what is said, comes from.
    pub source: Option<String>,
    /// What in this repository shows that it does not help.
    pub measured: Option<String>,
}

/// Why a text is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageError {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong there.
    pub message: String,
}

impl PageError {
    fn new(line: u32, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for PageError {}
