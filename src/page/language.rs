//! The languages of pages: their headings, and what is written around a page's own words.

use std::fmt;
use std::str::FromStr;

/// A language that pages are written in.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The word for it (ISO 639).
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The language of a locale such as `zh_CN.UTF-8`; English where it is no other.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();
        language.to_ascii_lowercase().parse().unwrap_or_default()
    }

    /// The headings of a page, in their order; all but the fifth are on every page.
    pub const fn headings(self) -> [&'static str; 6] {
        match self {
            Self::En => [
                "What happens",
                "Why",
                "Examples",
                "How to mend it",
                "What does not help",
                "References",
            ],
            Self::Zh => ["现象", "原因", "示例", "解决办法", "无效的做法", "参考资料"],
        }
    }

    /// What stands before a line of the log, and before what a client meets.
    pub(super) const fn symptoms(self) -> [&'static str; 2] {
        match self {
            Self::En => ["The error log says", "The client meets"],
            Self::Zh => ["错误日志", "客户端看到"],
        }
    }

    /// What ends a sentence.
    pub(super) const fn full_stop(self) -> &'static str {
        match self {
            Self::En => ".",
            Self::Zh => "。",
        }
    }

    /// What stands between a word and what it announces.
    pub(super) const fn colon(self) -> &'static str {
        match self {
            Self::En => ": ",
            Self::Zh => "：",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|language| language.name() == word);
        known.ok_or_else(|| format!("`{word}` is no language of pages: en, zh"))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
