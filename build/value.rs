//! Words, bounds, defaults, deprecations.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::directive::is_imap;
use crate::facts::{Changes, Definition, Span};
use crate::{Result, rust};

/// The fields of a row that tell of values.
pub fn fields(out: &mut String, name: &str, changes: &Changes) -> Result<()> {
    writeln!(out, "words: &[")?;
    for (family, words) in words(name, changes)? {
        writeln!(out, "({family}, &[")?;
        for (word, fact) in words {
            let prefix = word.ends_with(['=', ':']) || word.ends_with("://");
            let (kind, mut ranges) = (fact.kind, String::new());
            for (since, until) in joined(fact.spans)? {
                write!(ranges, "{}, ", rust::range(&since, until.as_deref())?)?;
            }
            writeln!(
                out,
                "WordFact {{ word: {word:?}, prefix: {prefix}, kind: WordKind::{kind}, \
                 ranges: &[{ranges}] }},"
            )?;
        }
        writeln!(out, "]),")?;
    }
    writeln!(out, "], bounds: &[")?;
    for bounds in changes.bounds.get(name).into_iter().flatten() {
        let family = rust::family(&bounds.family)?;
        for bound in &bounds.ranges {
            let versions = rust::range(&bound.since, bound.until.as_deref())?;
            let (min, max) = (bound.min, bound.max);
            writeln!(
                out,
                "Bound {{ family: {family}, versions: {versions}, min: {min}, max: {max} }},"
            )?;
        }
    }
    writeln!(out, "], deprecations: &[")?;
    deprecations(out, name, changes)?;
    writeln!(out, "],")?;
    Ok(())
}

/// What the source of that very module sets where the directive is not given.
pub fn defaults(name: &str, definition: &Definition, changes: &Changes) -> Result<String> {
    let mut out = String::new();
    for defaults in changes.defaults.get(name).into_iter().flatten() {
        if defaults.family == definition.family && defaults.src == definition.src {
            for default in &defaults.ranges {
                let versions = rust::range(&default.since, default.until.as_deref())?;
                write!(out, "({versions}, {:?}), ", default.value)?;
            }
        }
    }
    Ok(out)
}

struct Word<'f> {
    kind: &'static str,
    spans: Vec<&'f Span>,
}

type Words<'f> = BTreeMap<String, Word<'f>>;

/// By family. A name with two modules in one family has the words of both.
fn words<'f>(name: &str, changes: &'f Changes) -> Result<BTreeMap<&'static str, Words<'f>>> {
    let mut families: BTreeMap<&'static str, Words<'_>> = BTreeMap::new();
    let mut add = |family, kind, word: &str, spans: &'f [Span]| -> Result<()> {
        let words = families.entry(rust::family(family)?).or_default();
        for word in spelled(word) {
            let entry = words.entry(word).or_insert(Word { kind, spans: Vec::new() });
            // What a handler of later releases looks for is not all that it takes.
            entry.kind = kind;
            entry.spans.extend(spans);
        }
        Ok(())
    };
    for values in changes.values.get(name).into_iter().flatten() {
        let kind = match values.kind.as_str() {
            "enum" => "Enum",
            // One word before 1.1.8, several since.
            "bitmask" | "bitmask/enum" => "Bitmask",
            other => return Err(format!("{name}: {other}").into()),
        };
        for (word, spans) in values.values.iter().filter(|_| !is_imap(&values.src)) {
            add(&values.family, kind, word, spans)?;
        }
    }
    for parameters in changes.parameters.get(name).into_iter().flatten() {
        for (word, spans) in parameters.parameters.iter().filter(|_| !is_imap(&parameters.src)) {
            add(&parameters.family, "Parameter", word, spans)?;
        }
    }
    Ok(families)
}

/// `ipv6only=on|off` is two words; `r/s` is the end of one, and none.
fn spelled(word: &str) -> Vec<String> {
    if word.starts_with("r/") {
        return Vec::new();
    }
    match word.split_once('=') {
        Some((key, values)) if values.contains('|') => {
            values.split('|').map(|value| format!("{key}={value}")).collect()
        }
        _ => vec![word.to_owned()],
    }
}

/// In order, those that touch or overlap made one.
fn joined(spans: Vec<&Span>) -> Result<Vec<Span>> {
    let mut spans: Vec<_> =
        spans.into_iter().map(|span| Ok((key(&span.0)?, span))).collect::<Result<_>>()?;
    spans.sort();
    let mut out: Vec<Span> = Vec::new();
    for (since, span) in spans {
        match out.last_mut() {
            Some(last)
                if last.1.as_deref().map(key).transpose()?.is_none_or(|end| since <= end) =>
            {
                last.1 = match (&last.1, &span.1) {
                    (Some(a), Some(b)) => Some(if key(a)? < key(b)? { b } else { a }.clone()),
                    _ => None,
                };
            }
            _ => out.push(span.clone()),
        }
    }
    Ok(out)
}

fn key(version: &str) -> Result<Vec<u16>> {
    Ok(version.split('.').map(str::parse).collect::<Result<_, _>>()?)
}

fn deprecations(out: &mut String, name: &str, changes: &Changes) -> Result<()> {
    let whole = changes.deprecated_directives.get(name).into_iter().flatten();
    let whole = whole.filter(|phase| !phase.src.as_deref().is_some_and(is_imap));
    let parts = changes.deprecated_parameters.iter();
    for phase in whole.chain(parts.filter(|phase| phase.directive.as_deref() == Some(name))) {
        let family = rust::family(&phase.family)?;
        let versions = rust::range(&phase.since, phase.until.as_deref())?;
        let (parameter, replacement) = (&phase.parameter, &phase.replacement);
        let status = match phase.status.as_str() {
            "superseded_without_warning" => "Superseded".to_owned(),
            other => rust::camel(other),
        };
        writeln!(
            out,
            "Deprecation {{ family: {family}, parameter: {parameter:?}, status: Status::{status}, \
             versions: {versions}, replacement: {replacement:?} }},"
        )?;
    }
    Ok(())
}
