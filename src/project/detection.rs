//! The target that nobody states, as the machine or what stands beside a configuration tells it:
//! `nginx -v` where the configuration is that of an installed nginx, else the image that a
//! Dockerfile or a compose file names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::Request;
use super::recipe::{self, Named};
use super::upward::{Upward, here};
use crate::nginx::{Flavor, Version, VersionSet};
use crate::settings::Settings;
use crate::source::{FileKind, Loader};

/// A target that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Detected {
    pub(super) versions: VersionSet,
    pub(super) flavor: Flavor,
    /// Where it comes from, as a phrase that follows it.
    pub(super) origin: String,
}

/// Looks for targets. What was looked up once is not looked up again.
pub(super) struct Detector<'l> {
    loader: &'l dyn Loader,
    installed: Option<fn(&str) -> Option<String>>,
    /// What programs told of themselves.
    programs: HashMap<&'static str, Option<Detected>>,
    /// What stands beside configurations, by their directory.
    directories: HashMap<PathBuf, Option<Detected>>,
}

impl<'l> Detector<'l> {
    /// One that asks programs by `installed`: what they print, called with `-v`.
    pub(super) fn new(
        loader: &'l dyn Loader,
        installed: Option<fn(&str) -> Option<String>>,
    ) -> Self {
        Self { loader, installed, programs: HashMap::new(), directories: HashMap::new() }
    }

    /// The target of a configuration in `directory`, as typed, that stands at `canonical`, if nobody
    /// states one.
    pub(super) fn unless_stated(
        &mut self,
        request: &Request,
        settings: Option<&Settings>,
        directory: &Path,
        canonical: &Path,
    ) -> Option<Detected> {
        let stated = settings.is_some_and(|one| one.nginx_version.is_some());
        if stated || request.nginx_version.is_some() {
            return None;
        }
        let flavor = || settings?.flavor.as_ref().map(|flavor| flavor.value);
        let flavor = request.flavor.or_else(flavor);
        let detected = self.target(directory, canonical)?;
        // Another server than the one that is stated says nothing of it.
        Some(detected).filter(|one| flavor.is_none_or(|flavor| one.flavor == flavor))
    }

    fn target(&mut self, directory: &Path, canonical: &Path) -> Option<Detected> {
        if let Some(detected) = self.installed(canonical) {
            return Some(detected);
        }
        if let Some(known) = self.directories.get(directory) {
            return known.clone();
        }
        let detected = self.beside(directory);
        self.directories.insert(directory.to_path_buf(), detected.clone());
        detected
    }

    /// What the `nginx` in `PATH` is, whether or not the configuration is its own.
    pub(super) fn in_path(&self) -> Option<Detected> {
        let (flavor, version) = release(&self.installed?("nginx")?)?;
        let origin = "from `nginx -v`".to_owned();
        Some(Detected { versions: VersionSet::exactly(version), flavor, origin })
    }

    fn installed(&mut self, canonical: &Path) -> Option<Detected> {
        let ask = self.installed?;
        let (_, program, flavor) = INSTALLED.iter().find(|one| canonical.starts_with(one.0))?;
        let told = self.programs.entry(program).or_insert_with(|| {
            let (flavor, version) = release(&ask(program)?)?;
            let origin = format!("from `{program} -v`");
            Some(Detected { versions: VersionSet::exactly(version), flavor, origin })
        });
        told.clone().filter(|one| flavor.is_none_or(|flavor| one.flavor == flavor))
    }

    /// What the nearest directory upward says that names an image with nginx in it. Outside of a
    /// repository only the configuration's own directory counts.
    fn beside(&self, directory: &Path) -> Option<Detected> {
        let upward = Upward::from(self.loader, directory);
        let top = upward.directories.last().filter(|_| upward.in_repository);
        let top = self.loader.canonical(here(top.map_or(directory, PathBuf::as_path))).ok()?;
        let directories = if upward.in_repository { upward.directories.len() } else { 1 };
        let mut left = MOST_FILES;
        for directory in &upward.directories[..directories] {
            if let Some((path, named)) = self.named_in(directory, &top, &mut left) {
                // The first that names one decides, be it without a release.
                let origin = format!("from `{}` at {}:{}", named.words, path.display(), named.line);
                let Named { image, .. } = named;
                return Some(Detected { versions: image.versions?, flavor: image.flavor, origin });
            }
        }
        None
    }

    /// The image that files in a directory name. Where files of one rank name different ones, none
    /// of them is known to be meant.
    fn named_in(&self, directory: &Path, top: &Path, left: &mut usize) -> Option<(PathBuf, Named)> {
        let names = self.loader.list(here(directory)).ok()?;
        let ranked = |name: PathBuf| Some((rank(name.to_str()?)?, name));
        let mut names: Vec<(Rank, PathBuf)> = names.into_iter().filter_map(ranked).collect();
        names.sort_unstable();
        for rank in names.chunk_by(|one, other| one.0 == other.0) {
            let mut found: Option<(PathBuf, Named)> = None;
            for (rank, name) in rank {
                *left = left.checked_sub(1)?;
                let path = directory.join(name);
                let Some(named) = self.named_by(*rank, &path, top) else { continue };
                match &mut found {
                    None => found = Some((path, named)),
                    Some((_, first)) if first.image != named.image => first.image.versions = None,
                    Some(_) => {}
                }
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn named_by(&self, rank: Rank, path: &Path, top: &Path) -> Option<Named> {
        // A link that leads out of the tree is none of the project's files.
        let inside = self.loader.canonical(path).is_ok_and(|path| path.starts_with(top));
        if !inside || self.loader.kind(path).ok()? != FileKind::File {
            return None;
        }
        let bytes = self.loader.read_small(path, MOST_BYTES).ok()??;
        let text = bytes.to_str_lossy();
        if rank < Rank::Compose { recipe::dockerfile(&text) } else { recipe::compose(&text) }
    }
}

/// Files that may name an image, the stronger first.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Dockerfile,
    Containerfile,
    OtherDockerfile,
    Compose,
    OldCompose,
    OtherCompose,
}

fn rank(name: &str) -> Option<Rank> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_yaml = ["yaml", "yml"].contains(&extension);
    let is_of = |names: [&str; 2]| {
        names.iter().any(|own| name.strip_prefix(own).is_some_and(|rest| rest.starts_with('.')))
    };
    match name {
        "Dockerfile" => Some(Rank::Dockerfile),
        "Containerfile" => Some(Rank::Containerfile),
        _ if extension == "dockerignore" => None,
        _ if is_of(["Dockerfile", "Containerfile"])
            || extension.eq_ignore_ascii_case("dockerfile") =>
        {
            Some(Rank::OtherDockerfile)
        }
        _ if !is_yaml => None,
        _ if stem == "compose" => Some(Rank::Compose),
        _ if stem == "docker-compose" => Some(Rank::OldCompose),
        _ if is_of(["compose", "docker-compose"]) => Some(Rank::OtherCompose),
        _ => None,
    }
}

/// What `nginx -v` and its like print: the server, and the release of nginx that it is or is made
/// of. Angie and freenginx do not say which that is.
fn release(printed: &str) -> Option<(Flavor, Version)> {
    let (name, rest) = printed.split_once(" version: ")?.1.split_once('/')?;
    let number = |text: &str, parts: usize| -> Option<Version> {
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let all: Vec<&str> = text[..end.unwrap_or(text.len())].split('.').collect();
        all.get(..3).filter(|_| all.len() == parts)?.join(".").parse().ok()
    };
    match name {
        "nginx" if rest.contains("(nginx-plus-") => Some((Flavor::Plus, number(rest, 3)?)),
        "nginx" => Some((Flavor::Nginx, number(rest, 3)?)),
        "openresty" => Some((Flavor::Openresty, number(rest, 4)?)),
        "Tengine" => Some((Flavor::Tengine, number(rest.split_once("nginx/")?.1, 3)?)),
        _ => None,
    }
}

/// Directories that packages install a configuration in, the program to ask there, and which server
/// it must be, if only one is at home there.
const INSTALLED: [(&str, &str, Option<Flavor>); 5] = [
    ("/etc/nginx", "nginx", None),
    ("/usr/local/nginx/conf", "nginx", None),
    ("/usr/local/etc/nginx", "nginx", None),
    ("/usr/local/openresty/nginx/conf", "openresty", Some(Flavor::Openresty)),
    ("/etc/tengine", "nginx", Some(Flavor::Tengine)),
];

/// So many files are read for one configuration.
const MOST_FILES: usize = 16;

/// A file that is larger names nothing.
const MOST_BYTES: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_tell_their_release() {
        for (printed, expected) in [
            ("nginx version: nginx/1.22.1\n", Some("nginx 1.22.1")),
            ("nginx version: nginx/1.24.0 (Ubuntu)\n", Some("nginx 1.24.0")),
            ("nginx version: nginx/1.29.0 (nginx-plus-r35)\n", Some("plus 1.29.0")),
            ("nginx version: openresty/1.25.3.1\n", Some("openresty 1.25.3")),
            ("Tengine version: Tengine/3.1.0 (nginx/1.24.0)\n", Some("tengine 1.24.0")),
            (
                "Tengine version: Tengine/2.3.3\nnginx version: nginx/1.18.0\n",
                Some("tengine 1.18.0"),
            ),
            ("Tengine version: Tengine/3.1.0\n", None),
            ("Angie version: Angie/1.7.0\n", None),
            ("freenginx version: freenginx/1.27.1\n", None),
            ("nginx version: nginx/1.29\n", None),
            ("nginx version: nginx/99999.1.1\n", None),
            ("nginx: not found\n", None),
            ("", None),
        ] {
            let read = release(printed).map(|(flavor, version)| format!("{flavor} {version}"));
            assert_eq!(read.as_deref(), expected, "{printed}");
        }
    }

    #[test]
    fn files_have_a_rank() {
        for (name, expected) in [
            ("Dockerfile", Some(Rank::Dockerfile)),
            ("Containerfile", Some(Rank::Containerfile)),
            ("Dockerfile.prod", Some(Rank::OtherDockerfile)),
            ("nginx.Dockerfile", Some(Rank::OtherDockerfile)),
            ("Dockerfile.dockerignore", None),
            ("compose.yaml", Some(Rank::Compose)),
            ("docker-compose.yml", Some(Rank::OldCompose)),
            ("docker-compose.prod.yml", Some(Rank::OtherCompose)),
            ("docker-compose.prod.json", None),
            ("deployment.yaml", None),
            ("nginx.conf", None),
        ] {
            assert_eq!(rank(name), expected, "{name}");
        }
    }
}
