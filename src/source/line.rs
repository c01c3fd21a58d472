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
    /// In lines longer than [`LONG`]: an offset, and how many characters are before it on its
    /// line. Without these, many findings on one long line would count it from its start each.
    counted: Vec<(u32, u32)>,
}

/// Bytes of a line between two places whose characters are counted beforehand.
const LONG: usize = 4096;

impl LineIndex {
    /// The index of `text`.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at as u32 + 1));
        let mut index = Self { starts, length: text.len() as u32, counted: Vec::new() };
        for line in 1..=index.lines() as u32 {
            index.count(text, index.span(line));
        }
        index
    }

    fn count(&mut self, text: &[u8], line: super::Span) {
        let (mut from, mut count) = (line.start as usize, 0);
        while from + LONG < line.end as usize {
            let mut to = from + LONG;
            // A character has at most three bytes behind its first.
            let continues = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
            to -= (0..=3).find(|back| !continues(to - back)).unwrap_or(0);
            count += characters(text.get(from..to).unwrap_or_default());
            self.counted.push((to as u32, count));
            from = to;
        }
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
    /// bounded, however long the line is.
    pub fn position(&self, text: &[u8], offset: u32) -> Position {
        let offset = offset.min(self.length);
        let line = self.line(offset);
        let start = self.span(line).start;
        let next = self.counted.partition_point(|(at, _)| *at <= offset);
        let (from, count) = match next.checked_sub(1).and_then(|last| self.counted.get(last)) {
            Some(&(at, count)) if at > start => (at, count),
            _ => (start, 0),
        };
        let between = text.get(from as usize..offset as usize).unwrap_or_default();
        Position { line, column: count + characters(between) + 1 }
    }
}

/// How many characters there are. A byte that belongs to none is one: `chars` of a text with
/// replacements would take a truncated character for one.
fn characters(text: &[u8]) -> u32 {
    text.utf8_chunks()
        .map(|chunk| (chunk.valid().chars().count() + chunk.invalid().len()) as u32)
        .sum()
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

    #[test]
    fn long_lines_are_counted_as_short_ones() {
        let line: String = "aä€😀\t".repeat(3000);
        let mut text = format!("first\n{line}\n{line}").into_bytes();
        text[9_000] = 0xff;
        text[20_001] = 0x80;
        let index = LineIndex::new(&text);
        for offset in (0..text.len()).step_by(97) {
            let start = index.span(index.line(offset as u32)).start as usize;
            let naive = characters(&text[start..offset]) + 1;
            let column = index.position(&text, offset as u32).column;
            // In the middle of a character the two count its bytes so far.
            assert_eq!(column, naive, "{offset}");
        }
    }
}
