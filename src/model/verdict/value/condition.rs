//! The condition of an `if` (`ngx_http_rewrite_if_condition`).

use std::borrow::Cow;

use super::{Check, Subject};
use crate::nginx::id;
use crate::syntax::Word;

/// The checks.
pub(super) const CHECKS: &[Check] = &[Check(id::IF, check)];

/// A word of the condition without the parentheses.
struct Part<'m> {
    word: Word<'m>,
    text: Cow<'m, [u8]>,
    /// How many bytes of the word's value stand before `text`.
    before: usize,
}

fn check(subject: &mut Subject<'_, '_>) {
    let mut parts: Vec<Part<'_>> =
        subject.args().map(|word| Part { word, text: word.value(), before: 0 }).collect();
    let Some(first) = parts.first_mut() else { return };
    if first.text.first() != Some(&b'(') {
        let fault = subject.refuse_word(first.word, |shown| {
            format!("the condition of an `if` begins with `(`, not with `{shown}`")
        });
        if let Some(fault) = fault {
            fault.help("write `if ($variable = value) { … }`");
        }
        return;
    }
    first.before = 1;
    first.text.to_mut().remove(0);
    let Some(last) = parts.last_mut() else { return };
    if last.text.last() != Some(&b')') {
        let fault = subject.refuse_word(last.word, |shown| {
            format!("the condition of an `if` ends with `)`, not with `{shown}`")
        });
        if let Some(fault) = fault.filter(|_| last.word.raw().ends_with(b")")) {
            fault.help("the `)` belongs to the text in quotes: put it behind them");
        }
        return;
    }
    last.text.to_mut().pop();
    // A parenthesis that stands alone is no part.
    let alone = |part: &Part<'_>| {
        part.text.is_empty() && matches!(&*part.word.value(), b"(" | b")" | b"()")
    };
    if parts.first().is_some_and(alone) {
        parts.remove(0);
    }
    if parts.last().is_some_and(alone) {
        parts.pop();
    }
    match parts.as_slice() {
        [] => {
            let span = subject.used.directive().span();
            subject.refuse(span, "this `if` has no condition".to_owned());
        }
        [first, rest @ ..] if first.text.len() > 1 && first.text[0] == b'$' => {
            variable(subject, first, rest);
        }
        [first, rest @ ..] if matches!(&*first.text, [b'-', _] | [b'!', b'-', _]) => {
            file(subject, first, rest);
        }
        [first, ..] => {
            let quoted = matches!(first.text.first(), Some(b'"' | b'\''));
            let negated = first.text.starts_with(b"!$");
            let text = crate::model::shown(&first.text);
            let fault = subject.refuse_word(first.word, |_| {
                format!("the condition of an `if` begins with a variable or a test such as `-f`, not with `{text}`")
            });
            if let Some(fault) = fault {
                if quoted {
                    fault.help("write the variable without quotes");
                } else if negated {
                    fault.help("to test that a variable is empty or 0, write `$variable = \"\"`");
                }
            }
        }
    }
}

/// `$variable`, or `$variable = text`.
fn variable(subject: &mut Subject<'_, '_>, first: &Part<'_>, rest: &[Part<'_>]) {
    match rest {
        [] => name(subject, first),
        [operator, value] => {
            name(subject, first);
            compare(subject, operator, value);
        }
        _ => {
            let shown = crate::model::shown(&first.text);
            let count = rest.len();
            let fault = subject.refuse_word(first.word, |_| {
                format!("an operator and one word must follow `{shown}`, not {count} words")
            });
            if let Some(fault) = fault {
                let joined =
                    rest.iter().any(|part| matches!(&*part.text, b"&&" | b"||" | b"and" | b"or"));
                fault.help(if joined {
                    "an `if` has one condition: for several, `map` their values to one variable"
                } else {
                    "put quotes around a text with blanks"
                });
            }
        }
    }
}

/// The name is taken as it is, whatever it holds; nothing defines a name with these bytes.
fn name(subject: &mut Subject<'_, '_>, part: &Part<'_>) {
    let odd = part.text[1..].iter().find(|byte| b"{}$=~!<>\"'".contains(byte));
    let capture = part.text[1..].iter().find(|_| part.text[1..].iter().all(u8::is_ascii_digit));
    let Some(byte) = odd.or(capture) else { return };
    let shown = crate::model::shown(&part.text);
    let fault = subject.refuse_word(part.word, |_| format!("there is no variable `{shown}`"));
    if let Some(fault) = fault {
        fault.help(match byte {
            b'{' | b'}' => "an `if` takes the name of a variable without braces",
            b'0'..=b'9' => "`set` a variable to the text of the group first",
            b'$' => "an `if` compares one variable: `set` another to the text of several",
            _ => "put blanks around the operator",
        });
    }
}

fn compare(subject: &mut Subject<'_, '_>, operator: &Part<'_>, value: &Part<'_>) {
    match &*operator.text {
        b"=" | b"!=" => subject.check_variables(value.word),
        b"~" | b"~*" | b"!~" | b"!~*" => pattern(subject, value),
        _ => {
            let shown = crate::model::shown(&operator.text);
            let fault = subject.refuse_word(operator.word, |_| {
                format!(
                    "`if` has no operator `{shown}`: it takes `=`, `!=`, `~`, `~*`, `!~` and `!~*`"
                )
            });
            if let Some(fault) = fault {
                match &*operator.text {
                    b"==" | b"===" | b"eq" => {
                        fault.mend(operator.word.span(), "=", true);
                    }
                    b"!==" | b"<>" | b"ne" => {
                        fault.mend(operator.word.span(), "!=", true);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The regular expression ends before the `)` of the condition.
fn pattern(subject: &mut Subject<'_, '_>, part: &Part<'_>) {
    let to = part.before + part.text.len();
    subject.check_regex_in(subject.used, part.word, part.before, to);
}

/// `-f text` and the like.
fn file(subject: &mut Subject<'_, '_>, test: &Part<'_>, rest: &[Part<'_>]) {
    let shown = crate::model::shown(&test.text);
    match rest {
        [value] => {
            subject.check_variables(value.word);
            if !matches!(test.text.last(), Some(b'f' | b'd' | b'e' | b'x')) {
                subject.refuse_word(test.word, |_| {
                    format!("`if` has no test `{shown}`: it takes `-f`, `-d`, `-e` and `-x`, with `!` or without")
                });
            }
        }
        _ => {
            let count = rest.len();
            subject
                .refuse_word(test.word, |_| format!("one word must follow `{shown}`, not {count}"));
        }
    }
}
