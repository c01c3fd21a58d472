//! What a pattern matches. PCRE works on bytes and has ways of its own, so nothing is handed to
//! `fancy-regex` as it is written: a pattern is put together anew from sets of bytes, groups and
//! quantifiers, for a text in which every byte is the character of the same number. Whatever has no
//! sure translation has none: references to groups, calls, conditions, verbs and rare options.

use std::cell::OnceCell;

use fancy_regex::{Regex, RegexBuilder};

use super::class::{Bytes, Member};
use super::{Reader, Stop};

/// A regular expression that is compiled when it is first asked.
#[derive(Debug)]
pub(in crate::model) struct Expression {
    pattern: Box<[u8]>,
    caseless: bool,
    /// For texts without a line feed: nearly all.
    plain: OnceCell<Option<Regex>>,
    /// For texts with one: only there it matters to `$` and to `.`.
    lined: OnceCell<Option<Regex>>,
}

/// A text to be matched.
#[derive(Debug)]
pub(in crate::model) struct Text {
    /// Each byte as the character of its number.
    characters: String,
    is_ascii: bool,
    has_line_feed: bool,
}

impl Text {
    pub(in crate::model) fn new(text: &[u8]) -> Self {
        Self {
            characters: text.iter().map(|byte| char::from(*byte)).collect(),
            is_ascii: text.is_ascii(),
            has_line_feed: text.contains(&b'\n'),
        }
    }
}

impl Expression {
    pub(in crate::model) const fn new(pattern: Box<[u8]>, caseless: bool) -> Self {
        Self { pattern, caseless, plain: OnceCell::new(), lined: OnceCell::new() }
    }

    /// Whether it matches somewhere in a text; `None` if that is not sure.
    pub(in crate::model) fn matches(&self, text: &Text) -> Option<bool> {
        let mut pattern = &*self.pattern;
        // `(*UTF8)` is the way of PCRE, `(*UTF)` that of PCRE2. To ASCII they change nothing.
        if let Some(rest) =
            [b"(*UTF8)".as_slice(), b"(*UTF)"].iter().find_map(|verb| pattern.strip_prefix(*verb))
        {
            if !text.is_ascii || !rest.is_ascii() {
                return None;
            }
            pattern = rest;
        }
        let slot = if text.has_line_feed { &self.lined } else { &self.plain };
        let regex = slot.get_or_init(|| {
            super::read(pattern).ok()?;
            let meaning = translate(pattern, self.caseless, text.has_line_feed)?;
            RegexBuilder::new(&meaning)
                .backtrack_limit(MOST_STEPS)
                .delegate_size_limit(MOST_BYTES)
                .build()
                .ok()
        });
        regex.as_ref()?.is_match(text.characters.as_str()).ok()
    }
}

/// Steps back in one match. Locations need a few; PCRE gives up at ten million.
const MOST_STEPS: usize = 100_000;

/// The size of a compiled pattern.
const MOST_BYTES: usize = 1 << 20;

/// Groups in each other.
const DEEPEST: usize = 40;

/// A pattern in the words of `fancy-regex`, for texts with line feeds or for those without.
fn translate(pattern: &[u8], caseless: bool, has_line_feed: bool) -> Option<String> {
    let mut reader = Reader::new(pattern);
    reader.caseless = caseless;
    let mut writer = Writer {
        reader,
        dots: false,
        has_line_feed,
        out: String::new(),
        item: None,
        open: Vec::new(),
    };
    writer.run().ok()?;
    writer.open.is_empty().then_some(writer.out)
}

/// A group that is open: what holds again behind it.
struct Frame {
    caseless: bool,
    dots: bool,
    /// Where it begins in what is written, if it can be repeated.
    item: Option<usize>,
}

struct Writer<'p> {
    reader: Reader<'p>,
    /// Whether `.` takes a line feed.
    dots: bool,
    has_line_feed: bool,
    out: String,
    /// Where the thing begins that a quantifier would follow.
    item: Option<usize>,
    open: Vec<Frame>,
}

impl Writer<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        while let Some(byte) = self.reader.peek(0) {
            match byte {
                b'\\' => self.escape()?,
                b'[' => {
                    let set = self.reader.class()?.ok_or(Stop::Unsure)?;
                    self.set(set);
                }
                b'(' => self.group()?,
                b')' => {
                    let frame = self.open.pop().ok_or(Stop::Unsure)?;
                    self.reader.caseless = frame.caseless;
                    self.dots = frame.dots;
                    self.assert(1, ")");
                    self.item = frame.item;
                }
                b'|' => self.assert(1, "|"),
                b'^' => self.assert(1, r"\A"),
                b'$' => self.assert(1, self.end()),
                b'*' => self.quantifier(1, "*")?,
                b'+' => self.quantifier(1, "+")?,
                b'?' => self.quantifier(1, "?")?,
                b'{' => self.counted()?,
                b'.' => {
                    self.reader.at += 1;
                    let dots = self.dots || !self.has_line_feed;
                    self.set(Bytes::of(|byte| dots || byte != b'\n'));
                }
                _ => {
                    self.reader.at += 1;
                    self.byte(byte);
                }
            }
        }
        Ok(())
    }

    /// The end of a text, or before a line feed there.
    const fn end(&self) -> &'static str {
        if self.has_line_feed { r"(?=\x{0a}?\z)" } else { r"\z" }
    }

    /// Passes over `length` bytes and writes what takes none and is not repeated.
    fn assert(&mut self, length: usize, text: &str) {
        self.reader.at += length;
        self.out.push_str(text);
        self.item = None;
    }

    fn byte(&mut self, byte: u8) {
        let one = Bytes::of(|other| other == byte);
        self.set(if self.reader.caseless { one.folded() } else { one });
    }

    fn set(&mut self, set: Bytes) {
        self.item = Some(self.out.len());
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        for byte in (0..=u8::MAX).filter(|byte| set.has(*byte)) {
            match ranges.last_mut() {
                Some((_, high)) if u16::from(*high) + 1 == u16::from(byte) => *high = byte,
                _ => ranges.push((byte, byte)),
            }
        }
        match ranges.as_slice() {
            [] => self.out.push_str("(?:(?!))"),
            [(low, high)] if low == high => character(&mut self.out, *low),
            ranges => {
                self.out.push('[');
                for (low, high) in ranges {
                    character(&mut self.out, *low);
                    self.out.push('-');
                    character(&mut self.out, *high);
                }
                self.out.push(']');
            }
        }
    }

    fn escape(&mut self) -> Result<(), Stop> {
        match self.reader.peek(1) {
            Some(b'A') => self.assert(2, r"\A"),
            Some(b'z') => self.assert(2, r"\z"),
            Some(b'Z') => self.assert(2, self.end()),
            Some(b'b') => self.assert(2, BOUNDARY),
            Some(b'B') => self.assert(2, NO_BOUNDARY),
            Some(b'Q') => {
                let literal = &self.reader.rest()[2..];
                let end = memchr::memmem::find(literal, b"\\E").unwrap_or(literal.len());
                self.reader.at += 2 + end;
                literal[..end].iter().for_each(|byte| self.byte(*byte));
            }
            Some(b'E') => self.reader.at += 2,
            _ => match self.reader.character()? {
                Member::Byte(byte) => self.byte(byte),
                Member::Set(set) => self.set(set),
                Member::Other => return Err(Stop::Unsure),
            },
        }
        Ok(())
    }

    fn group(&mut self) -> Result<(), Stop> {
        let rest = self.reader.rest();
        let starts = |text: &str| rest.starts_with(text.as_bytes());
        let plain = ["(?>", "(?=", "(?!", "(?<=", "(?<!", "(?:"].into_iter();
        if let Some(text) = plain.into_iter().find(|text| starts(text)) {
            self.open(text.len(), text, matches!(text, "(?:" | "(?>"))
        } else if starts("(?#") {
            let end = memchr::memchr(b')', rest).ok_or(Stop::Unsure)?;
            self.reader.at += end + 1;
            // Whether a quantifier may still follow, releases of PCRE do not agree about.
            self.item = None;
            Ok(())
        } else if let Some(end) = name_end(rest) {
            let length = memchr::memchr(end, &rest[4..]).ok_or(Stop::Unsure)?;
            self.open(4 + length + 1, "(?:", true)
        } else if starts("(?") {
            self.options()
        } else if starts("(*") {
            Err(Stop::Unsure)
        } else {
            self.open(1, "(?:", true)
        }
    }

    fn open(&mut self, length: usize, text: &str, is_repeated: bool) -> Result<(), Stop> {
        if self.open.len() == DEEPEST {
            return Err(Stop::Unsure);
        }
        let item = is_repeated.then_some(self.out.len());
        let caseless = self.reader.caseless;
        self.open.push(Frame { caseless, dots: self.dots, item });
        self.assert(length, text);
        Ok(())
    }

    /// `(?i)`, `(?-i)`, `(?s:` and the like: they hold to the end of the group around them, in its
    /// other branches too.
    fn options(&mut self) -> Result<(), Stop> {
        let rest = self.reader.rest();
        let (mut caseless, mut dots, mut on) = (self.reader.caseless, self.dots, true);
        for (at, byte) in rest.iter().enumerate().skip(2) {
            match byte {
                b'i' => caseless = on,
                b's' => dots = on,
                b'-' if on => on = false,
                b')' => {
                    (self.reader.caseless, self.dots) = (caseless, dots);
                    self.assert(at + 1, "");
                    return Ok(());
                }
                b':' => {
                    self.open(at + 1, "(?:", true)?;
                    (self.reader.caseless, self.dots) = (caseless, dots);
                    return Ok(());
                }
                _ => return Err(Stop::Unsure),
            }
        }
        Err(Stop::Unsure)
    }

    /// `{3}`, `{3,}` or `{3,5}`; what cannot be one stands for itself.
    fn counted(&mut self) -> Result<(), Stop> {
        let rest = self.reader.rest();
        let inside = memchr::memchr(b'}', rest).map(|end| &rest[1..end]);
        let is_of = |bytes: &[u8]| {
            inside.is_some_and(|inside| inside.iter().all(|one| bytes.contains(one)))
        };
        let Some(inside) = inside.filter(|_| is_of(b"0123456789, \t")) else {
            self.reader.at += 1;
            self.byte(b'{');
            return Ok(());
        };
        let commas = inside.iter().filter(|byte| **byte == b',').count();
        let begins = inside.first().is_some_and(u8::is_ascii_digit);
        if !begins || commas > 1 || !is_of(b"0123456789,") {
            return Err(Stop::Unsure);
        }
        let text = crate::model::shown(&rest[..inside.len() + 2]);
        self.quantifier(text.len(), &text)
    }

    fn quantifier(&mut self, length: usize, text: &str) -> Result<(), Stop> {
        let item = self.item.take().ok_or(Stop::Unsure)?;
        self.reader.at += length;
        self.out.push_str(text);
        match self.reader.peek(0) {
            Some(b'?') => self.assert(1, "?"),
            Some(b'+') => {
                self.out.insert_str(item, "(?>");
                self.assert(1, ")");
            }
            _ => {}
        }
        Ok(())
    }
}

fn character(out: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || byte == b'/' {
        out.push(char::from(byte));
    } else {
        out.push_str(&format!("\\x{{{byte:02x}}}"));
    }
}

/// What ends the name of a group, if the text begins with a group that has one.
fn name_end(text: &[u8]) -> Option<u8> {
    match text {
        [b'(', b'?', b'P', b'<', ..] => Some(b'>'),
        [b'(', b'?', b'<', first, ..] if *first != b'=' && *first != b'!' => Some(b'>'),
        [b'(', b'?', b'\'', _, ..] => Some(b'\''),
        _ => None,
    }
}

/// `\b`, for letters of ASCII.
const BOUNDARY: &str = "(?:(?<=[0-9A-Z\\x{5f}a-z])(?![0-9A-Z\\x{5f}a-z])|(?<![0-9A-Z\\x{5f}a-z])(?=[0-9A-Z\\x{5f}a-z]))";

/// `\B`
const NO_BOUNDARY: &str = "(?:(?<=[0-9A-Z\\x{5f}a-z])(?=[0-9A-Z\\x{5f}a-z])|(?<![0-9A-Z\\x{5f}a-z])(?![0-9A-Z\\x{5f}a-z]))";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_pcre() {
        let table: &[(&str, &[u8], Option<bool>)] = &[
            (r"\.php$", b"/a.php", Some(true)),
            (r"\.php$", b"/a.php\n", Some(true)),
            (r"\.php$", b"/a.php\n\n", Some(false)),
            (r"\.php\z", b"/a.php\n", Some(false)),
            (r"\.php\Z", b"/a.php\n", Some(true)),
            ("^/a.b$", b"/a\nb", Some(false)),
            ("(?s)^/a.b$", b"/a\nb", Some(true)),
            ("^/.$", b"/\xe9", Some(true)),
            ("^/.$", "/é".as_bytes(), Some(false)),
            ("^/é$", "/é".as_bytes(), Some(true)),
            ("(?i)^/É$", "/é".as_bytes(), Some(false)),
            (r"^/\d$", "/٣".as_bytes(), Some(false)),
            (r"^/\xe9$", b"/\xe9", Some(true)),
            (r"\bapi\b", b"/api/", Some(true)),
            (r"\bapi\b", b"/api_", Some(false)),
            (r"a\B", b"/ab", Some(true)),
            ("[^a]", b"A", Some(true)),
            ("(?i)[^a]", b"A", Some(false)),
            ("(?i)[[:upper:]]", b"a", Some(true)),
            ("(?i)[[:^upper:]]", b"a", Some(false)),
            ("(?i:a)b", b"Ab", Some(true)),
            ("(?i:a)b", b"AB", Some(false)),
            ("x(?i)a|b", b"B", Some(true)),
            ("(x(?i)a|b)c", b"BC", Some(false)),
            (r"[\w-.]+$", b"-", Some(true)),
            (r"^[\w--/]$", b".", Some(true)),
            ("[]a]", b"]", Some(true)),
            (r"^\h\v\s$", b" \x0b\x0b", Some(true)),
            (r"^\Q.*\E$", b".*", Some(true)),
            ("^a{,3}$", b"a{,3}", None),
            ("^a{x}$", b"a{x}", Some(true)),
            ("^a{2,3}+a$", b"aaa", Some(false)),
            ("^a{2,3}?a$", b"aaa", Some(true)),
            ("^(?>a|ab)c$", b"abc", Some(false)),
            ("^/(?!api)", b"/api", Some(false)),
            ("(?<!x)y$", b"xy", Some(false)),
            (r"(?<=x|\.)y$", b".y", Some(true)),
            (r"^(?<a>.)(?P<b>.)(?'c'.)$", b"abc", Some(true)),
            (r"(.)\1", b"aa", None),
            ("(*UTF8)^/.$", b"/a", Some(true)),
            ("(*UTF8)^/.$", "/é".as_bytes(), None),
            ("(?x)a b", b"ab", None),
            ("(?m)^a", b"a", None),
            ("(", b"(", None),
            (r"[^\s\S]", b"a", Some(false)),
            ("(x+x+)+(?!x)(?=y)", &[b'x'; 48], None),
        ];
        for (pattern, text, expected) in table {
            let expression = Expression::new(pattern.as_bytes().into(), false);
            assert_eq!(expression.matches(&Text::new(text)), *expected, "{pattern} {text:?}");
        }
        let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
        let expression = Expression::new(deep.as_bytes().into(), false);
        assert_eq!(expression.matches(&Text::new(b"a")), None);
    }
}
