//! What is said of settings that cannot be obeyed.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why settings cannot be obeyed: one line that names the file, the line and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    file: PathBuf,
    line: Option<u32>,
    message: String,
}

impl Error {
    /// `message` about the whole of `file`.
    pub(super) fn whole(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line: None, message: message.into() }
    }

    /// `message` about a line (from 1) of `file`.
    pub(super) fn at(file: &Path, line: u32, message: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line: Some(line), message: message.into() }
    }
}

/// `ngxlint.toml:3: unknown key …`. The text may hold what the file holds: whoever shows it makes
/// control characters visible.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for Error {}

/// The candidate that `word` was probably meant to be, if any is near enough.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase().replace('_', "-");
    let length = word.chars().count();
    let limit = (length / 3).max(1);
    let cut_short = |candidate: &str| length >= 3 && candidate.starts_with(&word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit || cut_short(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean `…`?`, or nothing.
pub(super) fn suggestion<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> impl fmt::Display {
    closest(word, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_suggested() {
        let known = ["nginx-version", "flavor", "roots"];
        assert_eq!(closest("nginx_version", known), Some("nginx-version"));
        assert_eq!(closest("flavour", known), Some("flavor"));
        assert_eq!(closest("root", known), Some("roots"));
        assert_eq!(closest("nginx", known), Some("nginx-version"));
        assert_eq!(closest("x", known), None);
        assert_eq!(closest("", known), None);
    }
}
