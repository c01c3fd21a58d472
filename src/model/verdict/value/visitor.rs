//! What the small modules of `http` read: cookies of users, browsers, images.

use super::form::{Form, POSITIVE, Zero};
use super::number::Unit;
use super::{Check, Subject};
use crate::nginx::id;
use crate::syntax::Word;

/// `sub_filter` (`ngx_http_sub_filter`).
fn sub_filter(subject: &mut Subject<'_, '_>) {
    let (Some(search), Some(text)) = (subject.arg(0), subject.arg(1)) else { return };
    if search.value().is_empty() {
        subject.refuse_word(search, |_| "`sub_filter` takes no empty string to search".to_owned());
    }
    subject.is_script(search);
    subject.is_script(text);
}

/// `userid_expires` (`ngx_http_userid_expires`).
fn userid_expires(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    if value.as_ref() != b"max" && value.as_ref() != b"off" {
        subject.is_or(word, Form::Time(Unit::Second, Zero::Taken), ", `max` or `off`");
    }
}

/// `userid_mark` (`ngx_http_userid_mark`).
fn userid_mark(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    let is_mark = matches!(value.as_ref(), [byte] if byte.is_ascii_alphanumeric() || *byte == b'=');
    if value.as_ref() != b"off" && !is_mark {
        let message = |shown: &str| {
            format!("`userid_mark` takes a letter, a digit, `=` or `off`, not `{shown}`")
        };
        subject.refuse_word(word, message);
    }
}

/// `image_filter` (`ngx_http_image_filter`).
fn image(subject: &mut Subject<'_, '_>) {
    let Some(first) = subject.arg(0) else { return };
    let words: &[&str] = match subject.args().len() {
        1 => &["off", "test", "size"],
        2 => &["rotate"],
        _ => &["resize", "crop"],
    };
    if !subject.is_one_of(first, words) {
        return;
    }
    let angles = subject.args().len() == 2;
    for word in subject.args().skip(1) {
        if Subject::is_variable(word) {
            subject.is_script(word);
            continue;
        }
        if angles {
            subject.is_one_of(word, &["90", "180", "270"]);
        } else {
            dimension(subject, word);
        }
    }
}

/// A number above 0, or `-` (`ngx_http_image_filter_value`).
fn dimension(subject: &mut Subject<'_, '_>, word: Word<'_>) {
    if word.value().as_ref() != b"-" {
        subject.is_or(word, POSITIVE, " or `-`");
    }
}

/// `image_filter_jpeg_quality` and its like.
fn quality(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    if Subject::is_variable(word) {
        subject.is_script(word);
    } else if subject.id != id::IMAGE_FILTER_SHARPEN {
        subject.is(word, POSITIVE);
    }
}

/// `modern_browser` (`ngx_http_modern_browser`).
fn browser(subject: &mut Subject<'_, '_>) {
    let Some(first) = subject.arg(0) else { return };
    let Some(version) = subject.arg(1) else {
        subject.is_one_of(first, &["unlisted"]);
        return;
    };
    let value = first.value();
    if !BROWSERS.iter().any(|one| value.eq_ignore_ascii_case(one.as_bytes())) {
        subject.is_one_of(first, &BROWSERS);
    }
    if !version.value().iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
        let message =
            |shown: &str| format!("`modern_browser` takes a version such as `5.5`, not `{shown}`");
        subject.refuse_word(version, message);
    }
}

/// `auth_request_set` (`ngx_http_auth_request_set`), `perl_set`: a variable first.
fn variable(subject: &mut Subject<'_, '_>) {
    if let Some(first) = subject.arg(0) {
        subject.check_new_variable(first);
    }
}

const BROWSERS: [&str; 5] = ["opera", "msie", "gecko", "safari", "konqueror"];

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::AUTH_REQUEST_SET, variable),
    Check(id::IMAGE_FILTER, image),
    Check(id::IMAGE_FILTER_JPEG_QUALITY, quality),
    Check(id::IMAGE_FILTER_SHARPEN, quality),
    Check(id::IMAGE_FILTER_WEBP_QUALITY, quality),
    Check(id::MODERN_BROWSER, browser),
    Check(id::PERL_SET, variable),
    Check(id::SUB_FILTER, sub_filter),
    Check(id::USERID_EXPIRES, userid_expires),
    Check(id::USERID_MARK, userid_mark),
];
