//! Directives: by which modules and since when, where they stand, what they take.

use std::fmt;
use std::num::NonZeroU16;

use super::table::{NAMES, TABLE};
use super::{Contexts, Flavor, VersionRange, VersionSet};

/// A name of the catalogue: every directive that a release of nginx ever had, and those of its
/// forks and of well-known modules. In the order of the names.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectiveId(NonZeroU16);

/// The directive of that name, byte for byte, as nginx compares.
pub fn lookup(name: &[u8]) -> Option<DirectiveId> {
    NAMES.get(name).map(|&index| DirectiveId::new(index))
}

/// Whether the lines of its block are no directives: `map`, `types` …
pub fn is_free_form_block(id: DirectiveId) -> bool {
    TABLE[id.index()].free_form
}

impl DirectiveId {
    /// How many there are.
    pub const COUNT: usize = TABLE.len();

    /// Every directive, in the order of the names.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u16).map(Self::new)
    }

    /// Its place in the catalogue, below [`Self::COUNT`].
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// That of a place in the catalogue. It counts from 1, so that `Option<DirectiveId>` is no
    /// larger: every directive of a tree has one.
    pub(super) const fn new(index: u16) -> Self {
        Self(NonZeroU16::MIN.saturating_add(index))
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        TABLE[self.index()].name
    }

    /// Who defines it, those of nginx first.
    pub const fn definitions(self) -> &'static [Definition] {
        TABLE[self.index()].definitions
    }

    /// Whether anything since 1.0.0, anywhere, takes so many arguments, with a block or without.
    pub const fn accepts(self, arguments: usize, block: bool) -> bool {
        let row = &TABLE[self.index()];
        if block { row.blocks.accepts(arguments) } else { row.lines.accepts(arguments) }
    }

    /// The releases of nginx that take it there, with so many arguments, with a block or without.
    pub fn accepted_versions(self, context: Contexts, arguments: usize, block: bool) -> VersionSet {
        let own = self.definitions().iter().filter(|one| one.origin == Origin::Nginx);
        let fits = |range: &&Range| {
            range.block == block
                && range.contexts.contains(context)
                && range.arguments.accepts(arguments)
        };
        own.flat_map(|one| one.ranges).filter(fits).map(|range| range.versions).collect()
    }

    /// How its value gets to inner levels. What is not nginx's is taken for [`Merge::Scalar`].
    pub fn merge(self, family: Family) -> Merge {
        self.merge_row(family).map_or(Merge::Scalar, |(_, merge, _)| *merge)
    }

    /// The directives whose values are in the same place, so that either replaces both: `allow` and
    /// `deny`, `root` and `alias`.
    pub fn merged_with(self, family: Family) -> &'static [Self] {
        self.merge_row(family).map_or(&[], |(_, _, with)| with)
    }

    /// What nginx makes of a second line at one level, where a release reads it as `range` says;
    /// the sets are disjoint.
    pub fn repeats(self, family: Family, range: &Range) -> Vec<(VersionSet, Repeat)> {
        let mut left = VersionSet::from(range.versions);
        if !matches!(range.value, ValueKind::CachePath | ValueKind::Custom) {
            return vec![(left, Repeat::of(range.value))];
        }
        let mut all = Vec::new();
        for (_, versions, repeat) in
            TABLE[self.index()].repeats.iter().filter(|(of, ..)| *of == family)
        {
            let versions = VersionSet::from(*versions);
            all.push((left.intersect(&versions), *repeat));
            left = left.minus(&versions);
        }
        all.push((left, Repeat::Once));
        all.retain(|(versions, _)| !versions.is_empty());
        all
    }

    fn merge_row(self, family: Family) -> Option<&'static (Family, Merge, &'static [Self])> {
        TABLE[self.index()].merges.iter().find(|(of, ..)| *of == family)
    }
}

/// One module's directive of a name.
#[derive(Debug)]
pub struct Definition {
    /// In which part of nginx.
    pub family: Family,
    /// The module as the manual calls it.
    pub module: &'static str,
    /// Whose module that is.
    pub origin: Origin,
    /// Since when and where, ascending, disjoint. Empty in no definition.
    pub ranges: &'static [Range],
    /// What holds where it is not given, as nginx's source sets it, in nginx's notation;
    /// `pagesize` is 4k or 8k, `max` is no limit. Empty where the source says nothing so simple.
    pub defaults: &'static [(VersionRange, &'static str)],
    /// What the manual says holds where it is not given, if only the manual does.
    pub documented_default: Option<&'static str>,
    /// The forks that lack this definition of nginx, or have their own in its place.
    pub lacking: &'static [Flavor],
}

impl Definition {
    /// Whether that server has it, no further modules loaded.
    pub fn is_in(&self, flavor: Flavor) -> bool {
        match self.origin {
            Origin::Nginx => !self.lacking.contains(&flavor),
            Origin::Plus => flavor == Flavor::Plus,
            Origin::Fork(fork) => flavor == fork,
            Origin::Module(module) => flavor == Flavor::Openresty && OPENRESTY.contains(&module),
        }
    }
}

/// A part of nginx.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Processes, events, logs.
    Core,
    /// HTTP.
    Http,
    /// TCP and UDP.
    Stream,
    /// Mail.
    Mail,
    /// All of them: `include`.
    Any,
    /// What modules outside nginx add beside them: RTMP, Tengine's processes.
    Other,
}

/// Whose a definition is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// nginx, open source.
    Nginx,
    /// NGINX Plus.
    Plus,
    /// A fork, in its present release.
    Fork(Flavor),
    /// A module outside nginx, in its present release, by the name of its catalogue: `lua`.
    Module(&'static str),
}

/// Through some releases a definition stays the same.
#[derive(Debug)]
pub struct Range {
    /// The releases: of nginx; of a fork or a module, all.
    pub versions: VersionRange,
    /// Where it may stand.
    pub contexts: Contexts,
    /// How many arguments it takes.
    pub arguments: Arguments,
    /// Whether it has a block.
    pub block: bool,
    /// How its value is read.
    pub value: ValueKind,
    /// What must be built in, by the names of the macros: `NGX_HTTP_SSL`.
    pub build: &'static [&'static str],
}

/// Numbers of arguments: 0 to 7, each or not, and more than 7 or not; or not known.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arguments(u16);

impl Arguments {
    /// Bits 0 to 7: so many. Bit 8: more. Bit 9: nobody knows, and the others are set.
    pub(super) const fn of(bits: u16) -> Self {
        Self(bits)
    }

    /// Whether so many are taken; if it is not known, they are.
    pub const fn accepts(self, count: usize) -> bool {
        let bit = if count > 7 { 8 } else { count };
        self.0 >> bit & 1 == 1
    }

    /// Whether it is known how many are taken.
    pub const fn is_known(self) -> bool {
        self.0 >> 9 & 1 == 0
    }
}

/// For a message: `1`, `1 or 2`, `2, 3 or 4`, `at least 1`, `any number of`.
impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = (0..=7).filter(|count| self.accepts(*count)).collect();
        match (&counts[..], self.accepts(8)) {
            ([], _) => f.write_str("no number of"),
            ([0, ..], true) => f.write_str("any number of"),
            ([least, ..], true) => write!(f, "at least {least}"),
            ([one], false) => write!(f, "{one}"),
            ([first @ .., last], false) => {
                let first: Vec<_> = first.iter().map(usize::to_string).collect();
                write!(f, "{} or {last}", first.join(", "))
            }
        }
    }
}

/// How a value is read.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// File modes for user, group, all.
    Access,
    /// A local address.
    Bind,
    /// Words of a list, some of them.
    Bitmask,
    /// A number and a size.
    Buffers,
    /// Path and parameters of a cache.
    CachePath,
    /// Status codes and a time.
    CacheValid,
    /// A string with variables.
    Complex,
    /// Several strings with variables, one a line.
    ComplexArray,
    /// A size, perhaps from variables.
    ComplexSize,
    /// By the directive's own code.
    Custom,
    /// One word of a list.
    Enum,
    /// `on` or `off`.
    Flag,
    /// A file.
    Include,
    /// A name and a value.
    Keyval,
    /// A name and a value, and perhaps `if_not_empty`.
    KeyvalIfNotEmpty,
    /// MIME types.
    MimeTypes,
    /// A number.
    Number,
    /// An offset in a file.
    Offset,
    /// A path and the levels below it.
    Path,
    /// Strings with variables, of which one that is neither empty nor 0 is enough.
    Predicate,
    /// A size.
    Size,
    /// A string without variables.
    String,
    /// Several strings without variables, one a line.
    StringArray,
    /// A time down to milliseconds.
    TimeMs,
    /// A time down to seconds.
    TimeS,
    /// Nothing: the platform or the build lacks it.
    Unsupported,
}

/// How a directive's value gets to the levels inside the one where it stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Merge {
    /// One value: what stands at an inner level replaces that of the outer. At one level, nginx
    /// refuses a second line, but for bit masks, where the words of all lines add up.
    Scalar,
    /// Several lines make one list, which is replaced as a whole: one line at an inner level, and
    /// none of the outer hold there.
    List,
    /// Not at all: it holds where it stands.
    None,
}

/// What nginx makes of a second line of a directive at one level.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// It refuses it.
    Once,
    /// It takes it: the lines add up, or the last one counts.
    List,
    /// It takes it, unless it has the name of an earlier one.
    Name,
    /// It takes it, unless one of them says `off`, which stands alone.
    Off,
}

impl Repeat {
    /// Of the directives whose value is read so (`ngx_conf_set_*_slot`).
    const fn of(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Bitmask
            | ValueKind::CacheValid
            | ValueKind::ComplexArray
            | ValueKind::Include
            | ValueKind::Keyval
            | ValueKind::KeyvalIfNotEmpty
            | ValueKind::MimeTypes
            | ValueKind::Predicate
            | ValueKind::StringArray
            | ValueKind::Unsupported => Self::List,
            _ => Self::Once,
        }
    }
}

/// Every directive of nginx by its name in upper case.
pub mod id {
    use super::DirectiveId;

    include!(concat!(env!("OUT_DIR"), "/id.rs"));
}

/// The catalogues that OpenResty has built in.
const OPENRESTY: [&str; 6] = ["echo", "headers-more", "lua", "set-misc", "srcache", "stream-lua"];
