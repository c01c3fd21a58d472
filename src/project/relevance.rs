//! How much a text has in common with each page: the words of both, of which rare ones count more
//! (Okapi BM25). What a page is called and what it says of symptoms counts more than the rest of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::page::{Page, Symptom};

/// The words of all pages.
pub(super) struct Index {
    documents: Vec<Document>,
    /// In how many pages a word is.
    pages: HashMap<String, f64>,
    mean: f64,
}

/// The words of one page.
#[derive(Default)]
struct Document {
    /// How often each stands there; where it tells more, it counts more.
    words: HashMap<String, f64>,
    length: f64,
}

/// What a page and a text have in common.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// How much it is.
    pub(super) score: f64,
    /// The words that tell most, the best first.
    pub(super) words: Vec<String>,
}

impl Index {
    pub(super) fn new(pages: &[Page<'_>]) -> Self {
        let documents: Vec<Document> = pages.iter().map(Document::new).collect();
        let mut known: HashMap<String, f64> = HashMap::new();
        for word in documents.iter().flat_map(|one| one.words.keys()) {
            *known.entry(word.clone()).or_default() += 1.0;
        }
        let all: f64 = documents.iter().map(|one| one.length).sum();
        let mean = all / (documents.len().max(1) as f64);
        Self { documents, pages: known, mean }
    }

    /// The words of a text; what is put together counts as a whole where a page has it.
    fn asked(&self, text: &str) -> BTreeSet<String> {
        let mut own = text.to_lowercase();
        for phrase in PHRASES {
            own = own.replace(phrase, " ");
        }
        let text = own.as_str();
        let known = |word: &&str| self.pages.contains_key(*word);
        let whole = tokens(text).filter(|word| word.contains(JOINTS)).filter(known);
        let whole: BTreeSet<&str> = whole.collect();
        let rest = tokens(text).filter(|word| !whole.contains(word));
        let rest = rest.flat_map(|word| words(word).collect::<Vec<_>>());
        let whole = whole.iter().map(|word| (*word).to_owned());
        whole.chain(rest).chain(statuses(text).map(shown)).collect()
    }

    /// What the page of that number has in common with a text.
    pub(super) fn common(&self, page: usize, text: &str) -> Common {
        let Some(document) = self.documents.get(page) else { return Common::default() };
        let number = self.documents.len() as f64;
        let mut shared: Vec<(f64, String)> = Vec::new();
        for word in self.asked(text) {
            let Some(often) = document.words.get(&word) else { continue };
            let within = self.pages.get(&word).copied().unwrap_or_default();
            let rarity = (1.0 + (number - within + 0.5) / (within + 0.5)).ln();
            let length = 1.0 - LENGTH + LENGTH * document.length / self.mean;
            shared.push((rarity * often * (1.0 + OFTEN) / (often + OFTEN * length), word));
        }
        shared.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        let score = shared.iter().map(|(score, _)| score).sum();
        let telling = shared.into_iter().filter(|(score, _)| *score > TELLING);
        Common { score, words: telling.map(|(_, word)| word).take(MOST).collect() }
    }
}

impl Document {
    fn new(page: &Page<'_>) -> Self {
        let mut document = Self::default();
        let name = page.name.replace('-', " ");
        for text in [&name, &page.summary].into_iter().chain(&page.aliases) {
            document.add(text, TITLE);
        }
        // Rows that differ only in what machines use are one.
        let said = |row: &Symptom| (row.log.clone(), row.client.clone(), row.status.clone());
        let rows: BTreeMap<_, bool> =
            page.symptoms.iter().map(|row| (said(row), row.usual)).collect();
        for ((log, client, statuses), usual) in rows {
            let weight = if usual { USUAL } else { SYMPTOM };
            log.iter().chain(&client).for_each(|text| document.add(text, weight));
            for status in statuses {
                document.add_word(shown(status), weight);
            }
        }
        page.sections.iter().for_each(|section| document.add(section.text, REST));
        document
    }

    fn add(&mut self, text: &str, weight: f64) {
        words(text).for_each(|word| self.add_word(word, weight));
    }

    fn add_word(&mut self, word: String, weight: f64) {
        *self.words.entry(word).or_default() += weight;
        self.length += weight;
    }
}

/// The words of a text in lower case; what is put together (`HTTP/1.0`, `proxy_pass`) as a whole and
/// in its parts. Numbers are none.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let all = tokens(text).flat_map(|word| {
        let whole = word.contains(JOINTS).then_some(word);
        whole.into_iter().chain(word.split(JOINTS))
    });
    let tells = |word: &&str| word.len() >= SHORTEST && word.contains(char::is_alphabetic);
    all.filter(tells).map(str::to_lowercase)
}

/// The numbers in a text that may be a status; 009 is what nginx logs for an answer without one.
pub(super) fn statuses(text: &str) -> impl Iterator<Item = u16> {
    let numbers = tokens(text).filter(|word| word.len() == 3).filter_map(|word| word.parse().ok());
    numbers.filter(|status| (100..600).contains(status) || *status == 9)
}

/// A status as a word.
fn shown(status: u16) -> String {
    format!("{status:03}")
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let apart = |letter: char| !(letter.is_alphanumeric() || JOINTS.contains(&letter));
    text.split(apart).map(|word| word.trim_matches(JOINTS)).filter(|word| !word.is_empty())
}

/// What a word of the name or the summary counts.
const TITLE: f64 = 4.0;
/// What a word of a symptom counts of which it is the usual cause.
const USUAL: f64 = 4.0;
/// What a word of another symptom counts.
const SYMPTOM: f64 = 2.0;
/// What any other word counts.
const REST: f64 = 0.1;
/// How soon a word that stands there often counts no more for that.
const OFTEN: f64 = 2.0;
/// How much a long page is worth less.
const LENGTH: f64 = 0.3;
/// A word that adds less is not named.
const TELLING: f64 = 1.0;
/// So many words are named.
const MOST: usize = 4;
/// A shorter word tells nothing.
const SHORTEST: usize = 2;
/// What nginx and others write behind a status, which says no more than the status does.
const PHRASES: [&str; 16] = [
    "bad gateway",
    "bad request",
    "forbidden",
    "gateway time-out",
    "gateway timeout",
    "http version not supported",
    "internal server error",
    "not allowed",
    "not found",
    "not implemented",
    "request entity too large",
    "request header or cookie too large",
    "request time-out",
    "service temporarily unavailable",
    "service unavailable",
    "too many requests",
];
/// What joins words to one.
const JOINTS: [char; 4] = ['/', '.', '_', '-'];
