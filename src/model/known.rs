//! Lines in which nothing was found: most lines of a configuration stand in it many times, and to
//! compare one with its like is quicker than to read it again.

/// Lines that were looked at of late, each in the one place that its text gives it.
pub(super) struct Known<'m> {
    lines: Vec<(u32, &'m [u8])>,
}

impl<'m> Known<'m> {
    pub(super) fn new() -> Self {
        Self { lines: vec![(0, &[]); 1 << PLACES] }
    }

    /// Looks at a line unless it is known, and knows it from then on if nothing was found in it.
    /// `kind` stands for all on which that depends beside the text.
    pub(super) fn look(&mut self, kind: u32, text: &'m [u8], look: impl FnOnce() -> bool) {
        if text.is_empty() || text.len() > LONGEST {
            look();
            return;
        }
        let line = &mut self.lines[place(kind, text)];
        if *line == (kind, text) {
            return;
        }
        if look() {
            *line = (kind, text);
        }
    }
}

fn place(kind: u32, text: &[u8]) -> usize {
    let mix =
        |hash: u64, number: u64| (hash.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (chunks, rest) = text.as_chunks::<8>();
    let start = mix(u64::from(kind), text.len() as u64);
    let hash = chunks.iter().fold(start, |hash, chunk| mix(hash, u64::from_le_bytes(*chunk)));
    let last = match text.last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    };
    (mix(hash, last) >> (u64::BITS - PLACES)) as usize
}

/// So many bits number the places: all of them fit into the nearest cache.
const PLACES: u32 = 10;

/// Longer lines are hardly ever repeated.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_right_is_known() {
        let mut known = Known::new();
        let mut looked = Vec::new();
        for (kind, text, right) in [
            (1, "listen 80", true),
            (1, "listen 80", false),
            (2, "listen 80", false),
            (2, "listen 80", true),
            (2, "listen 80", true),
            (2, "", true),
            (2, "", true),
        ] {
            known.look(kind, text.as_bytes(), || {
                looked.push((kind, text));
                right
            });
        }
        let line = "listen 80";
        assert_eq!(looked, [(1, line), (2, line), (2, line), (2, ""), (2, "")]);
    }
}
