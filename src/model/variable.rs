//! Variables, as far as their values can be read off the configuration.

use foldhash::HashMap;

use super::Model;
use super::scope::Scope;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, id};

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
    all: HashMap<Vec<u8>, Option<Vec<Value>>>,
}

impl Maps {
    /// The values of each `map`, `geo` and `split_clients` that gives nothing but constants.
    pub(super) fn build(model: &Model<'_>) -> Self {
        let mut maps = Self::default();
        for id in model.scopes.ids() {
            let scope = Scope { model, id };
            if scope.context() != Contexts::HTTP && scope.context() != Contexts::STREAM {
                continue;
            }
            for map in
                [id::GEO, id::MAP, id::SPLIT_CLIENTS].into_iter().flat_map(|id| scope.own(id))
            {
                let Some(name) = map.directive().args().last().map(|word| word.value()) else {
                    continue;
                };
                let name = name.strip_prefix(b"$").unwrap_or(&name).to_vec();
                maps.all.insert(name.to_ascii_lowercase(), values(map));
            }
        }
        maps
    }
}

/// The values of a `map` or its like; `None` if one of them is no constant or stands in another file.
fn values(map: Used<'_>) -> Option<Vec<Value>> {
    let mut values: Vec<Value> = Vec::new();
    for line in map.directive().children() {
        let source = line.name();
        if line.id() == Some(id::INCLUDE) {
            return None;
        }
        let Some(word) = line.arg(0) else {
            // These stand alone.
            if matches!(source.raw(), b"volatile" | b"hostnames" | b"ranges" | b"proxy_recursive") {
                continue;
            }
            return None;
        };
        // `geo`: whose address counts, and networks without a value.
        if matches!(source.raw(), b"proxy" | b"delete") && map.directive().id() == Some(id::GEO) {
            continue;
        }
        let text = word.value();
        if text.contains(&b'$') {
            return None;
        }
        if values.iter().all(|value| value.text != *text) {
            let used = Use { instance: map.instance(), node: line.node_id() };
            values.push(Value { text: text.into_owned(), used });
        }
    }
    Some(values)
}

impl<'m> Scope<'m> {
    /// The values that `$name` may have here, if all of them can be read: what the nearest `set`
    /// gives, and those in an `if` beside it; else what a `map` gives.
    pub(super) fn values(self, name: &[u8]) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        let name = &name.to_ascii_lowercase();
        for scope in self.rewritten() {
            let conditions = scope.blocks(id::IF).flat_map(|block| block.sets(name));
            values.extend(conditions);
            if let Some(last) = scope.sets(name).last() {
                values.push(last);
                return values.into_iter().collect();
            }
        }
        if !values.is_empty() {
            return None;
        }
        self.model.maps.all.get(name.as_slice()).cloned().flatten()
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

    /// What each `set $name` of this block gives; `None` for what is no constant.
    fn sets(self, name: &[u8]) -> impl Iterator<Item = Option<Value>> {
        self.own(id::SET).filter_map(move |used| {
            let directive = used.directive();
            let variable = directive.arg(0)?.value();
            if !variable.strip_prefix(b"$")?.eq_ignore_ascii_case(name) {
                return None;
            }
            let text = directive.arg(1)?.value();
            let constant = !text.contains(&b'$');
            Some(constant.then(|| Value { text: text.into_owned(), used: used.name() }))
        })
    }
}

/// A text with at most one variable in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Template<'t> {
    /// No variable.
    Constant,
    /// One: what is before it, its name, what is behind it.
    One(&'t [u8], &'t [u8], &'t [u8]),
    /// More, or something else that nginx fills in.
    Many,
}

/// Takes a text with variables apart (`ngx_http_script_compile`).
pub(super) fn template(text: &[u8]) -> Template<'_> {
    let Some(at) = memchr::memchr(b'$', text) else { return Template::Constant };
    let (before, rest) = (&text[..at], &text[at + 1..]);
    let (name, behind) = match rest.strip_prefix(b"{") {
        Some(inside) => match memchr::memchr(b'}', inside) {
            Some(end) => (&inside[..end], &inside[end + 1..]),
            None => return Template::Many,
        },
        None => {
            let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            rest.split_at(end.unwrap_or(rest.len()))
        }
    };
    if name.is_empty() || behind.contains(&b'$') {
        return Template::Many;
    }
    Template::One(before, name, behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        assert_eq!(template(b"http://a"), Template::Constant);
        let one = Template::One(b"http://".as_slice(), b"up".as_slice(), b":80".as_slice());
        assert_eq!(template(b"http://$up:80"), one);
        assert_eq!(template(b"http://${up}:80"), one);
        assert_eq!(template(b"$a$b"), Template::Many);
        assert_eq!(template(b"a$"), Template::Many);
    }
}
