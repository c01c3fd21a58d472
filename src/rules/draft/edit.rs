//! The edits that fixes are made of, in the style of the text around them: a directive stands on a
//! line of its own where its neighbour does, indented alike, with the line ends of the file.

use std::borrow::Cow;

use crate::diagnostic::Edit;
use crate::include::Used;
use crate::model::Scope;
use crate::nginx::DirectiveId;
use crate::source::Span;

/// An edit that puts `text` in place of a part of a directive.
pub(in crate::rules) fn replace(used: Used<'_>, span: Span, text: impl Into<String>) -> Edit {
    Edit { at: used.locate(span), text: text.into() }
}

/// An edit that puts a directive on a line of its own behind `used` and the comment that follows it
/// on its line; several of them stand on lines of the text.
pub(in crate::rules) fn insert_behind(used: Used<'_>, text: &str) -> Edit {
    let around = Around::of(used, used.directive().whole_span());
    match around.indentation() {
        Some(indentation) if around.ends_line() => {
            let gap = format!("{}{indentation}", around.ending());
            let text = format!("{gap}{}", text.replace('\n', &gap));
            replace(used, Span::at(around.line_end()), text)
        }
        // A comment stays beside its directive, and may mean it.
        None if around.ends_line() && !around.behind.trim_ascii().is_empty() => {
            replace(used, Span::at(around.span.start), format!("{} ", text.replace('\n', " ")))
        }
        _ => replace(used, Span::at(around.span.end), format!(" {}", text.replace('\n', " "))),
    }
}

/// An edit that puts a directive on a line of its own before `used`; several of them stand on lines
/// of the text.
pub(in crate::rules) fn insert_before(used: Used<'_>, text: &str) -> Edit {
    let around = Around::of(used, used.directive().whole_span());
    let gap = around.indentation().map(|indentation| format!("{}{indentation}", around.ending()));
    let gap = gap.unwrap_or_else(|| " ".to_owned());
    let text = text.replace('\n', &gap);
    replace(used, Span::at(around.span.start), format!("{text}{gap}"))
}

/// An edit that takes a directive away, with its line if nothing else stands there. `None` if a
/// comment stands between its words: who wrote that must say what becomes of it.
pub(in crate::rules) fn remove(used: Used<'_>) -> Option<Edit> {
    let whole = used.directive().whole_span();
    if used.directive().tree().trivia().iter().any(|one| whole.contains(one.span.start)) {
        return None;
    }
    let around = Around::of(used, whole);
    let Span { start, end } = around.span;
    let line = around.before.len() as u32;
    let gap = around.behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count() as u32;
    let span = match around.indentation() {
        Some(_) if gap as usize == around.behind.len() => {
            let ending = around.ending().len() as u32;
            Span::new(start - line, (around.line_end() + ending).min(around.length))
        }
        _ => Span::new(start, end + gap),
    };
    Some(replace(used, span, ""))
}

/// An edit after which a directive says `value` in a block: in the line that says something else
/// there, or in a new one behind `beside`. `None` if that line says nothing, or there is none and no
/// place for one.
pub(in crate::rules) fn set(
    scope: Scope<'_>,
    id: DirectiveId,
    value: &str,
    beside: Option<Used<'_>>,
) -> Option<Edit> {
    match scope.own(id).next() {
        Some(own) => Some(replace(own, own.directive().arg(0)?.span(), value)),
        None => Some(insert_behind(beside?, &format!("{} {value};", id.name()))),
    }
}

/// An edit that takes an argument away, with the space before it; behind a comment the end of its
/// line stays.
pub(in crate::rules) fn remove_word(used: Used<'_>, span: Span) -> Edit {
    let directive = used.directive();
    let words = std::iter::once(directive.name()).chain(directive.args());
    let ends = words.map(|word| word.span().end).take_while(|end| *end <= span.start);
    let kept = ends.last().unwrap_or(span.start);
    let gap = &directive.tree().bytes()[kept as usize..span.start as usize];
    let start = if gap.trim_ascii().is_empty() { kept } else { span.start };
    replace(used, Span::new(start, span.end), "")
}

/// The end of a line of the text around a directive.
pub(in crate::rules) fn line_ending(used: Used<'_>) -> &'static str {
    Around::of(used, used.directive().whole_span()).ending()
}

/// What stands on the lines on which a part of a text begins and ends.
struct Around<'t> {
    span: Span,
    /// From the beginning of its first line.
    before: &'t [u8],
    /// Up to the end of its last line, without that.
    behind: &'t [u8],
    /// Whether lines end in CR LF there.
    crlf: bool,
    /// Of the whole text, in bytes.
    length: u32,
}

impl<'t> Around<'t> {
    fn of(used: Used<'t>, span: Span) -> Self {
        let bytes = used.directive().tree().bytes();
        let (before, behind) = (&bytes[..span.start as usize], &bytes[span.end as usize..]);
        let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', behind);
        let rest = &behind[..end.unwrap_or(behind.len())];
        let cut = rest.strip_suffix(b"\r");
        // Lines of both kinds may stand beside each other: a comment would take the CR.
        let last = memchr::memrchr(b'\n', &bytes[..span.end as usize]);
        let is_last_crlf = last.is_some_and(|at| bytes[..at].ends_with(b"\r"));
        let crlf = end.map_or(is_last_crlf, |_| cut.is_some());
        let (before, behind) = (&before[line..], cut.unwrap_or(rest));
        Self { span, before, behind, crlf, length: bytes.len() as u32 }
    }

    /// What is before it on its line, if only blanks are.
    fn indentation(&self) -> Option<Cow<'t, str>> {
        let blank = self.before.iter().all(|byte| matches!(byte, b' ' | b'\t'));
        blank.then(|| String::from_utf8_lossy(self.before))
    }

    /// Whether nothing but a comment follows on its line.
    fn ends_line(&self) -> bool {
        matches!(self.behind.trim_ascii_start().first(), None | Some(b'#'))
    }

    fn line_end(&self) -> u32 {
        self.span.end + self.behind.len() as u32
    }

    const fn ending(&self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::include::{Files, Reach, resolve};
    use crate::nginx::Contexts;
    use crate::source::Memory;

    /// A text in `server` after one edit at its first directive.
    fn edited(text: &str, edit: impl Fn(Used<'_>) -> Edit) -> String {
        let mut memory = Memory::default();
        let root = Path::new("/a.conf");
        memory.insert(root, text);
        let mut files = Files::default();
        let source = files.open(&memory, root).unwrap();
        let reach = Reach::of_root(&memory, root, Vec::<(PathBuf, PathBuf)>::new());
        let config = resolve(&mut files, &memory, &reach, &[(source, Contexts::SERVER)]);
        let first = config.tops().iter().find_map(|top| {
            config.walk(top).find_map(|step| match step {
                crate::include::Step::Enter(used) => Some(used),
                crate::include::Step::Leave(_) => None,
            })
        });
        let Edit { at, text: new } = edit(first.unwrap());
        let mut text = text.to_owned();
        text.replace_range(at.span.range(), &new);
        text
    }

    #[test]
    fn a_directive_goes_beside_its_neighbour() {
        let behind = |text| edited(text, |used| insert_behind(used, "b;"));
        assert_eq!(behind("  a; # why\n  c;\n"), "  a; # why\n  b;\n  c;\n");
        assert_eq!(behind("\ta;\r\n\tc;\r\n"), "\ta;\r\n\tb;\r\n\tc;\r\n");
        assert_eq!(behind("\r\na; # why\nd;\n"), "\r\na; # why\nb;\nd;\n");
        assert_eq!(behind("a; c;"), "a; b; c;");
        let two = |text| edited(text, |used| insert_behind(used, "b;\nd;"));
        assert_eq!(two("  a;\n  c;\n"), "  a;\n  b;\n  d;\n  c;\n");
        assert_eq!(two("a; c;"), "a; b; d; c;");
        let before = |text| edited(text, |used| insert_before(used, "b;"));
        assert_eq!(before("  a; c;\r\n"), "  b;\r\n  a; c;\r\n");
        assert_eq!(before("a\r\n1;"), "b;\r\na\r\n1;");
    }

    #[test]
    fn a_directive_goes_with_its_line() {
        let removed = |text| edited(text, |used| remove(used).unwrap());
        assert_eq!(removed("  a;\r\n  c;\r\n"), "  c;\r\n");
        assert_eq!(removed("  a\n  b;"), "");
        assert_eq!(removed("  a; # why\n  c;\n"), "  # why\n  c;\n");
        assert_eq!(removed("a; c;\n"), "c;\n");
    }
}
