//! Lines that a client made up. A path may hold a line feed (`%0a`), and some messages of nginx quote
//! the path as it is read: what stands behind the line feed then looks like a line of its own.
//!
//! The record holds the request too, as the client wrote it, before that or behind it. So lines are
//! held back for as long as a record can be, and those are no lines of nginx that a request close by
//! spells. Where nginx cut a record off before its request, nothing tells.

use std::collections::VecDeque;

use super::gather::Sample;
use super::line;

/// Lines with a symptom that may yet turn out to be made up.
#[derive(Default)]
pub(super) struct Forgeries {
    /// Bytes of the log up to now, without what loggers put around lines.
    written: u64,
    /// What requests with line feeds spell, and where they stand.
    spelt: VecDeque<(u64, Vec<u8>)>,
    held: VecDeque<Held>,
}

struct Held {
    at: u64,
    sign: usize,
    sample: Sample,
}

impl Forgeries {
    /// Looks at a line as it comes. Says how many of those that were held back it proves made up.
    pub(super) fn hear(&mut self, text: &[u8]) -> u64 {
        self.written += text.len() as u64 + 1;
        let oldest = self.written.saturating_sub(NEAR);
        while self.spelt.front().is_some_and(|(at, _)| *at < oldest) {
            self.spelt.pop_front();
        }
        let Some(spelt) = spelt(text) else { return 0 };
        let before = self.held.len();
        self.held.retain(|held| !spells(&spelt, &held.sample));
        self.spelt.push_back((self.written, spelt));
        (before - self.held.len()) as u64
    }

    /// Holds a line with that symptom back; `false` if it is made up.
    pub(super) fn hold(&mut self, sign: usize, sample: Sample) -> bool {
        if self.spelt.iter().any(|(_, spelt)| spells(spelt, &sample)) {
            return false;
        }
        self.held.push_back(Held { at: self.written, sign, sample });
        true
    }

    /// The next line that nothing can prove made up any more, with its symptom.
    pub(super) fn ripe(&mut self) -> Option<(usize, Sample)> {
        let oldest = self.written.saturating_sub(NEAR);
        self.held.front().filter(|held| held.at < oldest)?;
        let held = self.held.pop_front()?;
        Some((held.sign, held.sample))
    }

    /// No more is to come: what `ripe` gives are all that are left.
    pub(super) fn end(&mut self) {
        self.written += NEAR + 1;
    }
}

/// What the words of a line with an escaped line feed say, letters and digits alone: nginx merges
/// slashes and resolves dots.
fn spelt(text: &[u8]) -> Option<Vec<u8>> {
    let is_feed = |at: &usize| matches!(text.get(at + 1..at + 3), Some(b"0a" | b"0A"));
    let mut spelt = None;
    let mut from = 0;
    for at in memchr::memchr_iter(b'%', text).filter(is_feed) {
        if at < from {
            continue;
        }
        let start = memchr::memrchr(b' ', text.get(..at)?).map_or(0, |space| space + 1);
        from = memchr::memchr(b' ', text.get(at..)?).map_or(text.len(), |space| at + space);
        letters(&decoded(text.get(start..from)?), spelt.get_or_insert_default());
    }
    spelt
}

fn spells(spelt: &[u8], sample: &Sample) -> bool {
    memchr::memmem::find(spelt, &beginning(&sample.bytes)).is_some()
}

/// The head of a line and how its message begins, letters and digits alone.
fn beginning(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(head) = line::header(text) {
        let message = text.get(head.message..).unwrap_or_default();
        let plain = memchr::memchr(b'"', message).unwrap_or(message.len()).min(ENOUGH);
        letters(text.get(head.at..head.message + plain).unwrap_or_default(), &mut out);
    }
    out
}

fn letters(text: &[u8], out: &mut Vec<u8>) {
    out.extend(text.iter().filter(|byte| byte.is_ascii_alphanumeric()));
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        let escaped = rest.strip_prefix(b"%").and_then(|rest| {
            let byte = std::str::from_utf8(rest.get(..2)?).ok()?;
            u8::from_str_radix(byte, 16).ok()
        });
        out.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { rest.get(3..).unwrap_or_default() } else { behind };
    }
    out
}

/// So much of a message tells it from others; what follows it may be nginx's own again.
const ENOUGH: usize = 64;
/// A record of nginx has at most 2,048 bytes (`NGX_MAX_ERROR_STR`); other workers may write between.
const NEAR: u64 = 2 * 2048;
