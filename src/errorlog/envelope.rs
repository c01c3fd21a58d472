//! What loggers put around a line: JSON of container engines. A prefix (syslog, journald, `docker
//! compose`, Kubernetes) needs no unpacking, the head of a line is found behind it.

/// The text in the JSON object that a logger made of one line; `None` if it is none. Container
/// engines and log shippers name it `log`, `message` or `msg`.
pub(super) fn unpack<'s>(line: &[u8], space: &'s mut Vec<u8>) -> Option<&'s [u8]> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let value = KEYS.iter().find_map(|key| {
        let behind = memchr::memmem::find(line, key.as_bytes())? + key.len();
        let rest = line.get(behind..)?.trim_ascii_start().strip_prefix(b":")?;
        rest.trim_ascii_start().strip_prefix(b"\"")
    })?;
    space.clear();
    unescape(value, space);
    Some(space.trim_ascii_end())
}

/// A JSON string up to its closing quote. What is no escape stays as it is.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let (before, behind) = rest.split_at(at);
        out.extend_from_slice(before);
        let escaped = match behind {
            [b'\\', escaped, ..] => *escaped,
            _ => return,
        };
        let mut length = 2;
        match escaped {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => {
                let unit = |at: usize| {
                    let digits = behind.get(at..)?.strip_prefix(b"\\u")?.get(..4)?;
                    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
                };
                let units = [unit(0), unit(6)].into_iter().map_while(|unit| unit);
                let letter = char::decode_utf16(units).next();
                let letter = letter.and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER);
                length = if letter.len_utf16() == 2 { 12 } else { 6 };
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => out.push(other),
        }
        rest = behind.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

const KEYS: [&str; 3] = ["\"log\"", "\"message\"", "\"msg\""];

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(line: &str) -> Option<String> {
        let mut space = Vec::new();
        unpack(line.as_bytes(), &mut space).map(|text| String::from_utf8_lossy(text).into_owned())
    }

    #[test]
    fn a_line_in_json_is_unpacked() {
        for (line, text) in [
            (
                r#"{"log":"a \"b\" \\ \u003c\u00e4\ud83d\ude00\n","stream":"stderr"}"#,
                "a \"b\" \\ <ä😀",
            ),
            (r#"{"time": "t", "message" : "x\ty"}"#, "x\ty"),
            (r#"{"log":"cut off"#, "cut off"),
            (r#"{"log":"cut\"#, "cut"),
            (r#"{"log":"\u12"}"#, "\u{fffd}"),
        ] {
            assert_eq!(unpacked(line).as_deref(), Some(text), "{line}");
        }
        for line in ["", "a {\"log\":\"x\"}", "{\"other\":\"x\"}", "{\"log\":1}"] {
            assert_eq!(unpacked(line), None, "{line}");
        }
    }
}
