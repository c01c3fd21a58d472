//! What people and programs do to a configuration, well and badly: single changes, in an order that
//! the bytes of the input choose.

use std::ops::Range;
use std::path::PathBuf;

use arbitrary::{Result, Unstructured};
use ngxlint::nginx::DirectiveId;
use ngxlint::syntax;

use super::material::material;
use crate::law::fix::Case;

/// Does to the files of a case what the bytes say, until they end.
pub(super) fn mutate(case: &mut Case, bytes: &mut Unstructured<'_>) {
    for _ in 0..MOST {
        if bytes.is_empty() || step(case, bytes).is_err() {
            return;
        }
    }
}

/// One change of one file that is no settings.
fn step(case: &mut Case, bytes: &mut Unstructured<'_>) -> Result<()> {
    let is_conf = |path: &&PathBuf| {
        !path.starts_with("/repo/.git") && path.extension().is_none_or(|end| end != "toml")
    };
    let paths: Vec<PathBuf> = case.files.keys().filter(is_conf).cloned().collect();
    let path = bytes.choose(&paths)?.clone();
    let change = bytes.int_in_range(0..=CHANGES.len())?;
    let mut text = case.files.remove(&path).unwrap_or_default();
    let result = match CHANGES.get(change) {
        Some(change) => change(&mut text, bytes),
        None => outsource(&mut text, bytes).map(|part| {
            case.files.insert("/repo/part.inc".into(), part);
        }),
    };
    case.files.insert(path, text);
    result
}

type Change = fn(&mut Vec<u8>, &mut Unstructured<'_>) -> Result<()>;

const CHANGES: [Change; 16] = [
    delete, repeat, insert, insert, insert, replace, word, word, word, rename, move_away, wrap,
    stray, quote, comment, whole,
];

/// A directive with its block.
fn directive(text: &[u8], bytes: &mut Unstructured<'_>) -> Result<Range<usize>> {
    let tree = syntax::parse(text.into()).tree;
    let spans: Vec<_> = tree.directives().map(|one| one.whole_span().range()).collect();
    bytes.choose(&spans).cloned()
}

fn delete(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = directive(text, bytes)?;
    text.drain(at);
    Ok(())
}

/// What stands between a directive and the next.
fn gap(bytes: &mut Unstructured<'_>) -> Result<&'static [u8]> {
    bytes.choose(&[b"\n" as &[u8], b" ", b"", b"\r\n", b"\n\n\t", b" # c\n", b"\r"]).copied()
}

fn repeat(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = directive(text, bytes)?;
    let again = [gap(bytes)?, &text[at.clone()]].concat();
    text.splice(at.end..at.end, again);
    Ok(())
}

/// A directive of anywhere before or behind one, as its kin.
fn insert(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = directive(text, bytes)?;
    let one = bytes.choose(&material().directives)?;
    let gap = gap(bytes)?;
    if bytes.arbitrary()? {
        text.splice(at.end..at.end, [gap, one].concat());
    } else {
        text.splice(at.start..at.start, [one, gap].concat());
    }
    Ok(())
}

fn replace(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = directive(text, bytes)?;
    text.splice(at, bytes.choose(&material().directives)?.iter().copied());
    Ok(())
}

/// Another word, mostly one of the same text: so the two speak of the same thing.
fn word(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let tree = syntax::parse(text.as_slice().into()).tree;
    let own: Vec<_> = tree.words().map(|word| (word.span().range(), word.raw())).collect();
    let (at, _) = bytes.choose(&own)?.clone();
    let other = match bytes.int_in_range(0..=3)? {
        0 => bytes.choose(&material().words)?.as_slice(),
        1 => bytes.choose(&WORDS)?,
        _ => bytes.choose(&own)?.1,
    };
    let other = other.to_vec();
    text.splice(at, other);
    Ok(())
}

/// Another name of nginx, or the same misspelt.
fn rename(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let tree = syntax::parse(text.as_slice().into()).tree;
    let names: Vec<_> = tree.directives().map(|one| one.name().span().range()).collect();
    let at = bytes.choose(&names)?.clone();
    if bytes.arbitrary()? {
        let letter = bytes.choose_index(at.len())?;
        text.remove(at.start + letter);
    } else {
        let index = bytes.choose_index(DirectiveId::COUNT)?;
        let name = DirectiveId::all().nth(index).map_or("", DirectiveId::name);
        text.splice(at, name.bytes());
    }
    Ok(())
}

fn move_away(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = directive(text, bytes)?;
    let moved: Vec<u8> = text.drain(at).collect();
    let to = directive(text, bytes)?;
    let moved = [&moved, gap(bytes)?].concat();
    text.splice(to.start..to.start, moved);
    Ok(())
}

/// A block around a directive.
fn wrap(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = directive(text, bytes)?;
    let block = bytes.choose(&BLOCKS)?;
    let wrapped = [block, gap(bytes)?, &text[at.clone()], gap(bytes)?, b"}"].concat();
    text.splice(at, wrapped);
    Ok(())
}

/// A byte where it hurts, or one less.
fn stray(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let tree = syntax::parse(text.as_slice().into()).tree;
    let pieces = syntax::pieces(&tree);
    let at = bytes.choose(&pieces)?.span.range();
    if bytes.arbitrary()? {
        text.drain(at);
    } else {
        let at = if bytes.arbitrary()? { at.start } else { at.end };
        text.splice(at..at, bytes.choose(&STRAY)?.iter().copied());
    }
    Ok(())
}

fn quote(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let tree = syntax::parse(text.as_slice().into()).tree;
    let words: Vec<_> = tree.words().map(|word| word.span().range()).collect();
    let at = bytes.choose(&words)?.clone();
    let quote = *bytes.choose(b"\"'")?;
    text.insert(at.end, quote);
    text.insert(at.start, quote);
    Ok(())
}

/// A comment behind a word, or a line of its own.
fn comment(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = if bytes.arbitrary()? {
        directive(text, bytes)?
    } else {
        let tree = syntax::parse(text.as_slice().into()).tree;
        let words: Vec<_> = tree.words().map(|word| word.span().range()).collect();
        bytes.choose(&words)?.clone()
    };
    text.splice(at.end..at.end, bytes.choose(&COMMENTS)?.iter().copied());
    Ok(())
}

/// The whole text in another style.
fn whole(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let replaced = |text: &[u8], from: u8, to: &[u8]| {
        let of = |byte: &u8| if *byte == from { to.to_vec() } else { vec![*byte] };
        text.iter().flat_map(of).collect::<Vec<u8>>()
    };
    match bytes.int_in_range(0..=5)? {
        0 => *text = replaced(text, b'\n', b"\r\n"),
        1 => *text = replaced(text, b'\n', b" "),
        2 => *text = replaced(text, b' ', b"\t"),
        3 => *text = replaced(text, b';', b" ;\n"),
        4 => drop(text.splice(0..0, *b"\xef\xbb\xbf")),
        _ => *text = text.trim_ascii_end().to_vec(),
    }
    Ok(())
}

/// Puts a directive into a file of its own, which is included there and perhaps elsewhere.
fn outsource(text: &mut Vec<u8>, bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let at = directive(text, bytes)?;
    let part: Vec<u8> = text.splice(at, *b"include part.inc;").collect();
    if bytes.arbitrary()? {
        let at = directive(text, bytes)?;
        text.splice(at.start..at.start, *b"include part.inc; ");
    }
    Ok(part)
}

const WORDS: [&[u8]; 22] = [
    b"http://",
    b"https://127.0.0.1:8443",
    b"http://127.0.0.1:8443",
    b"$host",
    b"${a}",
    b"on",
    b"off",
    b"ssl",
    b"http2",
    b"443",
    b"80",
    b"127.0.0.1:8081",
    b"unix:/a.sock",
    b"2",
    b"1.1",
    b"1.0",
    b"\"\"",
    b"upgrade",
    b"{{ x }}",
    b"$a$b",
    b"\"a b\"",
    b"a\\;b",
];

const BLOCKS: [&[u8]; 10] = [
    b"server {",
    b"location /x {",
    b"if ($a) {",
    b"http {",
    b"upstream u {",
    b"stream {",
    b"map $a $b {",
    b"limit_except GET {",
    b"types {",
    b"location ~ ^/(.*)$ {",
];

const STRAY: [&[u8]; 16] = [
    b";",
    b"}",
    b"{",
    b"\"",
    b"'",
    b"\\",
    b"#",
    b"$",
    b" ",
    b"\n",
    b"\r",
    b"\0",
    b"\xe9",
    b"\xef\xbb\xbf",
    b"{{",
    b"content_by_lua_block { local a = '}' }",
];

const COMMENTS: [&[u8]; 10] = [
    b" # c\n",
    b"\n# c \"'{;\n",
    b" # \xe9\n",
    b" # ngxlint: speaks=h2c\n",
    b" # ngxlint: speaks=tls\n",
    b" # ngxlint: ignore[protocol]\n",
    b"\n# ngxlint: disable[correctness]\n",
    b"\n# ngxlint: context=http\n",
    b"#\r\n",
    b" # a;}\r\n",
];

/// So many changes: more make nothing but noise.
const MOST: usize = 8;
