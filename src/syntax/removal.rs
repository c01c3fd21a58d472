//! Comments to ngxlint that do without one of their names.

use super::comment::{Mention, speaks, split};
use super::tree::Tree;
use crate::source::Span;

/// What to put in place of which bytes, so that a comment to ngxlint does without a name. With its
/// last name it goes, and its line with it if nothing else is there; what stands behind the names
/// stays as a comment. `None` where that would speak to ngxlint itself.
pub fn without(tree: &Tree, Mention { comment, name }: Mention) -> Option<(Span, &'static str)> {
    let bytes = tree.bytes();
    let open = memchr::memrchr(b'[', bytes.get(..name.start as usize)?)?;
    let close = name.end as usize + memchr::memchr(b']', bytes.get(name.end as usize..)?)?;
    let names = split(bytes.get(open + 1..close)?, close as u32);
    let index = names.iter().position(|one| one.span == name)?;
    if let Some(next) = names.get(index + 1) {
        return Some((Span::new(name.start, next.span.start), ""));
    }
    if let Some(last) = index.checked_sub(1).and_then(|before| names.get(before)) {
        return Some((Span::new(last.span.end, name.end), ""));
    }
    let behind = bytes.get(close + 1..comment.end as usize)?;
    let reason = behind.trim_ascii_start();
    if !reason.is_empty() {
        let start = comment.end - reason.len() as u32;
        // The first `#` stays, so that nothing but the comment changes.
        return match reason.strip_prefix(b"#") {
            Some(other) if speaks(other) => None,
            Some(_) => Some((Span::new(comment.start + 1, start + 1), "")),
            None if speaks(reason) => None,
            None => Some((Span::new(comment.start + 1, start), " ")),
        };
    }
    let before = bytes.get(..comment.start as usize)?;
    let kept = before.trim_ascii_end().len();
    let blank = before.get(kept..)?;
    let line = memchr::memrchr(b'\n', blank).map(|at| kept + at + 1);
    let line = line.or((kept == 0).then_some(0));
    let end = comment.end as usize;
    Some(match line {
        Some(line) => (Span::new(line as u32, bytes.len().min(end + 1) as u32), ""),
        // The end of the line stays as it is.
        None => {
            let end = end - usize::from(bytes.get(..end)?.ends_with(b"\r"));
            (Span::new(kept as u32, end as u32), "")
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::{Asks, notes, parse};

    #[test]
    fn a_name_is_taken_out_and_nothing_else() {
        let rest = |text: &str| {
            let tree = parse(text.as_bytes().into()).tree;
            let note = notes(&tree).remove(0);
            let Asks::Ignore(names) = note.asks else { panic!("{text}") };
            let name = names.iter().find(|name| name.text == "x").expect(text).span;
            let (span, new) = without(&tree, Mention { comment: note.span, name })?;
            Some([&text[..span.start as usize], new, &text[span.end as usize..]].concat())
        };
        for (text, left) in [
            ("a; # ngxlint: ignore[x , y] z", "a; # ngxlint: ignore[y] z"),
            ("a; # ngxlint: ignore[ w, x] z", "a; # ngxlint: ignore[ w] z"),
            ("a; # ngxlint: ignore[w,x,y]\n", "a; # ngxlint: ignore[w,y]\n"),
            ("a;  # ngxlint: ignore[x]", "a;"),
            ("a;  # ngxlint: ignore[x]\nb;", "a;\nb;"),
            ("a;\t# ngxlint: ignore[ x, ] \r\nb;", "a;\r\nb;"),
            ("a;\n  # ngxlint: ignore[x]\n  b;\n", "a;\n  b;\n"),
            ("a;\r\n  # ngxlint: ignore[x]\r\n\r\n  b;\r\n", "a;\r\n\r\n  b;\r\n"),
            ("# ngxlint: ignore[x]", ""),
            ("a;\n# ngxlint: disable[x]", "a;\n"),
            ("a; #ngxlint: ignore[x] is why", "a; # is why"),
            ("a; # ngxlint: ignore[x]# is why\r\n", "a; # is why\r\n"),
            ("a b # ngxlint: ignore[x]\n  c;", "a b\n  c;"),
        ] {
            assert_eq!(rest(text).as_deref(), Some(left), "{text:?}");
        }
        for text in [
            "a; # ngxlint: ignore[x] ngxlint: ignore[y]",
            "a; # ngxlint: ignore[x] # ngxlint: ignore[y]",
            "a; # ngxlint: ignore[x] #nginx-lint:ignore y z",
        ] {
            assert_eq!(rest(text), None, "{text}");
        }
    }

    /// What all notes of a text ask for, name by name, and its words.
    fn said(tree: &Tree) -> (Vec<String>, Vec<Vec<u8>>) {
        let mut asked = Vec::new();
        for note in notes(tree) {
            match note.asks {
                Asks::Ignore(names) => {
                    asked.extend(names.into_iter().map(|one| format!("ignore {}", one.text)));
                }
                other => asked.push(format!("{other:?}").replace(|one: char| one.is_numeric(), "")),
            }
        }
        asked.sort();
        (asked, tree.words().map(|word| word.raw().to_vec()).collect())
    }

    proptest! {
        #[test]
        fn nothing_but_the_name_goes(parts in prop::collection::vec(prop::sample::select(vec![
            "a b;", "c {", "}", "\n", "\n", "\n", "\r\n", " ", "\t", "# why\n",
            "# ngxlint: ignore[x]", "#ngxlint:ignore[x , y,]", " # ngxlint: ignore[y, x] why",
            "# ngxlint: disable[x]\n", "# ngxlint: disable[y, x, x]", "# ngxlint: enable[x]\r\n",
            "# ngxlint: enable[y] why\n", "# ngxlint: file-ignore[x] # ngxlint: ignore[y]",
            "# ngxlint: ignore[z] ] # why\n", "# ngxlint: ignore[é]\r", "d\n# ngxlint: ignore[x]\n;",
        ]), 0..9)) {
            let text = parts.concat();
            let tree = parse(text.as_bytes().into()).tree;
            let (asked, words) = said(&tree);
            for note in notes(&tree) {
                let Asks::Ignore(names) = &note.asks else { continue };
                for name in names {
                    let own = Mention { comment: note.span, name: name.span };
                    let edits = std::iter::once(own).chain(note.end).map(|one| without(&tree, one));
                    let Some(mut edits) = edits.collect::<Option<Vec<_>>>() else { continue };
                    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
                    let mut left = text.clone();
                    for (span, new) in edits {
                        left.replace_range(span.range(), new);
                    }
                    let (then, kept) = said(&parse(left.as_bytes().into()).tree);
                    let mut wanted = asked.clone();
                    let gone = format!("ignore {}", name.text);
                    wanted.remove(wanted.iter().position(|one| *one == gone).unwrap());
                    prop_assert_eq!(&then, &wanted, "{:?} to {:?}", text, left);
                    prop_assert_eq!(&kept, &words, "{:?} to {:?}", text, left);
                }
            }
        }
    }
}
