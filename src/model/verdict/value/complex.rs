//! Texts that nginx fills in with variables (`ngx_http_script_compile`), and the names of variables
//! that a configuration defines (`ngx_http_add_variable`).

use super::Subject;
use crate::include::Used;
use crate::nginx::{self, Family, Origin, ValueKind, Version, VersionSet, id};
use crate::syntax::Word;

/// Looks at the words of a directive that nginx fills in.
pub(super) fn check(subject: &mut Subject<'_, '_>) {
    let which = filled(subject);
    if which == 0 || subject.family() == Family::Mail {
        return;
    }
    for (index, word) in subject.args().enumerate() {
        if which >> index.min(7) & 1 == 1 {
            subject.check_variables(word);
        }
    }
}

/// Whether a value holds a variable.
pub(super) fn has_variable(value: &[u8]) -> bool {
    memchr::memchr(b'$', value).is_some()
}

/// The words of a directive that are filled in, a bit each; bit 7 stands for all behind it too.
fn filled(subject: &Subject<'_, '_>) -> u8 {
    const FIRST: u8 = 1;
    const SECOND: u8 = 1 << 1;
    const ALL: u8 = u8::MAX;
    match subject.kind {
        ValueKind::Bind | ValueKind::Complex | ValueKind::ComplexArray | ValueKind::ComplexSize => {
            FIRST
        }
        ValueKind::Predicate => ALL,
        ValueKind::KeyvalIfNotEmpty => SECOND,
        ValueKind::Keyval => match subject.id {
            id::GRPC_SET_HEADER | id::PROXY_SET_HEADER => SECOND,
            _ => 0,
        },
        ValueKind::Custom => match subject.id {
            id::ALIAS
            | id::AUTH_BASIC_USER_FILE
            | id::FASTCGI_CACHE
            | id::FASTCGI_CACHE_KEY
            | id::FASTCGI_PASS
            | id::FASTCGI_STORE
            | id::GRPC_PASS
            | id::HASH
            | id::LIMIT_CONN_ZONE
            | id::LIMIT_REQ_ZONE
            | id::MAP
            | id::MEMCACHED_PASS
            | id::PASS
            | id::PROXY_BIND
            | id::PROXY_CACHE
            | id::PROXY_CACHE_KEY
            | id::PROXY_PASS
            | id::PROXY_STORE
            | id::ROOT
            | id::SCGI_CACHE
            | id::SCGI_CACHE_KEY
            | id::SCGI_PASS
            | id::SCGI_STORE
            | id::SPLIT_CLIENTS
            | id::TUNNEL_PASS
            | id::UWSGI_CACHE
            | id::UWSGI_CACHE_KEY
            | id::UWSGI_PASS
            | id::UWSGI_STORE => FIRST,
            id::CHARSET | id::SOURCE_CHARSET => match subject.arg(0) {
                Some(word) if word.value().starts_with(b"$") => FIRST,
                _ => 0,
            },
            id::ACCESS_LOG => match subject.arg(0) {
                Some(word) if word.value().starts_with(b"syslog:") => 0,
                _ => FIRST,
            },
            id::ADD_HEADER | id::ADD_TRAILER | id::AUTH_REQUEST_SET | id::REWRITE | id::SET => {
                SECOND
            }
            // Later releases do not look at it any more.
            id::HTTP2_PUSH
                if subject.versions.is_subset(&VersionSet::before(Version::new(1, 25, 1))) =>
            {
                FIRST
            }
            id::PROXY_SSL_ALPN => ALL,
            id::RETURN | id::SUB_FILTER => FIRST | SECOND,
            id::PROXY_COOKIE_DOMAIN
            | id::PROXY_COOKIE_FLAGS
            | id::PROXY_COOKIE_PATH
            | id::PROXY_REDIRECT => match subject.arg(0) {
                Some(word) if word.value().starts_with(b"~") => ALL & !FIRST,
                _ => ALL,
            },
            id::ERROR_PAGE | id::EXPIRES | id::INDEX | id::TRY_FILES => ALL,
            id::LOG_FORMAT => ALL & !FIRST,
            _ => 0,
        },
        _ => 0,
    }
}

impl Subject<'_, '_> {
    /// Whether the variables of a word are written as nginx reads them; else it is refused.
    pub(super) fn is_script(&mut self, word: Word<'_>) -> bool {
        let before = self.faults.len();
        self.check_variables(word);
        self.faults.len() == before
    }

    /// Looks at the variables in one of its words.
    pub(super) fn check_variables(&mut self, word: Word<'_>) {
        self.check_variables_in(self.used, word, &VersionSet::all());
    }

    /// Looks at the variables in a word of a line of its block, which these releases fill in.
    pub(super) fn check_variables_in(
        &mut self,
        line: Used<'_>,
        word: Word<'_>,
        versions: &VersionSet,
    ) {
        if !has_variable(word.raw()) {
            return;
        }
        let value = word.value();
        let Some((at, flaw)) = flaw(&value) else { return };
        let fault = self.refuse_word_in(line, word, |shown| match flaw {
            Flaw::Nameless => format!("a `$` in `{shown}` is followed by no name of a variable"),
            Flaw::Unclosed => format!("the `${{` in `{shown}` is never closed"),
        });
        if let Some(fault) = fault {
            fault.span = part(word, &value, at);
            fault.only_in(versions);
            match flaw {
                Flaw::Nameless => fault.help(
                    "nginx has no way to write a `$` that stands for itself: `geo $dollar { default \"$\"; }` \
                     makes a variable with that value",
                ),
                Flaw::Unclosed => fault.help("put the `}` behind the name of the variable"),
            };
        }
    }

    /// Looks at the word that names the variable it defines.
    pub(super) fn check_new_variable(&mut self, word: Word<'_>) {
        let value = word.value();
        let Some(name) = value.strip_prefix(b"$") else {
            let fault = self.refuse_word(word, |shown| {
                format!("`{shown}` is no name of a variable: it must begin with `$`")
            });
            if let Some(fault) = fault.filter(|_| is_name(&value)) {
                fault.mend(word.span(), format!("${}", crate::model::shown(&value)), true);
            }
            return;
        };
        if name.is_empty() {
            self.refuse_word(word, |_| "this variable has no name".to_owned());
            return;
        }
        let fixed = self.fixed(name);
        if !fixed.is_empty() {
            let directive = self.name();
            let fault = self.refuse_word(word, |shown| {
                format!("`{shown}` is a variable of nginx, which `{directive}` cannot define")
            });
            if let Some(fault) = fault {
                fault.only_in(&fixed).help("take another name");
            }
        }
    }

    /// The releases that read it in which nothing may define a variable of that name.
    pub(super) fn fixed(&self, name: &[u8]) -> VersionSet {
        let variable = nginx::variable(name, self.family());
        let Some(variable) = variable.filter(|one| !one.prefix && one.origin == Origin::Nginx)
        else {
            return VersionSet::none();
        };
        // What is not built in by itself may be missing, and then the name is free.
        if OPTIONAL.iter().any(|module| variable.module.contains(module)) {
            return VersionSet::none();
        }
        let fixed = variable.ranges.iter().filter(|range| !range.changeable);
        self.versions.intersect(&fixed.map(|range| range.versions).collect())
    }
}

/// Modules that nginx is built without unless told otherwise.
const OPTIONAL: [&str; 8] =
    ["_geoip", "_realip", "_secure_link", "_slice", "_ssl", "_stub_status", "_v2", "_v3"];

/// What is wrong with the variables of a text.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Flaw {
    /// A `$` without a name.
    Nameless,
    /// A `${` without its `}`.
    Unclosed,
}

/// The first thing that is wrong with the variables of a text, and where.
fn flaw(text: &[u8]) -> Option<(usize, Flaw)> {
    for at in memchr::memchr_iter(b'$', text) {
        let rest = &text[at + 1..];
        // `$1` … `$9`, and with braces as any other name.
        let bracket = rest.first() == Some(&b'{');
        let name = &rest[usize::from(bracket)..];
        let length = name.iter().take_while(|byte| is_name(&[**byte])).count();
        if bracket && !name.is_empty() && name.get(length) != Some(&b'}') {
            return Some((at, Flaw::Unclosed));
        }
        if length == 0 {
            return Some((at, Flaw::Nameless));
        }
    }
    None
}

fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Where the byte `at` of the value of a word stands; the whole word, if it has escapes.
pub(super) fn part(word: Word<'_>, value: &[u8], at: usize) -> crate::source::Span {
    let span = word.span();
    let quotes = usize::from(word.is_quoted());
    if word.raw().len() != value.len() + 2 * quotes || at >= value.len() {
        return span;
    }
    let start = span.start + (quotes + at) as u32;
    crate::source::Span::new(start, start + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_nginx_reads_them() {
        for text in ["", "a", "$a", "${a}b", "$1$2", "a$b-$c", "$_", "${1}", "$a$b", "$0"] {
            assert_eq!(flaw(text.as_bytes()), None, "{text}");
        }
        for (text, at, found) in [
            ("$", 0, Flaw::Nameless),
            ("US$ 5", 2, Flaw::Nameless),
            ("$-", 0, Flaw::Nameless),
            ("${a", 0, Flaw::Unclosed),
            ("a$ b", 1, Flaw::Nameless),
            ("$$a", 0, Flaw::Nameless),
            ("${", 0, Flaw::Nameless),
            ("${}", 0, Flaw::Nameless),
            ("$a${b", 2, Flaw::Unclosed),
            ("${a-b}", 0, Flaw::Unclosed),
            ("^a$", 2, Flaw::Nameless),
        ] {
            assert_eq!(flaw(text.as_bytes()), Some((at, found)), "{text}");
        }
    }
}
