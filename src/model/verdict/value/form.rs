//! Values of one kind, alone or behind the `=` of a parameter, and what to say of one that is none.

use super::number::{self, TimeFault, Unit};
use super::word::{in_words, suggest};
use super::{Subject, complex};
use crate::model::verdict::fault::Fault;
use crate::nginx;
use crate::syntax::{Word, is_placeholder};

/// What a value is.
#[derive(Copy, Clone, Debug)]
pub(super) enum Form {
    /// A number, from the first to the second.
    Number(u64, u64),
    /// A size of at least so many bytes.
    Size(u64),
    /// A size, perhaps in `g`, of at least so many bytes.
    Offset(u64),
    /// A time; whether it may be 0.
    Time(Unit, Zero),
    /// `on` or `off`, in lower case.
    Switch,
    /// A name, `:` and a size of at least so many bytes.
    Zone(u64),
    /// A string with variables.
    Script,
    /// Any string.
    Any,
    /// Nothing: the word stands alone.
    Alone,
}

/// Whether a value may be 0.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    /// It may.
    Taken,
    /// nginx refuses it.
    Refused,
}

/// Any number that nginx can read.
pub(super) const ANY_NUMBER: Form = Form::Number(0, i64::MAX as u64);
/// Any number but 0.
pub(super) const POSITIVE: Form = Form::Number(1, i64::MAX as u64);
/// The least size of most zones in shared memory: eight pages of 4 KB.
pub(super) const EIGHT_PAGES: u64 = 8 * 4096;

/// Why a value is not of its form.
enum Reason {
    /// It cannot be read.
    Form,
    /// It is too small.
    Small,
}

impl Form {
    fn check(self, text: &[u8]) -> Result<(), Reason> {
        let at_least = |value: Option<u64>, least: u64| match value {
            None => Err(Reason::Form),
            Some(value) if value < least => Err(Reason::Small),
            Some(_) => Ok(()),
        };
        match self {
            Self::Number(least, most) => {
                let value = number::number(text).ok_or(Reason::Form)?;
                if (least..=most).contains(&value) { Ok(()) } else { Err(Reason::Form) }
            }
            Self::Size(least) => at_least(number::size(text), least),
            Self::Offset(least) => at_least(number::offset(text), least),
            Self::Time(unit, zero) => {
                let least = u64::from(zero == Zero::Refused);
                at_least(number::time(text, unit).ok(), least)
            }
            Self::Switch => {
                if text == b"on" || text == b"off" {
                    Ok(())
                } else {
                    Err(Reason::Form)
                }
            }
            Self::Zone(least) => {
                let colon = memchr::memchr(b':', text).ok_or(Reason::Form)?;
                at_least(number::size(&text[colon + 1..]), least)?;
                // Without a name it is as if the parameter were not there.
                if colon == 0 { Err(Reason::Form) } else { Ok(()) }
            }
            Self::Script | Self::Any | Self::Alone => Ok(()),
        }
    }

    /// What it is, for a message.
    fn shown(self, reason: &Reason) -> String {
        match (self, reason) {
            (Self::Number(0, most), _) if most == i64::MAX as u64 => "a whole number".to_owned(),
            (Self::Number(least, most), _) if most == i64::MAX as u64 => {
                format!("a whole number of at least {least}")
            }
            (Self::Number(least, most), _) => format!("a number from {least} to {most}"),
            (Self::Size(least) | Self::Offset(least), Reason::Small) => {
                format!("a size of at least {}", size_in_words(least))
            }
            (Self::Size(_), _) => "a size such as `8k` or `1m`".to_owned(),
            (Self::Offset(_), _) => "a size such as `8k`, `1m` or `1g`".to_owned(),
            (Self::Time(..), Reason::Small) => "a time above 0".to_owned(),
            (Self::Time(Unit::Second, _), _) => "a time such as `60s` or `1d`".to_owned(),
            (Self::Time(Unit::Millisecond, _), _) => "a time such as `60s` or `500ms`".to_owned(),
            (Self::Switch, _) => "`on` or `off`".to_owned(),
            (Self::Zone(least), Reason::Small) => {
                format!("a zone of at least {}", size_in_words(least))
            }
            (Self::Zone(_), _) => "a name and a size such as `name:10m`".to_owned(),
            (Self::Script | Self::Any | Self::Alone, _) => "a string".to_owned(),
        }
    }

    /// Adds what to write instead, where that is plain.
    fn advise(self, fault: &mut Fault, word: Word<'_>, text: &[u8]) {
        let mend = |fault: &mut Fault, value: String| {
            let raw = word.raw();
            if let Some(head) = raw.strip_suffix(text)
                && let Ok(head) = std::str::from_utf8(head)
            {
                fault.mend(word.span(), format!("{head}{value}"), false);
            }
        };
        match self {
            Self::Size(_) | Self::Zone(_) => {
                let digits = match text {
                    [digits @ .., b'g' | b'G'] => digits,
                    _ => return,
                };
                let start = memchr::memrchr(b':', digits).map_or(0, |colon| colon + 1);
                if let Some(value) = number::number(&digits[start..]) {
                    fault.help("a size here knows `k` and `m`, but no `g`");
                    let name = String::from_utf8_lossy(&digits[..start]).into_owned();
                    mend(fault, format!("{name}{}m", value.saturating_mul(1024)));
                }
            }
            Self::Time(unit, _) => match number::time(text, unit) {
                Err(TimeFault::Order) => {
                    fault.help("units go from the greatest to the smallest, each once: `1h 30m`");
                }
                Err(TimeFault::TooCoarse) => {
                    fault.help("a time in milliseconds knows no years or months: write days");
                }
                Err(TimeFault::TooFine) => {
                    fault.help("this time is kept in seconds");
                }
                Err(TimeFault::TooLong) => {
                    fault.help("it is more than fits into 64 bits");
                }
                _ => {}
            },
            Self::Switch => {
                if let Some(value) = switch(text) {
                    mend(fault, value.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// What was probably meant by a word that is neither `on` nor `off`.
pub(super) fn switch(text: &[u8]) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_slice() {
        b"on" | b"yes" | b"true" | b"1" | b"enable" | b"enabled" => Some("on"),
        b"off" | b"no" | b"false" | b"0" | b"none" | b"disable" | b"disabled" => Some("off"),
        _ => None,
    }
}

fn size_in_words(bytes: u64) -> String {
    if bytes >= 1024 && bytes.is_multiple_of(1024) {
        format!("`{}k`", bytes / 1024)
    } else {
        bytes.to_string()
    }
}

impl<'m> Subject<'m, '_> {
    /// Whether a word has a form; else it is refused.
    pub(super) fn is(&mut self, word: Word<'_>, form: Form) -> bool {
        self.is_or(word, form, "")
    }

    /// As [`Self::is`], with what else would be taken, for the message: ` or `off``.
    pub(super) fn is_or(&mut self, word: Word<'_>, form: Form, otherwise: &str) -> bool {
        let value = word.value();
        let Err(reason) = form.check(&value) else { return true };
        let name = self.name();
        let takes = form.shown(&reason);
        let message = |shown: &str| format!("`{name}` takes {takes}{otherwise}, not `{shown}`");
        let Some(fault) = self.refuse_word(word, message) else { return true };
        form.advise(fault, word, &value);
        false
    }

    /// Whether the part of a word behind `prefix` has a form; else it is refused.
    fn has(&mut self, word: Word<'_>, prefix: &str, form: Form) -> bool {
        let value = word.value();
        let rest = &value[prefix.len()..];
        if matches!(form, Form::Script) {
            return self.is_script(word);
        }
        let Err(reason) = form.check(rest) else { return true };
        let name = self.name();
        let takes = form.shown(&reason);
        let rest_shown = crate::model::shown(rest);
        let message = |_: &str| format!("`{prefix}` of `{name}` takes {takes}, not `{rest_shown}`");
        let Some(fault) = self.refuse_word(word, message) else { return true };
        form.advise(fault, word, rest);
        false
    }

    /// Whether the words from `first` on are parameters of a table; else they are refused.
    pub(super) fn parameters(&mut self, first: usize, table: &[(&'static str, Form)]) -> bool {
        let mut right = true;
        for word in self.args().skip(first) {
            right &= self.parameter(word, table);
        }
        right
    }

    /// Whether a word is a parameter of a table; else it is refused.
    pub(super) fn parameter(&mut self, word: Word<'_>, table: &[(&'static str, Form)]) -> bool {
        let value = word.value();
        let named = table.iter().find(|(name, form)| match form {
            Form::Alone => value.as_ref() == name.as_bytes(),
            _ => value.starts_with(name.as_bytes()),
        });
        let Some((prefix, form)) = named else { return self.unknown_parameter(word, table) };
        let fact = nginx::word(self.id, self.family(), prefix.as_bytes());
        // The whole value is right, or nothing is said of it in the releases that lack the word.
        fact.is_none_or(|fact| self.known(word, fact, &[])) && self.has(word, prefix, *form)
    }

    /// Refuses a word that is no parameter.
    pub(super) fn unknown_parameter(
        &mut self,
        word: Word<'_>,
        table: &[(&'static str, Form)],
    ) -> bool {
        if !self.is_open_source() {
            return true;
        }
        let name = self.name();
        let message = |shown: &str| format!("`{name}` has no parameter `{shown}`");
        let takes: Vec<String> = table.iter().map(|(word, _)| format!("`{word}`")).collect();
        let Some(fault) = self.refuse_word(word, message) else { return true };
        fault.help(format!("it takes {}", in_words(&takes))).logs("invalid parameter \"");
        // What stands behind the sign is no part of the name that was misspelt.
        let value = word.value();
        let sign = memchr::memchr2(b'=', b':', &value);
        match sign {
            None => suggest(fault, word, &value, table.iter().map(|(word, _)| *word)),
            Some(sign) => {
                let names = table.iter().map(|(word, _)| *word).filter(|word| word.ends_with('='));
                if let Some(near) = super::word::nearest(&value[..=sign], names)
                    && near.as_bytes() != &value[..=sign]
                    && let Ok(rest) = std::str::from_utf8(&value[sign + 1..])
                    && !word.is_quoted()
                {
                    fault.help(format!("did you mean `{near}`?"));
                    fault.mend(word.span(), format!("{near}{rest}"), false);
                }
            }
        }
        false
    }

    /// Says that a parameter is missing, unless `there` or something is still to be filled in.
    pub(super) fn must_have(&mut self, there: bool, what: &str) -> bool {
        let is_open = || self.args().any(|word| is_placeholder(word.raw()));
        if there || !self.is_open_source() || is_open() {
            return true;
        }
        let name = self.name();
        let span = self.used.directive().name().span();
        self.refuse(span, format!("`{name}` must have {what}"));
        false
    }

    /// Whether a word begins with `prefix`.
    pub(super) fn has_arg(&self, prefix: &[u8]) -> bool {
        self.args().any(|word| word.value().starts_with(prefix))
    }

    /// Whether some word is exactly `text`.
    pub(super) fn is_arg_anywhere(&self, text: &[u8]) -> bool {
        self.args().any(|word| word.value().as_ref() == text)
    }

    /// Adds what to do to what was said last.
    pub(super) fn last_help(&mut self, sentence: &str) {
        if let Some(fault) = self.faults.last_mut() {
            fault.help(sentence);
        }
    }

    /// Whether a word is exactly `text`.
    pub(super) fn is_arg(&self, index: usize, text: &[u8]) -> bool {
        self.arg(index).is_some_and(|word| word.value().as_ref() == text)
    }

    /// Whether the word is one of a few; else it is refused.
    pub(super) fn is_one_of(&mut self, word: Word<'_>, words: &[&'static str]) -> bool {
        let value = word.value();
        if words.iter().any(|one| one.as_bytes() == value.as_ref()) {
            return true;
        }
        if !self.is_open_source() {
            return true;
        }
        let name = self.name();
        let shown_words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let takes = in_words(&shown_words);
        let message = |shown: &str| format!("`{name}` takes {takes} here, not `{shown}`");
        let Some(fault) = self.refuse_word(word, message) else { return true };
        suggest(fault, word, &value, words.iter().copied());
        false
    }

    /// Whether a word holds a variable.
    pub(super) fn is_variable(word: Word<'_>) -> bool {
        complex::has_variable(word.raw())
    }
}
