//! Text that others wrote, made fit for a terminal.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::page::wrap;

/// `text` with every character that a terminal would obey or hide made visible: C0 as control
/// pictures (`␛`), C1, bidirectional controls and invisible spaces as `\u{202e}`; and without what
/// a CI system would obey, as `defused` has it.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) {
        let mut out = String::with_capacity(text.len() + 8);
        text.chars().for_each(|letter| push(&mut out, letter));
        Cow::Owned(defused(&out).into_owned())
    } else {
        defused(text)
    }
}

/// A path, visible; bytes that are no UTF-8 as `\xff`.
pub fn visible_path(path: &Path) -> String {
    let path = visible_bytes(path.as_os_str().as_encoded_bytes());
    // At the start of a line it would be a command of GitHub's (`::set-output …`).
    if path.trim_start().starts_with("::") { format!("./{path}") } else { path }
}

/// A line as it goes out: without what the runner of a CI system would obey, be it anywhere in it, as
/// `defused` has it, or behind its blanks (`::error::…` of GitHub), where its colon becomes `\u{3a}`.
pub fn finished(line: &str) -> Cow<'_, str> {
    let line = defused(line);
    match line.trim_start().strip_prefix("::") {
        Some(rest) => {
            let blanks = line.strip_suffix(rest).and_then(|start| start.strip_suffix("::"));
            Cow::Owned(format!("{}\\u{{3a}}:{rest}", blanks.unwrap_or_default()))
        }
        None => line,
    }
}

/// Writes a text behind the `start` of a line, which is `column` columns wide: as lines of that width
/// that hang below it, each finished.
pub(super) fn paragraph(
    out: &mut dyn Write,
    (start, column): (&str, usize),
    text: &str,
    hanging: usize,
    width: usize,
) -> io::Result<()> {
    let mut lines = start.to_owned();
    wrap(&mut lines, text, column, hanging, width);
    lines.lines().try_for_each(|line| writeln!(out, "{}", finished(line.trim_end())))
}

/// Bytes, visible; those that are no UTF-8 as `\xff`.
pub(super) fn visible_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|letter| push(&mut out, letter));
        chunk.invalid().iter().for_each(|&byte| push_byte(&mut out, byte));
    }
    defused(&out).into_owned()
}

/// `text` without what the runner of a CI system takes for a command wherever in a line it stands
/// (`##[set-output …]` of GitHub, `##vso[…]` of Azure, `##teamcity[…]`): the bracket becomes `\u{5b}`.
pub(super) fn defused(text: &str) -> Cow<'_, str> {
    without_commands(text, "\\u{5b}")
}

/// `text` with `bracket` for that of every such command.
pub(super) fn without_commands<'t>(text: &'t str, bracket: &str) -> Cow<'t, str> {
    if !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut pieces = text.split("##");
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push_str("##");
        let name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphabetic());
        match piece.split_once('[').filter(|(before, _)| name(before.trim_start_matches('#'))) {
            Some((before, after)) => out.extend([before, bracket, after]),
            None => out.push_str(piece),
        }
    }
    Cow::Owned(out)
}

/// Appends a character, visible.
pub(super) fn push(out: &mut String, letter: char) {
    match letter {
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(letter))),
        '\x7f' => out.push('␡'),
        _ if is_unseen(letter) => out.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
        _ => out.push(letter),
    }
}

/// Appends a byte that is no UTF-8, visible.
pub(super) fn push_byte(out: &mut String, byte: u8) {
    out.push_str(&format!("\\x{byte:02x}"));
}

/// The first `width` characters, the last of them `…` where there are more.
pub(super) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    match text.char_indices().nth(width) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let kept: String = text.chars().take(width.saturating_sub(1)).collect();
            Cow::Owned(kept + "…")
        }
    }
}

/// What a finding says and what to do, visible, each on a line.
pub(super) fn told(diagnostic: &Diagnostic) -> String {
    let lines = [&diagnostic.message].into_iter().chain(&diagnostic.help);
    lines.map(|line| finished(&visible(line)).into_owned()).collect::<Vec<_>>().join("\n")
}

/// A text of ours as Markdown: what stands between backticks is code, all else means nothing but
/// itself, and nobody is called by `@`.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // Several backticks would begin a code that only as many end.
    let text = text.replace("``", "ˋˋ").replace("ˋ`", "ˋˋ");
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        escape(&mut out, before);
        match after.split_once('`').filter(|(code, _)| !code.is_empty() && !code.contains('\n')) {
            Some((code, after)) => {
                out.push_str(&format!("`{code}`"));
                rest = after;
            }
            None => {
                out.push_str("\\`");
                rest = after;
            }
        }
    }
    escape(&mut out, rest);
    out
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '@' => out.push_str("`@`"),
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '!' | '|' | '~' | '&' | '#' => {
                out.extend(['\\', letter]);
            }
            _ => out.push(letter),
        }
    }
}

/// An address, where it is one: a package whose repository is not known has none for its pages.
pub(super) fn web(url: &str) -> Option<&str> {
    Some(url).filter(|url| url.starts_with("https://"))
}

/// `count` things, in words.
pub fn count(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

/// Whether a character moves the text around it, or is not to be seen.
pub(super) fn is_control(letter: char) -> bool {
    matches!(letter,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_unseen(letter: char) -> bool {
    is_control(letter)
        || matches!(letter,
            '\u{a0}' | '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}
