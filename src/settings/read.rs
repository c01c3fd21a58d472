//! The text of a settings file, read.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::error::suggestion;
use super::stated::entries;
use super::table::{Document, Table, Value, beside};
use super::{Backend, Error, PathGlob, PerPath, Settings, Stated};
use crate::diagnostic::{Category, Level};
use crate::nginx::{Flavor, Protocol};

/// Reads `text`, which stands in `file` in the canonical `directory`.
pub(super) fn parse(
    text: &str,
    file: &Path,
    directory: PathBuf,
    rules: &[&str],
) -> Result<Settings, Error> {
    let document = Document { file, text };
    let parsed = document.parse()?;
    let top = Table::new(document, String::new(), 0, parsed.get_ref()).only(&KEYS)?;
    let values = |name| top.value(name).map(Value::list).transpose().map(Option::unwrap_or_default);
    let table = |name| top.value(name).map(Value::table).transpose();
    Ok(Settings {
        file: file.to_path_buf(),
        directory,
        nginx_version: top
            .value("nginx-version")
            .map(|value| value.parsed(str::parse))
            .transpose()?,
        flavor: top
            .value("flavor")
            .map(|value| word(value, &Flavor::ALL.map(Flavor::name)))
            .transpose()?,
        modules: match top.value("modules") {
            Some(_) => Some(owned(top.strings("modules")?)),
            None => None,
        },
        roots: top.strings("roots")?.into_iter().map(|path| beside(file, path)).collect(),
        exclude: values("exclude")?.iter().map(glob).collect::<Result<_, _>>()?,
        extra_directives: owned(top.strings("extra-directives")?),
        include_map: table("include")?
            .map(|table| include_map(table, file))
            .transpose()?
            .unwrap_or_default(),
        rules: table("rules")?.map(|table| levels(&table, rules)).transpose()?.unwrap_or_default(),
        per_path: table("per-path")?
            .map(|table| per_path(&table, rules))
            .transpose()?
            .unwrap_or_default(),
        baseline: top
            .value("baseline")
            .map(|value| Ok(beside(file, value.string()?)))
            .transpose()?,
        backends: match top.value("backend") {
            Some(value) => value.tables()?.into_iter().map(backend).collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
        entries: entries(document, parsed.get_ref()),
    })
}

fn glob(value: &Value<'_, '_>) -> Result<PathGlob, Error> {
    Ok(value.parsed(PathGlob::new)?.value)
}

fn include_map(table: Table<'_, '_>, file: &Path) -> Result<Vec<(PathBuf, PathBuf)>, Error> {
    let table = table.only(&INCLUDE_KEYS)?;
    let Some(map) = table.value("map") else { return Ok(Vec::new()) };
    let pair = |(from, to): &(&str, Value<'_, '_>)| {
        if from.is_empty() {
            return Err(to.error("maps the empty path"));
        }
        Ok((PathBuf::from(from), beside(file, to.string()?)))
    };
    map.table()?.entries().iter().map(pair).collect()
}

fn levels(table: &Table<'_, '_>, rules: &[&str]) -> Result<Vec<(String, Level)>, Error> {
    let categories = names(Category::ALL, Category::name);
    let known: Vec<_> = rules.iter().chain(&categories).copied().collect();
    let words = names(Level::ALL, Level::name);
    let level = |(name, value): &(&str, Value<'_, '_>)| {
        if !known.contains(name) {
            let near = suggestion(name, known.iter().copied());
            return Err(value.error(format!("is no rule and no category{near}")));
        }
        Ok(((*name).to_owned(), word(value, &words)?.value))
    };
    table.entries().iter().map(level).collect()
}

fn per_path(table: &Table<'_, '_>, rules: &[&str]) -> Result<Vec<PerPath>, Error> {
    let one = |(pattern, value): &(&str, Value<'_, '_>)| {
        let glob = PathGlob::new(pattern)
            .map_err(|error| value.error(format!("cannot be read: {error}")))?;
        let table = value.table()?.only(&PER_PATH_KEYS)?;
        Ok(PerPath { glob, rules: levels(&table.need("rules")?.table()?, rules)? })
    };
    table.entries().iter().map(one).collect()
}

fn backend(table: Table<'_, '_>) -> Result<Backend, Error> {
    let table = table.only(&BACKEND_KEYS)?;
    let address = table.need("address")?.string()?.to_owned();
    let list = table.need("speaks")?;
    let words = list.list()?;
    if words.is_empty() {
        return Err(list.error("is empty: name at least one protocol"));
    }
    let known = Protocol::ALL.map(Protocol::name);
    let speaks =
        words.iter().map(|value| Ok(word(value, &known)?.value)).collect::<Result<_, Error>>()?;
    Ok(Backend { address, speaks, line: table.line() })
}

/// A string that is one of the words of `T`, which `known` lists.
fn word<T: FromStr<Err = String>>(
    value: &Value<'_, '_>,
    known: &[&str],
) -> Result<Stated<T>, Error> {
    value.parsed(|word| {
        let near = suggestion(word, known.iter().copied());
        word.parse().map_err(|error| format!("{error}{near}"))
    })
}

/// The names of all values of a type.
pub(super) fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().copied().map(name).collect()
}

fn owned(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// The keys at the top of the file.
pub const KEYS: [&str; 11] = [
    "nginx-version",
    "flavor",
    "modules",
    "roots",
    "exclude",
    "extra-directives",
    "include",
    "rules",
    "per-path",
    "baseline",
    "backend",
];

/// The keys of `[include]`.
pub(super) const INCLUDE_KEYS: [&str; 1] = ["map"];

/// The keys of a glob of `[per-path]`.
pub(super) const PER_PATH_KEYS: [&str; 1] = ["rules"];

/// The keys of a `[[backend]]`.
pub(super) const BACKEND_KEYS: [&str; 2] = ["address", "speaks"];
