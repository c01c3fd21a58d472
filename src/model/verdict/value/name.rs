//! `server_name` of http and stream (`ngx_http_core_server_name`).

use super::{Check, Subject};
use crate::model::Model;
use crate::model::sharing::Misnomer;
use crate::model::verdict::Fault;
use crate::nginx::{Family, id};

pub(super) const CHECKS: &[Check] = &[Check(id::SERVER_NAME, check)];

/// A name that nginx refuses where several servers share an address.
pub(in crate::model::verdict) fn misnomer(model: &Model<'_>, misnomer: &Misnomer) -> Option<Fault> {
    let versions = model.target().intersect(&misnomer.versions);
    if versions.is_empty() {
        return None;
    }
    let name = &misnomer.name;
    let why = if name.contains('*') {
        "one `*` may stand for parts at the beginning or at the end"
    } else {
        "no part of a name is empty"
    };
    let message = format!("`server_name` cannot take `{name}`: {why}");
    let mut fault = Fault::new(model.used(misnomer.used), misnomer.span, message, versions);
    fault.help("write `*.example.com`, `www.example.*`, or a regular expression behind `~`");
    Some(fault)
}

fn check(subject: &mut Subject<'_, '_>) {
    // In mail it is one string.
    if subject.family() == Family::Mail {
        return;
    }
    for word in subject.args() {
        let value = word.value();
        let refused = match value.as_ref() {
            [b'~', _, ..] => {
                subject.check_regex(word, 1);
                continue;
            }
            b"~" => Some("the regular expression behind `~` is empty"),
            [b'*', b'.', _, ..] => None,
            [b'*', ..] => Some("`*` stands alone for a part of a name: `*.example.com`"),
            b"." => Some("`.` begins a name, as in `.example.com`"),
            _ => None,
        };
        if let Some(why) = refused {
            let message = |shown: &str| format!("`server_name` cannot take `{shown}`: {why}");
            if let Some(fault) = subject.refuse_word(word, message)
                && value.as_ref() == b"*"
            {
                fault.help(
                    "a server without a name takes what no other takes if it is the default: \
                     `listen … default_server`, and `server_name _` by custom",
                );
            }
        } else if memchr::memchr(b'/', &value).is_some() {
            let message =
                |shown: &str| format!("`server_name` takes names alone, and `{shown}` has a `/`");
            let scheme = super::scheme::scheme(&value).is_some();
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.warns().help(if scheme {
                    "leave scheme and path out: a name is compared with `Host`"
                } else {
                    "leave the path out, and write a `location` for it"
                });
            }
        }
    }
}
