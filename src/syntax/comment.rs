//! Comments that speak to ngxlint: `# ngxlint: ignore[rule] reason`, `file-ignore[…]`,
//! `disable[…]` and `enable[…]`, `context=http/server`, `speaks=h2c`; and those that speak to
//! nginx-lint, which is an older tool: `# nginx-lint:ignore rule reason`.

use std::collections::HashMap;

use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::character::complete::char;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::tree::{Directive, NodeId, Tree, TriviaKind};
use crate::nginx::Contexts;
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
    /// The name in an `enable` that ends a `disable`, if it ends no other one.
    pub end: Option<Mention>,
}

/// A name in a comment.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The comment, from its `#`.
    pub comment: Span,
    /// The name.
    pub name: Span,
}

/// What a [`Note`] asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// To take the file for a part of that context: `http/server`.
    Context(Spanned),
    /// To be no longer silent about a rule. No `disable` of that name precedes.
    Enable(Spanned),
    /// To be silent about these rules in the note's scope.
    Ignore(Vec<Spanned>),
    /// To be silent about what these rules of nginx-lint are about.
    NginxLint(Vec<Spanned>),
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
const NGINX_LINT: &[u8] = b"nginx-lint:";

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
            Found::Enable(note, names) => {
                for name in names {
                    let ended = disabled.remove(&name.text).unwrap_or_default();
                    for &one in &ended {
                        notes[one].scope.end = note.span.start;
                    }
                    match ended.as_slice() {
                        [] => notes.push(Note { asks: Asks::Enable(name), ..note.clone() }),
                        [one] => {
                            notes[*one].end = Some(Mention { comment: note.span, name: name.span });
                        }
                        _ => {}
                    }
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
    Enable(Note, Vec<Spanned>),
}

fn note(tree: &Tree, span: Span) -> Option<Found> {
    let bytes = &tree.bytes()[span.range()];
    let Ok((text, _)) = mark(MARK, bytes) else { return nginx_lint(tree, span) };
    let place = |part: &[u8], behind: &[u8]| {
        let end = span.end - behind.len() as u32;
        Spanned {
            text: String::from_utf8_lossy(part).into_owned(),
            span: Span::new(end - part.len() as u32, end),
        }
    };
    let Target { directive, mut scope, .. } = target(tree, span);
    let whole = Span::new(0, tree.bytes().len() as u32);
    let (rest, word) = name(text).ok()?;
    let names = |rest| {
        let (behind, inside) = list(rest).ok()?;
        Some(split(inside, span.end - behind.len() as u32 - 1)).filter(|names| !names.is_empty())
    };
    if matches!(word, b"disable" | b"enable")
        && let Some(names) = names(rest)
    {
        let scope = Span::new(span.start, whole.end);
        let asks = Asks::Unknown(place(word, rest));
        let note = Note { span, asks, directive, scope, end: None };
        return Some(match word {
            b"disable" => Found::Disable(note, names),
            _ => Found::Enable(note, names),
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
    Some(Found::Note(Note { span, asks, directive, scope, end: None }))
}

/// A comment to nginx-lint that asks for what ngxlint can do, too. That tool wants a reason, and
/// means no more than a line.
fn nginx_lint(tree: &Tree, span: Span) -> Option<Found> {
    let bytes = &tree.bytes()[span.range()];
    let (text, _) = mark(NGINX_LINT, bytes).ok()?;
    let (rest, word) = name(text).ok()?;
    let behind = rest.trim_ascii_start();
    if behind.len() == rest.len() {
        return None;
    }
    let first = behind.iter().position(u8::is_ascii_whitespace).unwrap_or(behind.len());
    let (given, reason) = behind.split_at(first);
    let end = span.end - reason.len() as u32;
    let Target { directive, scope, head } = target(tree, span);
    let asks = match word {
        b"ignore" if !reason.trim_ascii().is_empty() => Asks::NginxLint(split(given, end)),
        b"context" => {
            let text = String::from_utf8_lossy(given).replace(',', "/");
            text.parse::<Contexts>().ok()?;
            Asks::Context(Spanned { text, span: Span::new(end - given.len() as u32, end) })
        }
        _ => return None,
    };
    Some(Found::Note(Note { span, asks, directive, scope: head.unwrap_or(scope), end: None }))
}

/// What a comment stands at.
struct Target {
    directive: Option<NodeId>,
    /// Its line if a directive stands before it there, else the next directive with its block.
    scope: Span,
    /// The next directive without its block, if that is what it stands at.
    head: Option<Span>,
}

fn target(tree: &Tree, comment: Span) -> Target {
    let (before, after) = neighbours(tree, comment);
    let line_start =
        memchr::memrchr(b'\n', &tree.bytes()[..comment.start as usize]).map_or(0, |at| at + 1);
    let on_line = before.filter(|directive| directive.terminator().end as usize > line_start);
    let directive = on_line.or(after).map(Directive::node_id);
    let (scope, head) = match (on_line, after) {
        (Some(one), _) => (Span::new(one.span().start.min(line_start as u32), comment.end), None),
        (None, Some(next)) => (next.whole_span(), Some(next.span().to(next.terminator()))),
        (None, None) => (comment, None),
    };
    Target { directive, scope, head }
}

/// The directives before and behind a comment. One that the comment stands in counts as before.
fn neighbours(tree: &Tree, comment: Span) -> (Option<Directive<'_>>, Option<Directive<'_>>) {
    let index = tree.nodes.count_before(comment.start, &tree.words);
    let after = (index < tree.len()).then(|| tree.directive(NodeId::new(index)));
    (tree.before(comment.start), after)
}

fn space(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|byte: u8| byte.is_ascii_whitespace()).parse(input)
}

fn mark<'t>(mark: &[u8], input: &'t [u8]) -> IResult<&'t [u8], &'t [u8]> {
    delimited((char('#'), space), tag(mark), space).parse(input)
}

/// Whether a comment, without its first `#`, speaks to ngxlint once that stands before it.
pub(super) fn speaks(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    text.starts_with(MARK) || text.starts_with(NGINX_LINT)
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
pub(super) fn split(inside: &[u8], end: u32) -> Vec<Spanned> {
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
        assert!(
            matches!(only("# ngxlint: enable[x]").0.asks, Asks::Enable(name) if name.text == "x")
        );
    }

    #[test]
    fn the_end_of_what_is_disabled_is_known_if_it_ends_nothing_else() {
        let ends = |text: &str| {
            let tree = parse(text.as_bytes().into()).tree;
            let end = |note: &Note| note.end.map(|end| text[end.name.range()].to_owned());
            notes(&tree).iter().map(end).collect::<Vec<_>>()
        };
        let one = "# ngxlint: disable[x, y]\n# ngxlint: enable[z, x]";
        assert_eq!(ends(one), [Some("x".to_owned()), None, None]);
        let two = "# ngxlint: disable[x]\n# ngxlint: disable[x]\n# ngxlint: enable[x]";
        assert_eq!(ends(two), [None, None]);
    }

    #[test]
    fn comments_to_nginx_lint_are_understood() {
        let text = "a;\n# nginx-lint:ignore x-y,z as it is\n# more\nb c {\n d;\n}";
        let (note, scope, name) = only(text);
        assert_eq!((scope.as_str(), name.as_deref()), ("b c {", Some("b")));
        let Asks::NginxLint(rules) = note.asks else { panic!("{note:?}") };
        let texts: Vec<_> = rules.iter().map(|rule| &text[rule.span.range()]).collect();
        assert_eq!(texts, ["x-y", "z"]);
        let (_, scope, _) = only("a;\n b; #nginx-lint:ignore x as it is\n c;");
        assert_eq!(scope, " b; #nginx-lint:ignore x as it is");
        let (note, ..) = only("# nginx-lint:context http,server\na;");
        assert!(matches!(note.asks, Asks::Context(word) if word.text == "http/server"));
        for other in [
            "# nginx-lint:ignore x",
            "# nginx-lint:ignore",
            "# nginx-lint:ignorex y z",
            "# nginx-lint:context rtmp",
            "# nginx-lint: well",
        ] {
            assert_eq!(notes(&parse(other.as_bytes().into()).tree), [], "{other}");
        }
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
