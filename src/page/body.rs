//! The body of a page: prose and fences under fixed headings.

use super::PageError;
use super::front::Part;
use super::language::Language;

/// One heading with what stands under it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Section<'p> {
    /// One of [`Language::headings`].
    pub heading: &'static str,
    /// The Markdown under it, without blank lines around it.
    pub text: &'p str,
}

/// A line of prose, or a whole fence.
pub(super) enum Block<'p> {
    /// A line outside of fences.
    Line {
        /// What stands there.
        text: &'p str,
        /// The line, from 1.
        line: u32,
        /// Where it begins in the body.
        offset: usize,
    },
    /// A fence.
    Fence(Fence<'p>),
}

/// A fence with what it holds.
pub(super) struct Fence<'p> {
    /// The info string.
    pub(super) info: &'p str,
    /// The line (from 1) of the opening.
    pub(super) line: u32,
    /// What it holds, without the indentation of the fence.
    pub(super) text: String,
}

/// Lines and fences of the body.
pub(super) fn blocks<'p>(body: Part<'p>) -> Result<Vec<Block<'p>>, PageError> {
    let mut blocks = Vec::new();
    let mut offset = 0;
    let mut lines = (body.line..).zip(body.text.split_inclusive('\n'));
    while let Some((line, text)) = lines.next() {
        let Some((indent, fence, info)) = opening(text) else {
            blocks.push(Block::Line { text, line, offset });
            offset += text.len();
            continue;
        };
        offset += text.len();
        let mut inside = String::new();
        loop {
            let Some((_, text)) = lines.next() else {
                return Err(PageError::new(line, "this fence is not closed"));
            };
            offset += text.len();
            if closes(text, fence) {
                break;
            }
            let blank = text.len() - text.trim_start_matches(' ').len();
            inside.push_str(text.get(blank.min(indent)..).unwrap_or_default());
        }
        blocks.push(Block::Fence(Fence { info, line, text: inside }));
    }
    Ok(blocks)
}

/// The headings with their texts: all that must be there, in order, none empty.
pub(super) fn sections<'p>(
    body: Part<'p>,
    blocks: &[Block<'p>],
    language: Language,
) -> Result<Vec<Section<'p>>, PageError> {
    let all = language.headings();
    let mut found = headings(blocks, all)?;
    let mut sections = Vec::new();
    let mut last = body.line;
    for heading in all {
        match found.first().copied() {
            Some(one) if one.heading == heading => {
                found.remove(0);
                let end = found.first().map_or(body.text.len(), |next| next.start);
                let text = body.text.get(one.end..end).unwrap_or_default().trim();
                if text.is_empty() {
                    let message = format!("nothing stands under `{heading}`");
                    return Err(PageError::new(one.line, message));
                }
                sections.push(Section { heading, text });
                last = one.line;
            }
            _ if heading == all[OPTIONAL] => {}
            _ => {
                let message = format!("the heading `{heading}` is missing, or not at its place");
                return Err(PageError::new(found.first().map_or(last, |next| next.line), message));
            }
        }
    }
    match found.first() {
        Some(extra) => {
            let message = format!("the heading `{}` is not at its place", extra.heading);
            Err(PageError::new(extra.line, message))
        }
        None => Ok(sections),
    }
}

/// A heading and where it stands in the body.
#[derive(Copy, Clone)]
struct Found {
    heading: &'static str,
    line: u32,
    start: usize,
    end: usize,
}

fn headings(blocks: &[Block<'_>], all: [&'static str; 6]) -> Result<Vec<Found>, PageError> {
    let mut found: Vec<Found> = Vec::new();
    for block in blocks {
        let (text, line, start) = match block {
            Block::Line { text, line, offset } => (*text, *line, *offset),
            Block::Fence(fence) if found.is_empty() => ("```", fence.line, 0),
            Block::Fence(_) => continue,
        };
        let words = text.trim_end();
        if let Some(words) = words.strip_prefix("## ") {
            let known = all.into_iter().find(|heading| *heading == words.trim());
            let heading = known.ok_or_else(|| {
                let message = format!("`{words}` is no heading of a page: {}", all.join(", "));
                PageError::new(line, message)
            })?;
            found.push(Found { heading, line, start, end: start + text.len() });
        } else if words.starts_with("# ") {
            return Err(PageError::new(line, "the name is the title: no heading of first level"));
        } else if found.is_empty() && !words.is_empty() {
            let message = format!("text before the heading `{}`", all[0]);
            return Err(PageError::new(line, message));
        }
    }
    Ok(found)
}

/// Indentation, backticks and info string of a line that opens a fence.
pub(super) fn opening(line: &str) -> Option<(usize, &str, &str)> {
    let trimmed = line.trim_start_matches(' ');
    let info = trimmed.trim_start_matches('`');
    let fence = trimmed.get(..trimmed.len() - info.len())?;
    let opens = fence.len() >= 3 && !info.contains('`');
    opens.then(|| (line.len() - trimmed.len(), fence, info.trim()))
}

/// Whether a line closes the fence that those backticks opened.
pub(super) fn closes(line: &str, fence: &str) -> bool {
    let line = line.trim();
    line.len() >= fence.len() && line.bytes().all(|byte| byte == b'`')
}

/// The heading that a page may lack: what does not help.
const OPTIONAL: usize = 4;
