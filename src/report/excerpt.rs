//! The lines of the sources around some places, sanitised, with the places moved along: what a
//! drawing of a finding needs, and no more than that. Nothing here is proportional to a file, only
//! to the lines that are shown, and long lines are cut around what matters in them.

use super::place::Places;
use super::text::{push, push_byte, visible_path};
use crate::source::{Location, SourceId, Span};

/// Some lines of one source that follow each other.
#[derive(Clone, Debug)]
pub(super) struct Excerpt {
    /// The path of the source, visible.
    pub(super) name: String,
    /// The number (from 1) of the first line.
    pub(super) line: u32,
    /// How many lines there are.
    pub(super) lines: u32,
    /// The lines, each with its LF.
    pub(super) text: String,
    /// Where the text begins, if all excerpts of a finding stood one behind the other.
    pub(super) base: usize,
}

/// A place in the excerpts.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Where it begins, counted over all excerpts.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Line and column (from 1) of its start in the source.
    pub(super) at: (u32, u32),
    /// What is said of it.
    pub(super) text: Option<String>,
}

/// The excerpts that show all `places`, and the places in them, the first one first. Lines are
/// cut to about `width` columns.
pub(super) fn excerpts(
    marked: &[(Location, Option<&str>)],
    places: &Places<'_>,
    width: usize,
) -> (Vec<Excerpt>, Vec<Mark>) {
    let located: Vec<_> = marked.iter().map(|(at, _)| Located::of(*at, places)).collect();
    let mut marks: Vec<_> = marked
        .iter()
        .zip(&located)
        .map(|((_, text), located)| Mark {
            start: 0,
            end: 0,
            at: located.position,
            text: text.map(str::to_owned),
        })
        .collect();
    let mut excerpts = Vec::new();
    let mut base = 0;
    for (source, first, last) in windows(&located, places) {
        let mut excerpt = Excerpt {
            name: visible_path(places.path(source)),
            line: first.saturating_add(places.before(source).lines),
            lines: last - first + 1,
            text: String::new(),
            base,
        };
        for line in first..=last {
            append(&mut excerpt, source, line, &located, &mut marks, places, width);
        }
        base += excerpt.text.len();
        excerpts.push(excerpt);
    }
    (excerpts, marks)
}

/// A place with the lines it covers.
struct Located {
    source: SourceId,
    span: Span,
    first: u32,
    last: u32,
    position: (u32, u32),
}

impl Located {
    fn of(at: Location, places: &Places<'_>) -> Self {
        let index = places.index(at.source);
        let position = places.position(at.source, at.span.start);
        let first = index.line(at.span.start);
        let mut span = at.span;
        let mut last = index.line(span.end.saturating_sub(1).max(span.start));
        if last - first >= LONGEST {
            span.end = index.span(first).end;
            last = first;
        }
        Self { source: at.source, span, first, last, position: (position.line, position.column) }
    }
}

/// The runs of lines to show: that of the first place, then by source, in the order in which the
/// places name them.
fn windows(located: &[Located], places: &Places<'_>) -> Vec<(SourceId, u32, u32)> {
    let mut sources: Vec<SourceId> = Vec::new();
    for one in located {
        if !sources.contains(&one.source) {
            sources.push(one.source);
        }
    }
    let mut windows: Vec<(SourceId, u32, u32)> = Vec::new();
    for source in sources {
        let index = places.index(source);
        let mut end = index.lines() as u32;
        // Behind a final LF there is a line of its own, which is shown only where it is meant.
        if end > 1 && index.span(end).is_empty() {
            end -= 1;
        }
        let mut lines: Vec<_> = located
            .iter()
            .filter(|one| one.source == source)
            .map(|one| {
                (
                    one.first.saturating_sub(CONTEXT).max(1),
                    (one.last + CONTEXT).min(end.max(one.last)),
                )
            })
            .collect();
        lines.sort_unstable();
        for (first, last) in lines {
            match windows.last_mut() {
                Some(window) if window.0 == source && first <= window.2 + 1 => {
                    window.2 = window.2.max(last);
                }
                _ => windows.push((source, first, last)),
            }
        }
    }
    let first = located.first().map(|one| (one.source, one.first));
    let holds = |window: &(SourceId, u32, u32)| {
        first.is_some_and(|(source, line)| {
            window.0 == source && window.1 <= line && line <= window.2
        })
    };
    windows.sort_by_key(|window| !holds(window));
    windows
}

/// Appends one line and moves the ends of the places that lie on it.
fn append(
    excerpt: &mut Excerpt,
    source: SourceId,
    line: u32,
    located: &[Located],
    marks: &mut [Mark],
    places: &Places<'_>,
    width: usize,
) {
    let span = places.index(source).span(line);
    let bytes = places.bytes(source).get(span.range()).unwrap_or_default();
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let inside = |offset: u32| (offset.saturating_sub(span.start) as usize).min(bytes.len());
    let here = |one: &Located| one.source == source && one.first <= line && line <= one.last;
    let ends: Vec<_> = located
        .iter()
        .filter(|one| here(one))
        .map(|one| (inside(one.span.start), inside(one.span.end)))
        .collect();
    let shown = Shown::of(bytes, &ends, width);
    let base = excerpt.base + excerpt.text.len();
    for (mark, one) in marks.iter_mut().zip(located).filter(|(_, one)| here(one)) {
        if one.first == line {
            mark.start = base + shown.offset(inside(one.span.start));
        }
        if one.last == line {
            mark.end = (base + shown.offset(inside(one.span.end))).max(mark.start);
        }
    }
    excerpt.text.push_str(&shown.text);
    excerpt.text.push('\n');
}

/// One line, made fit to be shown.
struct Shown {
    text: String,
    /// Offsets in the line, and where they went in the text.
    moved: Vec<(usize, usize)>,
}

impl Shown {
    /// The line, cut around the places at `ends` where it is too long.
    fn of(bytes: &[u8], ends: &[(usize, usize)], width: usize) -> Self {
        let (start, end) = window(bytes, ends, width);
        let mut text = String::new();
        let mut moved = Vec::new();
        if start > 0 {
            text.push('…');
        }
        let mut offset = start;
        for chunk in bytes.get(start..end).unwrap_or_default().utf8_chunks() {
            for letter in chunk.valid().chars() {
                moved.push((offset, text.len()));
                // The drawing expands tabs itself.
                if letter == '\t' {
                    text.push('\t')
                } else {
                    push(&mut text, letter)
                }
                offset += letter.len_utf8();
            }
            for &byte in chunk.invalid() {
                moved.push((offset, text.len()));
                push_byte(&mut text, byte);
                offset += 1;
            }
        }
        moved.push((end, text.len()));
        if end < bytes.len() {
            text.push('…');
        }
        Self { text, moved }
    }

    /// Where an offset in the line went; those that were cut away went to the nearest end.
    fn offset(&self, offset: usize) -> usize {
        let next = self.moved.partition_point(|(from, _)| *from < offset);
        self.moved.get(next).or(self.moved.last()).map_or(0, |(_, to)| *to)
    }
}

/// The part of a line to show: all of it, or about `width` bytes around the places; where those
/// are too far apart, around the first of them.
fn window(bytes: &[u8], ends: &[(usize, usize)], width: usize) -> (usize, usize) {
    if bytes.len() <= width {
        return (0, bytes.len());
    }
    let start = ends.iter().map(|(start, _)| *start).min().unwrap_or(0);
    let end = ends.iter().map(|(_, end)| *end).max().unwrap_or(0);
    let (start, end) = match ends {
        [first, ..] if end - start > width => *first,
        _ => (start, end),
    };
    let margin = width.saturating_sub(end - start) / 2;
    let start = start.saturating_sub(margin).min(bytes.len() - width);
    (boundary(bytes, start), boundary(bytes, start + width))
}

/// The start of the character that `offset` lies in.
fn boundary(bytes: &[u8], offset: usize) -> usize {
    let continues = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let back = (0..3).take_while(|&back| back < offset && continues(offset - back)).count();
    let start = offset - back;
    if continues(start) { offset } else { start }
}

/// Lines shown before and after each place.
const CONTEXT: u32 = 1;

/// A place of this many lines or more is shown by its first line.
const LONGEST: u32 = 6;
