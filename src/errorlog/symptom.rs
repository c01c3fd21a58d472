//! Which symptom of the rules' pages a message is.
//!
//! A message of a connection is compared from its start: further on it may quote what a client or
//! a peer sent, which may be anything. What nginx says at its start quotes the configuration, and a
//! symptom may stand anywhere in it.

use aho_corasick::AhoCorasick;
use bstr::ByteSlice;
use foldhash::{HashMap, HashMapExt};

use super::line::Line;
use crate::page::{Page, Symptom};

/// The symptoms of all pages, each text once.
pub struct Catalogue<'p> {
    signs: Vec<Sign<'p>>,
    /// The signs by the bytes that their text begins with, those to be tried first in front.
    by_start: HashMap<[u8; START], Vec<usize>>,
    /// Those whose beginning is shorter or open.
    others: Vec<usize>,
    /// The longest part of each text without `*`.
    parts: Option<AhoCorasick>,
}

/// A text of the log, with the pages that name it.
pub struct Sign<'p> {
    text: &'p str,
    rows: Vec<(&'p Page<'p>, &'p Symptom)>,
}

impl<'p> Catalogue<'p> {
    /// The symptoms of these pages; of rows that fit alike, those of the first page come first.
    pub fn new(pages: &'p [Page<'p>]) -> Self {
        let mut signs: Vec<Sign<'p>> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for page in pages {
            for symptom in &page.symptoms {
                let Some(text) = &symptom.log else { continue };
                let index = *known.entry(text).or_insert_with(|| {
                    signs.push(Sign { text, rows: Vec::new() });
                    signs.len() - 1
                });
                signs[index].rows.push((page, symptom));
            }
        }
        // The more of a text is given, the better it fits; of two as long one without `*`.
        let given = |sign: &Sign<'_>| {
            let stars = sign.text.matches('*').count();
            (std::cmp::Reverse(sign.text.len() - stars), stars)
        };
        signs.sort_by_key(given);
        let mut by_start: HashMap<[u8; START], Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        for (index, sign) in signs.iter().enumerate() {
            match start(sign.text.as_bytes()) {
                Some(start) if !start.contains(&b'*') => {
                    by_start.entry(start).or_default().push(index);
                }
                _ => others.push(index),
            }
        }
        let longest = |sign: &Sign<'p>| sign.text.split('*').max_by_key(|part| part.len());
        let parts = AhoCorasick::new(signs.iter().map(|sign| longest(sign).unwrap_or_default()));
        Self { signs, by_start, others, parts: parts.ok() }
    }

    /// The sign that a line shows.
    pub fn sign(&self, line: &Line<'_>) -> Option<&Sign<'p>> {
        self.index(line).and_then(|index| self.signs.get(index))
    }

    /// The number of the sign that a line shows.
    pub(super) fn index(&self, line: &Line<'_>) -> Option<usize> {
        let message = line.message;
        if line.connection.is_none() {
            return self.anywhere(message);
        }
        let is_it = |index: &&usize| begins(message, self.signs[**index].text.as_bytes());
        let by_start = start(message).and_then(|start| self.by_start.get(&start));
        let by_start = by_start.into_iter().flatten().find(is_it);
        let others = self.others.iter().find(is_it);
        by_start.into_iter().chain(others).min().copied()
    }

    /// The sign of a text that may stand anywhere in `message`.
    pub fn anywhere(&self, message: &[u8]) -> Option<usize> {
        let parts = self.parts.as_ref()?;
        let found = parts.find_overlapping_iter(message).map(|found| found.pattern().as_usize());
        found.filter(|&index| contains(message, self.signs[index].text.as_bytes())).min()
    }

    /// The sign of that number.
    pub fn get(&self, index: usize) -> Option<&Sign<'p>> {
        self.signs.get(index)
    }
}

impl<'p> Sign<'p> {
    /// The text of the log; `*` stands for any bytes.
    pub fn text(&self) -> &'p str {
        self.text
    }

    /// The pages that name it and what they say of it, for a line with a peer of that scheme: that
    /// which is usually behind it first, then what speaks of that scheme alone.
    pub fn rows(&self, scheme: Option<&[u8]>) -> Vec<(&'p Page<'p>, &'p Symptom)> {
        let fits = |(_, row): &&(&Page<'_>, &Symptom)| {
            let is_it = |one: &String| scheme.is_none_or(|scheme| one.as_bytes() == scheme);
            row.schemes.is_empty() || row.schemes.iter().any(is_it)
        };
        let mut rows: Vec<_> = self.rows.iter().filter(fits).copied().collect();
        rows.sort_by_key(|(_, row)| (!row.usual, row.schemes.is_empty()));
        rows
    }
}

/// The first bytes of a text, if it has so many.
fn start(text: &[u8]) -> Option<[u8; START]> {
    text.first_chunk().copied()
}

/// Whether `message` begins with what `pattern` says.
fn begins(message: &[u8], pattern: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let first = parts.next().unwrap_or_default();
    message.strip_prefix(first).is_some_and(|rest| follow(rest, parts))
}

/// Whether what `pattern` says is somewhere in `message`.
fn contains(message: &[u8], pattern: &[u8]) -> bool {
    follow(message, pattern.split(|byte| *byte == b'*'))
}

/// Whether the parts stand in `text` one behind the other.
fn follow<'t>(mut text: &[u8], parts: impl Iterator<Item = &'t [u8]>) -> bool {
    for part in parts.filter(|part| !part.is_empty()) {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// So many bytes tell most messages apart.
const START: usize = 8;
