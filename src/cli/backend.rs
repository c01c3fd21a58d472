//! Adds what error logs prove of peers to a settings file, which keeps its comments and its form.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::option::Talk;
use super::{Failure, output};
use crate::project::Learned;
use crate::report::{count, visible_path};
use crate::settings::FILE_NAMES;

/// Adds a `[[backend]]` for each peer that the settings do not speak of yet.
pub(super) fn write(learned: &[Learned], talk: &Talk) -> Result<(), Failure> {
    let mut files: BTreeMap<PathBuf, Vec<&Learned>> = BTreeMap::new();
    for one in learned {
        let file = one.settings.clone().unwrap_or_else(|| one.directory.join(FILE_NAMES[0]));
        files.entry(file).or_default().push(one);
    }
    for (file, learned) in files {
        let before = output::read_settings(&file)?;
        let (text, added) = with(before.as_deref().unwrap_or_default(), &learned)
            .map_err(|error| Failure::new(format!("{}: {error}", visible_path(&file))))?;
        if added > 0 {
            output::write_settings(&file, before.as_deref(), &text)?;
        }
        if !talk.quiet {
            let peers = count(added, "peer");
            output::say(&format!("{}: {peers} added", visible_path(&file)));
        }
    }
    if learned.is_empty() && !talk.quiet {
        output::say("nothing was learned that the configuration or its settings do not say");
    }
    Ok(())
}

/// The settings with what was learned, and how much is new.
fn with(text: &str, learned: &[&Learned]) -> Result<(String, usize), String> {
    let mut document: DocumentMut = text.parse().map_err(|error| format!("{error}"))?;
    let backends = document.entry("backend").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let backends = backends.as_array_of_tables_mut().ok_or("`backend` is no array of tables")?;
    let mut added = 0;
    for one in learned {
        let is_known = |table: &Table| {
            table.get("address").and_then(Item::as_str) == Some(one.address.as_str())
        };
        if backends.iter().any(is_known) {
            continue;
        }
        let mut table = Table::new();
        table["address"] = value(&one.address);
        let words: Array = one.speaks.iter().map(|word| word.name()).collect();
        table["speaks"] = value(words);
        let comment = match one.proved {
            true => "\n# An error log shows it.\n",
            false => "\n# An error log makes it likely.\n",
        };
        table.decor_mut().set_prefix(comment);
        backends.push(table);
        added += 1;
    }
    Ok((document.to_string(), added))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::Protocol;

    #[test]
    fn settings_keep_what_they_hold() {
        let one = |address: &str| Learned {
            address: address.into(),
            speaks: vec![Protocol::Tls, Protocol::Http11],
            proved: true,
            settings: None,
            directory: PathBuf::new(),
        };
        let (a, b) = (one("10.0.0.5:80"), one("app:80"));
        let text = "# mine\nroots = [ \"nginx.conf\" ]  # here\n\n[[backend]]\naddress = \"app:80\" # b\n\
                    speaks = [\"h2c\"]\n";
        let (with_both, added) = with(text, &[&a, &b]).unwrap();
        assert_eq!(added, 1);
        let more = "\n# An error log shows it.\n[[backend]]\naddress = \"10.0.0.5:80\"\nspeaks = [\"tls\", \
                    \"http/1.1\"]\n";
        assert_eq!(with_both, format!("{text}{more}"));
        assert_eq!(with(&with_both, &[&a, &b]).unwrap(), (with_both.clone(), 0));
        let (fresh, _) = with("", &[&a]).unwrap();
        assert_eq!(fresh, more);
        assert!(with("backend = 1", &[&a]).is_err());
        assert!(with("[", &[&a]).is_err());
    }
}
