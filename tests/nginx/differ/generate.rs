//! Every directive in every context, with 0 to 9 arguments, with a block and with a semicolon: what
//! nginx looks at before it looks at a value.

use ngxlint::nginx::{Contexts, Definition, DirectiveId, Origin, Range, Version};

use super::frame::{CONTEXTS, framed};

/// A statement to be judged where it stands.
pub(super) struct Case {
    /// The name it begins with.
    pub(super) name: String,
    pub(super) context: Contexts,
    pub(super) statement: String,
}

impl Case {
    pub(super) fn new(context: Contexts, name: &str, args: &[&str], block: bool) -> Self {
        let mut statement = name.to_owned();
        for arg in args {
            statement.push(' ');
            statement.push_str(arg);
        }
        statement.push_str(if block { " {}" } else { ";" });
        Self { name: name.to_owned(), context, statement }
    }

    pub(super) fn text(&self) -> String {
        framed(self.context, &self.name, &self.statement)
    }
}

/// What nginx itself defines under a name, in one release.
pub(super) fn own(
    id: DirectiveId,
    version: Version,
) -> impl Iterator<Item = (&'static Definition, &'static Range)> {
    let definitions = id.definitions().iter().filter(|one| one.origin == Origin::Nginx);
    let ranges = definitions.flat_map(|one| one.ranges.iter().map(move |range| (one, range)));
    ranges.filter(move |(_, range)| range.versions.contains(version))
}

/// The most arguments that are tried: nginx counts up to seven, and knows "more".
const MOST: usize = 9;

/// Gives every case of a release to `each`, in an order that never changes.
///
/// Where a directive may not stand, nobody counts its arguments; there one number of them is tried,
/// another in each context and for each name. Names that the release does not know stand once in
/// each part of nginx. `has` says whether the release has a block.
pub(super) fn all(version: Version, has: impl Fn(&str) -> bool, mut each: impl FnMut(Case)) {
    let args = ["1"; MOST];
    for id in DirectiveId::all() {
        let ranges: Vec<&Range> = own(id, version).map(|(_, range)| range).collect();
        for (index, (context, block)) in CONTEXTS.into_iter().enumerate() {
            if !block.is_empty() && !has(block) {
                continue;
            }
            let known = !ranges.is_empty();
            let stands = ranges.iter().any(|range| range.contexts.contains(context));
            let one = (id.index() + index) % (MOST + 1);
            if !known {
                let is_part = [Contexts::MAIN, Contexts::LOCATION, Contexts::STREAM_SERVER];
                if is_part.contains(&context) {
                    each(Case::new(context, id.name(), &args[..one], one % 2 == 1));
                }
                continue;
            }
            for count in (0..=MOST).filter(|count| stands || *count == one) {
                for block in [false, true] {
                    each(Case::new(context, id.name(), &args[..count], block));
                }
            }
            if one == 0 {
                each(Case::new(context, &misspelled(id), &args[..1], false));
            }
        }
    }
}

/// A name that nobody knows, close to one that is known.
fn misspelled(id: DirectiveId) -> String {
    let (name, at) = (id.name(), id.index() % id.name().len());
    format!("{}x{}", &name[..at], &name[at..])
}
