//! Numbers and bytes in messages that tell who answered: nginx reads the first bytes of an answer
//! in the wrong language and logs what it took them for.

/// What the first bytes of an answer are, read out of a message; `None` if it tells nothing.
pub fn tell(message: &[u8]) -> Option<String> {
    let behind = |text: &[u8]| message.strip_prefix(text);
    if let Some(number) = behind(FRAME).and_then(number) {
        // The length of a frame is its first three bytes.
        let [_, bytes @ ..] = number.to_be_bytes();
        let who = who(&bytes)?;
        return Some(format!("{number} is `{}`: {who}", shown(&bytes)));
    }
    if let Some(number) = behind(FASTCGI).and_then(number) {
        let byte = u8::try_from(number).ok()?;
        let who = FIRST.iter().find(|(first, _)| *first == byte).map(|(_, who)| *who)?;
        return Some(format!("{number} is `{}`: {who}", shown(&[byte])));
    }
    let quoted = behind(INVALID_HEADER)?.strip_prefix(b": \"")?;
    let bytes = unescaped(quoted);
    let who = who(&bytes)?;
    let first = bytes.get(..3).unwrap_or(&bytes);
    Some(format!("the answer begins with `{}`: {who}", shown(first)))
}

/// The number in such a message, which sets it apart from others of its kind.
pub(super) fn told_number(message: &[u8]) -> Option<u32> {
    [FRAME, FASTCGI].into_iter().find_map(|text| number(message.strip_prefix(text)?))
}

/// Who begins an answer so.
fn who(bytes: &[u8]) -> Option<&'static str> {
    let begins = |(first, _): &&(&[u8], &str)| bytes.starts_with(first);
    ANSWERS.iter().find(begins).map(|(_, who)| *who)
}

fn number(text: &[u8]) -> Option<u32> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

/// The bytes that nginx quotes: what is no letter as `\x00`.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        let escaped = rest.strip_prefix(b"\\x").and_then(|rest| {
            let byte = std::str::from_utf8(rest.get(..2)?).ok()?;
            u8::from_str_radix(byte, 16).ok()
        });
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { rest.get(4..).unwrap_or_default() } else { behind };
        if bytes.len() == LONGEST {
            break;
        }
    }
    bytes
}

fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| byte.escape_ascii().to_string()).collect()
}

const FRAME: &[u8] = b"upstream sent too large http2 frame: ";
const FASTCGI: &[u8] = b"upstream sent unsupported FastCGI protocol version: ";
const INVALID_HEADER: &[u8] = b"upstream sent invalid header";

/// How answers begin.
const ANSWERS: [(&[u8], &str); 11] = [
    (b"HTT", "the peer answered in HTTP/1"),
    (b"<ht", "the peer answered with a page and no header, as in HTTP/0.9"),
    (b"<HT", "the peer answered with a page and no header, as in HTTP/0.9"),
    (b"<!D", "the peer answered with a page and no header, as in HTTP/0.9"),
    (b"SSH", "the peer is an SSH server"),
    (b"220", "the peer greets as SMTP and FTP servers do"),
    (b"-ER", "the peer answered as Redis does"),
    (b"ICY", "the peer is a SHOUTcast server"),
    (&[0x15, 3], "the peer answered with a TLS alert: it takes TLS only"),
    (&[0x16, 3], "the peer speaks TLS"),
    (&[0, 0], "the peer answered with an HTTP/2 frame"),
];

/// First bytes of answers.
const FIRST: [(u8, &str); 7] = [
    (b'H', "the peer answered in HTTP/1"),
    (b'<', "the peer answered with a page and no header, as in HTTP/0.9"),
    (b'S', "the peer greets as SSH servers do"),
    (b'2', "the peer greets as SMTP and FTP servers do"),
    (b'-', "the peer answered as Redis does"),
    (0x15, "the peer answered with a TLS alert: it takes TLS only"),
    (0, "the peer answered with an HTTP/2 frame"),
];

/// More bytes tell nothing more.
const LONGEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_bytes_tell_who_answered() {
        for (message, told) in [
            (
                "upstream sent too large http2 frame: 4740180 while x",
                "4740180 is `HTT`: the peer answered in HTTP/1",
            ),
            (
                "upstream sent too large http2 frame: 3958900",
                "3958900 is `<ht`: the peer answered with a page and no header, as in HTTP/0.9",
            ),
            (
                "upstream sent too large http2 frame: 5460808",
                "5460808 is `SSH`: the peer is an SSH server",
            ),
            (
                "upstream sent too large http2 frame: 3289648",
                "3289648 is `220`: the peer greets as SMTP and FTP servers do",
            ),
            (
                "upstream sent too large http2 frame: 2966866",
                "2966866 is `-ER`: the peer answered as Redis does",
            ),
            (
                "upstream sent too large http2 frame: 4801369",
                "4801369 is `ICY`: the peer is a SHOUTcast server",
            ),
            (
                "upstream sent too large http2 frame: 1377025",
                "1377025 is `\\x15\\x03\\x01`: the peer answered with a TLS alert: it takes TLS only",
            ),
            (
                "upstream sent unsupported FastCGI protocol version: 72 while",
                "72 is `H`: the peer answered in HTTP/1",
            ),
            (
                "upstream sent unsupported FastCGI protocol version: 0 while",
                "0 is `\\x00`: the peer answered with an HTTP/2 frame",
            ),
            (
                "upstream sent invalid header: \"\\x00\\x00\\x12\\x04...\" while",
                "the answer begins with `\\x00\\x00\\x12`: the peer answered with an HTTP/2 frame",
            ),
            (
                "upstream sent invalid header: \"SSH-2.0\\x0d...\" while",
                "the answer begins with `SSH`: the peer is an SSH server",
            ),
        ] {
            assert_eq!(tell(message.as_bytes()).as_deref(), Some(told), "{message}");
        }
        for message in [
            "",
            "upstream sent too large http2 frame: ",
            "upstream sent too large http2 frame: 16385 while",
            "upstream sent too large http2 frame: 99999999999999999999",
            "upstream sent unsupported FastCGI protocol version: 999",
            "upstream sent invalid header while reading",
            "upstream sent invalid header: \"\\x",
            "x upstream sent too large http2 frame: 4740180",
        ] {
            assert_eq!(tell(message.as_bytes()), None, "{message}");
        }
    }
}
