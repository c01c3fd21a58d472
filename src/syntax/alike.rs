//! Directives that are written alike: most lines of a configuration stand in it many times, and
//! what is found out of one holds of the others. To compare a line with its like while it is read
//! costs little.

use super::node::NodeKind;

/// Directives that were read of late, each in the one place that its text gives it.
pub(super) struct Alike<'b> {
    met: Vec<(u32, NodeKind, &'b [u8])>,
}

impl Alike<'_> {
    pub(super) fn new() -> Self {
        Self { met: vec![(0, NodeKind::Simple, &[]); 1 << PLACES] }
    }
}

impl<'b> Alike<'b> {
    /// The directive before the one at `index` that is written alike, from its name to its last
    /// word, with braces or without; that one itself, if none is known.
    pub(super) fn exemplar(&mut self, index: u32, kind: NodeKind, text: &'b [u8]) -> u32 {
        if text.len() > LONGEST {
            return index;
        }
        let place = digest(kind as u32, text) >> (u64::BITS - PLACES);
        let met = &mut self.met[place as usize];
        if (met.1, met.2) != (kind, text) {
            *met = (index, kind, text);
        }
        met.0
    }
}

/// A number that differs for most other texts and kinds, in its upper bits.
pub(crate) fn digest(kind: u32, text: &[u8]) -> u64 {
    let mix =
        |hash: u64, number: u64| (hash.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (chunks, rest) = text.as_chunks::<8>();
    let start = mix(u64::from(kind), text.len() as u64);
    let hash = chunks.iter().fold(start, |hash, chunk| mix(hash, u64::from_le_bytes(*chunk)));
    let last = match text.last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    };
    mix(hash, last)
}

/// So many bits number the places: all of them fit into the nearer caches.
const PLACES: u32 = 11;

/// Longer lines are hardly ever repeated.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use crate::syntax::parse;

    #[test]
    fn the_first_stands_for_those_that_are_written_alike() {
        let text = "index a;\nindex  a;\nindex a ;\nunknown a;\nunknown a;\nif a {\nindex a; }\nif a;\nmap a b { index a; }\nindex";
        let tree = parse(text.as_bytes().into()).tree;
        let of = |one: crate::syntax::Directive<'_>| one.exemplar().node_id().index();
        let exemplars: Vec<usize> = tree.directives().map(of).collect();
        assert_eq!(exemplars, [0, 1, 0, 3, 4, 5, 0, 7, 8, 9, 10]);
    }
}
