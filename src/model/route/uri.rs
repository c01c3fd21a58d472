//! The path that locations are held against: what nginx makes of the target of a request
//! (`ngx_http_parse_request_line`, `ngx_http_parse_complex_uri`, as on Linux).

use bstr::ByteSlice;

use crate::nginx::{Version, VersionSet};

/// What nginx makes of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Uri {
    /// The path, decoded.
    Path(Vec<u8>),
    /// It is answered with 400.
    Refused,
    /// The releases of the target of this configuration do not agree.
    Unsure,
}

/// Reads a target; `merges` is what `merge_slashes` says.
pub(super) fn read(target: &[u8], merges: bool, releases: &VersionSet) -> Uri {
    // Blanks around it are passed over.
    let target = target.trim_with(|byte| byte == ' ');
    if target.iter().any(|byte| *byte <= b' ' || *byte == 0x7f) {
        // Before, most of them were taken as they are.
        let all = releases.is_subset(&VersionSet::since(Version::new(1, 21, 1)));
        return if all { Uri::Refused } else { Uri::Unsure };
    }
    let path = if target.first() == Some(&b'/') { Some(target) } else { behind_host(target) };
    let Some((path, sure)) = path.and_then(|path| decoded(path, merges)) else {
        return Uri::Refused;
    };
    // 1.17.5 mended `merge_slashes off` and what is done at the end of a path.
    let mended = || releases.is_subset(&VersionSet::since(Version::new(1, 17, 5)));
    if sure || mended() { Uri::Path(path) } else { Uri::Unsure }
}

/// The path in `http://host:port/path`, and what is behind it; `None` where it is none.
fn behind_host(target: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memchr(b':', target)?;
    let scheme = &target[..colon];
    let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(in_scheme) {
        return None;
    }
    let rest = target[colon..].strip_prefix(b"://")?;
    let end = if rest.first() == Some(&b'[') {
        let end = memchr::memchr(b']', rest)?;
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b":-._~!$&'()*+,;=".contains(byte);
        if !rest[1..end].iter().all(inside) {
            return None;
        }
        end + 1
    } else {
        let in_host = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-".contains(*byte);
        rest.iter().take_while(in_host).count()
    };
    let (host, rest) = rest.split_at(end);
    // `ngx_http_validate_host`
    if host.is_empty() || host == b"." || memchr::memmem::find(host, b"..").is_some() {
        return None;
    }
    let rest = match rest.strip_prefix(b":") {
        Some(port) => &port[port.iter().take_while(|byte| byte.is_ascii_digit()).count()..],
        None => rest,
    };
    matches!(rest.first(), None | Some(b'/' | b'?')).then_some(rest)
}

/// What stands in front of the next byte of a path.
#[derive(Copy, Clone, PartialEq, Eq)]
enum After {
    Usual,
    Slash,
    Dot,
    Dots,
}

/// A path without `%`, `.`, `..` and, as `merges` says, `//`, and whether every release does the
/// same; `None` if it is no path or leads out of the root.
fn decoded(text: &[u8], merges: bool) -> Option<(Vec<u8>, bool)> {
    let mut path = Vec::with_capacity(text.len() + 1);
    if text.first() != Some(&b'/') {
        path.push(b'/');
    }
    let (mut after, mut at, mut sure) = (After::Usual, 0, merges);
    let mut stop = None;
    while let Some(&byte) = text.get(at) {
        at += 1;
        let mut byte = byte;
        if byte == b'%' {
            let digits = [text.get(at)?, text.get(at + 1)?];
            let [high, low] = digits.map(|digit| (*digit as char).to_digit(16));
            byte = (high? * 16 + low?) as u8;
            at += 2;
            match byte {
                0 => return None,
                b'%' | b'#' | b'?' => {
                    path.push(byte);
                    after = After::Usual;
                    continue;
                }
                _ => {}
            }
        }
        match (after, byte) {
            (_, b'?' | b'#') => {
                stop = Some(byte);
                break;
            }
            (After::Usual, b'/') => {
                path.push(byte);
                after = After::Slash;
            }
            (After::Slash, b'/') => {
                if !merges {
                    path.push(byte);
                }
            }
            (After::Slash, b'.') => {
                path.push(byte);
                after = After::Dot;
            }
            (After::Dot, b'/') => {
                path.pop();
                after = After::Slash;
            }
            (After::Dot, b'.') => {
                path.push(byte);
                after = After::Dots;
            }
            (After::Dots, b'/') => {
                leave(&mut path)?;
                after = After::Slash;
            }
            _ => {
                path.push(byte);
                after = After::Usual;
            }
        }
    }
    match after {
        After::Dot => _ = path.pop(),
        After::Dots => leave(&mut path)?,
        After::Usual | After::Slash => {}
    }
    sure &= stop.is_some() || !matches!(after, After::Dot | After::Dots);
    Some((path, sure))
}

/// Takes `/..` off a path and the part before it.
fn leave(path: &mut Vec<u8>) -> Option<()> {
    let above = path.len().checked_sub(4)?;
    let slash = memchr::memrchr(b'/', &path[..=above])?;
    path.truncate(slash + 1);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_become_paths() {
        let paths: &[(&[u8], &[u8])] = &[
            (b"/", b"/"),
            (b"/a?b/../c", b"/a"),
            (b"/a%20b/../c?x=1", b"/c"),
            (b"//a///b", b"/a/b"),
            (b"/./a/.//b/.", b"/a/b/"),
            (b"/a/..", b"/"),
            (b"/a/../", b"/"),
            (b"/a/b/..?c", b"/a/"),
            (b"/a/...", b"/a/..."),
            (b"/a/%2e%2E/b", b"/b"),
            (b"/a%2f%2fb", b"/a/b"),
            (b"/a%2", b""),
            (b"/a%3fb%23c%25d", b"/a?b#c%d"),
            (b"/%252e", b"/%2e"),
            (b"/a#b", b"/a"),
            (b"/a/.#b", b"/a/"),
            (b"/a+b", b"/a+b"),
            (b"/\xff%fe", b"/\xff\xfe"),
            (b"/a%0ab", b"/a\nb"),
            (b"/a\\..\\b", b"/a\\..\\b"),
            (b"http://h", b"/"),
            (b"http://h/a/../b", b"/b"),
            (b"HTTPS+x.1://[::1]:80?a", b"/"),
            (b"http://h?a/../..", b"/"),
            (b"http://h:/a", b"/a"),
            (b"http://h./a", b"/a"),
            (b" /a  ", b"/a"),
        ];
        let refused: &[&[u8]] = &[
            b"",
            b"*",
            b"a",
            b"h:80",
            b"/..",
            b"/../a",
            b"/a/../..",
            b"/%",
            b"/%g0",
            b"/a%00",
            b"/a b",
            b"/a\x7f",
            b"http:/h",
            b"http:///a",
            b"http://a_b/",
            b"http://a..b/",
            b"http://./",
            b"http://h#a",
            b"http://h:8a/",
            b"1http://h/",
            b"http://[::1/a",
            b"http://h/..",
        ];
        let all = VersionSet::since(Version::new(1, 22, 1));
        for (target, path) in paths {
            let found = read(target, true, &all);
            let expected = if path.is_empty() { Uri::Refused } else { Uri::Path(path.to_vec()) };
            assert_eq!(found, expected, "{target:?}");
        }
        for target in refused {
            assert_eq!(read(target, true, &all), Uri::Refused, "{target:?}");
        }
        assert_eq!(read(b"//a///b", false, &all), Uri::Path(b"//a///b".to_vec()));
        assert_eq!(read(b"/a//../b", false, &all), Uri::Path(b"/a/b".to_vec()));
        for target in [b"/a b".as_slice(), b"/a/.", b"/a/.."] {
            assert_eq!(read(target, true, &VersionSet::all()), Uri::Unsure, "{target:?}");
        }
    }
}
