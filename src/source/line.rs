//! Byte offsets to lines and columns, for people and for formats that count differently.

/// A place as people write it. Both count from 1; the column counts characters, an invalid byte
/// being one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1. Lines end at LF only, as in nginx (`ngx_conf_read_token` counts LF).
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Where the lines of one text begin. Made only for texts that have findings.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
}

impl LineIndex {
    /// The index of `text`.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at as u32 + 1));
        Self { starts, length: text.len() as u32 }
    }

    /// How many lines there are; a text that ends in LF has an empty last line.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line (from 1) that holds `offset`; offsets behind the text are on the last line.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The bytes `start..end` of a line (from 1) without its LF; a line that does not exist is
    /// empty at the end of the text.
    pub fn span(&self, line: u32) -> super::Span {
        let index = (line as usize).saturating_sub(1);
        let start = self.starts.get(index).copied().unwrap_or(self.length);
        let end = self.starts.get(index + 1).map_or(self.length, |next| next - 1);
        super::Span::new(start, end.max(start))
    }

    /// Line and column of `offset` in `text`, which must be the text of this index. The work is
    /// linear in the length of the line before `offset`.
    pub fn position(&self, text: &[u8], offset: u32) -> Position {
        let offset = offset.min(self.length);
        let line = self.line(offset);
        let start = self.span(line).start;
        let before = text.get(start as usize..offset as usize).unwrap_or_default();
        // Byte by byte where it is no UTF-8: `chars` would take a truncated character for one.
        let characters: usize = before
            .utf8_chunks()
            .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
            .sum();
        Position { line, column: characters as u32 + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &[u8], offset: u32) -> (u32, u32) {
        let position = LineIndex::new(text).position(text, offset);
        (position.line, position.column)
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(at("äb\nc".as_bytes(), 2), (1, 2));
        assert_eq!(at("äb\nc".as_bytes(), 4), (2, 1));
        assert_eq!(at(b"\xff\xfeb", 2), (1, 3));
        assert_eq!(at(b"\xe2\x82b", 2), (1, 3), "a truncated character is its bytes");
    }

    #[test]
    fn the_end_of_the_text_has_a_place() {
        assert_eq!(at(b"", 0), (1, 1));
        assert_eq!(at(b"a\n", 2), (2, 1));
        assert_eq!(at(b"a", 99), (1, 2));
    }
}
