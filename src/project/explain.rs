//! Which pages a text is about: the name of a rule, a line of a log, a message, a status, words.

use bstr::ByteSlice;

use crate::errorlog::{Catalogue, Line, Ordinary, ordinary_cause, tell};
use crate::nginx::VersionSet;
use crate::page::{Page, Symptom};
use crate::rules::{self, Rule};

/// What is known of a text.
pub struct Explanation {
    /// The rules that it is about, the likeliest first.
    pub matches: Vec<Match>,
    /// What its bytes tell of the peer.
    pub told: Option<String>,
    /// What it is where no rule is behind it, which is more likely.
    pub ordinary: Option<Ordinary>,
}

/// A rule that a text is about.
pub struct Match {
    /// The rule.
    pub rule: &'static Rule,
    /// Why it matches, in words.
    pub why: String,
    /// Whether the text is its name.
    pub named: bool,
    /// The releases that say so, where not all do.
    pub versions: Option<VersionSet>,
    score: u32,
}

/// Finds the pages that a text is about.
pub fn explain(text: &str) -> Explanation {
    let pages = rules::pages();
    let mut found = Found::default();
    let text = text.trim();
    names(&mut found, pages, text);
    let mut explanation = Explanation { matches: Vec::new(), told: None, ordinary: None };
    if !found.matches.iter().any(|one| one.named) {
        messages(&mut found, &mut explanation, pages, text);
        statuses(&mut found, pages, text);
        words(&mut found, pages, text);
    }
    let mut matches = found.matches;
    matches.sort_by_key(|one| std::cmp::Reverse(one.score));
    let best = matches.first().map_or(0, |one| one.score);
    matches.retain(|one| one.score * 2 > best);
    matches.truncate(MOST);
    explanation.matches = matches;
    explanation
}

#[derive(Default)]
struct Found {
    matches: Vec<Match>,
}

impl Found {
    /// Adds a match; of several for one rule the best is its reason.
    fn add(&mut self, page: &Page<'_>, score: u32, why: String, symptom: Option<&Symptom>) {
        let Some(rule) = Rule::named(&page.name) else { return };
        let versions = symptom.and_then(|row| row.versions.clone());
        let one = Match { rule, why, named: score >= NAMED, versions, score };
        match self.matches.iter_mut().find(|known| known.rule.name == rule.name) {
            Some(known) if known.score < score => *known = one,
            Some(_) => {}
            None => self.matches.push(one),
        }
    }
}

/// Names and aliases, also misspelt ones.
fn names(found: &mut Found, pages: &[Page<'_>], text: &str) {
    let wanted = text.to_lowercase();
    for page in pages {
        if page.name == wanted {
            found.add(page, NAMED, "it is its name".into(), None);
        }
        for alias in page.aliases.iter().filter(|alias| alias.to_lowercase() == wanted) {
            found.add(page, NAMED, format!("it is also known as `{alias}`"), None);
        }
        let is_like = wanted.contains('-') && strsim::jaro_winkler(&page.name, &wanted) > ALIKE;
        if is_like {
            found.add(page, LIKE, "its name is like that".into(), None);
        }
    }
}

/// Lines of a log, and messages without what a line has around them.
fn messages(found: &mut Found, explanation: &mut Explanation, pages: &[Page<'_>], text: &str) {
    let catalogue = Catalogue::new(pages);
    for text in text.lines().filter(|line| !line.trim().is_empty()) {
        let bytes = text.trim().as_bytes();
        let alone = Line { message: bytes, connection: Some(0), ..Line::default() };
        let line = Line::parse(bytes).unwrap_or(alone);
        explanation.told = explanation.told.take().or_else(|| tell(line.message));
        let sign = catalogue.sign(&line);
        let sign = sign.or_else(|| catalogue.get(catalogue.anywhere(line.message)?));
        if let Some(sign) = sign {
            let rows = sign.rows(line.scheme());
            let usual = rows.iter().any(|(_, row)| row.usual);
            if !usual {
                explanation.ordinary = explanation.ordinary.take().or(ordinary_cause(&line));
            }
            for (index, (page, row)) in (0..).zip(rows) {
                let score = MESSAGE.saturating_sub(index * STEP);
                found.add(page, score, format!("the log says `{}`", sign.text()), Some(row));
            }
            continue;
        }
        explanation.ordinary = explanation.ordinary.take().or(ordinary_cause(&line));
        // A part of a message is enough, if it is not too short.
        let part = line.message.to_str_lossy();
        for page in pages.iter().filter(|_| part.len() >= SHORTEST) {
            let is_part =
                |row: &&Symptom| row.log.as_ref().is_some_and(|log| log.contains(part.as_ref()));
            if let Some(row) = page.symptoms.iter().find(is_part) {
                let log = row.log.as_deref().unwrap_or_default();
                let score = PART + if row.usual { STEP } else { 0 };
                found.add(page, score, format!("the log says `{log}`"), Some(row));
            }
        }
    }
}

/// The status that a client gets, the nearer the words around it are to what the page says.
fn statuses(found: &mut Found, pages: &[Page<'_>], text: &str) {
    let tokens = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let statuses: Vec<u16> = tokens
        .filter(|token| token.len() == 3)
        .filter_map(|token| token.parse().ok())
        .filter(|status| (100..600).contains(status) || *status == 9)
        .collect();
    // A line of a log has numbers of its own.
    if text.len() > LONGEST_STATUS || statuses.is_empty() {
        return;
    }
    let rest = text.to_lowercase();
    for page in pages {
        for row in
            page.symptoms.iter().filter(|row| row.status.iter().any(|one| statuses.contains(one)))
        {
            let client = row.client.as_deref().unwrap_or_default();
            let nearness = shared(&rest, &client.to_lowercase()) as u32;
            let score = STATUS + nearness * STEP * 2 + if row.usual { STEP } else { 0 };
            found.add(page, score, format!("the client gets {client}"), Some(row));
        }
    }
}

/// Words that a page is about.
fn words(found: &mut Found, pages: &[Page<'_>], text: &str) {
    let wanted = text.to_lowercase();
    for page in pages {
        let mut own = format!("{} {}", page.name.replace('-', " "), page.summary).to_lowercase();
        for row in &page.symptoms {
            for text in row.client.iter().chain(&row.log) {
                own.push(' ');
                own.push_str(&text.to_lowercase());
            }
        }
        let number = shared(&wanted, &own);
        if number >= FEWEST {
            let score = WORD * number as u32;
            found.add(page, score.min(STATUS), "it speaks of these words".into(), None);
        }
    }
}

/// How many different words of some length two texts share.
fn shared(one: &str, other: &str) -> usize {
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        let parts = text.split(|letter: char| !letter.is_alphanumeric());
        parts.filter(|word| word.len() > 3).map(str::to_owned).collect()
    };
    words(one).intersection(&words(other)).count()
}

/// The score of a name.
const NAMED: u32 = 10_000;
/// That of a message, for the likeliest page.
const MESSAGE: u32 = 5_000;
/// That of a name that is misspelt.
const LIKE: u32 = 4_000;
/// That of a part of a message.
const PART: u32 = 3_000;
/// That of a status alone.
const STATUS: u32 = 1_000;
/// That of a word.
const WORD: u32 = 100;
/// What sets two of a kind apart.
const STEP: u32 = 50;
/// So alike are a name and a misspelt one.
const ALIKE: f64 = 0.9;
/// A shorter part of a message says nothing.
const SHORTEST: usize = 12;
/// A longer text is no status with some words.
const LONGEST_STATUS: usize = 200;
/// Fewer words in common say nothing.
const FEWEST: usize = 2;
/// So many rules are named.
const MOST: usize = 5;
