//! Follows includes, breadth first, within bounds.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::config::{Config, Instance, InstanceId, Top, Use};
use super::file::Files;
use super::pattern;
use super::reach::{Home, Placed, Reach, is_stock};
use crate::nginx::Contexts;
use crate::source::{Loader, SourceId};
use crate::syntax::{Body, Directive, is_placeholder};

/// An `include` that nginx refuses.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The `include`.
    pub at: Use,
    /// What it leads to, as one would type it here.
    pub path: PathBuf,
    /// What is the matter.
    pub kind: FaultKind,
}

/// What is the matter with an `include`.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// Nothing stands there.
    Absent,
    /// The file is being included already; these includes lead from it back to it.
    Cycle(Vec<Use>),
    /// A link stands there that leads nowhere.
    Dangling,
    /// A directory stands there.
    Directory,
    /// It cannot be read, and why.
    Unreadable(String),
}

/// An `include` that was not followed, though nginx might.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The `include`.
    pub at: Use,
    /// What it leads to, as one would type it here.
    pub path: PathBuf,
    /// Why not.
    pub why: Why,
}

/// Why an `include` was not followed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It stands for a file of the machine the configuration is for.
    Elsewhere,
    /// The name is filled in later: it holds a placeholder or a variable.
    Placeholder,
    /// So many files are used so often that the rest is left out.
    TooMany,
}

/// Files nested deeper than this are left out: nginx holds a descriptor open for each.
const DEEPEST: usize = 256;
/// More uses of files than this are left out.
const MOST_INSTANCES: usize = 100_000;
/// Files are not used again once so many directives are in use: each file that includes the next
/// twice doubles them.
const MOST_DIRECTIVES: usize = 10_000_000;

/// Follows every include from `tops`. Faults never stop it.
pub fn resolve(
    files: &mut Files,
    loader: &dyn Loader,
    reach: &Reach,
    tops: &[(SourceId, Contexts)],
) -> Config {
    let instances = Vec::new();
    let config = Config {
        instances,
        included: Vec::new(),
        tops: Vec::new(),
        faults: Vec::new(),
        unread: Vec::new(),
    };
    let mut resolver = Resolver {
        files,
        loader,
        reach,
        config,
        directives: 0,
        lines: 0,
        seen: HashMap::new(),
        directory: None,
    };
    for &(source, context) in tops {
        let instance = resolver.add(source, None);
        resolver.config.tops.push(Top { instance, context });
    }
    let mut next = 0;
    while next < resolver.config.instances.len() {
        resolver.instance(InstanceId::new(next));
        next += 1;
    }
    resolver.config
}

struct Resolver<'r> {
    files: &'r mut Files,
    loader: &'r dyn Loader,
    reach: &'r Reach,
    config: Config,
    /// How many directives all instances have.
    directives: usize,
    /// How many directives all files have that are used.
    lines: u32,
    /// Those files, and how many directives there were before each.
    seen: HashMap<SourceId, u32>,
    /// The directory of the last file, and its one name.
    directory: Option<(PathBuf, PathBuf)>,
}

impl Resolver<'_> {
    fn add(&mut self, source: SourceId, from: Option<Use>) -> InstanceId {
        let tree = self.files.tree(source).clone();
        self.directives += tree.len();
        let first_line = *self.seen.entry(source).or_insert_with(|| {
            let before = self.lines;
            self.lines += tree.len() as u32;
            before
        });
        self.config.instances.push(Instance { source, tree, first_line, from });
        InstanceId::new(self.config.instances.len() - 1)
    }

    /// Follows the includes of one instance.
    fn instance(&mut self, instance: InstanceId) {
        let tree = self.config.instances[instance.index()].tree.clone();
        for directive in tree.includes().filter(|directive| is_include(*directive)) {
            let Some(word) = directive.arg(0) else { continue };
            let at = Use { instance, node: directive.node_id() };
            let first = self.config.instances.len() as u32;
            self.include(at, &word.value());
            let behind = self.config.instances.len() as u32;
            if first < behind {
                self.config.included.push((at, first..behind));
            }
        }
    }

    fn include(&mut self, at: Use, name: &[u8]) {
        let placed = self.reach.place(Path::new(OsStr::from_bytes(name)));
        let filled_in_later = name.contains(&b'$') || is_placeholder(name);
        if filled_in_later && !self.loader.stands(&placed.path) {
            self.unread(at, placed.path, Why::Placeholder);
        } else if pattern::is_pattern(name) {
            self.pattern(at, &placed);
        } else {
            self.file(at, &placed);
        }
    }

    fn pattern(&mut self, at: Use, placed: &Placed) {
        let bytes = placed.path.as_os_str().as_bytes();
        let literal = bytes.iter().position(|byte| b"*?[\\".contains(byte)).unwrap_or(bytes.len());
        let end = memchr::memrchr(b'/', &bytes[..literal]).unwrap_or(0);
        let directory =
            if end == 0 { Path::new(".") } else { Path::new(OsStr::from_bytes(&bytes[..end])) };
        match self.loader.canonical(directory) {
            Ok(canonical) if self.reach.allows(&canonical) => {}
            // A pattern that matches nothing is fine, but if nobody knows what it matches where
            // the configuration is at home, that is not known to be nothing.
            Err(_) if !placed.assumed && self.is_ours(directory) => return,
            _ => return self.unread(at, placed.path.clone(), Why::Elsewhere),
        }
        for path in pattern::expand(self.loader, bytes) {
            self.file(at, &Placed { path, assumed: false });
        }
    }

    /// Whether a path that does not stand here would belong to the configuration's own tree.
    fn is_ours(&self, path: &Path) -> bool {
        let stands = path.ancestors().find_map(|above| {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            self.loader.canonical(above).ok()
        });
        stands.is_some_and(|canonical| self.reach.allows(&canonical))
    }

    fn file(&mut self, at: Use, placed: &Placed) {
        let (path, linked) = self.reach.follow(self.loader, placed.path.clone());
        let source = match self.canonical(&path) {
            Ok(canonical) if !self.reach.allows(&canonical) => {
                return self.unread(at, placed.path.clone(), Why::Elsewhere);
            }
            Ok(canonical) => self.files.open_named(self.loader, &path, canonical),
            Err(error) => Err(error),
        };
        match source {
            Ok(source) => self.used(at, placed.path.clone(), source),
            Err(error) => self.failed(at, placed, linked, &error),
        }
    }

    /// The one name of what stands at `path`, or would stand there. Many files share a directory,
    /// whose name is asked for once.
    fn canonical(&mut self, path: &Path) -> io::Result<PathBuf> {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return self.loader.canonical(path);
        };
        if directory.as_os_str().is_empty() || self.loader.link(path).is_some() {
            return self.loader.canonical(path);
        }
        match &self.directory {
            Some((known, canonical)) if known == directory => Ok(canonical.join(name)),
            _ => {
                let canonical = self.loader.canonical(directory)?;
                let whole = canonical.join(name);
                self.directory = Some((directory.to_path_buf(), canonical));
                Ok(whole)
            }
        }
    }

    fn failed(&mut self, at: Use, placed: &Placed, linked: bool, error: &io::Error) {
        let path = placed.path.clone();
        let kind = match error.kind() {
            io::ErrorKind::IsADirectory => FaultKind::Directory,
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                let elsewhere = placed.assumed
                    || match self.reach.home {
                        Home::Dump | Home::Rootless => true,
                        Home::Away => is_stock(&path) || !self.is_ours(&path),
                        Home::Installed => false,
                    };
                if elsewhere {
                    return self.unread(at, path, Why::Elsewhere);
                }
                if linked || self.loader.stands(&path) {
                    FaultKind::Dangling
                } else {
                    FaultKind::Absent
                }
            }
            _ => FaultKind::Unreadable(error.to_string()),
        };
        self.config.faults.push(Fault { at, path, kind });
    }

    fn used(&mut self, at: Use, path: PathBuf, source: SourceId) {
        let instances = &self.config.instances;
        let from = |name: &Use| instances[name.instance.index()].from;
        let chain: Vec<Use> = std::iter::successors(Some(at), from).collect();
        let is_it = |name: &Use| instances[name.instance.index()].source == source;
        if let Some(back) = chain.iter().position(is_it) {
            let cycle = chain[..=back].iter().rev().copied().collect();
            return self.config.faults.push(Fault { at, path, kind: FaultKind::Cycle(cycle) });
        }
        let size = self.directives + self.files.tree(source).len();
        if chain.len() > DEEPEST
            || instances.len() >= MOST_INSTANCES
            || (size > MOST_DIRECTIVES && self.seen.contains_key(&source))
        {
            return self.unread(at, path, Why::TooMany);
        }
        self.add(source, Some(at));
    }

    fn unread(&mut self, at: Use, path: PathBuf, why: Why) {
        self.config.unread.push(Unread { at, path, why });
    }
}

/// Whether a directive named `include` is written as one.
fn is_include(directive: Directive<'_>) -> bool {
    directive.body() == Body::None && directive.args().len() == 1
}
