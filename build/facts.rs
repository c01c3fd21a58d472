//! The fact files as they are written. A key that is not known here is an error, so that the files
//! and what is made of them do not drift apart.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::Result;

/// `data/NAME.json`.
pub fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let path = Path::new(&root).join("data").join(name).with_extension("json");
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path)?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// `[since, until]`.
pub type Span = (String, Option<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directives {
    pub _meta: IgnoredAny,
    pub directives: BTreeMap<String, Vec<Definition>>,
    #[serde(rename = "modules")]
    pub _modules: IgnoredAny,
    pub releases: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub family: String,
    pub module: String,
    pub src: String,
    #[serde(default, rename = "undocumented")]
    pub _undocumented: bool,
    #[serde(default, rename = "ordinal")]
    pub _ordinal: u8,
    pub ranges: Vec<Range>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub since: String,
    pub until: Option<String>,
    pub contexts: Vec<String>,
    pub args: Args,
    #[serde(default)]
    pub block: bool,
    #[serde(rename = "type")]
    pub value: String,
    #[serde(default, rename = "any_context")]
    pub _any_context: bool,
    #[serde(default)]
    pub build: Vec<String>,
    #[serde(default, rename = "backport_of")]
    pub _backport_of: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Args {
    Counts(Vec<u8>),
    Word(String),
}

#[derive(Deserialize)]
pub struct Thirdparty {
    pub _meta: Meta,
    #[serde(flatten)]
    pub catalogues: BTreeMap<String, BTreeMap<String, Vec<Foreign>>>,
}

#[derive(Deserialize)]
pub struct Meta {
    pub sources: BTreeMap<String, Source>,
}

#[derive(Deserialize)]
pub struct Source {
    pub catalogue: Option<String>,
    /// `http:echo_it`; a name that ends in `_` is the beginning of many.
    #[serde(default, alias = "variables_added")]
    pub variables: Vec<String>,
}

/// A definition outside nginx.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    pub family: String,
    pub module: String,
    pub status: Option<String>,
    #[serde(default)]
    pub contexts: Vec<String>,
    pub args: Option<Args>,
    #[serde(default)]
    pub block: bool,
    #[serde(rename = "type")]
    pub value: Option<String>,
    #[serde(default)]
    pub build: Vec<String>,
    pub since: Option<String>,
    pub commercial_until: Option<String>,
    #[serde(rename = "default")]
    pub documented_default: Option<String>,
    #[serde(default, rename = "since_from")]
    pub _since_from: Option<String>,
    #[serde(default, rename = "open_source_since")]
    pub _open_source_since: Option<String>,
    #[serde(default, rename = "note")]
    pub _note: Option<String>,
    #[serde(default, rename = "read_by_hand")]
    pub _read_by_hand: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    pub _meta: IgnoredAny,
    pub values: BTreeMap<String, Vec<Values>>,
    pub parameters: BTreeMap<String, Vec<Parameters>>,
    pub bounds: BTreeMap<String, Vec<Bounds>>,
    pub defaults: BTreeMap<String, Vec<Defaults>>,
    pub defaults_documented_only: BTreeMap<String, Vec<Documented>>,
    pub deprecated_directives: BTreeMap<String, Vec<Phase>>,
    pub deprecated_parameters: Vec<Phase>,
    #[serde(rename = "behaviour")]
    pub _behaviour: IgnoredAny,
    pub free_form_blocks: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
pub struct Values {
    pub family: String,
    pub src: String,
    pub kind: String,
    pub values: BTreeMap<String, Vec<Span>>,
}

#[derive(Deserialize)]
pub struct Parameters {
    pub family: String,
    pub src: String,
    pub parameters: BTreeMap<String, Vec<Span>>,
}

#[derive(Deserialize)]
pub struct Bounds {
    pub family: String,
    pub ranges: Vec<Bound>,
}

#[derive(Deserialize)]
pub struct Bound {
    pub since: String,
    pub until: Option<String>,
    pub min: u32,
    pub max: u32,
}

#[derive(Deserialize)]
pub struct Defaults {
    pub family: String,
    pub src: String,
    pub ranges: Vec<Default>,
}

#[derive(Deserialize)]
pub struct Default {
    pub since: String,
    pub until: Option<String>,
    #[serde(rename = "default")]
    pub value: String,
}

#[derive(Deserialize)]
pub struct Documented {
    pub family: String,
    pub module: String,
    pub docs: String,
}

/// Of a directive, or of a parameter of the directive it names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub directive: Option<String>,
    pub parameter: Option<String>,
    pub family: String,
    pub src: Option<String>,
    pub status: String,
    pub since: String,
    pub until: Option<String>,
    pub replacement: Option<String>,
}

#[derive(Deserialize)]
pub struct Merges {
    pub merge: BTreeMap<String, Vec<Merge>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    pub families: Vec<String>,
    pub merge: String,
    #[serde(default)]
    pub with: Vec<String>,
    #[serde(rename = "why")]
    pub _why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    pub _meta: IgnoredAny,
    pub repeat: BTreeMap<String, Vec<Repeat>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    pub families: Vec<String>,
    pub repeat: String,
    pub since: Option<String>,
    pub until: Option<String>,
    #[serde(rename = "why")]
    pub _why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variables {
    pub _meta: IgnoredAny,
    pub variables: BTreeMap<String, Vec<Variable>>,
    pub not_in_open_source: BTreeMap<String, Vec<Outside>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    pub family: String,
    pub module: String,
    #[serde(default)]
    pub prefix: bool,
    #[serde(default, rename = "undocumented")]
    pub _undocumented: bool,
    pub ranges: Vec<VariableRange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableRange {
    pub since: String,
    pub until: Option<String>,
    #[serde(default)]
    pub flags: Vec<String>,
    #[serde(default, rename = "backport_of")]
    pub _backport_of: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    pub family: String,
    pub module: String,
    #[serde(default)]
    pub prefix: bool,
    pub since: Option<String>,
    #[serde(default, rename = "commercial")]
    pub _commercial: bool,
}
