//! Turns the fact files of `data/` into static tables, so that nothing is read at start-up.

// What the lints keep out of the program is this script's work.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

mod directive;
mod facts;
mod rust;
mod value;
mod variable;

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use directive::Catalogue;
use facts::{Changes, Directives, Merges, Repeats, Thirdparty, Variables};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build");
    let directives: Directives = facts::read("directives")?;
    let changes: Changes = facts::read("changes")?;
    let thirdparty: Thirdparty = facts::read("thirdparty")?;
    let variables: Variables = facts::read("variables")?;
    let merges: Merges = facts::read("merge")?;
    let repeats: Repeats = facts::read("repeat")?;

    let catalogue = Catalogue::new(&directives, &thirdparty)?;
    let rows = catalogue.rows(&changes, &merges, &repeats)?;

    let mut table = String::new();
    catalogue.names(&mut table)?;
    writeln!(table, "pub(super) static TABLE: [Row; {}] = [\n{rows}];", catalogue.len())?;
    variable::tables(&mut table, &variables, &thirdparty)?;
    writeln!(table, "pub(super) static RELEASES: &[Release] = &[")?;
    for (version, date) in &directives.releases {
        let version = rust::version(version)?;
        writeln!(table, "Release {{ version: Version::new{version}, date: {date:?} }},")?;
    }
    writeln!(table, "];")?;

    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("table.rs"), table)?;
    fs::write(Path::new(&out).join("id.rs"), catalogue.ids(&directives)?)?;
    fs::write(Path::new(&out).join("zh.rs"), chinese_pages()?)?;
    Ok(())
}

/// The pages of `rules/zh` by name, as an expression.
fn chinese_pages() -> Result<String> {
    let directory = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("rules/zh");
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(&directory)? {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut pages = String::from("&[");
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a page has no name")?;
        write!(pages, "({name:?}, include_str!({path:?})),")?;
    }
    pages.push(']');
    Ok(pages)
}
