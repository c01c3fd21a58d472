//! Regular expressions, as far as every PCRE surely refuses them: nginx may be built with PCRE or
//! with PCRE2, old or new, and what one of them takes is right. Where options change how the rest
//! is read, the rest is not judged.

mod class;
mod group;
mod meaning;
#[cfg(test)]
mod tests;

pub(super) use meaning::{Expression, Text};

/// What is known of a pattern that nothing is wrong with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape<'p> {
    /// How many groups capture; `None` if that is not sure.
    pub(super) captures: Option<u32>,
    /// The names of groups.
    pub(super) names: Vec<&'p [u8]>,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Where, in the pattern.
    pub(super) at: usize,
    /// What, as a part of a sentence.
    pub(super) message: String,
}

/// Reads a pattern.
pub(super) fn read(pattern: &[u8]) -> Result<Shape<'_>, Flaw> {
    let mut reader = Reader::new(pattern);
    match reader.run() {
        Ok(()) => Ok(Shape { captures: Some(reader.captures), names: reader.names }),
        Err(Stop::Unsure) => Ok(Shape { captures: None, names: reader.names }),
        Err(Stop::Flaw(flaw)) => Err(flaw),
    }
}

/// Why reading ends early.
enum Stop {
    Flaw(Flaw),
    /// What follows may be read in more ways than one.
    Unsure,
}

/// What a quantifier would follow.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Before {
    /// Nothing that can be repeated.
    Nothing,
    Item,
    /// A quantifier that `?` or `+` may follow.
    Quantifier,
}

struct Reader<'p> {
    pattern: &'p [u8],
    at: usize,
    /// Whether the case of letters is ignored, where that matters: for the bytes of a class.
    caseless: bool,
    before: Before,
    /// Where the groups that are open begin, and of a condition the branches that it may still have.
    open: Vec<(usize, Option<u32>)>,
    captures: u32,
    names: Vec<&'p [u8]>,
    /// Whether alternatives may give the same names.
    shares_names: bool,
    /// References to groups by number and by name, and where.
    numbers: Vec<(u32, usize)>,
    references: Vec<(&'p [u8], usize)>,
}

fn flaw<T>(at: usize, message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Flaw(Flaw { at, message: message.into() }))
}

impl<'p> Reader<'p> {
    const fn new(pattern: &'p [u8]) -> Self {
        Self {
            pattern,
            at: 0,
            caseless: false,
            before: Before::Nothing,
            open: Vec::new(),
            captures: 0,
            names: Vec::new(),
            shares_names: false,
            numbers: Vec::new(),
            references: Vec::new(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.pattern.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'p [u8] {
        &self.pattern[self.at.min(self.pattern.len())..]
    }

    /// The bytes from `from` up to `end`, which is passed over.
    fn up_to(&mut self, from: usize, end: u8) -> Option<&'p [u8]> {
        let rest = self.pattern.get(from..)?;
        let length = memchr::memchr(end, rest)?;
        self.at = from + length + 1;
        Some(&rest[..length])
    }

    fn run(&mut self) -> Result<(), Stop> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.escape()?,
                b'[' => _ = self.class()?,
                b'(' => self.group()?,
                b')' => {
                    if self.open.pop().is_none() {
                        return flaw(self.at, "this `)` closes nothing");
                    }
                    self.pass(1, Before::Item);
                }
                b'|' => self.branch()?,
                b'^' | b'$' => self.pass(1, Before::Nothing),
                b'*' | b'+' | b'?' => self.quantifier(1)?,
                b'{' => self.counted()?,
                _ => self.pass(1, Before::Item),
            }
        }
        if let Some((at, _)) = self.open.last() {
            return flaw(*at, "this `(` is never closed");
        }
        if let Some((number, at)) = self.numbers.iter().find(|(number, _)| *number > self.captures)
        {
            return flaw(*at, format!("it has no group {number} to refer to"));
        }
        if let Some((name, at)) =
            self.references.iter().find(|(name, _)| !self.names.contains(name))
        {
            return flaw(
                *at,
                format!("it has no group `{}` to refer to", crate::model::shown(name)),
            );
        }
        Ok(())
    }

    fn pass(&mut self, length: usize, before: Before) {
        self.at += length;
        self.before = before;
    }

    fn branch(&mut self) -> Result<(), Stop> {
        if let Some((at, Some(left))) = self.open.last_mut() {
            if *left == 0 {
                return flaw(*at, "a condition has two branches, not more");
            }
            *left -= 1;
        }
        self.pass(1, Before::Nothing);
        Ok(())
    }

    fn quantifier(&mut self, length: usize) -> Result<(), Stop> {
        let text = &self.rest()[..length];
        match self.before {
            Before::Item => self.pass(length, Before::Quantifier),
            Before::Quantifier if matches!(text, b"?" | b"+") => self.pass(1, Before::Nothing),
            _ => {
                let shown = crate::model::shown(text);
                return flaw(self.at, format!("`{shown}` follows nothing that can be repeated"));
            }
        }
        Ok(())
    }

    /// `{3}`, `{3,}` or `{3,5}`; any other `{` stands for itself.
    fn counted(&mut self) -> Result<(), Stop> {
        let Some(length) = memchr::memchr(b'}', self.rest()) else {
            self.pass(1, Before::Item);
            return Ok(());
        };
        let inside = &self.rest()[1..length];
        let (least, most) = match memchr::memchr(b',', inside) {
            Some(comma) => (&inside[..comma], &inside[comma + 1..]),
            None => (inside, [].as_slice()),
        };
        let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        if least.is_empty() || !digits(least) || !digits(most) {
            // `{,5}` and blanks are something else since PCRE2 10.43.
            let plain = !inside.iter().all(|byte| b"0123456789, \t".contains(byte));
            return if plain || inside.is_empty() {
                self.pass(1, Before::Item);
                Ok(())
            } else {
                Err(Stop::Unsure)
            };
        }
        let number = |text: &[u8]| {
            text.iter().fold(0_u32, |sum, digit| {
                sum.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
            })
        };
        if number(least).max(number(most)) > MOST_REPEATED {
            return flaw(
                self.at,
                format!("nothing can be repeated more than {MOST_REPEATED} times"),
            );
        }
        if !most.is_empty() && number(least) > number(most) {
            return flaw(self.at, "the numbers of this quantifier are out of order");
        }
        self.quantifier(length + 1)
    }

    fn escape(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let Some(byte) = self.peek(1) else {
            return flaw(start, "it ends with a backslash");
        };
        match byte {
            b'b' | b'B' | b'A' | b'z' | b'Z' | b'G' | b'K' => self.pass(2, Before::Nothing),
            b'E' => self.at += 2,
            b'Q' => {
                let literal = &self.rest()[2..];
                let end = memchr::memmem::find(literal, b"\\E");
                let length = end.unwrap_or(literal.len());
                let before = if length == 0 { self.before } else { Before::Item };
                self.pass(2 + length, before);
            }
            b'1'..=b'9' => {
                let length = self.rest()[1..].iter().take_while(|byte| byte.is_ascii_digit());
                let length = length.count();
                // PCRE takes `\8` and `\9` for the digits.
                if length == 1 && byte < b'8' {
                    self.numbers.push((u32::from(byte - b'0'), start));
                }
                self.pass(1 + length, Before::Item);
            }
            b'g' => {
                let end = match self.peek(2) {
                    Some(b'{') => Some(b'}'),
                    Some(b'<') => Some(b'>'),
                    Some(b'\'') => Some(b'\''),
                    Some(b'+' | b'-' | b'0'..=b'9') => None,
                    _ => return flaw(start, "`\\g` is followed by no group"),
                };
                match end {
                    Some(end) => {
                        self.up_to(start + 3, end).ok_or(Stop::Unsure)?;
                        self.before = Before::Item;
                    }
                    None => self.pass(3, Before::Item),
                }
            }
            b'k' => {
                let end = match self.peek(2) {
                    Some(b'{') => b'}',
                    Some(b'<') => b'>',
                    Some(b'\'') => b'\'',
                    _ => return flaw(start, "`\\k` is followed by no name of a group"),
                };
                let name = self.up_to(start + 3, end).ok_or(Stop::Unsure)?;
                if is_name(name) {
                    self.references.push((name, start));
                }
                self.before = Before::Item;
            }
            _ => {
                self.character()?;
                self.before = Before::Item;
            }
        }
        Ok(())
    }
}

fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The greatest number in a quantifier.
const MOST_REPEATED: u32 = 65_535;
