//! Variables that nginx and its modules set.

use std::borrow::Cow;

use super::VersionRange;
use super::directive::{Family, Origin};
use super::table::{PREFIXES, VARIABLES};

/// A variable, or all of those that begin alike.
#[derive(Debug)]
pub struct Variable {
    /// The name, or its beginning: `arg_`.
    pub name: &'static str,
    /// Whether it is the beginning of a name.
    pub prefix: bool,
    /// In which part of nginx.
    pub family: Family,
    /// The module as the manual calls it; outside nginx, the fork or the module's repository.
    pub module: &'static str,
    /// Whose module that is.
    pub origin: Origin,
    /// Since when, ascending, disjoint.
    pub ranges: &'static [VariableRange],
}

/// Through some releases a variable stays the same.
#[derive(Debug)]
pub struct VariableRange {
    /// The releases: of nginx; of a fork or a module, all.
    pub versions: VersionRange,
    /// Whether the configuration may define a variable of that name itself: `set $args`.
    pub changeable: bool,
}

/// The variable of that name, without its `$`; in any case, as for nginx. One of nginx before one
/// of a module, a whole name before a beginning, a longer beginning before a shorter.
pub fn variable(name: &[u8], family: Family) -> Option<&'static Variable> {
    let name = match name.iter().any(u8::is_ascii_uppercase) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    };
    let whole = VARIABLES.get(&*name).copied().unwrap_or_default();
    let mut begins = PREFIXES.iter().filter(|one| name.starts_with(one.name.as_bytes()));
    let whole = whole.iter().find(|one| one.family == family);
    whole.or_else(|| begins.find(|one| one.family == family))
}

/// Every variable of a part of nginx, beginnings among them, in no order.
pub fn variables(family: Family) -> impl Iterator<Item = &'static Variable> {
    let whole = VARIABLES.values().copied().flatten();
    whole.chain(PREFIXES).filter(move |one| one.family == family)
}
