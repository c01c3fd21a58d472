//! Directives of the rewrite module, and `try_files`.

use super::{Check, Subject};
use crate::nginx::id;

/// The checks.
pub(super) const CHECKS: &[Check] =
    &[Check(id::REWRITE, rewrite), Check(id::SET, set), Check(id::TRY_FILES, try_files)];

/// `ngx_http_rewrite`
fn rewrite(subject: &mut Subject<'_, '_>) {
    let (Some(pattern), Some(replacement)) = (subject.arg(0), subject.arg(1)) else { return };
    if replacement.value().is_empty() {
        subject.refuse_word(replacement, |_| "the replacement is empty".to_owned());
    }
    subject.check_regex(pattern, 0);
    let Some(flag) = subject.arg(2) else { return };
    if FLAGS.iter().any(|known| **known == *flag.value()) {
        return;
    }
    let fault = subject.refuse_word(flag, |shown| {
        format!(
            "`rewrite` has no flag `{shown}`: it takes `last`, `break`, `redirect` or `permanent`"
        )
    });
    if let Some(fault) = fault {
        match flag.value().as_ref() {
            b"301" | b"308" | b"R=301" | b"[R=301]" | b"[R=301,L]" => {
                fault.help("`permanent` answers with 301");
            }
            b"302" | b"307" | b"R" | b"[R]" | b"R=302" | b"[R=302]" | b"[R=302,L]" => {
                fault.help("`redirect` answers with 302");
            }
            b"L" | b"[L]" => {
                fault.help("`last` is what `[L]` is to Apache");
            }
            _ => {}
        }
    }
}

const FLAGS: [&[u8]; 4] = [b"last", b"break", b"redirect", b"permanent"];

/// `ngx_http_rewrite_set`
fn set(subject: &mut Subject<'_, '_>) {
    if let Some(name) = subject.arg(0) {
        subject.check_new_variable(name);
    }
}

/// `ngx_http_try_files`: the last word may be `=404`.
fn try_files(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.args().next_back() else { return };
    let value = word.value();
    let Some(code) = value.strip_prefix(b"=") else { return };
    let digits = code.iter().all(u8::is_ascii_digit);
    let significant = code.iter().skip_while(|byte| **byte == b'0').count();
    if code.is_empty() || !digits || significant > 3 {
        subject.refuse_word(word, |shown| {
            format!("`{shown}` is no code to answer with: `try_files` takes `=0` to `=999`")
        });
    }
}
