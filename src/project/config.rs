//! Which settings hold for a place, and where each comes from.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::detection::{Detected, Detector};
use super::upward::here;
use super::{Error, Request, SettingsChoice};
use crate::diagnostic::{Level, Origin, SettingRow};
use crate::nginx::VersionSet;
use crate::rules;
use crate::settings::{self, KEYS, Settings, dotted};
use crate::source::{FileKind, Loader};

/// The settings in force for what stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The settings file, as one would type it, if any rules there.
    pub file: Option<PathBuf>,
    /// The settings, in the order of the manual.
    pub rows: Vec<SettingRow>,
}

/// The settings that hold for the configuration, the part of one, or the directory at `path`.
///
/// # Errors
/// There is nothing at `path`, or the settings cannot be read or obeyed.
pub fn config(loader: &dyn Loader, request: &Request, path: &Path) -> Result<InForce, Error> {
    let unreadable = |error| Error::unreadable(path, &error);
    let directory = match loader.kind(here(path)).map_err(unreadable)? {
        FileKind::Directory => path.strip_prefix(".").unwrap_or(path),
        FileKind::File | FileKind::Special => path.parent().unwrap_or(Path::new("")),
    };
    let settings = settings_in(loader, request, directory)?;
    let canonical = loader.canonical(here(path)).map_err(unreadable)?;
    let mut detector = Detector::new(loader, request.installed);
    let detected = detector.unless_stated(request, settings.as_ref(), directory, &canonical);
    let rules = given("rules", request);
    let mut rows = Vec::new();
    for key in KEYS {
        let stated = stated(key, settings.as_ref());
        let given = given(key, request);
        // Lists that options add to add up; else the option is what counts.
        let adds = ["exclude", "backend"].contains(&key);
        // What an option says of a rule holds for all paths.
        let is_beaten_by = |row: &SettingRow, option: &SettingRow| {
            let of_paths = key == "per-path" && row.key.ends_with(&format!(".{}", option.key));
            option.key == row.key || of_paths
        };
        let beaten = |row: &SettingRow| {
            !adds && given.iter().chain(&rules).any(|option| is_beaten_by(row, option))
        };
        let before = rows.len();
        rows.extend(stated.into_iter().filter(|row| !beaten(row)));
        rows.extend(given);
        if rows.len() == before {
            rows.push(unstated(key, detected.as_ref()));
        }
    }
    Ok(InForce { file: settings.map(|settings| settings.file), rows })
}

/// The settings that hold for what stands in `directory`.
pub(super) fn settings_in(
    loader: &dyn Loader,
    request: &Request,
    directory: &Path,
) -> Result<Option<Settings>, Error> {
    let names = rule_names();
    Ok(match &request.settings {
        SettingsChoice::Discover => settings::discover(loader, directory, &names)?,
        SettingsChoice::File(path) => Some(settings::read(loader, path, &names)?),
        SettingsChoice::None => None,
    })
}

/// The names of rules that settings and baselines may use.
pub(super) fn rule_names() -> Vec<&'static str> {
    rules::names().into_iter().chain(rules::COMING.iter().copied()).collect()
}

/// What the settings file says of a key.
fn stated(key: &str, settings: Option<&Settings>) -> Vec<SettingRow> {
    let Some(settings) = settings else { return Vec::new() };
    let is_meant = |entry: &&settings::Entry| {
        entry.key.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let row = |entry: &settings::Entry| {
        let (key, file) = (entry.key.clone(), settings.file.clone());
        // A list of tables is a list of one each.
        let value = match &entry.value {
            table @ Value::Object(_) => json!([table]),
            value => value.clone(),
        };
        SettingRow { key, value, origin: Origin::File { file, line: entry.line } }
    };
    settings.entries.iter().filter(is_meant).map(row).collect()
}

/// What options say of a key.
fn given(key: &str, request: &Request) -> Vec<SettingRow> {
    let row = |key: String, value: Value, option| SettingRow {
        key,
        value,
        origin: Origin::Option(option),
    };
    let paths = |paths: &[PathBuf]| -> Value {
        paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    };
    let one = |value: Option<Value>, option| {
        value.map(|value| row(key.to_owned(), value, option)).into_iter().collect()
    };
    match key {
        "nginx-version" => {
            let versions = request.nginx_version.as_ref();
            one(versions.map(|versions| versions.to_string().into()), "--nginx-version")
        }
        "flavor" => one(request.flavor.map(|flavor| flavor.name().into()), "--flavor"),
        "roots" => one((!request.roots.is_empty()).then(|| paths(&request.roots)), "--root"),
        "exclude" => {
            let globs = &request.exclude;
            one((!globs.is_empty()).then(|| json!(globs)), "--exclude")
        }
        "include" => {
            let mut map = Map::new();
            for (from, to) in &request.map {
                // The first that fits counts.
                let key = dotted(&["include", "map", &from.to_string_lossy()]);
                map.entry(key).or_insert_with(|| to.to_string_lossy().into_owned().into());
            }
            map.into_iter().map(|(key, to)| row(key, to, "--map")).collect()
        }
        "rules" => {
            let mut rows: Vec<SettingRow> = Vec::new();
            for (name, level) in &request.policy.levels {
                let key = dotted(&["rules", name]);
                rows.retain(|row| row.key != key);
                rows.push(row(key, level.name().into(), option(*level)));
            }
            rows
        }
        _ => Vec::new(),
    }
}

/// What holds for a key that nobody states.
fn unstated(key: &str, detected: Option<&Detected>) -> SettingRow {
    let (value, origin) = match (key, detected) {
        ("nginx-version", Some(one)) => {
            (one.versions.to_string().into(), Origin::Found(one.origin.clone()))
        }
        ("nginx-version", None) => (VersionSet::assumed().to_string().into(), Origin::Default),
        ("flavor", Some(one)) => (one.flavor.name().into(), Origin::Found(one.origin.clone())),
        _ => (settings::default(key).unwrap_or(Value::Null), Origin::Default),
    };
    SettingRow { key: key.to_owned(), value, origin }
}

/// The option that sets a level.
const fn option(level: Level) -> &'static str {
    match level {
        Level::Allow => "--allow",
        Level::Info => "--info",
        Level::Warning => "--warn",
        Level::Error => "--error",
    }
}
