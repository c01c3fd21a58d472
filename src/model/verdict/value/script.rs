//! Values with variables: whether their `$` and `${` are right (`ngx_http_script_compile`).

use super::Subject;
use crate::syntax::Word;

/// What is wrong with the variables of a value.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum ScriptFault {
    /// A `$` that no name follows.
    NoName,
    /// A `${` without its `}`.
    Open,
}

/// Whether a value holds a variable.
pub(super) fn has_variable(value: &[u8]) -> bool {
    memchr::memchr(b'$', value).is_some()
}

fn fault(value: &[u8]) -> Option<ScriptFault> {
    let mut rest = value;
    while let Some(dollar) = memchr::memchr(b'$', rest) {
        rest = &rest[dollar + 1..];
        // The captures of a regular expression.
        if let [b'1'..=b'9', tail @ ..] = rest {
            rest = tail;
            continue;
        }
        let open = rest.first() == Some(&b'{');
        let name = if open { &rest[1..] } else { rest };
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let end = name.iter().position(|byte| !is_name(byte)).unwrap_or(name.len());
        if open && (name.is_empty() || name.get(end) == Some(&b'}') && end == 0) {
            return Some(ScriptFault::NoName);
        }
        if open && name.get(end) != Some(&b'}') {
            return Some(ScriptFault::Open);
        }
        if end == 0 {
            return Some(ScriptFault::NoName);
        }
        rest = &name[end..];
    }
    None
}

impl Subject<'_, '_> {
    /// Whether the variables of a word are written as nginx reads them; else it is refused.
    pub(super) fn is_script(&mut self, word: Word<'_>) -> bool {
        if !has_variable(word.raw()) {
            return true;
        }
        let Some(fault) = fault(&word.value()) else { return true };
        let refused = match fault {
            ScriptFault::NoName => {
                let message = |shown: &str| format!("a `$` of `{shown}` has no name behind it");
                self.refuse_word(word, message).map(|fault| {
                    fault.help(
                        "nginx has no escape for `$`: take it from a variable of `geo` or `map`",
                    );
                })
            }
            ScriptFault::Open => {
                let message = |shown: &str| format!("a `${{` of `{shown}` is not closed");
                self.refuse_word(word, message).map(|fault| {
                    fault.help("write `}` behind the name");
                })
            }
        };
        refused.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_nginx_reads_them() {
        for (text, expected) in [
            ("a", None),
            ("$a", None),
            ("$a-${b}c$1$2", None),
            ("$0", None),
            ("$", Some(ScriptFault::NoName)),
            ("US$ 5", Some(ScriptFault::NoName)),
            ("$-", Some(ScriptFault::NoName)),
            ("${", Some(ScriptFault::NoName)),
            ("${}", Some(ScriptFault::NoName)),
            ("${a", Some(ScriptFault::Open)),
            ("${a-b}", Some(ScriptFault::Open)),
        ] {
            assert_eq!(fault(text.as_bytes()), expected, "{text}");
        }
    }
}
