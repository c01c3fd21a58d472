//! The Markdown of a page as text for a terminal: paragraphs wrapped, code indented.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::body::{closes, opening};

/// Writes the Markdown of a section.
pub(super) fn render(out: &mut String, markdown: &str, width: usize) {
    let mut paragraph = Paragraph::default();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        match (fence, opening(line)) {
            (Some(ticks), _) if closes(line, ticks) => fence = None,
            (Some(_), _) => {
                out.push_str(format!("    {line}").trim_end());
                out.push('\n');
            }
            (None, Some((_, ticks, _))) => {
                paragraph.flush(out, width);
                fence = Some(ticks);
            }
            (None, None) => paragraph.line(out, line, width),
        }
    }
    paragraph.flush(out, width);
}

/// Writes one paragraph.
pub(super) fn paragraph(out: &mut String, text: &str, width: usize) {
    wrap(out, &plain(text), 0, 0, width);
    out.push('\n');
}

/// The lines of a paragraph or of a list item that were not written yet.
#[derive(Default)]
struct Paragraph {
    text: String,
    indent: usize,
    hanging: usize,
}

impl Paragraph {
    /// Takes in one line of Markdown outside of fences.
    fn line(&mut self, out: &mut String, line: &str, width: usize) {
        let text = line.trim();
        if text.is_empty() {
            self.flush(out, width);
            out.push('\n');
        } else if text.starts_with('|') {
            self.flush(out, width);
            out.push_str(text);
            out.push('\n');
        } else if let Some(heading) = text.strip_prefix("### ") {
            self.flush(out, width);
            out.push_str(heading);
            out.push('\n');
        } else {
            if let Some(hanging) = bullet(text) {
                self.flush(out, width);
                self.indent = line.len() - line.trim_start().len();
                self.hanging = hanging;
            }
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(text);
        }
    }

    fn flush(&mut self, out: &mut String, width: usize) {
        if !self.text.is_empty() {
            let hanging = self.indent + self.hanging;
            out.push_str(&" ".repeat(self.indent));
            wrap(out, &plain(&self.text), self.indent, hanging, width);
            out.push('\n');
        }
        *self = Self::default();
    }
}

/// How far the text behind `- `, `* ` or `1. ` is indented.
fn bullet(text: &str) -> Option<usize> {
    let digits = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let marker = if digits.len() < text.len() { digits.strip_prefix(". ") } else { None };
    let rest = marker.or_else(|| text.strip_prefix("- ")).or_else(|| text.strip_prefix("* "))?;
    Some(text.len() - rest.len())
}

/// Without emphasis, links as `text <address>`; what is in backticks stays as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        if index % 2 == 1 {
            out.push_str(part);
        } else {
            out.push_str(&links(&part.replace("**", "")));
        }
    }
    out
}

fn links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, label, address, after)) = link(rest) {
        out.push_str(before);
        out.push_str(label);
        out.push_str(&format!(" <{address}>"));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The first `[label](address)`, with what stands before and after it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](")?;
    let start = text.get(..middle)?.rfind('[')?;
    let end = middle + text.get(middle..)?.find(')')?;
    Some((
        text.get(..start)?,
        text.get(start + 1..middle)?,
        text.get(middle + 2..end)?,
        text.get(end + 1..)?,
    ))
}

/// Writes words behind what stands on a line already, which is `column` columns wide, as lines of that
/// width; the others are indented by `hanging`. The last one is not ended. Chinese has no spaces: a line
/// may end behind any of its letters, but none begins with what closes a phrase.
pub(crate) fn wrap(out: &mut String, text: &str, column: usize, hanging: usize, width: usize) {
    let mut column = column;
    let mut is_first = true;
    for word in text.split_whitespace() {
        for (index, piece) in pieces(word).enumerate() {
            let length = piece.width();
            let apart = usize::from(index == 0 && !is_first);
            if !is_first && column + apart + length > width {
                out.push('\n');
                out.push_str(&" ".repeat(hanging));
                column = hanging;
            } else {
                out.push_str(&" ".repeat(apart));
                column += apart;
            }
            out.push_str(piece);
            column += length;
            is_first = false;
        }
    }
}

/// A word in the pieces between which a line may end.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let mut before: Option<char> = None;
        let end = rest.char_indices().find(|(_, letter)| {
            let ends = before.is_some_and(|before| {
                let wide = is_wide(before) || is_wide(*letter);
                wide && !CLOSING.contains(*letter) && !OPENING.contains(before)
            });
            before = Some(*letter);
            ends
        });
        let (piece, behind) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

fn is_wide(letter: char) -> bool {
    letter.width() == Some(2)
}

/// What no line begins with.
const CLOSING: &str = "，。；：、）》」！？,.;:)`";
/// What no line ends with.
const OPENING: &str = "（《「(`";
