//! Variables, as far as their values can be read off the configuration.
//!
//! A `set` gives one value, a `map` and its like one for each line. A text with variables is worked
//! out one assignment at a time: two maps of one source always take the line for the same key, so
//! that no values are put together that never meet. Two sources that nothing binds give no answer.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::Model;
use super::location::{Kind as LocationKind, Pattern};
use super::scope::Scope;
use crate::include::{Config, Use, Used};
use crate::nginx::{Contexts, DirectiveId, Family, id};

/// A value that a variable may have, and the line that gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub(super) text: Vec<u8>,
    /// The `set`, or the line of the `map`.
    pub(super) used: Use,
}

/// Every `map`, `geo` and `split_clients`, by the name of the variable it makes, in lower case:
/// nginx does not look at the case of a variable.
#[derive(Debug, Default)]
pub(super) struct Maps {
    blocks: HashMap<(Family, Vec<u8>), Use>,
    /// Those that somebody asked for.
    tables: RefCell<HashMap<Use, Rc<Table>>>,
}

/// The lines of a `map`, `geo` or `split_clients`.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What is looked up, as it is written.
    pub(super) source: Vec<u8>,
    /// The lines that give a value; in the text of each there may be variables.
    pub(super) rows: Vec<Row>,
    /// Whether every line could be read.
    pub(super) is_whole: bool,
    /// Whether each key means itself alone, so that other tables of the source can be asked for it.
    has_plain_keys: bool,
}

/// A line of a table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What is matched; `default` for anything else.
    pub(super) key: Vec<u8>,
    /// What it gives.
    pub(super) value: Value,
}

impl Maps {
    /// Notes each `map`, `geo` and `split_clients`.
    pub(super) fn build(model: &Model<'_>) -> Self {
        let mut maps = Self::default();
        if !TABLES.iter().any(|id| model.scopes.has(*id)) {
            return maps;
        }
        for id in model.scopes.ids() {
            let scope = Scope { model, id };
            if scope.context() != Contexts::HTTP && scope.context() != Contexts::STREAM {
                continue;
            }
            for map in TABLES.iter().flat_map(|id| scope.own(*id)) {
                let Some(name) = map.directive().args().last().map(|word| word.value()) else {
                    continue;
                };
                let name = name.strip_prefix(b"$").unwrap_or(&name).to_ascii_lowercase();
                maps.blocks.insert((scope.context().family(), name), map.name());
            }
        }
        maps
    }
}

impl Table {
    fn read(config: &Config, block: Used<'_>) -> Self {
        let directive = block.directive();
        let geo = directive.id() == Some(id::GEO);
        let mut args = directive.args();
        args.next_back();
        let source = args.next().map(|word| word.value().into_owned());
        let mut table = Self {
            source: source.unwrap_or_else(|| b"$remote_addr".to_vec()),
            rows: Vec::new(),
            is_whole: config.is_whole()
                || directive.children().all(|line| line.id() != Some(id::INCLUDE)),
            has_plain_keys: directive.id() == Some(id::MAP),
        };
        for line in config.lines(block) {
            let used = line.name();
            let line = line.directive();
            let key = line.name().value();
            let Some(word) = line.arg(0) else {
                table.has_plain_keys &= key.as_ref() != b"hostnames";
                continue;
            };
            // `geo`: whose address counts, and networks without a value.
            if geo && matches!(key.as_ref(), b"proxy" | b"delete") {
                continue;
            }
            table.has_plain_keys &= !key.starts_with(b"~");
            let value = Value { text: word.value().into_owned(), used };
            table.rows.push(Row { key: key.into_owned(), value });
        }
        table
    }

    /// Its lines by their keys in lower case; the first for a key counts.
    fn index(&self) -> HashMap<Vec<u8>, &Row> {
        let rows = self.rows.iter().rev();
        rows.map(|row| (row.key.to_ascii_lowercase(), row)).collect()
    }
}

/// What a text with variables may come out as.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// The whole texts, each once, with the value that made it.
    pub(super) known: Vec<(Vec<u8>, Value)>,
    /// Whether there may be others.
    pub(super) others: bool,
    seen: HashSet<Vec<u8>>,
}

impl Outcomes {
    fn add(&mut self, text: Vec<u8>, value: Value) {
        if self.seen.insert(text.clone()) {
            self.known.push((text, value));
        }
    }
}

/// Where the values of a variable come from.
struct Origin {
    given: Given,
    /// Whether it may have others.
    others: bool,
}

enum Given {
    /// By each `set`.
    Set(Vec<Value>),
    /// By the lines of a table.
    Table(Rc<Table>),
}

impl Origin {
    fn values(&self) -> impl Iterator<Item = &Value> {
        let (sets, rows) = match &self.given {
            Given::Set(values) => (values.as_slice(), &[][..]),
            Given::Table(table) => (&[][..], table.rows.as_slice()),
        };
        sets.iter().chain(rows.iter().map(|row| &row.value))
    }

    const fn table(&self) -> Option<&Rc<Table>> {
        match &self.given {
            Given::Table(table) => Some(table),
            Given::Set(_) => None,
        }
    }
}

impl<'m> Scope<'m> {
    /// The table that gives `$name` its value where no `set` does.
    pub(super) fn table(self, name: &[u8]) -> Option<Rc<Table>> {
        let Model { config, maps, .. } = self.model;
        let block = *maps.blocks.get(&(self.context().family(), name.to_ascii_lowercase()))?;
        let mut tables = maps.tables.borrow_mut();
        let read = || Rc::new(Table::read(config, config.used(block)));
        Some(Rc::clone(tables.entry(block).or_insert_with(read)))
    }

    /// What a text with variables may come out as here; nothing for one without.
    pub(super) fn outcomes(self, text: &[u8]) -> Outcomes {
        self.outcomes_within(text, MOST_STEPS)
    }

    fn outcomes_within(self, text: &[u8], steps: usize) -> Outcomes {
        let mut outcomes = Outcomes::default();
        let Some(parts) = parts(text).filter(|_| steps > 0) else {
            outcomes.others = true;
            return outcomes;
        };
        let mut names: Vec<&[u8]> = Vec::new();
        for part in &parts {
            if let Part::Variable(name) = part
                && !names.iter().any(|known| known.eq_ignore_ascii_case(name))
            {
                names.push(name);
            }
        }
        let origins: Option<Vec<Origin>> = names.iter().map(|name| self.origin(name)).collect();
        let Some(assignments) = origins.as_deref().and_then(assignments) else {
            outcomes.others = true;
            return outcomes;
        };
        for values in assignments {
            let full = self.fill(&parts, &names, &values, steps - 1, &mut outcomes);
            outcomes.others |= full.is_none();
        }
        outcomes.others |= origins.iter().flatten().any(|origin| origin.others);
        outcomes
    }

    /// Adds what the parts come out as with a value for each name; `None` if that is not all that
    /// they may come out as. A value that has variables itself is followed if no other does.
    fn fill(
        self,
        parts: &[Part<'_>],
        names: &[&[u8]],
        values: &[&Value],
        steps: usize,
        outcomes: &mut Outcomes,
    ) -> Option<()> {
        let mut texts: Vec<Vec<u8>> = values.iter().map(|value| value.text.clone()).collect();
        let mut open = (0..texts.len()).filter(|index| texts[*index].contains(&b'$'));
        let open = match (open.next(), open.next()) {
            (open, None) => open,
            _ => return None,
        };
        let Some(open) = open else {
            let text = filled(parts, names, &texts);
            let mut value = (*values.first()?).clone();
            if names.len() > 1 {
                value.text.clone_from(&text);
            }
            outcomes.add(text, value);
            return Some(());
        };
        let inner = self.outcomes_within(&texts[open], steps);
        for (text, value) in inner.known {
            texts[open] = text;
            outcomes.add(filled(parts, names, &texts), value);
        }
        (!inner.others).then_some(())
    }

    /// Where the values of `$name` come from here: the nearest `set`, and those in an `if` beside
    /// it; what makes it a table; a `set` of those that lead here. `None` where nothing tells.
    fn origin(self, name: &[u8]) -> Option<Origin> {
        let (mut values, is_set) = self.set_values(name);
        if is_set {
            return Some(Origin { given: Given::Set(values), others: false });
        }
        if let Some(table) = self.table(name) {
            let others = !table.is_whole || !values.is_empty();
            return Some(Origin { given: Given::Table(table), others });
        }
        for caller in self.callers() {
            values.extend(caller.set_values(name).0);
        }
        (!values.is_empty()).then_some(Origin { given: Given::Set(values), others: true })
    }

    /// What each `set` for `$name` gives that counts here, and whether one of them always runs.
    pub(super) fn set_values(self, name: &[u8]) -> (Vec<Value>, bool) {
        let mut values = Vec::new();
        for scope in self.rewritten() {
            values.extend(scope.blocks(id::IF).flat_map(|block| block.sets(name)));
            if let Some(last) = scope.sets(name).last() {
                values.push(last);
                return (values, true);
            }
        }
        (values, false)
    }

    /// The blocks whose `set` count here, the innermost first: the location and the `if` around
    /// this, then the server. `set` is not handed to nested locations.
    fn rewritten(self) -> impl Iterator<Item = Self> {
        let mut nearest = true;
        self.chain().filter(move |scope| match scope.context() {
            Contexts::LOCATION => std::mem::take(&mut nearest),
            context => [
                Contexts::IF_IN_LOCATION,
                Contexts::IF_IN_SERVER,
                Contexts::LIMIT_EXCEPT,
                Contexts::SERVER,
                Contexts::STREAM_SERVER,
            ]
            .contains(&context),
        })
    }

    /// What each `set $name` of this block gives that nginx comes to: `break` and `return` end
    /// what it runs there.
    fn sets(self, name: &[u8]) -> impl Iterator<Item = Value> {
        let config = self.model.config;
        let end = move |id| self.own(id).next().map(Used::name);
        let is_reached = move |set: Use| {
            let ends = [end(id::BREAK), end(id::RETURN)];
            !ends.into_iter().flatten().any(|end| config.precedes(end, set))
        };
        self.own(id::SET).filter_map(move |used| {
            let directive = used.directive();
            let variable = directive.arg(0)?.value();
            let is_it = variable.strip_prefix(b"$")?.eq_ignore_ascii_case(name);
            let text = directive.arg(1).filter(|_| is_it && is_reached(used.name()))?;
            Some(Value { text: text.value().into_owned(), used: used.name() })
        })
    }

    /// The blocks from which nginx goes on in this location with the variables as they are: by
    /// `error_page`, `try_files`, `mirror` and `auth_request`.
    fn callers(self) -> impl Iterator<Item = Self> {
        let location = self.chain().find(|scope| scope.context() == Contexts::LOCATION);
        let pattern = location.and_then(Self::block).and_then(|one| Pattern::of(one.directive()));
        let name = pattern
            .filter(|one| matches!(one.kind, LocationKind::Exact | LocationKind::Named))
            .map(|one| one.name.into_owned());
        let scopes = self.server().filter(|_| name.is_some()).map(Self::within);
        scopes.into_iter().flatten().filter(move |scope| {
            let mut leads = scope.pick(|id| LEADING.contains(&id).then_some(()));
            leads.any(|(used, ())| {
                let last = used.directive().args().next_back().map(|word| word.value());
                last.as_deref() == name.as_deref()
            })
        })
    }
}

/// The values that origins give together, one assignment after the other; `None` where nothing
/// binds them.
fn assignments(origins: &[Origin]) -> Option<Vec<Vec<&Value>>> {
    let first: Vec<&Value> =
        origins.iter().map(|origin| origin.values().next()).collect::<Option<_>>()?;
    let several: Vec<usize> =
        (0..origins.len()).filter(|index| origins[*index].values().nth(1).is_some()).collect();
    match several.as_slice() {
        [] => return Some(vec![first]),
        [one] => {
            let values = origins[*one].values();
            return Some(values.map(|value| with(&first, [(*one, value)])).collect());
        }
        _ => {}
    }
    let tables = several.iter().map(|index| origins[*index].table());
    let tables = tables.collect::<Option<Vec<_>>>().filter(|tables| are_bound(tables))?;
    let indices: Vec<_> = tables.iter().map(|table| table.index()).collect();
    let keys: BTreeSet<&Vec<u8>> = indices.iter().flat_map(HashMap::keys).collect();
    let assignment = |key: &Vec<u8>| {
        let rows = indices.iter().map(|index| index.get(key).or_else(|| index.get(DEFAULT)));
        let values = rows.map(|row| row.map(|row| &row.value)).collect::<Option<Vec<_>>>()?;
        Some(with(&first, several.iter().copied().zip(values)))
    };
    Some(keys.into_iter().filter_map(assignment).collect())
}

/// The values of an assignment, but for those that are chosen.
fn with<'v>(
    first: &[&'v Value],
    chosen: impl IntoIterator<Item = (usize, &'v Value)>,
) -> Vec<&'v Value> {
    let mut values = first.to_vec();
    for (index, value) in chosen {
        values[index] = value;
    }
    values
}

/// Whether the tables look the same thing up, so that one key decides in all of them.
fn are_bound(tables: &[&Rc<Table>]) -> bool {
    let is_bound = |one: &&Rc<Table>| one.has_plain_keys && one.source == tables[0].source;
    tables.iter().all(is_bound)
}

/// The parts with a text for each name.
fn filled(parts: &[Part<'_>], names: &[&[u8]], texts: &[Vec<u8>]) -> Vec<u8> {
    let mut filled = Vec::new();
    for part in parts {
        match part {
            Part::Literal(literal) => filled.extend_from_slice(literal),
            Part::Variable(name) => {
                let is_it = |known: &&[u8]| known.eq_ignore_ascii_case(name);
                let index = names.iter().position(is_it);
                filled.extend(index.and_then(|index| texts.get(index)).into_iter().flatten());
            }
        }
    }
    filled
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'t> {
    Literal(&'t [u8]),
    Variable(&'t [u8]),
}

/// Takes a text with variables apart (`ngx_http_script_compile`); `None` if something else is in
/// it that nginx fills in: what a regular expression captured.
fn parts(text: &[u8]) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'$', rest) {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        if !before.is_empty() {
            parts.push(Part::Literal(before));
        }
        let name = match behind.strip_prefix(b"{") {
            Some(inside) => {
                let end = memchr::memchr(b'}', inside)?;
                rest = &inside[end + 1..];
                &inside[..end]
            }
            None => {
                let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                let end = behind.iter().position(|byte| !is_name(byte)).unwrap_or(behind.len());
                rest = &behind[end..];
                &behind[..end]
            }
        };
        if name.first().is_none_or(u8::is_ascii_digit) {
            return None;
        }
        parts.push(Part::Variable(name));
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    Some(parts)
}

/// The name of the variable that a text is, if it is nothing else.
pub(super) fn sole_variable(text: &[u8]) -> Option<&[u8]> {
    match parts(text)?.as_slice() {
        [Part::Variable(name)] => Some(name),
        _ => None,
    }
}

/// The directives that make a variable by lines.
const TABLES: [DirectiveId; 3] = [id::GEO, id::MAP, id::SPLIT_CLIENTS];

/// The key of what no other key is for.
const DEFAULT: &[u8] = b"default";

/// So often a value with variables is followed.
const MOST_STEPS: usize = 8;

/// The directives whose last word names where nginx goes on.
const LEADING: [DirectiveId; 4] = [id::AUTH_REQUEST, id::ERROR_PAGE, id::MIRROR, id::TRY_FILES];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_apart() {
        use Part::{Literal, Variable};
        assert_eq!(parts(b"http://a"), Some(vec![Literal(b"http://a")]));
        let two = vec![Literal(b"http://"), Variable(b"up"), Literal(b":80"), Variable(b"b")];
        assert_eq!(parts(b"http://$up:80${b}"), Some(two));
        assert_eq!(parts(b"http://$1"), None);
        assert_eq!(parts(b"a$"), None);
        assert_eq!(parts(b"${a"), None);
    }
}
