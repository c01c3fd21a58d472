//! Variables: a map of whole names, and the beginnings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::facts::{Thirdparty, Variables};
use crate::{Result, rust};

/// What makes entries one: name, prefix, family, origin; those of nginx come first.
type Key = (String, bool, &'static str, String);

#[derive(Default)]
struct Entry {
    module: String,
    ranges: String,
}

pub fn tables(out: &mut String, variables: &Variables, thirdparty: &Thirdparty) -> Result<()> {
    let mut entries: Vec<(Key, Entry)> = Vec::new();
    let mut add =
        |key: Key, module: &str, range: String| match entries.iter_mut().find(|one| one.0 == key) {
            // A variable that went from one module to another.
            Some((_, entry)) => {
                entry.module = module.to_owned();
                entry.ranges += &range;
            }
            None => entries.push((key, Entry { module: module.to_owned(), ranges: range })),
        };
    for (name, all) in &variables.variables {
        for one in all {
            for range in &one.ranges {
                let versions = rust::range(&range.since, range.until.as_deref())?;
                let changeable = range.flags.iter().any(|flag| flag == "changeable");
                let key = (
                    name.to_lowercase(),
                    one.prefix,
                    rust::family(&one.family)?,
                    "Origin::Nginx".to_owned(),
                );
                let range =
                    format!("VariableRange {{ versions: {versions}, changeable: {changeable} }}, ");
                add(key, &one.module, range);
            }
        }
    }
    for (name, all) in &variables.not_in_open_source {
        for one in all {
            let origin = match one.module.as_str() {
                // `set` makes it, in the configuration itself.
                "ngx_http_memcached_module" => continue,
                // In the module's own list below.
                "ngx_otel_module" => continue,
                "ngx_http_acme_module" => "Origin::Module(\"acme\")",
                _ => "Origin::Plus",
            };
            let versions = rust::range(one.since.as_deref().unwrap_or("0.0.0"), None)?;
            let key = (name.clone(), one.prefix, rust::family(&one.family)?, origin.to_owned());
            add(
                key,
                &one.module,
                format!("VariableRange {{ versions: {versions}, changeable: false }}, "),
            );
        }
    }
    for (source, facts) in &thirdparty._meta.sources {
        let origin = || rust::origin(source, facts.catalogue.as_deref());
        for name in &facts.variables {
            let (family, name) = name.split_once(':').ok_or(format!("{name}: no family"))?;
            let key = (name.to_owned(), name.ends_with('_'), rust::family(family)?, origin()?);
            add(
                key,
                source,
                "VariableRange { versions: since(0, 0, 0), changeable: false }, ".to_owned(),
            );
        }
    }

    let mut whole: BTreeMap<&str, String> = BTreeMap::new();
    let mut prefixes: Vec<(&str, String)> = Vec::new();
    for ((name, prefix, family, origin), Entry { module, ranges }) in &entries {
        let text = format!(
            "Variable {{ name: {name:?}, prefix: {prefix}, family: {family}, module: {module:?}, \
             origin: {origin}, ranges: &[{ranges}] }},\n"
        );
        match prefix {
            true => prefixes.push((name, text)),
            false => *whole.entry(name).or_default() += &text,
        }
    }
    prefixes.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut map = phf_codegen::Map::new();
    for (name, texts) in &whole {
        map.entry(name.as_bytes(), format!("&[{texts}]"));
    }
    let (map, prefixes) =
        (map.build(), prefixes.into_iter().map(|(_, text)| text).collect::<String>());
    writeln!(
        out,
        "pub(super) static VARIABLES: phf::Map<&'static [u8], &'static [Variable]> = {map};\n\
         pub(super) static PREFIXES: &[Variable] = &[{prefixes}];"
    )?;
    Ok(())
}
