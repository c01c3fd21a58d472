//! Lines in which nothing was found: most lines of a configuration stand in it many times, and what
//! was looked at once in one kind of block need not be looked at again.

use crate::include::{Config, LineId, Used};
use crate::nginx::Contexts;
use crate::syntax;

/// Lines that were looked at, and where.
pub(super) struct Known<'m> {
    /// The kind of block in which each was last found right, as a number; 0: in none.
    right: Vec<u16>,
    /// Lines of several files, each in the one place that its text gives it. A single file knows
    /// itself which of its lines are written alike.
    texts: Vec<(u32, &'m [u8])>,
}

impl<'m> Known<'m> {
    pub(super) fn new(config: &Config) -> Self {
        let places = if config.uses() > 1 { 1 << PLACES } else { 0 };
        // Written at once: pages that are read first are fetched twice.
        let right = std::iter::repeat_n(0, config.line_count()).collect();
        Self { right, texts: vec![(0, &[]); places] }
    }

    /// Whether a line was found right in such a block.
    pub(super) fn is_right(&self, line: LineId, context: Contexts) -> bool {
        self.right[line.index()] == context.bits() && !context.is_empty()
    }

    /// Looks at a line in a block unless its like was found right there, and knows it for right from
    /// then on if nothing was found in it.
    pub(super) fn look(&mut self, used: Used<'m>, context: Contexts, look: impl FnOnce() -> bool) {
        let right = &mut self.right[used.line().index()];
        if self.texts.is_empty() {
            if look() {
                *right = context.bits();
            }
            return;
        }
        let directive = used.directive();
        let kind = u32::from(context.bits()) << 1 | u32::from(directive.is_block());
        let text = directive.text();
        let place = syntax::digest(kind, text) >> (u64::BITS - PLACES);
        let known = &mut self.texts[place as usize];
        if *known == (kind, text) || look() {
            (*right, *known) = (context.bits(), (kind, text));
        }
    }
}

/// So many bits number the places: all of them fit into the nearest cache.
const PLACES: u32 = 10;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::include::{Files, Reach, resolve};
    use crate::source::Memory;

    /// The lines that are looked at, each by its place, where those of `wrong` are never right.
    fn looked(files: &[(&str, &str)], wrong: &str) -> Vec<usize> {
        let mut memory = Memory::default();
        files.iter().for_each(|(name, text)| memory.insert(name, *text));
        let root = Path::new("/a");
        let mut read = Files::default();
        let source = read.open(&memory, root).unwrap();
        let reach = Reach::of_root(&memory, root, Vec::<(PathBuf, PathBuf)>::new());
        let config = resolve(&mut read, &memory, &reach, &[(source, Contexts::MAIN)]);
        let mut known = Known::new(&config);
        let mut looked = Vec::new();
        let used: Vec<_> = config.tops().iter().flat_map(|top| config.walk_top(top)).collect();
        for (index, used) in used.into_iter().enumerate() {
            let context = if index < 4 { Contexts::HTTP } else { Contexts::SERVER };
            if known.is_right(used.line(), context) {
                continue;
            }
            known.look(used, context, || {
                looked.push(index);
                used.directive().name().raw() != wrong.as_bytes()
            });
        }
        looked
    }

    #[test]
    fn only_what_is_right_is_known() {
        let text = "index a;\nindex a;\nroot a;\nroot b;\nindex a;\nindex  a;\nindex a;\nroot a;";
        assert_eq!(looked(&[("/a", text)], "none"), [0, 2, 3, 4, 5, 7]);
        assert_eq!(looked(&[("/a", text)], "index"), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn lines_of_two_files_are_known_by_their_text() {
        let files = [("/a", "include b;\nindex a;"), ("/b", "index a;\nroot a;")];
        assert_eq!(looked(&files, "none"), [0, 1, 2]);
        let files = [("/a", "include b;\nif a;"), ("/b", "index a;\nif a {}")];
        assert_eq!(looked(&files, "none"), [0, 1, 2, 3]);
    }
}
