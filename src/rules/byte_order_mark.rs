//! A text begins with a byte order mark.

use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::source::{Location, SourceId, Span};

/// The rule.
pub static RULE: Rule = Rule {
    name: "byte-order-mark",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/byte-order-mark.md"),
    check: On::Source(check),
};

fn check(source: SourceId, cx: &mut Context<'_>) {
    let text = cx.files().sources.bytes(source);
    let at = |length| Location::new(source, Span::new(0, length));
    // Programs that put files together leave several.
    let marks = text.chunks(MARK.len()).take_while(|bytes| *bytes == MARK).count();
    if marks > 0 {
        let edits = vec![Edit { at: at((marks * MARK.len()) as u32), text: String::new() }];
        cx.report_at(at(3), "this file begins with a byte order mark, which nginx takes for a part of the first word")
            .help("save it as UTF-8 without a byte order mark")
            .fix("delete the byte order mark", Applicability::Safe, None, edits);
    } else if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        cx.report_at(at(2), "this file is written in UTF-16, which nginx does not read")
            .help("save it as UTF-8 without a byte order mark");
    }
}

const MARK: &[u8] = b"\xef\xbb\xbf";
