//! The scheme at the beginning of an address.

/// `scheme` and what follows `://`; `None` where there is no scheme: `unix://` begins a path.
pub(super) fn scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b':', text)?;
    let rest = text[at..].strip_prefix(b"://")?;
    let scheme = &text[..at];
    if scheme.eq_ignore_ascii_case(b"unix") {
        return None;
    }
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    (scheme.first()?.is_ascii_alphabetic() && scheme.iter().all(fits)).then_some((scheme, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_found() {
        assert_eq!(scheme(b"http://a"), Some((b"http".as_slice(), b"a".as_slice())));
        assert_eq!(scheme(b"h2c://"), Some((b"h2c".as_slice(), b"".as_slice())));
        for text in ["a:80", "://a", "1://a", "a", "unix:/a", "unix:///a", "$scheme://a"] {
            assert_eq!(scheme(text.as_bytes()), None, "{text}");
        }
    }
}
