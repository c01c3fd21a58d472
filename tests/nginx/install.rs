//! The releases of nginx that `tests/fetch-nginx` brought.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use ngxlint::nginx::{Version, VersionSet};

/// A release of nginx on this machine.
#[derive(Debug)]
pub struct Release {
    pub version: Version,
    /// Holds `nginx`, `modules` where some are dynamic, and `source` where it was built from one.
    directory: PathBuf,
}

impl Release {
    /// Every release, the oldest first. One that is absent is a failure, never a skip.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Release>> = OnceLock::new();
        ALL.get_or_init(|| {
            let versions = [Version::new(1, 22, 1), Version::new(1, 28, 3), Version::new(1, 31, 3)];
            versions.into_iter().map(Self::find).collect()
        })
    }

    fn find(version: Version) -> Self {
        let all = std::env::var_os("NGXLINT_NGINX_DIR").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/nginx"),
            PathBuf::from,
        );
        let release = Self { version, directory: all.join(version.to_string()) };
        let shown = release.program().arg("-v").output().map(|output| output.stderr);
        let wanted = format!("nginx version: nginx/{version}\n");
        assert!(
            shown.as_ref().is_ok_and(|shown| *shown == wanted.as_bytes()),
            "no nginx {version} in {}: run `tests/run`, which fetches it ({shown:?})",
            release.directory.display()
        );
        release
    }

    /// The source it was built from, if it was built here.
    pub(super) fn source(&self) -> Option<PathBuf> {
        Some(self.directory.join("source")).filter(|source| source.is_dir())
    }

    fn program(&self) -> Command {
        Command::new(self.directory.join("nginx"))
    }

    /// Runs nginx with few descriptors, so that files that include each other end soon, and in
    /// the C locale.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 256 && exec \"$0\" \"$@\""]);
        command.arg(self.program().get_program());
        command.env_clear();
        command
    }

    /// Directives for `-g` that load the dynamic modules. Given there, they leave the
    /// configuration as it is, byte for byte.
    pub(super) fn modules(&self) -> String {
        let directory = self.directory.join("modules");
        let Ok(entries) = std::fs::read_dir(&directory) else { return String::new() };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        names.sort_unstable();
        names.iter().map(|path| format!("load_module \"{}\";", path.display())).collect()
    }

    /// Whether it is one of those that `--nginx-version` would mean by `releases`; `*`: all.
    pub(super) fn is_in(&self, releases: &str) -> bool {
        releases == "*" || releases.parse::<VersionSet>().unwrap().contains(self.version)
    }
}
