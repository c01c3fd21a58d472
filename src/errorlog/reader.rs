//! The lines of a log as they come: from a file, a pipe that somebody still writes to, or either
//! compressed by gzip. Memory is bounded whatever is read: a longer line is cut.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// One line, without its end.
#[derive(Copy, Clone, Debug)]
pub(super) struct Physical<'r> {
    pub(super) bytes: &'r [u8],
    /// Which one it is, from 1.
    pub(super) number: u64,
    /// How many bytes stand before it.
    pub(super) offset: u64,
}

/// Reads lines.
pub(super) struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    /// What of the buffer is read and not yet given.
    from: usize,
    to: usize,
    number: u64,
    offset: u64,
    ended: bool,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(input: R) -> Self {
        let buffer = vec![0; BUFFER];
        Self { input, buffer, from: 0, to: 0, number: 0, offset: 0, ended: false }
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Physical<'_>>> {
        let mut searched = self.from;
        let end = loop {
            let unread = self.buffer.get(searched..self.to).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', unread) {
                break searched + at;
            }
            if self.ended {
                if self.from == self.to {
                    return Ok(None);
                }
                break self.to;
            }
            searched = self.to;
            if self.from > 0 && self.to == self.buffer.len() {
                self.buffer.copy_within(self.from..self.to, 0);
                (searched, self.from, self.to) = (searched - self.from, 0, self.to - self.from);
            }
            if self.to == self.buffer.len() {
                // A line that fills the buffer: its rest is passed over.
                return self.cut().map(Some);
            }
            self.fill()?;
        };
        let start = self.from;
        self.from = (end + 1).min(self.to);
        Ok(Some(self.line(start, end, self.from - start)))
    }

    fn fill(&mut self) -> io::Result<()> {
        loop {
            match self.input.read(&mut self.buffer[self.to..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    /// The line that fills the buffer, as far as its beginning is kept.
    fn cut(&mut self) -> io::Result<Physical<'_>> {
        let mut length = self.to;
        loop {
            // Behind what is kept, the buffer is read into again and again.
            self.to = KEPT;
            self.fill()?;
            let read = self.buffer.get(KEPT..self.to).unwrap_or_default();
            match memchr::memchr(b'\n', read) {
                Some(at) => {
                    length += at + 1;
                    self.from = KEPT + at + 1;
                    return Ok(self.line(0, KEPT, length));
                }
                None if self.ended => {
                    self.from = self.to;
                    return Ok(self.line(0, KEPT, length));
                }
                None => length += read.len(),
            }
        }
    }

    fn line(&mut self, start: usize, end: usize, length: usize) -> Physical<'_> {
        self.number += 1;
        let offset = self.offset;
        self.offset += length as u64;
        let bytes = self.buffer.get(start..end).unwrap_or_default();
        Physical { bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes), number: self.number, offset }
    }
}

/// What `input` holds: unpacked, if it is compressed by gzip.
///
/// # Errors
/// Its first bytes cannot be read.
pub(super) fn unpacked<'i>(input: Box<dyn Read + 'i>) -> io::Result<Box<dyn Read + 'i>> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let is_gzip = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(input)) } else { Box::new(input) })
}

/// Bytes that are read at once, and the longest line: nginx's own have at most 2,048 bytes
/// (`NGX_MAX_ERROR_STR`), and a logger may escape each by six.
const BUFFER: usize = 256 * 1024;
/// Bytes that are kept of a longer line.
const KEPT: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a text in pieces of that size.
    struct Pieces<'t>(&'t [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = self.1.min(self.0.len()).min(buffer.len());
            buffer[..piece].copy_from_slice(&self.0[..piece]);
            self.0 = &self.0[piece..];
            Ok(piece)
        }
    }

    fn lines(text: &[u8], piece: usize) -> Vec<(u64, u64, Vec<u8>)> {
        let mut reader = Reader::new(Pieces(text, piece));
        let mut lines = Vec::new();
        while let Some(line) = reader.next().unwrap() {
            lines.push((line.number, line.offset, line.bytes.to_vec()));
        }
        lines
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        let long = "x".repeat(3 * BUFFER);
        let text = format!("a\n\nbc\r\n{long}\nd\n{long}");
        for piece in [1, 7, 4096, usize::MAX] {
            let lines = lines(text.as_bytes(), piece);
            let found: Vec<_> =
                lines.iter().map(|(line, at, text)| (*line, *at, text.len())).collect();
            let behind = (8 + long.len() + 1) as u64;
            assert_eq!(
                found,
                [
                    (1, 0, 1),
                    (2, 2, 0),
                    (3, 3, 2),
                    (4, 7, KEPT),
                    (5, behind - 1, 1),
                    (6, behind + 1, KEPT)
                ],
                "{piece}"
            );
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        use std::io::Write;
        let mut packed = Vec::new();
        for part in ["a\nb", "c\n"] {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            packed.extend(encoder.finish().unwrap());
        }
        for text in [&packed[..], b"a\nbc\n"] {
            let mut unpacked = unpacked(Box::new(text)).unwrap();
            let mut text = String::new();
            unpacked.read_to_string(&mut text).unwrap();
            assert_eq!(text, "a\nbc\n");
        }
    }
}
