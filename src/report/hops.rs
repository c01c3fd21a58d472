//! The table of hops: what nginx says where it opens a connection, which directive decides it, to
//! whom, and whether the peer takes it.

use std::io::{self, Write};

use super::Look;
use super::place::Places;
use super::summary;
use super::text::{cut, finished, paragraph, visible, visible_bytes};
use crate::diagnostic::{HopRow, PeerRow, Report, Speaks, Verdict};

/// Writes a paragraph for each hop: the place with the directive as written, what is spoken, a
/// line for each peer. The last line is the tally.
///
/// # Errors
/// What the writer says.
pub fn hops(out: &mut dyn Write, report: &Report, look: Look) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let columns = Columns::of(report);
    for hop in &report.hops {
        let place = places.show(hop.at).to_string();
        let room = look.width.saturating_sub(place.chars().count() + 2).max(20);
        let line = format!("{place}  {}", cut(&written(hop, &places), room));
        writeln!(out, "{}", finished(&line))?;
        let start = "  speaks  ";
        hang(out, (start, start.len()), &spoken(&hop.speaks, &places), look.width)?;
        for peer in &hop.peers {
            columns.write(out, peer, &known(peer, &places), look)?;
        }
        writeln!(out)?;
    }
    let tally = summary::hops(report.summary.hops);
    writeln!(out, "{tally}, target {}", summary::target(&report.target))
}

/// The directive in one line.
fn written(hop: &HopRow, places: &Places<'_>) -> String {
    let text = visible_bytes(
        &places.text(hop.at).split(u8::is_ascii_whitespace).collect::<Vec<_>>().join(&b' '),
    );
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { hop.directive.clone() } else { text }
}

fn spoken(speaks: &Speaks, places: &Places<'_>) -> String {
    let mut text = visible(&speaks.protocol).into_owned();
    if speaks.tls {
        text.push_str(" over TLS (");
        match &speaks.sni {
            Some(name) => text.push_str(&format!("SNI {}", visible(name))),
            None => text.push_str("no SNI"),
        }
        if !speaks.alpn.is_empty() {
            text.push_str(&format!(", ALPN {}", visible(&speaks.alpn.join(" "))));
        }
        text.push(')');
    }
    if speaks.proxy_protocol {
        text.push_str(" after a PROXY header");
    }
    match speaks.decided_by {
        Some(at) => {
            let directive = visible_bytes(places.text(at));
            let directive = cut(directive.trim_end_matches(';'), 60).into_owned();
            text.push_str(&format!(", by `{directive}` at {}", places.show(at)));
        }
        None => text.push_str(", by default"),
    }
    text
}

/// How it is known what a peer accepts.
fn known(peer: &PeerRow, places: &Places<'_>) -> String {
    let word = peer.confidence.map_or("unknown", |confidence| confidence.name());
    let place = peer.evidence.map(|at| format!(" ({})", places.show(at))).unwrap_or_default();
    format!("{word}: {}{place}", visible(&peer.reason))
}

/// The widths of the columns, the same for all hops.
struct Columns {
    address: usize,
    accepts: usize,
}

impl Columns {
    fn of(report: &Report) -> Self {
        let peers = || report.hops.iter().flat_map(|hop| &hop.peers);
        let widest = |width: &dyn Fn(&PeerRow) -> usize| peers().map(width).max().unwrap_or(0);
        Self {
            address: widest(&|peer| visible(&peer.address).chars().count()).min(32),
            accepts: widest(&|peer| accepted(peer).chars().count()).min(24),
        }
    }

    /// Writes the columns, and the reason behind them. An address that does not fit has a line of its
    /// own.
    fn write(
        &self,
        out: &mut dyn Write,
        peer: &PeerRow,
        reason: &str,
        look: Look,
    ) -> io::Result<()> {
        let mut address = visible(&peer.address);
        if address.chars().count() > self.address {
            writeln!(out, "{}", finished(&format!("  {address}")))?;
            address = "".into();
        }
        let start =
            format!("  {address:<0$}  {1:<2$}  ", self.address, accepted(peer), self.accepts);
        let (code, end) = match (look.color, peer.verdict) {
            (false, _) => ("", ""),
            (true, Verdict::Ok) => ("\x1b[32m", "\x1b[0m"),
            (true, Verdict::Mismatch) => ("\x1b[31m", "\x1b[0m"),
            (true, Verdict::Unknown) => ("\x1b[33m", "\x1b[0m"),
        };
        let column = start.chars().count() + 8 + 2;
        let start = format!("{start}{code}{:<8}{end}  ", peer.verdict.name());
        hang(out, (&start, column), reason, look.width)
    }
}

fn accepted(peer: &PeerRow) -> String {
    if peer.accepts.is_empty() { "?".into() } else { visible(&peer.accepts.join(" ")).into_owned() }
}

/// Writes a text behind the start of a line. Where little room is left, what follows hangs below the
/// line's own indentation.
fn hang(
    out: &mut dyn Write,
    (start, column): (&str, usize),
    text: &str,
    width: usize,
) -> io::Result<()> {
    let hanging = if column + 24 > width { 6 } else { column };
    paragraph(out, (start, column), text, hanging, width)
}
