//! Groups, and what else begins with a parenthesis.

use super::{Before, Reader, Stop, flaw, is_name};

impl Reader<'_> {
    pub(super) fn group(&mut self) -> Result<(), Stop> {
        let start = self.at;
        match (self.peek(1), self.peek(2)) {
            (Some(b'*'), Some(b':' | b'a'..=b'z' | b'A'..=b'Z')) => {
                let verb = self.up_to(start + 2, b')').ok_or(Stop::Unsure)?;
                let name = &verb[..memchr::memchr(b':', verb).unwrap_or(verb.len())];
                if !VERBS.contains(&name) {
                    return Err(Stop::Unsure);
                }
                self.before = Before::Nothing;
            }
            (Some(b'*'), _) => {
                return flaw(start + 1, "`*` follows nothing that can be repeated");
            }
            (Some(b'?'), _) => {
                self.at += 2;
                self.special(start)?;
            }
            _ => {
                self.captures += 1;
                self.open(start, 1);
            }
        }
        Ok(())
    }

    /// A group begins `length` bytes before what is in it.
    fn open(&mut self, start: usize, length: usize) {
        self.open.push((start, None));
        self.pass(length, Before::Nothing);
    }

    /// A group that begins with `(?`, from what is behind that.
    fn special(&mut self, start: usize) -> Result<(), Stop> {
        let unknown = |text: &[u8]| {
            flaw(start, format!("`{}` begins no group that PCRE knows", crate::model::shown(text)))
        };
        let text = &self.pattern[start..(self.at + 1).min(self.pattern.len())];
        match (self.peek(0), self.peek(1)) {
            (None, _) => return flaw(start, "this `(` is never closed"),
            (Some(b':' | b'>' | b'=' | b'!'), _) => self.open(start, 1),
            (Some(b'|'), _) => {
                self.shares_names = true;
                self.open(start, 1);
            }
            (Some(b'#'), _) => {
                if self.up_to(self.at, b')').is_none() {
                    return flaw(start, "this comment is never closed");
                }
                if self.before == Before::Quantifier {
                    self.before = Before::Item;
                }
            }
            (Some(b'<'), Some(b'=' | b'!')) => self.open(start, 2),
            (Some(b'<'), _) => self.named(start, 1, b'>')?,
            (Some(b'\''), _) => self.named(start, 1, b'\'')?,
            (Some(b'P'), Some(b'<')) => self.named(start, 2, b'>')?,
            (Some(b'P'), Some(b'=' | b'>')) => self.reference(start, 2)?,
            (Some(b'P'), _) => {
                let end = (self.at + 2).min(self.pattern.len());
                return unknown(&self.pattern[start..end]);
            }
            (Some(b'&'), _) => self.reference(start, 1)?,
            (Some(b'('), Some(b'?' | b'*')) => self.open.push((start, Some(1))),
            (Some(b'('), _) => {
                let Some(_) = self.up_to(self.at, b')') else {
                    return flaw(start, "the condition of this group is never closed");
                };
                self.open.push((start, Some(1)));
                self.before = Before::Nothing;
            }
            (Some(b'R' | b'0'..=b'9'), _) if self.call(start) => {}
            (Some(b'0'..=b'9' | b'+' | b'-' | b'R' | b'C' | b'[' | b'^' | b'*'), next) => {
                // `(?-` may begin options, or a call of a group.
                let options = self.peek(0) == Some(b'-')
                    && next.is_some_and(|byte| byte.is_ascii_alphabetic());
                return if options { self.options(start) } else { Err(Stop::Unsure) };
            }
            (
                Some(b')' | b'i' | b'm' | b's' | b'x' | b'n' | b'J' | b'U' | b'X' | b'a' | b'r'),
                _,
            ) => {
                self.options(start)?;
            }
            _ => return unknown(text),
        }
        Ok(())
    }

    /// `(?R)` or `(?1)`, which is a call of a group.
    fn call(&mut self, start: usize) -> bool {
        let rest = self.rest();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = if rest[0] == b'R' { 1 } else { digits };
        if length > 3 || rest.get(length) != Some(&b')') {
            return false;
        }
        let number = rest[..digits].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        self.numbers.push((number, start));
        self.pass(length + 1, Before::Item);
        true
    }

    /// `(?i)` or `(?i:`, from the first letter.
    fn options(&mut self, start: usize) -> Result<(), Stop> {
        let letters =
            self.rest().iter().take_while(|byte| matches!(byte, b'i' | b'm' | b's' | b'U' | b'-'));
        self.at += letters.count();
        match self.peek(0) {
            Some(b')') => self.pass(1, Before::Nothing),
            Some(b':') => self.open(start, 1),
            None => return flaw(start, "this `(` is never closed"),
            Some(byte) if b"xnJXarDSWPT^".contains(&byte) => return Err(Stop::Unsure),
            Some(byte) => {
                let shown = crate::model::shown(&[byte]);
                return flaw(self.at, format!("`{shown}` is no option that PCRE knows"));
            }
        }
        Ok(())
    }

    /// A group with a name, `length` bytes before the name.
    fn named(&mut self, start: usize, length: usize, end: u8) -> Result<(), Stop> {
        let from = self.at + length;
        let rest = self.pattern.get(from..).unwrap_or_default();
        let name = &rest[..rest.iter().take_while(|byte| is_name(&[**byte])).count()];
        if name.is_empty() {
            return flaw(start, "this group has no name");
        }
        if rest.get(name.len()) != Some(&end) {
            let shown = crate::model::shown(name);
            let end = end as char;
            return flaw(
                start,
                format!("the name `{shown}` of this group is not ended by `{end}`"),
            );
        }
        if name[0].is_ascii_digit() {
            return flaw(start, "the name of a group begins with no digit");
        }
        if name.len() > LONGEST_NAME {
            return flaw(start, format!("the name of a group has {LONGEST_NAME} bytes at most"));
        }
        if self.names.contains(&name) && !self.shares_names {
            let shown = crate::model::shown(name);
            return flaw(start, format!("it has two groups of the name `{shown}`"));
        }
        self.names.push(name);
        self.captures += 1;
        self.open(start, length + name.len() + 1);
        Ok(())
    }

    /// A reference to a group by its name, `length` bytes before the name.
    fn reference(&mut self, start: usize, length: usize) -> Result<(), Stop> {
        let Some(name) = self.up_to(self.at + length, b')') else {
            return flaw(start, "this `(` is never closed");
        };
        if !is_name(name) {
            return Err(Stop::Unsure);
        }
        self.references.push((name, start));
        self.before = Before::Item;
        Ok(())
    }
}

/// The longest name of a group: 32 bytes before PCRE2 10.45.
const LONGEST_NAME: usize = 128;

/// The verbs that change nothing about how the rest is read.
const VERBS: [&[u8]; 8] = [b"ACCEPT", b"COMMIT", b"F", b"FAIL", b"PRUNE", b"SKIP", b"THEN", b""];
