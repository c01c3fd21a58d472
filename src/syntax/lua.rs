//! The body of a `*_by_lua_block`: Lua's own lexical rules decide which `}` ends it.

use memchr::memmem;
use nom::IResult;

use super::lexer::error;

/// Lua code up to the `}` that matches the `{` before it. An error: it never ends.
pub(super) fn body(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = input[at..].iter().position(|byte| b"{}\"'[-".contains(byte)) {
        at += found;
        let rest = &input[at..];
        match rest[0] {
            b'{' => {
                depth += 1;
                at += 1;
            }
            b'}' if depth == 0 => return Ok((rest, &input[..at])),
            b'}' => {
                depth -= 1;
                at += 1;
            }
            quote @ (b'"' | b'\'') => at += string(rest, quote),
            b'[' => at += long_bracket(rest).unwrap_or(1),
            _ if rest.starts_with(b"--") => at += 2 + comment(&rest[2..]),
            _ => at += 1,
        }
    }
    Err(error(input))
}

/// The length of a short string with its quotes. One that does not end on its line ends there:
/// that is Lua's error to report, not ours.
fn string(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr3(quote, b'\\', b'\n', &rest[at..]) {
        at += found + 1;
        if rest[at - 1] != b'\\' {
            return at;
        }
        at = (at + 1).min(rest.len());
    }
    rest.len()
}

/// The length of `[[ … ]]`, `[=[ … ]=]` and so on, if one begins here.
fn long_bracket(rest: &[u8]) -> Option<usize> {
    let level = rest[1..].iter().take_while(|&&byte| byte == b'=').count();
    (rest.get(1 + level) == Some(&b'[')).then(|| {
        let close = [b"]".as_slice(), &vec![b'='; level], b"]"].concat();
        let inside = 2 + level;
        memmem::find(&rest[inside..], &close).map_or(rest.len(), |end| inside + end + close.len())
    })
}

/// The length of a comment behind its `--`.
fn comment(rest: &[u8]) -> usize {
    let long = rest.first().filter(|&&byte| byte == b'[').and_then(|_| long_bracket(rest));
    long.unwrap_or_else(|| memchr::memchr(b'\n', rest).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        for (text, code) in [
            ("}", ""),
            (" if a then b = {} end } x", " if a then b = {} end "),
            (r#" a = "}" b = '\'}' } "#, r#" a = "}" b = '\'}' "#),
            (" -- }\n } ", " -- }\n "),
            (" --[[ } \n } ]] a } ", " --[[ } \n } ]] a "),
            (" a = [==[ } ]] } ]==] } ", " a = [==[ } ]] } ]==] "),
            (" a[b[1]] = 1 - 2 } ", " a[b[1]] = 1 - 2 "),
            (" a = \"open\n } ", " a = \"open\n "),
        ] {
            assert_eq!(body(text.as_bytes()).unwrap().1, code.as_bytes(), "{text}");
        }
        for text in ["", "{ }", "[[ }", "-- }", "\"}"] {
            assert!(body(text.as_bytes()).is_err(), "{text}");
        }
    }
}
