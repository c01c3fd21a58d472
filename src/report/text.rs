//! Text that others wrote, made fit for a terminal.

use std::borrow::Cow;
use std::path::Path;

/// `text` with every character that a terminal would obey or hide made visible: C0 as control
/// pictures (`␛`), C1, bidirectional controls and invisible spaces as `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) {
        let mut out = String::with_capacity(text.len() + 8);
        text.chars().for_each(|letter| push(&mut out, letter));
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    }
}

/// A path, visible; bytes that are no UTF-8 as `\xff`.
pub fn visible_path(path: &Path) -> String {
    visible_bytes(path.as_os_str().as_encoded_bytes())
}

/// Bytes, visible; those that are no UTF-8 as `\xff`.
pub(super) fn visible_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|letter| push(&mut out, letter));
        chunk.invalid().iter().for_each(|&byte| push_byte(&mut out, byte));
    }
    out
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
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
