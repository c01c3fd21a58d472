//! `geo` (`ngx_http_geo_block`, `ngx_stream_geo_block`): networks, or ranges of addresses.

use std::collections::{BTreeMap, HashMap};

use super::map::count;
use super::network::{Network, inet4};
use super::{Check, Subject};
use crate::include::Used;
use crate::model::shown;
use crate::model::verdict::FaultKind;
use crate::nginx::{self, id};
use crate::syntax::{Word, is_placeholder};

/// The checks.
pub(super) const CHECKS: &[Check] = &[Check(id::GEO, check)];

/// What a `geo` has already.
#[derive(Default)]
struct Geo<'m> {
    /// Whether it is one of ranges.
    by_range: bool,
    default: Option<Used<'m>>,
    /// Whether a network was given.
    any: bool,
    networks: HashMap<Network, Used<'m>>,
    /// The ranges by their first address: the last one, and the line.
    ranges: BTreeMap<u32, (u32, Used<'m>)>,
    /// How many pieces of ranges were laid out.
    pieces: usize,
}

/// Beyond so many pieces of 65,536 addresses, ranges are not compared any more.
const MOST_PIECES: usize = 1_000_000;

fn check(subject: &mut Subject<'_, '_>) {
    for word in subject.args().rev().skip(1) {
        let value = word.value();
        if value.first() != Some(&b'$') {
            subject.refuse_word(word, |shown| {
                format!("`{shown}` is no variable: it must begin with `$`")
            });
        } else if value.len() == 1 {
            subject.refuse_word(word, |_| "this variable has no name".to_owned());
        }
    }
    if let Some(name) = subject.args().next_back() {
        subject.check_new_variable(name);
    }
    let mut geo = Geo::default();
    for line in subject.lines() {
        let directive = line.directive();
        let source = directive.name();
        match (directive.arg(0), directive.arg(1)) {
            (None, _) => alone(subject, line, source, &mut geo),
            (Some(_), Some(_)) => {
                count(subject, line, "a line of a `geo` is a network and its value");
            }
            (Some(value), None) => pair(subject, line, source, value, &mut geo),
        }
    }
}

/// A line of one word.
fn alone<'m>(subject: &mut Subject<'m, '_>, line: Used<'m>, word: Word<'m>, geo: &mut Geo<'m>) {
    let value = word.value();
    let known: &[&[u8]] = &[b"ranges", b"proxy_recursive", b"volatile"];
    let fact = nginx::word(id::GEO, subject.family(), &value);
    let Some(fact) = fact.filter(|_| known.contains(&&*value)) else {
        return count(subject, line, "a line of a `geo` is a network and its value");
    };
    if !subject.always(fact.ranges) {
        let message = format!("`{}` is no parameter of `geo` here", shown(&value));
        subject.refuse_line(line, word.span(), message).not_in(fact.ranges);
    }
    if *value == *b"ranges" {
        if geo.any {
            let message = "`ranges` must stand before the networks of a `geo`".to_owned();
            subject.refuse_line(line, word.span(), message).help("put it in the first line");
        }
        geo.by_range = true;
    }
}

/// A line of two words.
fn pair<'m>(
    subject: &mut Subject<'m, '_>,
    line: Used<'m>,
    source: Word<'m>,
    value: Word<'m>,
    geo: &mut Geo<'m>,
) {
    let known = nginx::word(id::GEO, subject.family(), b"proxy").is_some();
    let (word, deletes) = match &*source.value() {
        b"proxy" if known => {
            network(subject, line, value);
            return;
        }
        b"delete" => (value, true),
        b"default" => return default(subject, line, source, geo),
        _ => (source, false),
    };
    if is_placeholder(word.raw()) {
        return;
    }
    geo.any |= !geo.by_range;
    if geo.by_range {
        range(subject, line, word, deletes, geo);
        return;
    }
    let Some(network) = network(subject, line, word) else { return };
    if deletes {
        if geo.networks.remove(&network).is_none() && geo.is_whole(network) {
            absent(subject, line, word);
        }
    } else if let Some(first) = geo.networks.insert(network, line) {
        duplicate(subject, line, word, first);
    } else if network.length == 0
        && let Some(first) = geo.default
    {
        duplicate(subject, line, word, first);
    }
}

impl Geo<'_> {
    /// Whether a network is not what `default` stands for.
    fn is_whole(&self, network: Network) -> bool {
        self.default.is_none() || ![Network::ALL4, Network::ALL6].contains(&network)
    }
}

/// `default`, which in a `geo` of networks is `0.0.0.0/0` and `::/0`.
fn default<'m>(subject: &mut Subject<'m, '_>, line: Used<'m>, word: Word<'m>, geo: &mut Geo<'m>) {
    geo.any |= !geo.by_range;
    let all = [Network::ALL4, Network::ALL6];
    let first = geo.default.or_else(|| all.iter().find_map(|all| geo.networks.get(all).copied()));
    if let Some(first) = first {
        duplicate(subject, line, word, first);
    }
    geo.default = Some(line);
}

/// A network (`ngx_http_geo_cidr_value`).
fn network(subject: &mut Subject<'_, '_>, line: Used<'_>, word: Word<'_>) -> Option<Network> {
    let value = word.value();
    if *value == *b"255.255.255.255" {
        return Some(Network { v6: false, address: u128::from(u32::MAX), length: 32 });
    }
    let Some((network, meaningless)) = Network::parse(&value) else {
        let range = memchr::memchr(b'-', &value).is_some();
        let fault = subject.refuse_word_in(line, word, |shown| {
            format!("`{shown}` is no network: it must be an address, or one and the number of its bits as in `192.168.0.0/16`")
        });
        if let Some(fault) = fault.filter(|_| range) {
            fault.help("a `geo` of ranges has `ranges` in its first line");
        }
        return None;
    };
    if meaningless {
        let fault = subject.refuse_word_in(line, word, |shown| {
            format!(
                "the address `{shown}` has bits beyond those of the network, which do not count"
            )
        });
        if let Some(fault) = fault {
            fault.warns();
        }
    }
    Some(network)
}

/// Says that a line replaces another.
fn duplicate(subject: &mut Subject<'_, '_>, line: Used<'_>, word: Word<'_>, first: Used<'_>) {
    if subject.is_template(line, first) {
        return;
    }
    let fault = subject.refuse_word_in(line, word, |shown| {
        format!("this `geo` has `{shown}` already: the later value holds")
    });
    if let Some(fault) = fault {
        fault.kind(FaultKind::Key).warns().label(first.location(), "the value that is replaced");
    }
}

/// Says that there is nothing to delete.
fn absent(subject: &mut Subject<'_, '_>, line: Used<'_>, word: Word<'_>) {
    let fault = subject
        .refuse_word_in(line, word, |shown| format!("there is no `{shown}` before to delete"));
    if let Some(fault) = fault {
        fault.warns();
    }
}

/// `10.0.0.0-10.255.255.255` (`ngx_http_geo_range`).
fn range<'m>(
    subject: &mut Subject<'m, '_>,
    line: Used<'m>,
    word: Word<'m>,
    deletes: bool,
    geo: &mut Geo<'m>,
) {
    let value = word.value();
    let ends = memchr::memchr(b'-', &value).and_then(|dash| {
        let address = |text| inet4(text).filter(|address| *address != u32::MAX);
        Some((address(&value[..dash])?, address(&value[dash + 1..])?))
    });
    let Some((first, last)) = ends.filter(|(first, last)| first <= last) else {
        subject.refuse_word_in(line, word, |shown| match ends {
            Some(_) => format!("the range `{shown}` ends before it begins"),
            None => format!("`{shown}` is no range of addresses such as `10.0.0.0-10.255.255.255`"),
        });
        return;
    };
    geo.pieces += (last >> 16) as usize - (first >> 16) as usize + 1;
    if geo.pieces > MOST_PIECES {
        return;
    }
    // nginx keeps ranges in pieces of 65,536 addresses.
    let mut said = false;
    for piece in first >> 16..=last >> 16 {
        let (start, end) = (first.max(piece << 16), last.min(piece << 16 | 0xffff));
        let before = geo.ranges.range(..=end).next_back().map(|(start, rest)| (*start, *rest));
        let Some((from, (to, other))) = before.filter(|(_, (to, _))| *to >= start) else {
            if !deletes {
                geo.ranges.insert(start, (end, line));
            } else if !std::mem::replace(&mut said, true) {
                absent(subject, line, word);
            }
            continue;
        };
        match (from == start && to == end, from <= start && end <= to) {
            (true, _) if deletes => _ = geo.ranges.remove(&start),
            (false, _) if deletes => {
                if !std::mem::replace(&mut said, true) {
                    absent(subject, line, word);
                }
            }
            (true, _) => {
                geo.ranges.insert(start, (end, line));
                if !std::mem::replace(&mut said, true) {
                    duplicate(subject, line, word, other);
                }
            }
            (false, true) => {
                // It replaces a part of the other.
                geo.ranges.remove(&from);
                if from < start {
                    geo.ranges.insert(from, (start - 1, other));
                }
                if end < to {
                    geo.ranges.insert(end + 1, (to, other));
                }
                geo.ranges.insert(start, (end, line));
            }
            (false, false) => {
                let fault = subject.refuse_word_in(line, word, |shown| {
                    format!("the range `{shown}` overlaps another and is no part of it")
                });
                if let Some(fault) = fault {
                    fault.label(other.location(), "the other range");
                }
                return;
            }
        }
    }
}
