//! The names, and a row for each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::facts::{Changes, Definition, Directives, Foreign, Merges, Repeats, Thirdparty};
use crate::{Result, rust, value};

/// Everything that defines directives, name by name.
pub struct Catalogue<'f> {
    entries: BTreeMap<&'f str, Entry<'f>>,
}

#[derive(Default)]
struct Entry<'f> {
    own: Vec<&'f Definition>,
    /// With the origin as an expression.
    foreign: Vec<(String, &'f Foreign)>,
}

/// Whether the module is of the time before `mail` was called so.
pub fn is_imap(src: &str) -> bool {
    src.starts_with("ngx_imap_")
}

impl<'f> Catalogue<'f> {
    pub fn new(directives: &'f Directives, thirdparty: &'f Thirdparty) -> Result<Self> {
        let mut entries: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
        for (name, definitions) in &directives.directives {
            let own = definitions.iter().filter(|definition| !is_imap(&definition.src));
            entries.entry(name).or_default().own.extend(own);
        }
        for (key, table) in &thirdparty.catalogues {
            let source = thirdparty._meta.sources.get(key).ok_or(format!("no source {key}"))?;
            let origin = rust::origin(key, source.catalogue.as_deref())?;
            for (name, foreign) in table {
                let foreign = foreign.iter().map(|one| (origin.clone(), one));
                entries.entry(name).or_default().foreign.extend(foreign);
            }
        }
        Ok(Self { entries })
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The map from names to rows.
    pub fn names(&self, out: &mut String) -> Result<()> {
        let mut map = phf_codegen::Map::new();
        for (index, name) in self.entries.keys().enumerate() {
            map.entry(name.as_bytes(), index.to_string());
        }
        let map = map.build();
        writeln!(out, "pub(super) static NAMES: phf::Map<&'static [u8], u16> = {map};")?;
        Ok(())
    }

    /// A constant for every name of nginx.
    pub fn ids(&self, directives: &Directives) -> Result<String> {
        let mut out = String::new();
        for (index, name) in self.entries.keys().enumerate() {
            if directives.directives.contains_key(*name) {
                writeln!(out, "/// `{name}`.")?;
                let constant = name.to_uppercase();
                writeln!(out, "pub const {constant}: DirectiveId = DirectiveId::new({index});")?;
            }
        }
        Ok(out)
    }

    /// The rows, in the order of the names.
    pub fn rows(&self, changes: &Changes, merges: &Merges, repeats: &Repeats) -> Result<String> {
        let named = changes.free_form_blocks.keys().chain(merges.merge.keys());
        let named = named.chain(changes.values.keys()).chain(changes.parameters.keys());
        let named = named.chain(repeats.repeat.keys());
        if let Some(name) = named.into_iter().find(|name| !self.entries.contains_key(name.as_str()))
        {
            return Err(format!("{name} is no directive").into());
        }
        let mut out = String::new();
        for (name, entry) in &self.entries {
            let lines = entry.accepted(false)?;
            let blocks = entry.accepted(true)?;
            let free_form = changes.free_form_blocks.contains_key(*name);
            writeln!(out, "Row {{ name: {name:?}, definitions: &[")?;
            entry.definitions(&mut out, name, changes)?;
            writeln!(out, "], lines: Arguments::of({lines}), blocks: Arguments::of({blocks}),")?;
            writeln!(out, "free_form: {free_form}, merges: &[{}],", merge(name, merges)?)?;
            writeln!(out, "repeats: &[{}],", repeat(name, repeats)?)?;
            value::fields(&mut out, name, changes)?;
            writeln!(out, "}},")?;
        }
        Ok(out)
    }
}

impl Entry<'_> {
    /// What is accepted in any release from 1.0.0 on.
    fn accepted(&self, block: bool) -> Result<u16> {
        let current = |until: Option<&str>| until.is_none_or(|until| !until.starts_with("0."));
        let mut bits = 0;
        for range in self.own.iter().flat_map(|definition| &definition.ranges) {
            if range.block == block
                && current(range.until.as_deref())
                && range.until.as_deref() != Some("1.0.0")
            {
                bits |= rust::arguments(Some(&range.args))?;
            }
        }
        for (_, foreign) in &self.foreign {
            if foreign.block == block && !foreign.contexts.is_empty() {
                bits |= rust::arguments(foreign.args.as_ref())?;
            }
        }
        Ok(bits)
    }

    fn definitions(&self, out: &mut String, name: &str, changes: &Changes) -> Result<()> {
        for own in &self.own {
            let mut ranges = String::new();
            for range in &own.ranges {
                let Some(contexts) = rust::contexts(&range.contexts)? else { continue };
                let versions = rust::range(&range.since, range.until.as_deref())?;
                let (arguments, block) = (rust::arguments(Some(&range.args))?, range.block);
                let (value, build) = (rust::camel(&range.value), &range.build);
                write!(
                    ranges,
                    "Range {{ versions: {versions}, contexts: {contexts}, \
                     arguments: Arguments::of({arguments}), block: {block}, \
                     value: ValueKind::{value}, build: &{build:?} }}, "
                )?;
            }
            if ranges.is_empty() {
                continue;
            }
            let (family, module) = (rust::family(&own.family)?, &own.module);
            let defaults = value::defaults(name, own, changes)?;
            let documented = changes.defaults_documented_only.get(name).into_iter().flatten();
            let documented = documented
                .filter(|one| one.family == own.family && one.module == own.module)
                .map(|one| &one.docs)
                .next();
            let lacking = self.lacking(own).into_iter().collect::<Vec<_>>().join(", ");
            writeln!(
                out,
                "Definition {{ family: {family}, module: {module:?}, origin: Origin::Nginx, \
                 ranges: &[{ranges}], defaults: &[{defaults}], \
                 documented_default: {documented:?}, lacking: &[{lacking}] }},"
            )?;
        }
        for (origin, foreign) in &self.foreign {
            let Some(contexts) = rust::contexts(&foreign.contexts)? else { continue };
            let (family, module) = (rust::family(&foreign.family)?, &foreign.module);
            let versions = rust::range(
                foreign.since.as_deref().unwrap_or("0.0.0"),
                foreign.commercial_until.as_deref(),
            )?;
            let (arguments, block) = (rust::arguments(foreign.args.as_ref())?, foreign.block);
            let value = rust::camel(foreign.value.as_deref().unwrap_or("custom"));
            let (build, documented) = (&foreign.build, &foreign.documented_default);
            writeln!(
                out,
                "Definition {{ family: {family}, module: {module:?}, origin: {origin}, \
                 ranges: &[Range {{ versions: {versions}, contexts: {contexts}, \
                 arguments: Arguments::of({arguments}), block: {block}, \
                 value: ValueKind::{value}, build: &{build:?} }}], defaults: &[], \
                 documented_default: {documented:?}, lacking: &[] }},"
            )?;
        }
        Ok(())
    }

    /// The forks whose table says that they have not got this definition, or another in its place.
    fn lacking(&self, own: &Definition) -> BTreeSet<String> {
        let replaced = self.foreign.iter().filter(|(_, foreign)| {
            let status = foreign.status.as_deref();
            let place = foreign.family == own.family && foreign.module == own.src;
            place && matches!(status, Some("absent" | "changed"))
        });
        let flavor = |origin: &str| {
            let inner = origin.trim_start_matches("Origin::Fork(");
            inner.trim_end_matches(')').to_owned()
        };
        replaced.map(|(origin, _)| flavor(origin)).collect()
    }
}

fn merge(name: &str, merges: &Merges) -> Result<String> {
    let mut rows = String::new();
    for merge in merges.merge.get(name).into_iter().flatten() {
        let kind = rust::camel(&merge.merge);
        let with = merge.with.iter().map(|name| format!("id::{}, ", name.to_uppercase()));
        let with: String = with.collect();
        for family in &merge.families {
            write!(rows, "({}, Merge::{kind}, &[{with}]), ", rust::family(family)?)?;
        }
    }
    Ok(rows)
}

fn repeat(name: &str, repeats: &Repeats) -> Result<String> {
    let mut rows = String::new();
    for row in repeats.repeat.get(name).into_iter().flatten() {
        let kind = rust::camel(&row.repeat);
        let since = row.since.as_deref().unwrap_or("0.0.0");
        let versions = rust::range(since, row.until.as_deref())?;
        for family in &row.families {
            write!(rows, "({}, {versions}, Repeat::{kind}), ", rust::family(family)?)?;
        }
    }
    Ok(rows)
}
