//! Words that are regular expressions.

use super::Subject;
use super::complex::part;
use crate::include::Used;
use crate::model::regex;
use crate::model::verdict::FaultKind;
use crate::nginx::{Family, id};
use crate::syntax::{Word, is_placeholder};

/// Looks at the regular expressions of directives that may have some among other words.
pub(super) fn check(subject: &mut Subject<'_, '_>) {
    match subject.id {
        id::FASTCGI_SPLIT_PATH_INFO => {
            let Some(word) = subject.arg(0) else { return };
            // `ngx_http_fastcgi_split_path_info`
            if subject.check_regex(word, 0).is_some_and(|captures| captures != 2) {
                subject.refuse_word(word, |shown| {
                    format!("`{shown}` must have two groups in parentheses: for `$fastcgi_script_name` and for `$fastcgi_path_info`")
                });
            }
        }
        id::GZIP_DISABLE => {
            for word in subject.args().filter(|word| *word.value() != *b"msie6") {
                subject.check_regex(word, 0);
            }
        }
        id::PROXY_COOKIE_DOMAIN
        | id::PROXY_COOKIE_FLAGS
        | id::PROXY_COOKIE_PATH
        | id::PROXY_REDIRECT => {
            if let Some(word) = subject.arg(0) {
                let path = !matches!(subject.id, id::PROXY_COOKIE_DOMAIN | id::PROXY_COOKIE_FLAGS);
                match word.value().as_ref() {
                    [b'~', b'*', ..] if path => _ = subject.check_regex(word, 2),
                    [b'~', ..] => _ = subject.check_regex(word, 1),
                    _ => {}
                }
            }
        }
        id::VALID_REFERERS => {
            for word in subject.args().filter(|word| word.value().starts_with(b"~")) {
                if word.value().len() == 1 {
                    subject
                        .refuse_word(word, |_| "no regular expression follows this `~`".to_owned());
                } else {
                    subject.check_regex(word, 1);
                }
            }
        }
        _ => {}
    }
}

impl Subject<'_, '_> {
    /// Looks at a word that is a regular expression from the byte `from` of its value on. The number
    /// of its groups, where nothing is wrong and that is sure.
    pub(super) fn check_regex(&mut self, word: Word<'_>, from: usize) -> Option<u32> {
        self.check_regex_in(self.used, word, from, word.value().len())
    }

    /// [`Self::check_regex`] for a word of a line of its block, from a byte of its value to another.
    pub(super) fn check_regex_in(
        &mut self,
        line: Used<'_>,
        word: Word<'_>,
        from: usize,
        to: usize,
    ) -> Option<u32> {
        let value = word.value();
        // What looks like a placeholder of `envsubst` is one: `${A}` as a pattern never matches.
        if is_placeholder(&value) {
            return None;
        }
        match regex::read(value.get(from..to)?) {
            Ok(shape) => {
                if matches!(self.family(), Family::Http | Family::Stream) {
                    for name in &shape.names {
                        self.check_group(line, word, name);
                    }
                }
                shape.captures
            }
            Err(flaw) => {
                let fault = self.refuse_word_in(line, word, |_| {
                    let shown = crate::model::shown(&value[from..to]);
                    format!("the regular expression `{shown}` is invalid: {}", flaw.message)
                });
                if let Some(fault) = fault {
                    fault.span = part(word, &value, from + flaw.at);
                    fault.kind(FaultKind::Regex);
                    if flaw.message.ends_with("that can be repeated") {
                        fault.help(
                            "for any text write `.*`, and for a dot that stands for itself `\\.`",
                        );
                    }
                }
                None
            }
        }
    }

    /// A group with a name defines a variable (`ngx_http_regex_compile`).
    fn check_group(&mut self, line: Used<'_>, word: Word<'_>, name: &[u8]) {
        let fixed = self.fixed(name);
        if fixed.is_empty() {
            return;
        }
        let shown = crate::model::shown(name);
        let fault = self.refuse_word_in(line, word, |_| {
            format!("the group `{shown}` would define `${shown}`, which is a variable of nginx")
        });
        if let Some(fault) = fault {
            fault.only_in(&fixed).help("take another name for the group");
        }
    }
}
