//! Globs over paths, for `exclude` and `[per-path]`. (`include` in nginx configuration follows
//! other rules: see the room of that name.)

use std::fmt;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

/// Which files are meant: `*` stays within a name, `**` does not, `{a,b}` is either. A pattern
/// without `/` names a file or a directory anywhere; one that names a directory means all below
/// it.
#[derive(Clone, Debug)]
pub struct PathGlob {
    written: String,
    matcher: GlobMatcher,
    /// Where it begins.
    from: From,
}

/// Where a pattern begins.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum From {
    /// Anywhere: it is a name.
    Anywhere,
    /// At a directory that is known.
    Directory,
    /// At the top of the machine.
    Top,
}

impl PathGlob {
    /// Reads a pattern of the command line, which may be absolute.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn typed(pattern: &str) -> Result<Self, GlobError> {
        Self::read(pattern, true)
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, GlobError> {
        Self::read(pattern, false)
    }

    fn read(pattern: &str, typed: bool) -> Result<Self, GlobError> {
        let fault = |what: String| GlobError(format!("`{}` {what}", pattern.escape_debug()));
        let core = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
        if core.is_empty() {
            return Err(fault("is no pattern".into()));
        }
        if core.starts_with('!') {
            return Err(fault("begins with `!`, which takes nothing back here".into()));
        }
        let from = match core {
            _ if core.starts_with('/') => From::Top,
            _ if core.contains('/') => From::Directory,
            _ => From::Anywhere,
        };
        if (from == From::Top && !typed) || core.split('/').any(|part| part == "..") {
            return Err(fault("leaves the directory that patterns begin at".into()));
        }
        let anywhere = if from == From::Anywhere { "**/" } else { "" };
        let glob = GlobBuilder::new(&format!("{anywhere}{core}"))
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| fault(format!("is no pattern: {}", error.kind())))?;
        Ok(Self { written: pattern.to_owned(), matcher: glob.compile_matcher(), from })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it is a name, which counts anywhere.
    pub fn is_name(&self) -> bool {
        self.from == From::Anywhere
    }

    /// Whether it is absolute, as are the paths that it means.
    pub fn is_absolute(&self) -> bool {
        self.from == From::Top
    }

    /// Whether `path`, relative to the directory that the pattern begins at, or a directory above
    /// it is meant.
    pub fn matches(&self, path: &Path) -> bool {
        path.ancestors()
            .take_while(|part| !part.as_os_str().is_empty())
            .any(|part| self.matcher.is_match(part))
    }
}

/// Why a pattern cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobError(String);

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GlobError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        PathGlob::new(pattern).unwrap().matches(Path::new(path))
    }

    #[test]
    fn patterns_name_files_and_directories() {
        assert!(matches("vendor/**", "vendor/a/b.conf"));
        assert!(matches("vendor", "x/vendor/a.conf"));
        assert!(matches("./vendor/", "vendor/a.conf"));
        assert!(matches("*.bak", "conf.d/site.bak"));
        assert!(matches("sites/*/x.{conf,inc}", "sites/a/x.inc"));
        assert!(!matches("sites/*", "other/sites/a.conf"));
        assert!(!matches("sites/*.conf", "sites/a/b.conf"));
        assert!(!matches("vendor", "vendors/a.conf"));
    }

    #[test]
    fn a_typed_pattern_may_be_absolute() {
        let typed = |pattern: &str| PathGlob::typed(pattern).unwrap();
        assert!(typed("/etc/nginx/").is_absolute());
        assert!(typed("/etc/nginx/").matches(Path::new("/etc/nginx/conf.d/a.conf")));
        assert!(!typed("/etc/*.conf").matches(Path::new("/etc/nginx/a.conf")));
        assert!(typed("a").is_name() && !typed("a/b").is_name() && !typed("a/b").is_absolute());
        assert!(PathGlob::typed("/").is_err() && PathGlob::typed("!/etc").is_err());
        assert!(typed("\\!odd").matches(Path::new("!odd")));
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for wrong in ["", "/", "./", "../x", "/etc/nginx", "a/../b", "[a", "{a", "!vendor"] {
            let error = PathGlob::new(wrong).map(|_| ()).unwrap_err().to_string();
            assert!(error.starts_with('`'), "{error}");
        }
    }
}
