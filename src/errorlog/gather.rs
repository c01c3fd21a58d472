//! From lines to groups: what an error log says often is said once, with how often and when.

use std::io::{self, Read};

use foldhash::{HashMap, HashMapExt};

use super::envelope;
use super::forgery::Forgeries;
use super::line::{self, Level, Line, header};
use super::ordinary::{self, ORDINARY, Ordinary};
use super::reader::{Reader, unpacked};
use super::symptom::{Catalogue, Sign};
use super::tell::{tell, told_number};

/// Gathers the lines of logs. What it keeps is bounded: clients choose much of what a log holds.
pub struct Gather<'p> {
    catalogue: &'p Catalogue<'p>,
    groups: Vec<Group>,
    by_key: HashMap<Vec<u8>, usize>,
    key: Vec<u8>,
    tally: Tally,
    forgeries: Forgeries,
    ordinary: [u64; ORDINARY.len()],
}

/// Lines that say the same of the same peer and server.
#[derive(Clone, Debug)]
pub struct Group {
    sign: usize,
    /// The number of the place to which the lines belong, as whoever asked for them gave it.
    pub place: u32,
    /// How many lines.
    pub count: u64,
    /// The time of the earliest line, as the log writes it; empty if it writes none.
    pub first: Vec<u8>,
    /// The time of the latest line.
    pub last: Vec<u8>,
    /// The worst level.
    pub level: Level,
    /// What the first bytes of the peer's answer tell.
    pub told: Option<String>,
    /// A line of them.
    pub sample: Sample,
    /// Whether peers and servers were too many to be told apart.
    pub mixed: bool,
}

/// One line of a log.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The line, from its head on; not all of an overlong one.
    pub bytes: Vec<u8>,
    /// Which log, in the order in which they were read.
    pub log: usize,
    /// Which line, from 1.
    pub number: u64,
    /// How many bytes of the log (unpacked) stand before the line.
    pub offset: u64,
}

impl Sample {
    /// The line, taken apart.
    pub fn line(&self) -> Line<'_> {
        Line::parse(&self.bytes).unwrap_or_default()
    }
}

/// How many lines of what kind there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines in all.
    pub lines: u64,
    /// Those that are none of nginx, and belong to none.
    pub foreign: u64,
    /// Those that show a symptom.
    pub symptoms: u64,
    /// Those at `error` or worse that nothing is known of.
    pub unknown: u64,
}

impl<'p> Gather<'p> {
    /// Looks for the symptoms of that catalogue.
    pub fn new(catalogue: &'p Catalogue<'p>) -> Self {
        Self {
            catalogue,
            groups: Vec::new(),
            by_key: HashMap::new(),
            key: Vec::new(),
            tally: Tally::default(),
            forgeries: Forgeries::default(),
            ordinary: [0; ORDINARY.len()],
        }
    }

    /// Reads a log, the one of that number, to its end. `place` says to which place a line belongs;
    /// lines of different places are kept apart.
    ///
    /// # Errors
    /// What the reader says; what was read before counts.
    pub fn read(
        &mut self,
        log: usize,
        input: Box<dyn Read + '_>,
        place: &mut dyn FnMut(&Line<'_>) -> u32,
    ) -> io::Result<()> {
        let mut reader = Reader::new(unpacked(input)?);
        let mut space = Vec::new();
        let mut open: Option<Sample> = None;
        loop {
            let physical = match reader.next() {
                Ok(Some(line)) => line,
                ended => {
                    self.close(&mut open);
                    self.forgeries.end();
                    self.settle(place);
                    return ended.map(|_| ());
                }
            };
            self.tally.lines += 1;
            let mut text = envelope::unpack(physical.bytes, &mut space).unwrap_or(physical.bytes);
            self.tally.foreign += self.forgeries.hear(text);
            self.settle(place);
            let Some(mut head) = header(text) else {
                match &mut open {
                    Some(record) if record.bytes.len() + text.len() < LONGEST => {
                        record.bytes.push(b'\n');
                        record.bytes.extend_from_slice(text);
                        // Behind the fields nothing of it follows.
                        if line::fields(text).is_some() {
                            self.close(&mut open);
                        }
                    }
                    _ => self.tally.foreign += 1,
                }
                continue;
            };
            self.close(&mut open);
            let here = |bytes: &[u8]| Sample {
                bytes: bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default().to_vec(),
                log,
                number: physical.number,
                offset: physical.offset,
            };
            // Of two that write at once, one may break into the other's line.
            while let Some(at) = torn(text, &head) {
                let torn = text.get(..at).unwrap_or_default();
                self.take(Line::of(torn, head), || here(torn));
                text = text.get(at..).unwrap_or_default();
                match header(text) {
                    Some(next) => head = next,
                    None => break,
                }
            }
            if head.connection.is_some() && is_open(text.get(head.message..).unwrap_or_default()) {
                open = Some(here(text));
            } else {
                self.take(Line::of(text, head), || here(text));
            }
        }
    }

    /// Takes in a record of several lines that is at its end.
    fn close(&mut self, open: &mut Option<Sample>) {
        if let Some(sample) = open.take() {
            self.take(sample.line(), || sample.clone());
        }
    }

    fn take(&mut self, line: Line<'_>, sample: impl FnOnce() -> Sample) {
        match self.catalogue.index(&line) {
            Some(sign) => self.tally.foreign += u64::from(!self.forgeries.hold(sign, sample())),
            None => match ordinary::ordinary(line.message) {
                Some(index) => self.ordinary[index] += 1,
                None => self.tally.unknown += u64::from(line.level >= Level::Error),
            },
        }
    }

    /// Counts the lines that are nginx's own for sure.
    fn settle(&mut self, place: &mut dyn FnMut(&Line<'_>) -> u32) {
        while let Some((sign, sample)) = self.forgeries.ripe() {
            self.count(sign, &sample, place);
        }
    }

    fn count(&mut self, sign: usize, sample: &Sample, place: &mut dyn FnMut(&Line<'_>) -> u32) {
        let line = sample.line();
        self.tally.symptoms += 1;
        let place = place(&line);
        let told = told_number(line.message).unwrap_or_default();
        self.key.clear();
        self.key.extend([sign as u32, place, told].iter().flat_map(|number| number.to_le_bytes()));
        let common = self.key.len();
        for text in [line.scheme(), line.peer(), line.server] {
            let text = text.unwrap_or_default();
            self.key
                .extend_from_slice(text.get(..text.len().min(LONGEST_NAME)).unwrap_or_default());
            self.key.push(0);
        }
        let mixed = self.groups.len() >= MOST_GROUPS && !self.by_key.contains_key(&self.key);
        if mixed {
            // One group for each sign and place: those are bounded by themselves.
            self.key.truncate(common);
            self.key[8..].fill(0);
        }
        let index = match self.by_key.get(&self.key) {
            Some(index) => *index,
            None => {
                self.by_key.insert(self.key.clone(), self.groups.len());
                self.groups.push(Group {
                    sign,
                    place,
                    count: 0,
                    first: line.time.to_vec(),
                    last: line.time.to_vec(),
                    level: line.level,
                    told: tell(line.message),
                    sample: sample.clone(),
                    mixed,
                });
                self.groups.len() - 1
            }
        };
        let group = &mut self.groups[index];
        group.count += 1;
        group.level = group.level.max(line.level);
        // As nginx writes them, times are in the order of their bytes.
        if line.time < &*group.first {
            group.first = line.time.to_vec();
        }
        if line.time > &*group.last {
            group.last = line.time.to_vec();
        }
    }

    /// What was gathered, in the order in which it was first met.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The symptom of a group.
    pub fn sign(&self, group: &Group) -> Option<&Sign<'p>> {
        self.catalogue.get(group.sign)
    }

    /// How many lines there were.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The lines that speak of no mismatch, with how many there are of each.
    pub fn ordinary(&self) -> impl Iterator<Item = (Ordinary, u64)> {
        ORDINARY.into_iter().zip(self.ordinary).filter(|(_, count)| *count > 0)
    }
}

/// What a message is that shows a symptom which is rarely what is behind it.
pub fn ordinary_cause(line: &Line<'_>) -> Option<Ordinary> {
    ordinary::ordinary(line.message).map(|index| ORDINARY[index])
}

/// Where another line begins inside of one: before anything that it quotes.
fn torn(text: &[u8], head: &line::Header) -> Option<usize> {
    let rest = text.get(head.message..)?;
    let plain = memchr::memchr(b'"', rest).unwrap_or(rest.len());
    let plain = line::fields(rest).unwrap_or(rest.len()).min(plain);
    // The second head may lie across that.
    let next = header(rest.get(..plain)?)?;
    Some(head.message + next.at)
}

/// Whether a message goes on in the next line: it quotes something, and its fields are yet to come.
/// There may be quotes in what is quoted, so they are not counted.
fn is_open(message: &[u8]) -> bool {
    line::fields(message).is_none() && memchr::memchr(b'"', message).is_some()
}

/// More groups are not told apart by peer and server.
const MOST_GROUPS: usize = 2_000;
/// More bytes of a peer or of a server's name tell nothing.
const LONGEST_NAME: usize = 256;
/// So many bytes of a record are kept.
const LONGEST: usize = 16 * 1024;
