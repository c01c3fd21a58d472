//! Classes in brackets, and single characters.

use super::{Before, Reader, Stop, flaw};

/// Which bytes a class takes.
#[derive(Copy, Clone)]
pub(super) struct Bytes([u128; 2]);

impl Bytes {
    /// Those for which `has` holds.
    pub(super) fn of(has: impl Fn(u8) -> bool) -> Self {
        let mut bits = [0; 2];
        for byte in (0..=u8::MAX).filter(|byte| has(*byte)) {
            bits[usize::from(byte >> 7)] |= 1 << (byte & 0x7f);
        }
        Self(bits)
    }

    /// Whether a byte is among them.
    pub(super) const fn has(self, byte: u8) -> bool {
        self.0[(byte >> 7) as usize] >> (byte & 0x7f) & 1 == 1
    }

    const fn with(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    /// The same, or all others.
    const fn or_others(self, inverse: bool) -> Self {
        if inverse { Self([!self.0[0], !self.0[1]]) } else { self }
    }

    /// With the letters of the other case.
    pub(super) fn folded(self) -> Self {
        let has =
            |byte: u8| self.has(byte.to_ascii_lowercase()) || self.has(byte.to_ascii_uppercase());
        Self::of(has)
    }
}

impl Reader<'_> {
    /// A backslash with what belongs to it, in a class or outside.
    pub(super) fn character(&mut self) -> Result<Member, Stop> {
        let start = self.at;
        let Some(byte) = self.peek(1) else {
            return flaw(start, "it ends with a backslash");
        };
        self.at += 2;
        Ok(match byte {
            b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'h' | b'H' | b'v' | b'V' => {
                let name: &[u8] = match byte.to_ascii_lowercase() {
                    b'd' => b"digit",
                    b'w' => b"word",
                    b's' => b"space",
                    b'h' => b"h",
                    _ => b"v",
                };
                Member::Set(named(name).or_others(byte.is_ascii_uppercase()))
            }
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

    /// A class; which bytes it takes, if that is sure.
    pub(super) fn class(&mut self) -> Result<Option<Bytes>, Stop> {
        let start = self.at;
        if let Some(name) = posix(self.rest()) {
            let shown = crate::model::shown(&self.rest()[..name.len() + 4]);
            return flaw(start, format!("`{shown}` must stand in a class: `[{shown}]`"));
        }
        let inverse = self.peek(1) == Some(b'^');
        self.at += 1 + usize::from(inverse);
        let first = self.at;
        let (mut taken, mut sure) = (Bytes([0; 2]), true);
        // What a `-` would make a range of.
        let mut low: Option<u8> = None;
        loop {
            let Some(byte) = self.peek(0) else {
                return flaw(start, "this `[` is never closed");
            };
            if byte == b']' && self.at > first {
                self.pass(1, Before::Item);
                if self.caseless {
                    taken = taken.folded();
                }
                return Ok(sure.then(|| taken.or_others(inverse)));
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
                (Some(_), Member::Set(_)) => {
                    return flaw(at, "a range ends with no single character");
                }
                (Some(low), Member::Byte(high)) => {
                    taken = taken.with(Bytes::of(|byte| (low..=high).contains(&byte)));
                    None
                }
                (None, Member::Byte(byte)) => {
                    taken = taken.with(Bytes::of(|other| other == byte));
                    Some(byte)
                }
                (None, Member::Set(set)) => {
                    taken = taken.with(set);
                    None
                }
                (_, Member::Other) => {
                    sure = false;
                    None
                }
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
                Ok(Member::Set(self.posix(known, name.len() > known.len())))
            }
            (byte, _) => {
                self.at += 1;
                Ok(Member::Byte(byte.unwrap_or_default()))
            }
        }
    }

    /// The bytes of `[:name:]` or `[:^name:]`. In a pattern that ignores case, `upper` and `lower` are
    /// both.
    fn posix(&self, name: &[u8], inverse: bool) -> Bytes {
        let set = named(name);
        let set = if self.caseless { set.folded() } else { set };
        set.or_others(inverse)
    }
}

/// What stands in a class.
pub(super) enum Member {
    Byte(u8),
    /// Many characters.
    Set(Bytes),
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

/// The bytes of a class by its name in brackets; those of `\h` and `\v` by their letters.
fn named(name: &[u8]) -> Bytes {
    let blank = |byte: u8| byte == b' ' || byte == b'\t';
    Bytes::of(|byte| match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"ascii" => byte.is_ascii(),
        b"blank" => blank(byte),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte == b' ' || (b'\t'..=b'\r').contains(&byte),
        b"upper" => byte.is_ascii_uppercase(),
        b"word" => byte.is_ascii_alphanumeric() || byte == b'_',
        b"xdigit" => byte.is_ascii_hexdigit(),
        b"h" => blank(byte) || byte == 0xa0,
        _ => (b'\n'..=b'\r').contains(&byte) || byte == 0x85,
    })
}

/// The names of classes in brackets.
const POSIX: [&[u8]; 14] = [
    b"alnum", b"alpha", b"ascii", b"blank", b"cntrl", b"digit", b"graph", b"lower", b"print",
    b"punct", b"space", b"upper", b"word", b"xdigit",
];
