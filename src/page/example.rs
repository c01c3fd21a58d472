//! The examples of a page, to be executed: what to write where, and what must be found.

use std::path::{Component, Path, PathBuf};

use super::PageError;
use super::body::{Block, Fence};
use crate::nginx::{Flavor, VersionSet};

/// One example: a few files that are checked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The files with their texts; a fence without `file=` is [`Example::FILE`].
    pub files: Vec<(PathBuf, String)>,
    /// The target, if one is stated.
    pub version: Option<VersionSet>,
    /// The server, if one is stated.
    pub flavor: Option<Flavor>,
    /// Where the directives of a fragment stand, as `# ngxlint: context=` says it.
    pub context: Option<String>,
    /// Whether it is the example before it, mended: clean, and accepted by nginx.
    pub fixed: bool,
    /// What must be found, and nothing else.
    pub expected: Vec<Expected>,
    /// The line (from 1) of the page where the first fence opens.
    pub line: u32,
}

impl Example {
    /// The name of a file that is given none.
    pub const FILE: &'static str = "example.conf";
}

/// One finding that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The file.
    pub file: PathBuf,
    /// The line in it, from 1.
    pub line: u32,
    /// How bad.
    pub level: Severity,
    /// The rule.
    pub rule: String,
}

/// How bad a marked finding is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `# error: […]`
    Error,
    /// `# warning: […]`
    Warning,
    /// `# info: […]`
    Info,
}

impl Severity {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The word of the marker, which is also the level's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// The examples among the blocks of a page: each fence without a file, each run of fences with
/// nothing but blank lines between them that name different files.
pub(super) fn examples(blocks: &[Block<'_>]) -> Result<Vec<Example>, PageError> {
    let mut examples: Vec<Example> = Vec::new();
    let mut open = false;
    for block in blocks {
        let fence = match block {
            Block::Fence(fence) => fence,
            Block::Line { text, .. } => {
                open &= text.trim().is_empty();
                continue;
            }
        };
        let Some(part) = part(fence)? else {
            open = false;
            continue;
        };
        let named = fence.info.contains("file=");
        let same = |tree: &&mut Example| open && named && belongs(tree, &part);
        let first = examples.is_empty();
        match examples.last_mut().filter(same) {
            Some(tree) => join(tree, part)?,
            None if part.fixed && first => {
                return Err(PageError::new(fence.line, "`fixed` mends the example before it"));
            }
            None => examples.push(part),
        }
        open = named;
    }
    Ok(examples)
}

/// The example that a fence alone would be; `None`: it is only to be read.
fn part(fence: &Fence<'_>) -> Result<Option<Example>, PageError> {
    let fault = |message: String| PageError::new(fence.line, message);
    let (language, options) = fence.info.split_once(' ').unwrap_or((fence.info, ""));
    let nginx = language == "nginx";
    let mut example = Example {
        files: Vec::new(),
        version: None,
        flavor: None,
        context: None,
        fixed: false,
        expected: Vec::new(),
        line: fence.line,
    };
    let mut file = None;
    for (key, value) in words(options).map_err(fault)? {
        match (key, value) {
            ("fixed", None) if nginx => example.fixed = true,
            ("file", Some(name)) => file = Some(inside(name).map_err(fault)?),
            ("version", Some(set)) if nginx => {
                let set = set.parse();
                example.version = Some(set.map_err(|error| fault(format!("{error}")))?);
            }
            ("flavor", Some(word)) if nginx => {
                example.flavor = Some(word.parse().map_err(fault)?);
            }
            ("context", Some(word)) if nginx => example.context = Some(word.to_owned()),
            _ if !nginx && file.is_none() => {}
            _ => return Err(fault(format!("`{key}` is no option of an example"))),
        }
    }
    if !nginx && file.is_none() {
        return Ok(None);
    }
    let name = file.unwrap_or_else(|| PathBuf::from(Example::FILE));
    if nginx {
        example.expected = expected(&name, &fence.text);
    }
    if example.fixed && !example.expected.is_empty() {
        return Err(fault("a `fixed` example is clean".into()));
    }
    example.files.push((name, fence.text.clone()));
    Ok(Some(example))
}

/// Whether `part` holds other files of the same kind of example.
fn belongs(tree: &Example, part: &Example) -> bool {
    let held = |(name, _): &(PathBuf, String)| tree.files.iter().any(|(other, _)| other == name);
    (tree.fixed || !part.fixed) && !part.files.iter().any(held)
}

/// Adds `part` to a tree; what both state must be the same.
fn join(tree: &mut Example, part: Example) -> Result<(), PageError> {
    let fault = |what| Err(PageError::new(part.line, format!("another {what} in the same tree")));
    if tree.version.is_some() && part.version.is_some() && tree.version != part.version {
        return fault("version");
    }
    if tree.flavor.is_some() && part.flavor.is_some() && tree.flavor != part.flavor {
        return fault("flavor");
    }
    if tree.context.is_some() && part.context.is_some() && tree.context != part.context {
        return fault("context");
    }
    tree.version = tree.version.take().or(part.version);
    tree.flavor = tree.flavor.or(part.flavor);
    tree.context = tree.context.take().or(part.context);
    tree.files.extend(part.files);
    tree.expected.extend(part.expected);
    Ok(())
}

/// The markers at the ends of lines: `# error: [name]`, or several of them.
fn expected(file: &Path, text: &str) -> Vec<Expected> {
    let mut all = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let first = all.len();
        let mut rest = text;
        while let Some((before, level, rule)) = marker(rest) {
            let rule = rule.to_owned();
            all.insert(first, Expected { file: file.to_path_buf(), line, level, rule });
            rest = before;
        }
    }
    all
}

/// What stands before the last marker of a line, and the marker.
fn marker(line: &str) -> Option<(&str, Severity, &str)> {
    let (before, rule) = line.trim_end().strip_suffix(']')?.rsplit_once('[')?;
    let (before, word) = before.trim_end().strip_suffix(':')?.rsplit_once('#')?;
    let severity = Severity::ALL.into_iter().find(|one| one.name() == word.trim())?;
    Some((before, severity, rule))
}

/// The options of an info string: `key`, `key=value` or `key="va lue"`.
fn words(mut options: &str) -> Result<Vec<(&str, Option<&str>)>, String> {
    let mut words = Vec::new();
    loop {
        options = options.trim_start();
        if options.is_empty() {
            return Ok(words);
        }
        let end = options.find([' ', '=']).unwrap_or(options.len());
        let (key, rest) = options.split_at(end);
        let Some(rest) = rest.strip_prefix('=') else {
            words.push((key, None));
            options = rest;
            continue;
        };
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        words.push((key, Some(value)));
        options = rest;
    }
}

/// A path that stays below the directory of the example.
fn inside(name: &str) -> Result<PathBuf, String> {
    let path = Path::new(name);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if name.is_empty() || !plain {
        return Err(format!("`{name}` is no path below the example"));
    }
    Ok(path.to_path_buf())
}
