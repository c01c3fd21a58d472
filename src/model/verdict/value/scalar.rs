//! Values that nginx reads in a way that many directives share (`ngx_conf_set_*_slot`).

use super::form::{self, ANY_NUMBER, Form, POSITIVE, Zero};
use super::number::{self, Unit};
use super::{Check, Subject, access, cache, complex, word};
use crate::nginx::{self, DirectiveId, ValueKind, id};
use crate::syntax::Word;

/// Looks at the words of a directive, as the facts say that they are read.
pub(super) fn check(subject: &mut Subject<'_, '_>) {
    let Some(first) = subject.arg(0) else { return };
    match subject.kind {
        ValueKind::Flag => flag(subject),
        ValueKind::Number => number(subject),
        ValueKind::Size if complex::has_variable(first.raw()) => complex_size(subject),
        ValueKind::Size => {
            if subject.is(first, Form::Size(0)) {
                size_bound(subject);
            }
        }
        ValueKind::Offset => {
            subject.is(first, Form::Offset(0));
        }
        ValueKind::TimeMs => {
            subject.is(first, Form::Time(Unit::Millisecond, Zero::Taken));
        }
        ValueKind::TimeS => {
            subject.is(first, Form::Time(Unit::Second, Zero::Taken));
        }
        // A rule of its own tells of what it does not take.
        ValueKind::Enum if subject.id == id::PROXY_HTTP_VERSION => {}
        ValueKind::Enum => word::one(subject),
        ValueKind::Bitmask => word::some(subject),
        ValueKind::Buffers => {
            subject.is(first, POSITIVE);
            if let Some(size) = subject.arg(1) {
                subject.is(size, Form::Size(1));
            }
        }
        ValueKind::ComplexSize => complex_size(subject),
        ValueKind::Complex => {
            subject.is_script(first);
        }
        ValueKind::Predicate => {
            for word in subject.args() {
                subject.is_script(word);
            }
        }
        ValueKind::Bind => access::bind(subject),
        ValueKind::Access => access::mode(subject),
        ValueKind::Path => cache::levels(subject),
        ValueKind::CachePath => cache::path(subject),
        ValueKind::CacheValid => cache::valid(subject),
        ValueKind::KeyvalIfNotEmpty => {
            header(subject);
            if let Some(third) = subject.arg(2) {
                subject.is_one_of(third, &["if_not_empty"]);
            }
        }
        ValueKind::MimeTypes => types(subject),
        ValueKind::Keyval if HEADERS.contains(&subject.id) => header(subject),
        ValueKind::String if subject.id == id::PROXY_SET_BODY => {
            subject.is_script(first);
        }
        ValueKind::ComplexArray
        | ValueKind::Custom
        | ValueKind::Include
        | ValueKind::Keyval
        | ValueKind::String
        | ValueKind::StringArray
        | ValueKind::Unsupported => {}
    }
}

/// `on` or `off`, in any case (`ngx_conf_set_flag_slot`).
pub(super) fn flag(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    if value.eq_ignore_ascii_case(b"on") || value.eq_ignore_ascii_case(b"off") {
        return;
    }
    let name = subject.name();
    let message = |shown: &str| format!("`{name}` takes `on` or `off`, not `{shown}`");
    if let Some(fault) = subject.refuse_word(word, message) {
        fault.logs("it must be \"on\" or \"off\" in");
        match form::switch(&value) {
            Some(meant) => fault.mend(word.span(), meant, false),
            None => fault.help("write `on` or `off`"),
        };
    }
}

/// A number, within its bounds.
pub(super) fn number(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let versions = subject.versions;
    let mut bounds = nginx::bounds(subject.id, subject.family());
    let bound = bounds.find(|bound| versions.meets(&bound.versions.into()));
    let form = match (bound, subject.id) {
        (Some(bound), _) => Form::Number(bound.min.into(), bound.max.into()),
        // `ngx_hash_init`: the table of variables is always built, and never empty.
        (None, id::VARIABLES_HASH_BUCKET_SIZE) => Form::Number(1, LARGEST_BUCKET),
        (None, id::VARIABLES_HASH_MAX_SIZE) => POSITIVE,
        (None, _) => ANY_NUMBER,
    };
    let is_right = subject.is(word, form);
    // `ngx_http_v2_streams_index_mask`.
    if is_right && subject.id == id::HTTP2_STREAMS_INDEX_SIZE {
        let power = number::number(&word.value()).is_some_and(u64::is_power_of_two);
        refuse_unless(subject, power, "a power of two");
    }
}

/// What the modules check of a size that they have read.
fn size_bound(subject: &mut Subject<'_, '_>) {
    let Some(bytes) = subject.arg(0).and_then(|word| number::size(&word.value())) else { return };
    let least = |least: u64, bytes: u64| bytes >= least;
    // In the order of the sources: `ngx_http_gzip_filter_module.c`, `ngx_http_core_module.c`,
    // `ngx_http_v2_module.c`.
    let (right, takes) = match subject.id {
        id::GZIP_WINDOW => {
            let right = bytes.is_power_of_two() && (512..=32 << 10).contains(&bytes);
            (right, "`512`, `1k`, `2k`, `4k`, `8k`, `16k` or `32k`")
        }
        id::GZIP_HASH => {
            let right = bytes.is_power_of_two() && (512..=128 << 10).contains(&bytes);
            (right, "`512`, `1k`, `2k`, `4k`, `8k`, `16k`, `32k`, `64k` or `128k`")
        }
        id::CONNECTION_POOL_SIZE | id::REQUEST_POOL_SIZE | id::HTTP2_POOL_SIZE => (
            least(MIN_POOL_SIZE, bytes) && bytes.is_multiple_of(16),
            "a multiple of 16 from 112 on",
        ),
        id::HTTP2_RECV_BUFFER_SIZE => (bytes > 16, "a size above 16 bytes"),
        id::HTTP2_BODY_PREREAD_SIZE => (bytes < 1 << 31, "a size below `2048m`"),
        id::HTTP2_CHUNK_SIZE => (least(1, bytes), "a size above 0"),
        _ => return,
    };
    refuse_unless(subject, right, takes);
}

/// Refuses the only word of a directive unless it is right.
fn refuse_unless(subject: &mut Subject<'_, '_>, right: bool, takes: &str) {
    if right {
        return;
    }
    let Some(word) = subject.arg(0) else { return };
    let name = subject.name();
    subject.refuse_word(word, |shown| format!("`{name}` takes {takes}, not `{shown}`"));
}

/// A size, or, in some releases, variables that give one
/// (`ngx_http_set_complex_value_size_slot`).
fn complex_size(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    if !complex::has_variable(word.raw()) {
        subject.is(word, Form::Size(0));
        return;
    }
    let without = subject.read_as(ValueKind::Size);
    let mut ranges = subject.id.definitions().iter().flat_map(|one| one.ranges);
    let later = ranges.find(|range| range.value == ValueKind::ComplexSize);
    match later {
        None => {
            subject.is(word, Form::Size(0));
            return;
        }
        Some(later) if !without.is_empty() => {
            let (name, since) = (subject.name(), later.versions.since);
            let message = |_: &str| format!("`{name}` takes variables only since {since}");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.only_in(&without);
            }
        }
        Some(_) => {}
    }
    subject.is_script(word);
}

/// What is sent to an upstream: the value is read for variables once all is merged
/// (`ngx_http_proxy_init_headers` and its like).
fn header(subject: &mut Subject<'_, '_>) {
    if let Some(value) = subject.arg(1) {
        subject.is_script(value);
    }
}

/// What Linux has no use for (`ngx_http_core_lowat_check` and its like).
fn low_water(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    if subject.is(word, Form::Size(0)) {
        let name = subject.name();
        if let Some(fault) =
            subject.refuse_word(word, |_| format!("`{name}` has no effect on Linux"))
        {
            fault.warns().help("leave it out");
        }
    }
}

/// MIME types, each once (`ngx_http_types_slot`); one of them is always there.
fn types(subject: &mut Subject<'_, '_>) {
    let default: &[u8] = if subject.id == id::XSLT_TYPES { b"text/xml" } else { b"text/html" };
    let name = subject.name();
    for (index, word) in subject.args().enumerate() {
        let value = word.value();
        // What follows is not looked at.
        if value.as_ref() == b"*" {
            return;
        }
        let same = |one: &Word<'_>| one.value().eq_ignore_ascii_case(&value);
        if value.eq_ignore_ascii_case(default) {
            let message = |shown: &str| format!("`{name}` has `{shown}` without being told");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.warns().help("leave it out");
            }
        } else if let Some(first) = subject.args().take(index).find(same) {
            let at = subject.used.locate(first.span());
            let message = |shown: &str| format!("`{name}` has `{shown}` twice");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.warns().label(at, "it is here already").help("leave one of them out");
            }
        }
    }
}

/// A directive that nginx reads no more: what it takes where it still does.
fn before_obsolete(subject: &mut Subject<'_, '_>, kind: ValueKind) {
    let versions = subject.read_as(kind);
    if versions.is_empty() {
        return;
    }
    let before = subject.faults.len();
    match kind {
        ValueKind::Number => number(subject),
        _ => flag(subject),
    }
    for fault in &mut subject.faults[before..] {
        fault.only_in(&versions);
    }
}

/// `http2_max_concurrent_pushes`.
fn pushes(subject: &mut Subject<'_, '_>) {
    before_obsolete(subject, ValueKind::Number);
}

/// `http2_push_preload`.
fn preload(subject: &mut Subject<'_, '_>) {
    before_obsolete(subject, ValueKind::Flag);
}

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::FASTCGI_SEND_LOWAT, low_water),
    Check(id::HTTP2_MAX_CONCURRENT_PUSHES, pushes),
    Check(id::HTTP2_PUSH_PRELOAD, preload),
    Check(id::PROXY_SEND_LOWAT, low_water),
    Check(id::SEND_LOWAT, low_water),
];

/// Directives with a name and a value that may hold variables.
const HEADERS: [DirectiveId; 2] = [id::GRPC_SET_HEADER, id::PROXY_SET_HEADER];

/// The largest bucket of a hash table, where a line of the processor's cache has 64 bytes.
const LARGEST_BUCKET: u64 = (64 << 10) - 64;

/// `NGX_MIN_POOL_SIZE` on a machine of 64 bits.
const MIN_POOL_SIZE: u64 = 112;
