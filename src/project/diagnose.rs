//! From error logs to the lines of a configuration that are at fault.
//!
//! Lines are put together by what they show, where they come from and to which peer they are. For
//! each group the hop is sought that opened the connection. A finding that `check` would make there
//! is its diagnosis; where there is none, what the log proves of the peer is added to what is known
//! of it, and the rules run again. What no rule explains is diagnosed by the page of its symptom, at
//! the line of the log.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use super::advice::{Advice, by_page, count_in, log_label};
use super::unit::Unit;
use super::{Error, Request, Shown, find, settle};
use crate::diagnostic::{Diagnostic, Level, LogTally, OrdinaryRow, Report, TargetRow};
use crate::engine::{self, Policy};
use crate::errorlog::{Catalogue, Gather, Group, Line, ordinary_cause};
use crate::include::Files;
use crate::model::{Backend, Certainty, Hop, Model, ScopeId, Trace, Traced};
use crate::nginx::{Family, Protocol};
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
    /// Whether the log proves that, or only makes it likely.
    pub proved: bool,
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
    let catalogue = Catalogue::new(rules::pages());
    let find::Found { mut files, units, skipped } = find::roots(loader, request)?;
    if request.needs_root && units.is_empty() {
        return Err(Error::new(
            "`--write-backends` needs a configuration, whose peers the lines are of: name it with \
             `--root`, or in `roots` of the settings",
        ));
    }
    let mut sides: Vec<Side<'_>> =
        units.iter().map(|unit| Side::of(unit, &files, request)).collect();
    let mut report = Report { target: super::unaimed(request), ..Report::default() };
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
        let side = place.and_then(|(side, _)| sides.get(*side));
        let known = match place {
            Some((side, spot)) => {
                let names = rows.iter().map(|(page, _)| page.name.as_str());
                sides[*side].explanation(spot, names).cloned()
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
        let pass = place.and_then(|(side, spot)| sides[*side].pass(spot));
        if let Some(one) = by_page(&advice, label, pass) {
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
    report.summary.complete &= skipped.is_empty();
    report.summary.unread.extend(skipped.iter().cloned());
    report.summary.skipped = skipped;
    report.summary.log = Some(tally);
    drop(sides);
    settle(&mut report, &files, &shown);
    report.sources = std::mem::take(&mut files.sources);
    super::count(&mut report, &shown);
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
    found: Vec<Diagnostic>,
}

impl<'u> Side<'u> {
    fn of(unit: &'u Unit, files: &Files, request: &Request) -> Self {
        let (target, model) = unit.meaning(files, request);
        let policy = unit.policy(files, &request.policy);
        let policy = Policy { min_level: Level::Info, ..policy };
        Self { unit, model, target, policy, found: Vec::new() }
    }

    fn run(&mut self, files: &Files) {
        let everywhere = |_| true;
        let outcome =
            engine::run(&self.model, files, &self.policy, self.target.assumed, &everywhere);
        self.found = outcome.diagnostics;
    }

    fn hop(&self, index: usize) -> Option<Hop<'_>> {
        self.model.hops().nth(index)
    }

    /// The pass that opened the connection.
    fn pass(&self, spot: &Spot) -> Option<Location> {
        match spot {
            Spot::Hop(traced) => self.hop(traced.hop).map(|hop| hop.used().location()),
            Spot::Blocks(_) => None,
        }
    }

    /// The finding of one of these rules, the first if possible, that speaks of where lines come
    /// from: of a hop its pass, then the servers that it leads to.
    fn explanation<'n>(
        &self,
        spot: &Spot,
        mut rules: impl Iterator<Item = &'n str>,
    ) -> Option<&Diagnostic> {
        let own: Vec<Location> = match spot {
            Spot::Hop(_) => self.pass(spot).into_iter().collect(),
            Spot::Blocks(blocks) => {
                blocks.iter().filter_map(|block| self.model.extent(*block)).collect()
            }
        };
        let peers = match spot {
            Spot::Hop(traced) => self.hop(traced.hop).map_or(&[][..], |hop| hop.peers()),
            Spot::Blocks(_) => &[],
        };
        let servers = peers.iter().map(|peer| self.model.used(peer.used()).location());
        let servers: Vec<Location> = servers.collect();
        let labels =
            |one: &Diagnostic, of: &Location| one.labels.iter().any(|label| is_in(label.at, of));
        // What stands at another pass to the same servers is of that pass.
        let of_others =
            |one: &Diagnostic| self.model.hops().any(|hop| is_in(one.at, &hop.used().location()));
        rules.find_map(|rule| {
            let of_rule = || self.found.iter().filter(|one| one.rule == rule);
            let at = |of: &Location| of_rule().find(|one| is_in(one.at, of));
            let about = |of: &Location| at(of).or_else(|| of_rule().find(|one| labels(one, of)));
            let about_server =
                |of: &Location| of_rule().find(|one| labels(one, of) && !of_others(one));
            let servers = || servers.iter();
            own.iter()
                .find_map(about)
                .or_else(|| servers().find_map(at))
                .or_else(|| servers().find_map(about_server))
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
            let own = source.name.file_name().map(|name| name.as_encoded_bytes());
            rows.iter().any(|(page, _)| page.name == one.rule)
                && own == Some(name)
                && source.line(one.at.span.start) == number
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
            let place = places.get(group.place).filter(|(side, _)| *side == index);
            let Some((_, spot @ Spot::Hop(traced))) = place else { continue };
            let Some(address) = peer_to_learn_of(side, *traced) else { continue };
            let Some((backend, rules)) = lesson(gather, group, address) else { continue };
            again |= side.explanation(spot, rules.iter().map(String::as_str)).is_none();
            match backends.iter_mut().find(|one| one.address == backend.address) {
                Some(known) => join(known, &backend),
                None => backends.push(backend),
            }
        }
        let own = backends.iter().map(|one| Learned {
            address: one.address.clone(),
            speaks: one.speaks.clone(),
            proved: one.logged == Some(Certainty::Certain),
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

/// Where in a configuration lines come from.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Spot {
    /// A connection that a hop opened.
    Hop(Traced),
    /// Blocks where a request got to, the nearest first, or servers that took a connection.
    Blocks(Vec<ScopeId>),
}

/// Where lines come from, by number; 0 is nowhere known.
#[derive(Default)]
struct Places {
    all: Vec<(usize, Spot)>,
    numbers: HashMap<(usize, Spot), u32>,
    /// What was found for the same words before.
    known: HashMap<Vec<u8>, u32>,
}

impl Places {
    fn of(&mut self, sides: &[Side<'_>], line: &Line<'_>) -> u32 {
        let (Some(_), Some(server)) = (line.connection, line.server) else { return 0 };
        let scheme = line.scheme().unwrap_or_default();
        let peer = line.peer().unwrap_or_default();
        // Of a subrequest it is the path, not how a client would write it.
        let target = match line.subrequest {
            Some(path) => Some(escaped(path)),
            None => line.target().map(Cow::Borrowed),
        };
        let trace = Trace { scheme, peer, server, target: target.as_deref() };
        let target = trace.target.unwrap_or_default();
        let kind = if line.request.is_some() { b"request" } else { &b""[..] };
        let words = [kind, scheme, peer, server, target].join(&0);
        if let Some(number) = self.known.get(&words) {
            return *number;
        }
        let hop = |side: &Side<'_>| side.model.hop_of(&trace).map(Spot::Hop);
        let families = match (scheme, line.request) {
            (b"stream", None) => &[Family::Stream][..],
            (_, Some(_)) => &[Family::Http],
            (_, None) => &[Family::Http, Family::Stream],
        };
        let blocks = |side: &Side<'_>| {
            let of = |family: &Family| side.model.blocks_of(*family, server, trace.target);
            families.iter().map(of).find(|blocks| !blocks.is_empty()).map(Spot::Blocks)
        };
        let sides = || sides.iter().enumerate();
        let found = sides()
            .find_map(|(index, side)| Some((index, hop(side)?)))
            .or_else(|| sides().find_map(|(index, side)| Some((index, blocks(side)?))));
        let number = match found {
            None => 0,
            Some(found) => *self.numbers.entry(found.clone()).or_insert_with(|| {
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

    fn get(&self, number: u32) -> Option<&(usize, Spot)> {
        self.all.get((number as usize).checked_sub(1)?)
    }
}

/// A path as a client would write it.
fn escaped(path: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'?' | b'#');
    if path.iter().all(is_plain) {
        return Cow::Borrowed(path);
    }
    let mut escaped = Vec::new();
    for byte in path {
        if is_plain(byte) {
            escaped.push(*byte);
        } else {
            escaped.extend(format!("%{byte:02x}").bytes());
        }
    }
    Cow::Owned(escaped)
}

fn is_in(at: Location, of: &Location) -> bool {
    of.source == at.source && of.span.start <= at.span.start && at.span.end <= of.span.end
}

/// So many requests are remembered with the hop that was found for them.
const MOST_KNOWN: usize = 10_000;
