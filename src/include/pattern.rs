//! File name patterns as the `glob(3)` and `fnmatch(3)` of nginx's platforms read them, on bytes.
//!
//! `*` and `?` match neither `/` nor a leading dot, `[…]` knows ranges, negation by `!` or `^` and
//! the POSIX classes, `\` takes the next byte literally. Braces and `~` mean nothing, `**` is `*`.
//! (The crates `glob` and `globset` differ on several of these.)

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::source::{FileKind, Loader};

/// Whether nginx takes `name` for a pattern (`strpbrk(name, "*?[")` in `ngx_conf_include`).
pub(super) fn is_pattern(name: &[u8]) -> bool {
    name.iter().any(|byte| b"*?[".contains(byte))
}

/// The paths that match `pattern`, in byte order of the whole path. Directories that cannot be
/// listed hold nothing, as for `glob(3)`.
pub(super) fn expand(loader: &dyn Loader, pattern: &[u8]) -> Vec<PathBuf> {
    let mut found: Vec<Vec<u8>> = vec![Vec::new()];
    let mut rest = pattern;
    while !rest.is_empty() {
        let slashes = rest.iter().take_while(|&&byte| byte == b'/').count();
        let (separator, behind) = rest.split_at(slashes);
        let end = memchr::memchr(b'/', behind).unwrap_or(behind.len());
        let (component, next) = behind.split_at(end);
        found = found
            .iter()
            .flat_map(|base| step(loader, &[base, separator].concat(), component, next.is_empty()))
            .collect();
        rest = next;
    }
    found.sort_unstable();
    found.iter().map(|path| PathBuf::from(OsStr::from_bytes(path))).collect()
}

/// The entries of the directory `base` (empty: the current one) that match one component.
fn step(loader: &dyn Loader, base: &[u8], component: &[u8], last: bool) -> Vec<Vec<u8>> {
    let whole = |name: &[u8]| [base, name].concat();
    let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
    if !is_pattern(component) {
        let name = whole(&unescape(component));
        let stands = component.is_empty() || loader.stands(&path(&name));
        return if stands { vec![name] } else { Vec::new() };
    }
    let directory = if base.is_empty() { Path::new(".").to_path_buf() } else { path(base) };
    let Ok(entries) = loader.list(&directory) else { return Vec::new() };
    entries
        .iter()
        .map(|name| name.as_os_str().as_bytes())
        .chain([b".".as_slice(), b".."])
        .filter(|name| matches(component, name))
        .map(whole)
        .filter(|name| last || matches!(loader.kind(&path(name)), Ok(FileKind::Directory)))
        .collect()
}

fn unescape(component: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(component.len());
    let mut bytes = component.iter();
    while let Some(&byte) = bytes.next() {
        let escaped = if byte == b'\\' { bytes.next().copied() } else { None };
        plain.push(escaped.unwrap_or(byte));
    }
    plain
}

/// Whether `name`, a file name without `/`, matches `pattern` (`fnmatch` with `FNM_PERIOD`).
/// Linear in their product: on a mismatch only the last `*` is tried again.
pub(super) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    if name.first() == Some(&b'.')
        && pattern.strip_prefix(b"\\").unwrap_or(pattern).first() != Some(&b'.')
    {
        return false;
    }
    let (mut at, mut used) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let one = pattern.get(at).map(|_| one(&pattern[at..]));
        match (one, name.get(used)) {
            (Some((One::Star, length)), _) => {
                at += length;
                star = Some((at, used));
            }
            (Some((one, length)), Some(&byte)) if one.matches(byte) => {
                at += length;
                used += 1;
            }
            (None, None) => return true,
            _ => match &mut star {
                Some((behind, from)) if *from < name.len() => {
                    *from += 1;
                    (at, used) = (*behind, *from);
                }
                _ => return false,
            },
        }
    }
}

/// What one byte of a name is held against.
enum One<'p> {
    Any,
    Byte(u8),
    /// The inside of `[…]`, without negation.
    Set(&'p [u8], bool),
    Star,
}

impl One<'_> {
    fn matches(&self, byte: u8) -> bool {
        match self {
            Self::Any => true,
            Self::Byte(own) => *own == byte,
            Self::Set(inside, negated) => set_holds(inside, byte) != *negated,
            Self::Star => false,
        }
    }
}

/// The first element of a pattern that is not empty, and its length.
fn one(pattern: &[u8]) -> (One<'_>, usize) {
    match pattern {
        [b'*', ..] => (One::Star, 1),
        [b'?', ..] => (One::Any, 1),
        [b'\\', byte, ..] => (One::Byte(*byte), 2),
        // Nothing matches a pattern that ends within an escape.
        [b'\\'] => (One::Set(b"", false), 1),
        [b'[', rest @ ..] => {
            let negated = matches!(rest.first(), Some(b'!' | b'^'));
            let inside = &rest[usize::from(negated)..];
            match set_end(inside) {
                Some(end) => (One::Set(&inside[..end], negated), end + 2 + usize::from(negated)),
                None => (One::Byte(b'['), 1),
            }
        }
        _ => (One::Byte(pattern[0]), 1),
    }
}

/// The offset of the `]` that ends a set; one at its very beginning belongs to it.
fn set_end(inside: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match inside.get(at..)? {
            [b']', ..] if at > 0 => return Some(at),
            [b'[', b':', class @ ..] => {
                let close = memchr::memmem::find(class, b":]");
                at += close.map_or(1, |close| close + 4);
            }
            [b'\\', _, ..] => at += 2,
            [] => return None,
            _ => at += 1,
        }
    }
}

fn set_holds(mut inside: &[u8], byte: u8) -> bool {
    loop {
        match inside {
            [] => return false,
            [b'[', b':', rest @ ..] if memchr::memmem::find(rest, b":]").is_some() => {
                let end = memchr::memmem::find(rest, b":]").unwrap_or_default();
                if class_holds(&rest[..end], byte) {
                    return true;
                }
                inside = &rest[end + 2..];
            }
            _ => {
                let (low, rest) = set_byte(inside);
                let (high, rest) = match rest {
                    [b'-', upper @ ..] if !upper.is_empty() => set_byte(upper),
                    _ => (low, rest),
                };
                if (low..=high).contains(&byte) {
                    return true;
                }
                inside = rest;
            }
        }
    }
}

/// The first byte of a set, perhaps escaped, and what is behind it.
fn set_byte(inside: &[u8]) -> (u8, &[u8]) {
    match inside {
        [b'\\', byte, rest @ ..] => (*byte, rest),
        [byte, rest @ ..] => (*byte, rest),
        [] => (0, inside),
    }
}

/// The POSIX classes in the C locale, in which nginx runs.
fn class_holds(name: &[u8], byte: u8) -> bool {
    match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte.is_ascii_whitespace() || byte == 0x0b,
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    #[test]
    fn names_match_as_fnmatch_says() {
        for (pattern, name) in [
            ("*.conf", "a.conf"),
            ("*", "a"),
            ("a**b", "axxb"),
            ("?.conf", "\u{0}.conf"),
            ("[a-c]x", "bx"),
            ("[!a]x", "bx"),
            ("[^a]x", "bx"),
            ("[]a]", "]"),
            ("[a-]", "-"),
            ("[[:digit:]]", "7"),
            ("[", "["),
            ("[a", "[a"),
            (r"\*", "*"),
            (r"[\]]", "]"),
            (".*", ".a"),
            (r"\.*", ".a"),
            ("{a,b}", "{a,b}"),
            ("*a*b*c", "xaxbxbxc"),
        ] {
            assert!(matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.conf", ".a.conf"),
            ("?a", ".a"),
            ("[.]a", ".a"),
            ("{a,b}", "a"),
            ("[!a]", "a"),
            ("a", "A"),
            ("*b", "ba"),
            ("*\\", "\\"),
        ] {
            assert!(!matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }

    #[test]
    fn stars_do_not_explode() {
        let pattern = [b"*a".repeat(50), b"b".to_vec()].concat();
        assert!(!matches(&pattern, &b"a".repeat(5000)));
    }

    #[test]
    fn paths_come_in_byte_order() {
        let mut memory = Memory::default();
        for name in ["c/b.conf", "c/B.conf", "c/.h.conf", "c/a/x", "c/a-b/x", "c/e/y"] {
            memory.insert(name, "");
        }
        let expand = |pattern: &str| {
            let found = expand(&memory, pattern.as_bytes());
            found.iter().map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(expand("/c/*.conf"), ["/c/B.conf", "/c/b.conf"]);
        assert_eq!(expand("/*/*/x"), ["/c/a-b/x", "/c/a/x"]);
        assert_eq!(expand("/c/a*"), ["/c/a", "/c/a-b"]);
        assert_eq!(expand("/c//b*"), ["/c//b.conf"]);
        assert_eq!(expand("/c/.*"), ["/c/.", "/c/..", "/c/.h.conf"]);
        assert_eq!(expand("/c/.*/b*"), ["/c/./b.conf"]);
        assert!(expand("/d/*").is_empty());
    }
}
