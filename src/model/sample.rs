//! Models of small configurations, for tests.

use std::path::{Path, PathBuf};

use super::{Assumptions, Model};
use crate::include::{Files, Reach, resolve};
use crate::nginx::{Contexts, Flavor};
use crate::source::Memory;

/// Asks a model of what stands in `http`, for some releases.
pub(super) fn of<T>(version: &str, http: &str, ask: impl FnOnce(&Model<'_>) -> T) -> T {
    let text = format!("events {{}}\nhttp {{\n{http}\n}}\n");
    whole(version, &text, Contexts::MAIN, ask)
}

/// Asks a model of a text that stands in a context.
pub(super) fn whole<T>(
    version: &str,
    text: &str,
    context: Contexts,
    ask: impl FnOnce(&Model<'_>) -> T,
) -> T {
    let mut memory = Memory::default();
    let root = Path::new("/a.conf");
    memory.insert(root, text);
    let mut files = Files::default();
    let source = files.open(&memory, root).unwrap();
    let reach = Reach::of_root(&memory, root, Vec::<(PathBuf, PathBuf)>::new());
    let config = resolve(&mut files, &memory, &reach, &[(source, context)]);
    let assumptions = Assumptions {
        target: version.parse().unwrap(),
        assumed: false,
        flavor: Flavor::Nginx,
        backends: Vec::new(),
        modules: None,
        extra_directives: Vec::new(),
    };
    ask(&Model::build(&config, &files, assumptions))
}
