//! What `nginx -T` prints: every file of a configuration in one text.
//!
//! `# configuration file NAME:`, a newline, the bytes of the file and one more newline, in the
//! order in which nginx opened the files first (`ngx_dump_config` in `nginx.c`). Lines that begin
//! with `nginx: ` may stand before it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

const MARK: &[u8] = b"# configuration file ";

/// A file in a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'d> {
    /// Its name, as nginx opened it.
    pub name: PathBuf,
    /// Its bytes.
    pub bytes: &'d [u8],
}

/// The files of a dump, the root first; `None` if the text is no dump.
pub fn parts(text: &[u8]) -> Option<Vec<Part<'_>>> {
    let mut rest = text;
    while rest.starts_with(b"nginx: ") {
        rest = &rest[memchr::memchr(b'\n', rest)? + 1..];
    }
    name(rest)?;
    let mut parts = Vec::new();
    while let Some((name, body)) = name(rest) {
        let end = next(body);
        let bytes = body[..end].strip_suffix(b"\n").unwrap_or(&body[..end]);
        parts.push(Part { name, bytes });
        rest = &body[end..];
    }
    Some(parts)
}

/// The name in the mark that the text begins with, and what is behind its line.
fn name(text: &[u8]) -> Option<(PathBuf, &[u8])> {
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let name = line.strip_prefix(MARK)?;
    let name = name.strip_suffix(b"\r").unwrap_or(name).strip_suffix(b":")?;
    let behind = text.get(line.len() + 1..).unwrap_or_default();
    (!name.is_empty()).then(|| (PathBuf::from(OsStr::from_bytes(name)), behind))
}

/// The offset of the next mark.
fn next(text: &[u8]) -> usize {
    let marks = memchr::memmem::find_iter(text, MARK);
    let begins_line = |&at: &usize| at == 0 || text[at - 1] == b'\n';
    marks.filter(begins_line).find(|&at| name(&text[at..]).is_some()).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_taken_apart() {
        let text = b"nginx: the configuration file /e/n.conf syntax is ok\n# configuration file /e/n.conf:\nevents {}\n\n# configuration file /e/m:\n# configuration file without a colon\nx;\n\n";
        let parts = parts(text).unwrap();
        let shown: Vec<_> =
            parts.iter().map(|part| (part.name.to_str().unwrap(), part.bytes)).collect();
        assert_eq!(
            shown,
            [
                ("/e/n.conf", b"events {}\n".as_slice()),
                ("/e/m", b"# configuration file without a colon\nx;\n".as_slice())
            ]
        );
    }

    #[test]
    fn other_texts_are_no_dumps() {
        for text in [
            "",
            "events {}",
            "nginx: x",
            "a;\n# configuration file /x:\n",
            "# configuration file :\n",
        ] {
            assert_eq!(parts(text.as_bytes()), None, "{text}");
        }
    }
}
