//! Comments that speak to ngxlint: `# ngxlint: ignore[rule] reason`, `file-ignore[…]`,
//! `disable[…]` and `enable[…]`, `context=http/server`, `speaks=h2c`.

use std::collections::HashMap;

use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::character::complete::char;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::tree::{Directive, NodeId, Tree, TriviaKind};
use crate::source::Span;

/// One comment to ngxlint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The comment, from its `#`.
    pub span: Span,
    /// What it asks for.
    pub asks: Asks,
    /// The directive it speaks of: the last before it on its line, else the next behind it.
    pub directive: Option<NodeId>,
    /// The bytes whose findings an `ignore` speaks of: its line if a directive stands before it
    /// there, else that directive with its block; for `file-ignore` the whole text; for `disable`
    /// what follows, up to the `enable` of the same rule.
    pub scope: Span,
}

/// What a [`Note`] asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// To take the file for a part of that context: `http/server`.
    Context(Spanned),
    /// To be silent about these rules in the note's scope.
    Ignore(Vec<Spanned>),
    /// To take the peer, or every peer of the pass, for one that speaks these protocols.
    Speaks(Spanned),
    /// Something that ngxlint does not know.
    Unknown(Spanned),
}

/// A piece of a comment, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned {
    /// The text; bytes that are no UTF-8 replaced.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

const MARK: &[u8] = b"ngxlint:";

/// The notes of a text, in order.
pub fn notes(tree: &Tree) -> Vec<Note> {
    let comments = tree.trivia().iter().filter(|one| one.kind == TriviaKind::Comment);
    let mut notes = Vec::new();
    // Each `disable` that is not yet ended, by the name it disables and its place in `notes`.
    let mut disabled: HashMap<String, Vec<usize>> = HashMap::new();
    for found in comments.filter_map(|comment| note(tree, comment.span)) {
        match found {
            Found::Note(note) => notes.push(note),
            Found::Disable(note, names) => {
                for name in names {
                    disabled.entry(name.text.clone()).or_default().push(notes.len());
                    notes.push(Note { asks: Asks::Ignore(vec![name]), ..note.clone() });
                }
            }
            Found::Enable(note, names, word) => {
                let ended = names.iter().filter_map(|name| disabled.remove(&name.text));
                let ended: Vec<usize> = ended.flatten().collect();
                for &one in &ended {
                    notes[one].scope.end = note.span.start;
                }
                if ended.is_empty() {
                    notes.push(Note { asks: Asks::Unknown(word), ..note });
                }
            }
        }
    }
    notes
}

/// A comment by itself, before a `disable` has met its `enable`.
enum Found {
    Note(Note),
    Disable(Note, Vec<Spanned>),
    Enable(Note, Vec<Spanned>, Spanned),
}

fn note(tree: &Tree, span: Span) -> Option<Found> {
    let bytes = &tree.bytes()[span.range()];
    let (text, _) = mark(bytes).ok()?;
    let place = |part: &[u8], behind: &[u8]| {
        let end = span.end - behind.len() as u32;
        Spanned {
            text: String::from_utf8_lossy(part).into_owned(),
            span: Span::new(end - part.len() as u32, end),
        }
    };
    let (before, after) = neighbours(tree, span);
    let line_start =
        memchr::memrchr(b'\n', &tree.bytes()[..span.start as usize]).map_or(0, |at| at + 1);
    let on_line = before.filter(|directive| directive.terminator().end as usize > line_start);
    let whole = Span::new(0, tree.bytes().len() as u32);
    let mut scope = match (on_line, after) {
        (Some(directive), _) => Span::new(directive.span().start.min(line_start as u32), span.end),
        (None, Some(next)) => next.whole_span(),
        (None, None) => span,
    };
    let (rest, word) = name(text).ok()?;
    let directive = on_line.or(after).map(Directive::node_id);
    let names = |rest| {
        let (behind, inside) = list(rest).ok()?;
        Some(split(inside, span.end - behind.len() as u32 - 1)).filter(|names| !names.is_empty())
    };
    if matches!(word, b"disable" | b"enable")
        && let Some(names) = names(rest)
    {
        let scope = Span::new(span.start, whole.end);
        let spanned = place(word, rest);
        let note = Note { span, asks: Asks::Unknown(spanned.clone()), directive, scope };
        return Some(match word {
            b"disable" => Found::Disable(note, names),
            _ => Found::Enable(note, names, spanned),
        });
    }
    let asks = match (word, rest.first()) {
        (b"ignore" | b"file-ignore", Some(b'[')) => match names(rest) {
            Some(names) => {
                if word == b"file-ignore" {
                    scope = whole;
                }
                Asks::Ignore(names)
            }
            None => Asks::Unknown(place(word, rest)),
        },
        (b"context" | b"speaks", Some(b'=')) if value(rest).is_ok() => {
            let (behind, given) = value(rest).ok()?;
            let given = place(given, behind);
            if word == b"context" { Asks::Context(given) } else { Asks::Speaks(given) }
        }
        _ => Asks::Unknown(place(word, rest)),
    };
    Some(Found::Note(Note { span, asks, directive, scope }))
}

/// The directives before and behind a comment. One that the comment stands in counts as before.
fn neighbours(tree: &Tree, comment: Span) -> (Option<Directive<'_>>, Option<Directive<'_>>) {
    let index = tree.nodes.count_before(comment.start, &tree.words);
    let at = |index: usize| (index < tree.len()).then(|| tree.directive(NodeId::new(index)));
    (index.checked_sub(1).and_then(at), at(index))
}

fn space(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|byte: u8| byte.is_ascii_whitespace()).parse(input)
}

fn mark(input: &[u8]) -> IResult<&[u8], &[u8]> {
    delimited((char('#'), space), tag(MARK), space).parse(input)
}

fn name(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_').parse(input)
}

fn list(input: &[u8]) -> IResult<&[u8], &[u8]> {
    delimited(char('['), take_till(|byte| byte == b']'), char(']')).parse(input)
}

/// A value, which ends at blank space that no comma precedes: `speaks=tls, http/1.1`.
fn value(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, _) = char('=').parse(input)?;
    let mut end = 0;
    for (at, byte) in rest.iter().enumerate() {
        if !byte.is_ascii_whitespace() {
            end = at + 1;
        } else if end == 0 || rest[end - 1] != b',' {
            break;
        }
    }
    let (_, given) = take_while1(|byte: u8| !byte.is_ascii_whitespace()).parse(rest)?;
    let given = if given.len() < end { &rest[..end] } else { given };
    Ok((&rest[given.len()..], given))
}

/// The names of a list that ends at offset `end`.
fn split(inside: &[u8], end: u32) -> Vec<Spanned> {
    let mut at = end - inside.len() as u32;
    let mut names = Vec::new();
    for part in inside.split(|&byte| byte == b',') {
        let trimmed = part.trim_ascii();
        let start = at + (part.len() - part.trim_ascii_start().len()) as u32;
        if !trimmed.is_empty() {
            let text = String::from_utf8_lossy(trimmed).into_owned();
            names.push(Spanned { text, span: Span::new(start, start + trimmed.len() as u32) });
        }
        at += part.len() as u32 + 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    fn only(text: &str) -> (Note, String, Option<String>) {
        let tree = parse(text.as_bytes().into()).tree;
        let note = notes(&tree).pop().expect(text);
        let name = note
            .directive
            .map(|id| String::from_utf8_lossy(tree.directive(id).name().raw()).into_owned());
        let scope = text[note.scope.range()].to_owned();
        (note, scope, name)
    }

    #[test]
    fn a_note_on_a_line_speaks_of_it() {
        let (note, scope, name) = only("a;\n b c; # ngxlint: ignore[x-y, z] because\nd;");
        assert_eq!(scope, " b c; # ngxlint: ignore[x-y, z] because");
        assert_eq!(name.as_deref(), Some("b"));
        let Asks::Ignore(rules) = note.asks else { panic!("{note:?}") };
        let texts: Vec<_> = rules.iter().map(|rule| rule.text.as_str()).collect();
        assert_eq!(texts, ["x-y", "z"]);
        assert_eq!(rules[1].span.start, 32);
    }

    #[test]
    fn a_note_behind_the_last_line_of_a_directive_speaks_of_all_of_it() {
        for text in ["a;\nb\n c; # ngxlint: ignore[x]", "a;\nb\n c\n; # ngxlint: ignore[x]"] {
            let (_, scope, name) = only(text);
            assert_eq!((scope.as_str(), name.as_deref()), (&text[3..], Some("b")), "{text}");
        }
    }

    #[test]
    fn a_note_above_speaks_of_the_next_directive_and_its_block() {
        let (_, scope, name) = only("a;\n#ngxlint: ignore[x]\n# and why\nb { c; }\nd;");
        assert_eq!((scope.as_str(), name.as_deref()), ("b { c; }", Some("b")));
    }

    #[test]
    fn a_note_behind_a_brace_speaks_of_its_line() {
        let (_, scope, name) = only("b { # ngxlint: ignore[x]\n c; }");
        assert_eq!((scope.as_str(), name.as_deref()), ("b { # ngxlint: ignore[x]", Some("b")));
    }

    #[test]
    fn what_is_disabled_is_so_until_it_is_enabled() {
        let text = "# ngxlint: disable[x, y]\na;\n# ngxlint: enable[x]\nb;";
        let tree = parse(text.as_bytes().into()).tree;
        let scopes: Vec<_> =
            notes(&tree).iter().map(|note| text[note.scope.range()].to_owned()).collect();
        assert_eq!(scopes, ["# ngxlint: disable[x, y]\na;\n", text]);
        assert!(matches!(only("# ngxlint: enable[x]").0.asks, Asks::Unknown(_)));
    }

    #[test]
    fn other_notes() {
        let (note, scope, _) = only("# ngxlint: file-ignore[x]\na;");
        assert!(matches!(note.asks, Asks::Ignore(_)));
        assert_eq!(scope, "# ngxlint: file-ignore[x]\na;");
        let (note, ..) = only("server a; # ngxlint: speaks=tls,http/1.1 as its manual says");
        assert!(matches!(note.asks, Asks::Speaks(s) if s.text == "tls,http/1.1"));
        let (note, ..) = only("server a; # ngxlint: speaks=tls, http/1.1 as it says");
        assert!(matches!(note.asks, Asks::Speaks(s) if s.text == "tls, http/1.1"));
        let (note, ..) = only("# ngxlint: context=http/server\n");
        assert!(matches!(note.asks, Asks::Context(s) if s.text == "http/server"));
        for unknown in [
            "# ngxlint: speaks=",
            "# ngxlint: ignroe[x]",
            "# ngxlint: ignore x",
            "# ngxlint: ignore[x",
            "# ngxlint:",
        ] {
            assert!(matches!(only(unknown).0.asks, Asks::Unknown(_)), "{unknown}");
        }
    }
}
