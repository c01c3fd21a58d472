//! The language of pages: as asked for, else that of the locale.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::page::Language;

/// In which language.
#[derive(Args)]
pub(super) struct Choice {
    /// The language of the page [default: that of the locale]
    #[arg(long, value_name = "LANGUAGE", value_parser = languages())]
    lang: Option<Language>,
}

impl Choice {
    /// What is asked for, else what the environment says.
    pub(super) fn language(&self) -> Language {
        self.lang.unwrap_or_else(|| {
            let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
            Language::of_locale(&locale.unwrap_or_default())
        })
    }
}

fn languages() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::name))
        .try_map(|word| word.parse::<Language>())
}
