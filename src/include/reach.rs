//! What a configuration may read: its home, its tree, and the map of paths.

use std::path::{Path, PathBuf};

use crate::source::Loader;

/// Where the configuration is at home.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In a dump: what it includes is there or nowhere.
    Dump,
    /// Where nginx itself would read it: paths mean what they say on this machine.
    Installed,
    /// Somewhere else, in a repository say: absolute paths are those of another machine.
    Away,
    /// Nobody knows: there is no root.
    Rootless,
}

/// Directories that packages install a configuration in: a root below one of them is installed,
/// and for any other root they stand for the root's own directory.
const INSTALLED: [&str; 7] = [
    "/etc/nginx",
    "/usr/local/nginx/conf",
    "/usr/local/etc/nginx",
    "/usr/local/openresty/nginx/conf",
    "/etc/angie",
    "/etc/freenginx",
    "/etc/tengine",
];

/// Files that every package of nginx brings along: a tree without them is not at fault.
const STOCK: [&str; 11] = [
    "fastcgi-php.conf",
    "fastcgi.conf",
    "fastcgi_params",
    "koi-utf",
    "koi-win",
    "mime.types",
    "proxy_params",
    "scgi_params",
    "snakeoil.conf",
    "uwsgi_params",
    "win-utf",
];

/// What a configuration may read.
#[derive(Clone, Debug)]
pub struct Reach {
    /// How absolute paths are to be taken.
    pub home: Home,
    /// The directory of the root file as one would type it; empty for the current one.
    base: PathBuf,
    /// Canonical directories whose files may be read; everything, if `None`.
    trees: Option<Vec<PathBuf>>,
    map: Vec<(PathBuf, PathBuf)>,
}

/// A path of the configuration as one of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) path: PathBuf,
    /// Whether it was only assumed that the directory of the root stands for an installed one.
    pub(super) assumed: bool,
}

impl Reach {
    /// The reach of the root file at `root`, with `map` from directories of the configuration's
    /// machine to directories here.
    pub fn of_root(loader: &dyn Loader, root: &Path, map: Vec<(PathBuf, PathBuf)>) -> Self {
        let base = root.parent().unwrap_or(Path::new("")).to_path_buf();
        let home_of = |path: &Path| {
            let installed = INSTALLED.iter().any(|prefix| path.starts_with(prefix));
            if installed { Home::Installed } else { Home::Away }
        };
        let canonical = loader.canonical(root);
        let home = canonical.as_deref().map_or(Home::Away, home_of);
        Self::new(loader, base, home, map)
    }

    /// The reach of a dump whose root has that name.
    pub fn of_dump(root: &Path) -> Self {
        let base = root.parent().unwrap_or(Path::new("")).to_path_buf();
        Self { home: Home::Dump, base, trees: None, map: Vec::new() }
    }

    /// The reach of fragments in `directory` that no root includes.
    pub fn of_fragments(
        loader: &dyn Loader,
        directory: &Path,
        map: Vec<(PathBuf, PathBuf)>,
    ) -> Self {
        Self::new(loader, directory.to_path_buf(), Home::Rootless, map)
    }

    fn new(loader: &dyn Loader, base: PathBuf, home: Home, map: Vec<(PathBuf, PathBuf)>) -> Self {
        let trees = (home != Home::Installed).then(|| {
            let typed = if base.as_os_str().is_empty() { Path::new(".") } else { base.as_path() };
            let own = loader.canonical(typed).unwrap_or_else(|_| typed.to_path_buf());
            // A repository is a tree: its directories belong together.
            let repository = own.ancestors().find(|above| loader.stands(&above.join(".git")));
            let tree = repository.map_or_else(|| own.clone(), Path::to_path_buf);
            let mapped = map.iter().filter_map(|(_, to)| loader.canonical(to).ok());
            std::iter::once(tree).chain(mapped).collect()
        });
        Self { home, base, trees, map }
    }

    /// Whether a canonical path may be read.
    pub(super) fn allows(&self, canonical: &Path) -> bool {
        let Some(trees) = &self.trees else { return true };
        trees.iter().any(|tree| canonical.starts_with(tree))
    }

    /// A path of the configuration here: through the map, else relative ones below the root's
    /// directory, where a relative place of the map is too.
    pub(super) fn place(&self, path: &Path) -> Placed {
        if let Some(path) = self.mapped(path) {
            return Placed { path, assumed: false };
        }
        if path.is_relative() {
            return Placed { path: self.base.join(path), assumed: false };
        }
        let assumed = matches!(self.home, Home::Away | Home::Rootless)
            .then(|| INSTALLED.iter().find_map(|from| below(path, Path::new(from))))
            .flatten();
        match assumed {
            Some(rest) => {
                let path = self.mapped(rest).unwrap_or_else(|| joined(&self.base, rest));
                Placed { path, assumed: true }
            }
            None => Placed { path: path.to_path_buf(), assumed: false },
        }
    }

    /// Where the map says that a path is; the first that fits counts.
    fn mapped(&self, path: &Path) -> Option<PathBuf> {
        self.map.iter().find_map(|(from, to)| Some(joined(to, below(path, from)?)))
    }

    /// Follows links at the end of `path`, their targets through the map too; whether there were
    /// any. Only away from home: where nginx runs, the machine's own links are right.
    pub(super) fn follow(&self, loader: &dyn Loader, mut path: PathBuf) -> (PathBuf, bool) {
        let mut followed = false;
        if self.home == Home::Installed {
            return (path, followed);
        }
        // As many as Linux follows.
        for _ in 0..40 {
            let Some(target) = loader.link(&path) else { break };
            followed = true;
            path = if target.is_absolute() {
                self.place(&target).path
            } else {
                path.parent().unwrap_or(Path::new("")).join(target)
            };
        }
        (path, followed)
    }
}

/// What `path` is from `directory`, where both are absolute or neither is.
fn below<'p>(path: &'p Path, directory: &Path) -> Option<&'p Path> {
    if path.is_absolute() != directory.is_absolute() {
        return None;
    }
    let directory = directory.strip_prefix(".").unwrap_or(directory);
    path.strip_prefix(".").unwrap_or(path).strip_prefix(directory).ok()
}

/// `rest` below `directory`, which it leaves as it is typed where it is empty.
fn joined(directory: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() { directory.to_path_buf() } else { directory.join(rest) }
}

/// Whether packages of nginx bring a file of that name along.
pub(super) fn is_stock(path: &Path) -> bool {
    path.file_name().is_some_and(|name| STOCK.iter().any(|stock| name == *stock))
}
