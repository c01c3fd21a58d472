//! A name is too long for the buckets of the hash table that nginx puts it in.

use foldhash::HashSet;

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Confidence, Level};
use crate::include::Used;
use crate::model::{Scope, ScopeId};
use crate::nginx::{Contexts, DirectiveId, id};
use crate::syntax::{Word, is_placeholder};

/// The rule.
pub static RULE: Rule = Rule {
    name: "hash-bucket-size",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/hash-bucket-size.md"),
    check: On::Config(check),
};

/// What nginx takes for a line of the processor's cache on most machines, and for the least size of
/// a bucket.
const CACHE_LINE: usize = 64;

/// The longest name for which a bucket of that size has room.
const LONGEST: usize = CACHE_LINE - 2 * size_of::<u64>() - size_of::<u16>();

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    let mut shared: Option<HashSet<ScopeId>> = None;
    let is_server =
        |scope: Scope<'_>| matches!(scope.context(), Contexts::SERVER | Contexts::STREAM_SERVER);
    for (used, scope) in model.every(id::SERVER_NAME).filter(|(_, scope)| is_server(*scope)) {
        for word in used.directive().args().filter(|word| word.raw().len() > LONGEST) {
            let shared = shared.get_or_insert_with(|| model.servers_with_company());
            let has_table = || shared.contains(&scope.id()) || model.captures_in_names(scope.id());
            if is_one_name(&word.value()) && has_table() {
                report(cx, scope, used, word, 0, id::SERVER_NAMES_HASH_BUCKET_SIZE);
            }
        }
    }
    let is_main = |scope: Scope<'_>| matches!(scope.context(), Contexts::HTTP | Contexts::STREAM);
    for (used, scope) in model.every(id::MAP).filter(|(_, scope)| is_main(*scope)) {
        for line in model.config().lines(used) {
            let word = line.directive().name();
            if word.raw().len() > LONGEST && is_one_name(&word.value()) {
                report(cx, scope, line, word, 0, id::MAP_HASH_BUCKET_SIZE);
            }
        }
    }
    for (id, argument) in [(id::MAP, 1), (id::GEO, 0), (id::SPLIT_CLIENTS, 1), (id::SET, 0)] {
        for (used, scope) in model.every(id) {
            if let Some(word) = used.directive().arg(argument)
                && is_main(scope) == (id != id::SET)
                && word.raw().len() > 1 + LONGEST
            {
                report(cx, scope, used, word, 1, id::VARIABLES_HASH_BUCKET_SIZE);
            }
        }
    }
}

/// Whether it is one name to look for: no pattern, no regular expression.
fn is_one_name(value: &[u8]) -> bool {
    !value.starts_with(b"~") && !value.starts_with(b".") && !value.contains(&b'*')
}

/// `ngx_hash_init`: a bucket holds a pointer, and for each key another, its length and its bytes.
fn report(
    cx: &mut Context<'_>,
    scope: Scope<'_>,
    used: Used<'_>,
    word: Word<'_>,
    sign: usize,
    bucket: DirectiveId,
) {
    let value = word.value();
    let length = value.len().saturating_sub(sign);
    let needed = (length + size_of::<u16>()).next_multiple_of(8) + 2 * size_of::<u64>();
    let stated = scope.value(bucket);
    let size = match &stated {
        None => CACHE_LINE,
        Some((_, size)) => {
            match std::str::from_utf8(size).ok().and_then(|size| size.parse().ok()) {
                Some(size) => usize::next_multiple_of(size, CACHE_LINE),
                None => return,
            }
        }
    };
    if needed <= size || is_placeholder(word.raw()) {
        return;
    }
    let (name, shown) = (bucket.name(), crate::model::shown(&value));
    let message = format!("`{shown}` is too long for a hash table with buckets of {size} bytes");
    let enough = needed.next_power_of_two();
    let mut draft = cx
        .report(used, word.span(), message)
        .confidence(Confidence::Likely)
        .likely_level(Level::Warning)
        .symptom(format!(
            "could not build {}, you should increase {name}: {size}",
            name.trim_end_matches("_bucket_size")
        ))
        .help(format!("write `{name} {enough};` in the block around all of them"));
    if let Some((stated, _)) = stated {
        draft = draft.label(stated.location(), "the size is set here");
    }
    _ = draft;
}
