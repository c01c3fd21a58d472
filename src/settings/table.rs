//! The values of the settings file, which know where they stand: each error names the file, the
//! line and the key.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::discover::line_of;
use super::error::suggestion;
use super::stated::spelled;
use super::{Error, Stated};

/// The settings file, for those who name places in it.
#[derive(Copy, Clone)]
pub(super) struct Document<'d> {
    pub(super) file: &'d Path,
    pub(super) text: &'d str,
}

impl<'d> Document<'d> {
    /// The text as TOML.
    pub(super) fn parse(self) -> Result<Spanned<DeTable<'d>>, Error> {
        DeTable::parse(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            self.error(offset, format!("is not TOML: {message}"))
        })
    }

    /// The line (from 1) of a byte offset.
    pub(super) fn line(self, offset: usize) -> u32 {
        line_of(self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes()))
    }

    /// An error at a byte offset.
    pub(super) fn error(self, offset: usize, message: impl Into<String>) -> Error {
        Error::at(self.file, self.line(offset), message)
    }
}

/// One value, with the dotted key that leads to it.
#[derive(Clone)]
pub(super) struct Value<'d, 't> {
    document: Document<'d>,
    key: String,
    offset: usize,
    value: &'t DeValue<'t>,
}

impl<'d, 't> Value<'d, 't> {
    /// The line (from 1) of the value.
    pub(super) fn line(&self) -> u32 {
        self.document.line(self.offset)
    }

    /// An error about this value: `message` follows the key.
    pub(super) fn error(&self, message: impl Display) -> Error {
        self.document.error(self.offset, format!("`{}` {message}", self.key))
    }

    /// The text of a string.
    pub(super) fn string(&self) -> Result<&'t str, Error> {
        match self.value {
            DeValue::String(text) if text.is_empty() => Err(self.error("is empty")),
            DeValue::String(text) => Ok(text),
            DeValue::Integer(number) => Err(self.unquoted(number.as_str())),
            DeValue::Float(number) => Err(self.unquoted(number.as_str())),
            other => Err(self.mistyped("a string", other)),
        }
    }

    /// A number from 1 on.
    pub(super) fn number(&self) -> Result<usize, Error> {
        let DeValue::Integer(number) = self.value else {
            return Err(self.mistyped("a number", self.value));
        };
        let read = usize::from_str_radix(number.as_str(), number.radix());
        read.ok().filter(|number| *number > 0).ok_or_else(|| self.error("is no number from 1 on"))
    }

    /// The text of a string, read as something else.
    pub(super) fn parsed<T, E: Display>(
        &self,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Stated<T>, Error> {
        let value = read(self.string()?).map_err(|error| {
            self.document.error(self.offset, format!("`{}`: {error}", self.key))
        })?;
        Ok(Stated { value, line: self.line() })
    }

    /// The values of a list.
    pub(super) fn list(&self) -> Result<Vec<Self>, Error> {
        let DeValue::Array(array) = self.value else {
            return Err(self.mistyped("a list", self.value));
        };
        Ok(self.values(array))
    }

    /// A table.
    pub(super) fn table(&self) -> Result<Table<'d, 't>, Error> {
        match self.value {
            DeValue::Table(table) => {
                Ok(Table::new(self.document, self.key.clone(), self.offset, table))
            }
            other => Err(self.mistyped("a table", other)),
        }
    }

    /// The tables of a list of tables.
    pub(super) fn tables(&self) -> Result<Vec<Table<'d, 't>>, Error> {
        let DeValue::Array(array) = self.value else {
            let key = &self.key;
            return Err(self.error(format!("is a list of tables: begin each with `[[{key}]]`")));
        };
        self.values(array).iter().map(Self::table).collect()
    }

    fn values(&self, array: &'t DeArray<'t>) -> Vec<Self> {
        let value = |value: &'t Spanned<DeValue<'t>>| Self {
            document: self.document,
            key: self.key.clone(),
            offset: value.span().start,
            value: value.get_ref(),
        };
        array.iter().map(value).collect()
    }

    fn unquoted(&self, number: &str) -> Error {
        self.error(format!("is a string: write it in quotes, \"{}\"", number.escape_debug()))
    }

    fn mistyped(&self, wanted: &str, found: &DeValue<'_>) -> Error {
        let found = match found {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(format!("is {wanted}, not {found}"))
    }
}

/// The keys of a table, in the order of the file.
pub(super) struct Table<'d, 't> {
    document: Document<'d>,
    key: String,
    offset: usize,
    entries: Vec<(&'t str, Value<'d, 't>)>,
}

impl<'d, 't> Table<'d, 't> {
    /// The table at `key`, which begins at `offset`; the document itself has the empty key.
    pub(super) fn new(
        document: Document<'d>,
        key: String,
        offset: usize,
        table: &'t DeTable<'t>,
    ) -> Self {
        let prefix = if key.is_empty() { String::new() } else { format!("{key}.") };
        let mut entries: Vec<_> = table
            .iter()
            .map(|(name, value)| {
                let word: &str = name.get_ref();
                let key = format!("{prefix}{}", spelled(word));
                let offset = name.span().start;
                (word, Value { document, key, offset, value: value.get_ref() })
            })
            .collect();
        entries.sort_by_key(|(_, value)| value.offset);
        Self { document, key, offset, entries }
    }

    /// The line (from 1) that the table begins in.
    pub(super) fn line(&self) -> u32 {
        self.document.line(self.offset)
    }

    /// The table itself, if it has no key but these.
    pub(super) fn only(self, known: &[&str]) -> Result<Self, Error> {
        let unknown = self.entries.iter().find(|(name, _)| !known.contains(name));
        let Some((name, value)) = unknown else { return Ok(self) };
        let near = suggestion(name, known.iter().copied());
        Err(self.document.error(value.offset, format!("unknown key `{}`{near}", value.key)))
    }

    /// The value of a key.
    pub(super) fn value(&self, name: &str) -> Option<&Value<'d, 't>> {
        self.entries.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, name: &str) -> Result<&Value<'d, 't>, Error> {
        self.value(name).ok_or_else(|| {
            let message = format!("`{}` lacks the key `{name}`", self.key);
            self.document.error(self.offset, message)
        })
    }

    /// The strings of a list; no key, no strings.
    pub(super) fn strings(&self, name: &str) -> Result<Vec<&'t str>, Error> {
        let values = self.value(name).map(Value::list).transpose()?.unwrap_or_default();
        values.iter().map(Value::string).collect()
    }

    /// All keys, whatever their names.
    pub(super) fn entries(&self) -> &[(&'t str, Value<'d, 't>)] {
        &self.entries
    }
}

/// `path` as one would type it: below the directory of the settings file at `file`.
pub(super) fn beside(file: &Path, path: &str) -> PathBuf {
    let path = Path::new(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    file.parent().unwrap_or(Path::new("")).join(path)
}
