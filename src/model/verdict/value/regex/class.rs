//! Classes in brackets, and single characters.

use super::{Before, Reader, Stop, flaw};

impl Reader<'_> {
    /// A backslash with what belongs to it, in a class or outside.
    pub(super) fn character(&mut self) -> Result<Member, Stop> {
        let start = self.at;
        let Some(byte) = self.peek(1) else {
            return flaw(start, "it ends with a backslash");
        };
        self.at += 2;
        Ok(match byte {
            b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'h' | b'H' | b'v' | b'V' => Member::Set,
            b'n' => Member::Byte(b'\n'),
            b'r' => Member::Byte(b'\r'),
            b't' => Member::Byte(b'\t'),
            b'f' => Member::Byte(0x0c),
            b'a' => Member::Byte(0x07),
            b'e' => Member::Byte(0x1b),
            b'L' | b'l' | b'U' | b'u' => {
                let letter = byte as char;
                return flaw(start, format!("PCRE has no `\\{letter}`"));
            }
            b'c' => match self.peek(0) {
                Some(b' '..=b'~') => {
                    self.at += 1;
                    Member::Other
                }
                _ => return flaw(start, "`\\c` is followed by no printable character"),
            },
            b'x' if self.peek(0) == Some(b'{') => return self.code(start, 16),
            b'x' => {
                let digits = self.rest().iter().take(2).take_while(|byte| byte.is_ascii_hexdigit());
                let digits = &self.rest()[..digits.count()];
                self.at += digits.len();
                Member::Byte(number(digits, 16).unwrap_or(0) as u8)
            }
            b'o' if self.peek(0) == Some(b'{') => return self.code(start, 8),
            b'o' => return flaw(start, "`\\o` is followed by no `{`"),
            b'p' | b'P' => match self.peek(0) {
                None => return flaw(start, "`\\p` is followed by no property"),
                Some(b'{') => match self.up_to(self.at + 1, b'}') {
                    None => return flaw(start, "this `\\p{` is never closed"),
                    Some(_) => Member::Other,
                },
                Some(_) => {
                    self.at += 1;
                    Member::Other
                }
            },
            b'0'..=b'7' => {
                let more =
                    self.rest().iter().take(2).take_while(|byte| (b'0'..b'8').contains(byte));
                self.at += more.count();
                Member::Other
            }
            _ if byte.is_ascii_alphanumeric() => Member::Other,
            _ => Member::Byte(byte),
        })
    }

    /// `\x{41}` or `\o{101}`, from its brace.
    fn code(&mut self, start: usize, base: u32) -> Result<Member, Stop> {
        let digits = self.up_to(self.at + 1, b'}').unwrap_or_default();
        if digits.is_empty() || digits.iter().any(u8::is_ascii_whitespace) {
            return Err(Stop::Unsure);
        }
        match number(digits, base) {
            None => flaw(start, format!("the number of this character is not of base {base}")),
            Some(0x100..) => flaw(start, "the number of this character is greater than 255"),
            Some(code) => Ok(Member::Byte(code as u8)),
        }
    }

    pub(super) fn class(&mut self) -> Result<(), Stop> {
        let start = self.at;
        if let Some(name) = posix(self.rest()) {
            let shown = crate::model::shown(&self.rest()[..name.len() + 4]);
            return flaw(start, format!("`{shown}` must stand in a class: `[{shown}]`"));
        }
        self.at += 1 + usize::from(self.peek(1) == Some(b'^'));
        let first = self.at;
        // What a `-` would make a range of.
        let mut low: Option<u8> = None;
        loop {
            let Some(byte) = self.peek(0) else {
                return flaw(start, "this `[` is never closed");
            };
            if byte == b']' && self.at > first {
                self.pass(1, Before::Item);
                return Ok(());
            }
            let high = match byte {
                b'-' if low.is_some() && self.peek(1).is_some_and(|next| next != b']') => {
                    self.at += 1;
                    true
                }
                _ => false,
            };
            let at = self.at;
            let member = self.member()?;
            low = match (low.filter(|_| high), member) {
                (Some(low), Member::Byte(high)) if low > high => {
                    return flaw(at, "this range is out of order");
                }
                (Some(_), Member::Set) => return flaw(at, "a range ends with no single character"),
                (None, Member::Byte(byte)) => Some(byte),
                _ => None,
            };
        }
    }

    /// One thing in a class.
    fn member(&mut self) -> Result<Member, Stop> {
        match (self.peek(0), self.peek(1)) {
            (Some(b'\\'), Some(b'Q' | b'E')) => Err(Stop::Unsure),
            (Some(b'\\'), Some(b'N')) => flaw(self.at, "`\\N` has no place in a class"),
            (Some(b'\\'), Some(b'b')) => {
                self.at += 2;
                Ok(Member::Byte(0x08))
            }
            (Some(b'\\'), _) => self.character(),
            (Some(b'['), _) => {
                let Some(name) = posix(self.rest()) else {
                    let opens = self.peek(1).is_some_and(|byte| {
                        let end = [byte, b']'];
                        b":.=".contains(&byte)
                            && memchr::memmem::find(&self.rest()[2..], &end).is_some()
                    });
                    self.at += 1;
                    return if opens { Err(Stop::Unsure) } else { Ok(Member::Byte(b'[')) };
                };
                let known = name.strip_prefix(b"^").unwrap_or(name);
                if !POSIX.contains(&known) {
                    let shown = crate::model::shown(name);
                    return flaw(self.at, format!("there is no class `[:{shown}:]`"));
                }
                self.at += name.len() + 4;
                Ok(Member::Set)
            }
            (byte, _) => {
                self.at += 1;
                Ok(Member::Byte(byte.unwrap_or_default()))
            }
        }
    }
}

/// What stands in a class.
pub(super) enum Member {
    Byte(u8),
    /// Many characters.
    Set,
    /// One or many, who knows.
    Other,
}

/// The name in a text that begins with `[:name:]`.
fn posix(text: &[u8]) -> Option<&[u8]> {
    let name = text.strip_prefix(b"[:")?;
    let inverse = usize::from(name.first() == Some(&b'^'));
    let letters = name[inverse..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let length = inverse + letters;
    (letters > 0 && name[length..].starts_with(b":]")).then_some(&name[..length])
}

fn number(digits: &[u8], base: u32) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| {
        let digit = (*digit as char).to_digit(base)?;
        Some(sum.saturating_mul(base).saturating_add(digit))
    })
}

/// The names of classes in brackets.
const POSIX: [&[u8]; 14] = [
    b"alnum", b"alpha", b"ascii", b"blank", b"cntrl", b"digit", b"graph", b"lower", b"print",
    b"punct", b"space", b"upper", b"word", b"xdigit",
];
