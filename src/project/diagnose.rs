//! From error logs to the lines of a configuration that are at fault.
//!
//! Lines are put together by what they show, where they come from and to which peer they are. For
//! each group the hop is sought that opened the connection. A finding that `check` would make there
//! is its diagnosis; where there is none, what the log proves of the peer is added to what is known
//! of it, and the rules run again. What no rule explains is diagnosed by the page of its symptom, at
//! the line of the log.

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use super::advice::{Advice, by_page, count_in, log_label};
use super::unit::{Unit, origin};
use super::{Error, Request, Shown, find, finish};
use crate::diagnostic::{Diagnostic, Level, LogTally, OrdinaryRow, Report, TargetRow};
use crate::engine::{self, Policy};
use crate::errorlog::{Catalogue, Gather, Group, Line, ordinary_cause};
use crate::include::Files;
use crate::model::{Backend, Certainty, Hop, Model, Trace, Traced};
use crate::nginx::Protocol;
use crate::page::{Page, Symptom};
use crate::rules;
use crate::source::Location;

/// A log to be read.
pub struct Log<'r> {
    /// What it is called.
    pub name: PathBuf,
    /// Its bytes, as they come; perhaps compressed by gzip.
    pub input: Box<dyn Read + 'r>,
}

/// What logs told.
pub struct Diagnosis {
    /// The findings, each with the lines of the logs that show it.
    pub report: Report,
    /// What was learned of peers that nothing certain was known of.
    pub learned: Vec<Learned>,
}

/// What a log proves of a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The peer as the configuration writes it, with its port.
    pub address: String,
    /// What it speaks: the words of `[[backend]] speaks`.
    pub speaks: Vec<Protocol>,
    /// The settings file of its configuration, if there is one.
    pub settings: Option<PathBuf>,
    /// The directory of the root of its configuration.
    pub directory: PathBuf,
}

/// Reads logs and says what is behind their lines. Without a root, in the request or in the
/// settings, the text of the lines is all there is.
///
/// # Errors
/// A named path or the settings cannot be read, or a settings file is wrong. A log that breaks off
/// is none.
pub fn diagnose(
    loader: &dyn crate::source::Loader,
    request: &Request,
    logs: Vec<Log<'_>>,
) -> Result<Diagnosis, Error> {
    let pages: Vec<Page<'_>> =
        rules::ALL.iter().filter_map(|rule| Page::parse(rule.page).ok()).collect();
    let catalogue = Catalogue::new(&pages);
    let find::Found { mut files, units } = find::roots(loader, request)?;
    if request.needs_root && units.is_empty() {
        return Err(Error::new(
            "`--write-backends` needs a configuration, whose peers the lines are of: name it with \
             `--root`, or in `roots` of the settings",
        ));
    }
    let mut sides: Vec<Side<'_>> =
        units.iter().map(|unit| Side::of(unit, &files, request)).collect();
    let mut report = Report::default();
    let mut tally = LogTally::default();
    let mut places = Places::default();
    let mut gather = Gather::new(&catalogue);
    let mut names = Vec::new();
    for (number, log) in logs.into_iter().enumerate() {
        if let Some(progress) = request.progress {
            progress(&log.name.display().to_string());
        }
        let before = gather.tally().clone();
        let read = gather.read(number, log.input, &mut |line| places.of(&sides, line));
        let lines = gather.tally().lines - before.lines;
        if lines > 0 && gather.tally().foreign - before.foreign == lines {
            tally.foreign_logs.push(log.name.display().to_string());
        }
        if let Err(error) = read {
            tally.broken.push(format!("{}: {error}", log.name.display()));
        }
        names.push(log.name);
    }
    for side in &mut sides {
        side.run(&files);
    }
    let learned = learn(&mut sides, &files, &gather, &places);
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut perhaps: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    for group in gather.groups() {
        let line = group.sample.line();
        let Some(sign) = gather.sign(group) else { continue };
        let rows = sign.rows(line.scheme());
        let label = log_label(&mut files.sources, &names, group);
        let place = places.get(group.place);
        let side = place.and_then(|(side, _)| sides.get(side));
        let known = match place {
            Some((side, traced)) => {
                let names = rows.iter().map(|(page, _)| page.name.as_str());
                sides[side].explanation(traced.hop, names).cloned()
            }
            None => sides.iter().find_map(|side| side.at_place(&files, &line, &rows)).cloned(),
        };
        let policy = side.map_or(&request.policy, |side| &side.policy);
        let target = side.map(|side| &side.target);
        let advice = Advice { group, rows: &rows, target, policy };
        if let Some(known) = known {
            advice.add(&mut found, known, label);
            tally.diagnosed += group.count;
            continue;
        }
        if !rows.iter().any(|(_, row)| row.usual)
            && let Some(cause) = ordinary_cause(&line)
        {
            let names = rows.iter().filter_map(|(page, _)| rules::Rule::named(&page.name));
            count(&mut tally.ordinary, cause, group.count);
            perhaps.entry(cause.text).or_default().extend(names.map(|rule| rule.name));
            continue;
        }
        let pass = place.and_then(|(side, traced)| sides[side].hop(traced.hop));
        if let Some(one) = by_page(&advice, label, pass.map(|hop| hop.used().location())) {
            tally.diagnosed += group.count;
            found.push(one);
        }
    }
    for (cause, number) in gather.ordinary() {
        count(&mut tally.ordinary, cause, number);
    }
    for row in &mut tally.ordinary {
        row.perhaps = perhaps.remove(row.text.as_str()).unwrap_or_default();
        row.perhaps.sort_unstable();
        row.perhaps.dedup();
    }
    tally.ordinary.sort_by_key(|row| std::cmp::Reverse(row.count));
    let read = gather.tally();
    (tally.lines, tally.unknown, tally.foreign) = (read.lines, read.unknown, read.foreign);
    let policy = &request.policy;
    let all = found.len();
    found.retain(|one| one.level >= policy.min_level && one.confidence >= policy.min_confidence);
    report.summary.hidden = all - found.len();
    found.iter_mut().for_each(count_in);
    report.diagnostics = found;
    let mut shown = Shown::default();
    summarise(&sides, &mut report, &mut shown);
    report.summary.log = Some(tally);
    drop(sides);
    report.sources = std::mem::take(&mut files.sources);
    finish(&mut report, &shown);
    Ok(Diagnosis { report, learned })
}

/// What the report says of the configurations.
fn summarise(sides: &[Side<'_>], report: &mut Report, shown: &mut Shown) {
    report.summary.complete = sides.iter().all(|side| side.unit.is_complete());
    for side in sides {
        report.target.clone_from(&side.target);
        for hop in side.model.hops() {
            report.summary.hops.count(hop.certainty().map(Into::into));
        }
        for source in side.unit.sources() {
            *shown.sources.entry(source).or_default() += 1;
        }
    }
}

fn count(rows: &mut Vec<OrdinaryRow>, cause: crate::errorlog::Ordinary, number: u64) {
    match rows.iter_mut().find(|row| row.text == cause.text) {
        Some(row) => row.count += number,
        None => rows.push(OrdinaryRow {
            count: number,
            text: cause.text.to_owned(),
            fault: cause.fault.name(),
            meaning: cause.meaning,
            perhaps: Vec::new(),
        }),
    }
}

/// One configuration with all that its rules find.
struct Side<'u> {
    unit: &'u Unit,
    model: Model<'u>,
    target: TargetRow,
    policy: Policy,
    assumed: bool,
    found: Vec<Diagnostic>,
}

impl<'u> Side<'u> {
    fn of(unit: &'u Unit, files: &Files, request: &Request) -> Self {
        let mut target = unit.target(request);
        let model = unit.model_with(files, &target, target.versions.clone(), &[]);
        let assumed = target.assumed;
        target.versions.clone_from(model.target());
        if let Some(used) = model.narrowed_by() {
            target.origin = Some(origin(files, used));
        }
        let policy = unit.policy(files, &request.policy);
        let policy = Policy { min_level: Level::Info, ..policy };
        Self { unit, model, target, policy, assumed, found: Vec::new() }
    }

    fn run(&mut self, files: &Files) {
        let everywhere = |_| true;
        let outcome = engine::run(&self.model, files, &self.policy, self.assumed, &everywhere);
        self.found = outcome.diagnostics;
    }

    fn hop(&self, index: usize) -> Option<Hop<'_>> {
        self.model.hops().nth(index)
    }

    /// The finding of one of these rules, the first if possible, that speaks of a hop.
    fn explanation<'n>(
        &self,
        hop: usize,
        mut rules: impl Iterator<Item = &'n str>,
    ) -> Option<&Diagnostic> {
        let hop = self.hop(hop)?;
        let pass = hop.used().location();
        let servers: Vec<Location> =
            hop.peers().iter().map(|peer| self.model.used(peer.used()).location()).collect();
        let touches = |at: Location| {
            let is_in = |of: &Location| {
                of.source == at.source
                    && of.span.start <= at.span.start
                    && at.span.end <= of.span.end
            };
            is_in(&pass) || servers.iter().any(is_in)
        };
        rules.find_map(|rule| {
            let of_rule = || self.found.iter().filter(|one| one.rule == rule);
            let labels = |one: &&Diagnostic| one.labels.iter().any(|label| touches(label.at));
            of_rule().find(|one| touches(one.at)).or_else(|| of_rule().find(labels))
        })
    }

    /// The finding of one of these rules at the file and line that a message of start-up names.
    fn at_place(
        &self,
        files: &Files,
        line: &Line<'_>,
        rows: &[(&Page<'_>, &Symptom)],
    ) -> Option<&Diagnostic> {
        let (path, number) = line.place().filter(|_| line.connection.is_none())?;
        let name = path.rsplit(|byte| *byte == b'/').next()?;
        self.found.iter().find(|one| {
            let source = files.sources.source(one.at.source);
            let before = source.bytes.get(..one.at.span.start as usize).unwrap_or_default();
            let own = source.name.file_name().map(|name| name.as_encoded_bytes());
            rows.iter().any(|(page, _)| page.name == one.rule)
                && own == Some(name)
                && memchr::memchr_iter(b'\n', before).count() + 1 == number as usize
        })
    }
}

/// Runs the rules again with what the logs tell of peers that nothing explains yet; says what was
/// learned of those that nothing certain was known of.
fn learn(
    sides: &mut [Side<'_>],
    files: &Files,
    gather: &Gather<'_>,
    places: &Places,
) -> Vec<Learned> {
    let mut learned = Vec::new();
    for (index, side) in sides.iter_mut().enumerate() {
        let mut backends: Vec<Backend> = Vec::new();
        let mut again = false;
        for group in gather.groups() {
            let Some((_, traced)) = places.get(group.place).filter(|(side, _)| *side == index)
            else {
                continue;
            };
            let Some(address) = peer_to_learn_of(side, traced) else { continue };
            let Some((backend, rules)) = lesson(gather, group, address) else { continue };
            again |= side.explanation(traced.hop, rules.iter().map(String::as_str)).is_none();
            match backends.iter_mut().find(|one| one.address == backend.address) {
                Some(known) => join(known, &backend),
                None => backends.push(backend),
            }
        }
        let own = backends.iter().map(|one| Learned {
            address: one.address.clone(),
            speaks: one.speaks.clone(),
            settings: side.unit.settings().map(|one| one.file.clone()),
            directory: side.unit.directory(),
        });
        learned.extend(own);
        if again {
            let versions = side.target.versions.clone();
            side.model = side.unit.model_with(files, &side.target, versions, &backends);
            side.run(files);
        }
    }
    learned
}

/// The peer of a hop, if there is one of which nothing certain is known.
fn peer_to_learn_of(side: &Side<'_>, traced: Traced) -> Option<String> {
    let hop = side.hop(traced.hop)?;
    let peer = hop.peers().get(traced.peer?)?;
    (peer.certainty() != Some(Certainty::Certain) && peer.is_known()).then(|| peer.shown())
}

/// What the lines of a group prove of the peer, else what they make likely, and the rules that may
/// explain them.
fn lesson(gather: &Gather<'_>, group: &Group, address: String) -> Option<(Backend, Vec<String>)> {
    let rows = gather.sign(group)?.rows(group.sample.line().scheme());
    let first = |words: fn(&Symptom) -> &Vec<Protocol>| {
        rows.iter().map(|(_, row)| words(row)).find(|words| !words.is_empty()).cloned()
    };
    let proved = first(|row| &row.proves).map(|words| (words, Certainty::Certain));
    let likely = || first(|row| &row.suggests).map(|words| (words, Certainty::Likely));
    let (speaks, certainty) = proved.or_else(likely)?;
    let backend = Backend { address, speaks, logged: Some(certainty) };
    Some((backend, rows.iter().map(|(page, _)| page.name.clone()).collect()))
}

/// Adds what other lines tell of the same peer. What is sure counts more; that it takes cleartext
/// is said by any protocol without TLS.
fn join(known: &mut Backend, other: &Backend) {
    if known.logged < other.logged {
        known.clone_from(other);
    } else if known.logged == other.logged && known.speaks == [Protocol::Cleartext] {
        let is_cleartext = !other.speaks.contains(&Protocol::Tls);
        if is_cleartext {
            known.speaks.clone_from(&other.speaks);
        }
    }
}

/// The hops that lines come from, by number; 0 is none.
#[derive(Default)]
struct Places {
    all: Vec<(usize, Traced)>,
    numbers: HashMap<(usize, Traced), u32>,
    /// What was found for the same words before.
    known: HashMap<Vec<u8>, u32>,
}

impl Places {
    fn of(&mut self, sides: &[Side<'_>], line: &Line<'_>) -> u32 {
        let (Some(scheme), Some(peer)) = (line.scheme(), line.peer()) else { return 0 };
        let server = line.server.unwrap_or_default();
        let trace = Trace { scheme, peer, server, target: line.target() };
        let target = trace.target.unwrap_or_default();
        let words = [scheme, peer, server, target].join(&0);
        if let Some(number) = self.known.get(&words) {
            return *number;
        }
        let found = sides
            .iter()
            .enumerate()
            .find_map(|(index, side)| side.model.hop_of(&trace).map(|traced| (index, traced)));
        let number = match found {
            None => 0,
            Some(found) => *self.numbers.entry(found).or_insert_with(|| {
                self.all.push(found);
                self.all.len() as u32
            }),
        };
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(words, number);
        number
    }

    fn get(&self, number: u32) -> Option<(usize, Traced)> {
        self.all.get((number as usize).checked_sub(1)?).copied()
    }
}

/// So many requests are remembered with the hop that was found for them.
const MOST_KNOWN: usize = 10_000;
