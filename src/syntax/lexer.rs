//! The leaves: nom parsers for the pieces that nginx reads byte by byte.
//!
//! Each takes the text from where the piece begins and gives what is left and the piece.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::{IResult, Parser};

/// nginx's blank space: a lone CR is space, VT and FF are not.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Some bytes among all: in texts as short as words they are found sooner so than by `memchr`.
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    pub(super) const fn new(bytes: &[u8]) -> Self {
        let mut all = [false; 256];
        let mut index = 0;
        while index < bytes.len() {
            all[bytes[index] as usize] = true;
            index += 1;
        }
        Self(all)
    }

    const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// Whether one of them stands in a text; all of it is looked at, without a branch.
    pub(super) fn stand_in(&self, text: &[u8]) -> bool {
        text.iter().fold(false, |found, byte| found | self.has(*byte))
    }
}

/// Bytes at which a bare word may end or change its way of reading.
static SPECIAL: Bytes = Bytes::new(b" \t\r\n;{\\$<");

/// Bytes that what is still to be filled in has, but where it is [`is_shouted`].
static FILLED_IN: Bytes = Bytes::new(b"{<%");

/// Any run of blank space, perhaps empty.
pub(super) fn blank(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let mut rest = input;
    while let [byte, behind @ ..] = rest
        && is_blank(*byte)
    {
        rest = behind;
        // Most of it is indentation.
        while let Some(chunk) = rest.first_chunk() {
            let others = u64::from_le_bytes(*chunk) ^ u64::from_le_bytes([b' '; 8]);
            let spaces = others.trailing_zeros() as usize / 8;
            rest = &rest[spaces..];
            if spaces < chunk.len() {
                break;
            }
        }
    }
    Ok((rest, &input[..input.len() - rest.len()]))
}

/// A comment from its `#` up to its LF.
pub(super) fn comment(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let end = memchr::memchr(b'\n', input).unwrap_or(input.len());
    Ok((&input[end..], &input[..end]))
}

/// How much blank space and how many comments' bytes come before a `;`.
pub(super) fn to_semicolon(input: &[u8]) -> usize {
    let mut rest = input;
    while let [b' ' | b'\t' | b'\r' | b'\n' | b'#', behind @ ..] = rest {
        rest = match rest[0] {
            b'#' => memchr::memchr(b'\n', rest).map_or(&[][..], |end| &rest[end..]),
            _ => behind,
        };
    }
    input.len() - rest.len()
}

/// A placeholder of a template language, on one line: `{{ … }}`, `{% … %}`, `<% … %>`. nginx knows
/// none of them; where one stands, its text could not be a configuration.
pub(super) fn placeholder(input: &[u8]) -> IResult<&[u8], &[u8]> {
    // Asked at every brace, and nearly none begins any of these.
    if !matches!(input, [b'{', b'{' | b'%', ..] | [b'<', b'%', ..]) {
        return Err(error(input));
    }
    let on_a_line = Some(b'\n');
    let (value, statement) = (between(b"{{", b"}}", on_a_line), between(b"{%", b"%}", on_a_line));
    alt((value, statement, between(b"<%", b"%>", on_a_line))).parse(input)
}

/// `%NAME%` at the beginning of a text, as scripts replace it by `sed`: a name of three letters or
/// more that cannot be what `%41` is in a URI.
pub fn named_placeholder(text: &[u8]) -> Option<&[u8]> {
    let name = text.strip_prefix(b"%")?;
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let length = length.count();
    let (name, rest) = name.split_at(length);
    let code = name.first()?.is_ascii_digit() || name.iter().all(u8::is_ascii_hexdigit);
    (length >= 3 && !code && rest.starts_with(b"%")).then(|| &text[..length + 2])
}

/// Whether something is still to be filled in: a placeholder of a template language, `%NAME%`, or
/// `${UPPER_CASE}` as `envsubst` replaces it; or the whole is `@NAME@`, `@@NAME@@` or `<NAME>`.
pub fn is_placeholder(word: &[u8]) -> bool {
    if let [b'@', name @ .., b'@'] | [b'<', name @ .., b'>'] = word {
        let inner = name.strip_prefix(b"@").and_then(|name| name.strip_suffix(b"@"));
        if is_shouted(inner.unwrap_or(name)) {
            return true;
        }
    }
    // Asked of nearly every value, and nearly none has any of these bytes.
    if !FILLED_IN.stand_in(word) {
        return false;
    }
    let marks: [&[u8]; 3] = [b"{{", b"{%", b"<%"];
    marks.iter().any(|mark| memchr::memmem::find(word, mark).is_some())
        || memchr::memchr_iter(b'%', word).any(|at| named_placeholder(&word[at..]).is_some())
        || memchr::memmem::find_iter(word, b"${").any(|at| {
            let name = &word[at + 2..];
            let end = name.iter().position(|byte| *byte == b'}').unwrap_or(0);
            is_shouted(&name[..end])
        })
}

fn is_shouted(name: &[u8]) -> bool {
    let is_loud = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    !name.is_empty() && name.iter().all(is_loud)
}

/// A statement of a template language where a directive may begin: a placeholder, which may go over
/// several lines if it is no value, or a comment `{# … #}`. An expression `{{ … }}` counts only if nothing follows it on its line.
pub(super) fn template_statement(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, found) = alt((
        placeholder,
        between(b"{%", b"%}", None),
        between(b"<%", b"%>", None),
        between(b"{#", b"#}", Some(b'{')),
    ))
    .parse(input)?;
    let (behind, _) = take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).parse(rest)?;
    if let [b';', rest @ ..] = behind {
        // It stands for a directive without its end.
        return Ok((rest, &input[..input.len() - rest.len()]));
    }
    if found.starts_with(b"{{") && !matches!(behind.first(), None | Some(b'\n' | b'}')) {
        return Err(error(input));
    }
    Ok((rest, found))
}

/// From `open` to `close`. Neither the byte `stop`, if there is one, nor another such opening may
/// stand between: so each byte is looked at once, however many openings a text has.
fn between<'b>(
    open: &'static [u8; 2],
    close: &'static [u8; 2],
    stop: Option<u8>,
) -> impl Parser<&'b [u8], Output = &'b [u8], Error = nom::error::Error<&'b [u8]>> {
    move |input: &'b [u8]| {
        let (mut rest, _) = tag(open.as_slice()).parse(input)?;
        loop {
            match rest {
                [a, b, behind @ ..] if [*a, *b] == *close => {
                    return Ok((behind, &input[..input.len() - behind.len()]));
                }
                [] => return Err(error(input)),
                [a, b, ..] if [*a, *b] == *open => return Err(error(input)),
                [byte, ..] if Some(*byte) == stop => return Err(error(input)),
                [_, behind @ ..] => rest = behind,
            }
        }
    }
}

/// A word without quotes: up to blank space, `;` or `{`. `\` takes the next byte with it, `$` any
/// number of `{` behind it; quotes, `#` and `}` are ordinary.
pub(super) fn bare_word(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let mut at = 0;
    let is_special = |byte: &u8| SPECIAL.has(*byte);
    loop {
        let ordinary = input[at..].iter().position(is_special);
        at += ordinary.unwrap_or(input.len() - at);
        match input.get(at) {
            Some(b'\\') => at = (at + 2).min(input.len()),
            Some(b'$') => {
                // A placeholder may stand behind a `$` of its own.
                let behind = &input[at + 1..];
                if behind.starts_with(b"{{")
                    && let Ok((rest, _)) = placeholder(behind)
                {
                    at = input.len() - rest.len();
                    continue;
                }
                let (rest, _) = take_while(|byte| byte == b'{').parse(behind)?;
                at = input.len() - rest.len();
            }
            Some(byte @ (b'{' | b'<')) => match placeholder(&input[at..]) {
                Ok((rest, _)) => at = input.len() - rest.len(),
                Err(_) if *byte == b'<' => at += 1,
                Err(_) => break,
            },
            _ => break,
        }
    }
    Ok((&input[at..], &input[..at]))
}

/// A quoted word with both its quotes. `\` takes the next byte with it. An error: it never ends.
pub(super) fn quoted_word(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let Some(&quote) = input.first() else { return Err(error(input)) };
    let mut at = 1;
    while let Some(found) = memchr::memchr2(quote, b'\\', &input[at..]) {
        at += found + 1;
        if input[at - 1] == quote {
            return Ok((&input[at..], &input[..at]));
        }
        at = (at + 1).min(input.len());
    }
    Err(error(input))
}

/// A quoted word in whose placeholders the quotes are their own, on one line. An error: it is none.
pub(super) fn quoted_template(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let Some(&quote) = input.first() else { return Err(error(input)) };
    let mut at = 1;
    while let Some(&byte) = input.get(at) {
        match byte {
            b'\n' => break,
            b'\\' => at += 2,
            b'{' | b'<' => match placeholder(&input[at..]) {
                Ok((rest, _)) => at = input.len() - rest.len(),
                Err(_) => at += 1,
            },
            _ if byte == quote => return Ok((&input[at + 1..], &input[..=at])),
            _ => at += 1,
        }
    }
    Err(error(input))
}

/// The rest of a line, without its LF.
pub(super) fn line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    comment(input)
}

/// The blank space a line begins with.
pub(super) fn indentation(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|byte| matches!(byte, b' ' | b'\t')).parse(input)
}

pub(super) fn error(input: &[u8]) -> nom::Err<nom::error::Error<&[u8]>> {
    nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Fail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_end_as_in_nginx() {
        for (text, word) in [
            ("a b", "a"),
            (r"a\;b{", r"a\;b"),
            ("${a}{", "${a}"),
            ("${{a}}x;", "${{a}}x"),
            ("a$b{c", "a$b"),
            ("a\"b'c#d}e;", "a\"b'c#d}e"),
            ("{{ a }}b {", "{{ a }}b"),
            ("http://<%= a %>:80;", "http://<%= a %>:80"),
            ("a<b;", "a<b"),
            (r"a\", r"a\"),
            ("a\u{b}\u{a0};", "a\u{b}\u{a0}"),
        ] {
            let (_, found) = bare_word(text.as_bytes()).unwrap();
            assert_eq!(found, word.as_bytes(), "{text}");
        }
    }

    #[test]
    fn placeholders_are_known() {
        for word in ["{{ a }}", "a<%= b %>", "${A_1}", "%ip%:%web_port%", "x%DATABASE%"] {
            assert!(is_placeholder(word.as_bytes()), "{word}");
        }
        for word in ["${a}", "$A", "%41%42", "%E4%BB%BB", "%h%l%u", "%ABC%20", "100%", "%name"] {
            assert!(!is_placeholder(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn what_is_filled_in_is_known_by_its_marks() {
        for word in ["${A_1}", "{{ a }}", "x%NAME%", "@NAME@", "@@IP@@", "<PHP_TIMEOUT>"] {
            assert!(is_placeholder(word.as_bytes()), "{word}");
        }
        for word in ["@name", "@", "@@", "<>", "<a>", "${a}", "%41", "$A", "a@B@"] {
            assert!(!is_placeholder(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn placeholders_have_quotes_of_their_own() {
        let word = r#""max={{ get("a", 1) }}{% if x == "y" %}; b{% endif %}""#;
        let text = format!("{word};");
        assert_eq!(quoted_template(text.as_bytes()).unwrap().1, word.as_bytes());
        for text in ["\"a\n\"", "\"\\", "'", "\"{{ a"] {
            assert!(quoted_template(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(bare_word(b"${{ .Name }};").unwrap().1, b"${{ .Name }}");
        assert_eq!(bare_word(b"${{ .Name ;").unwrap().1, b"${{");
    }

    #[test]
    fn quoted_words_end_at_their_own_quote() {
        for (text, word) in [(r#""a'b"c"#, r#""a'b""#), (r#"'a\'b' "#, r"'a\'b'"), ("\"\"", "\"\"")]
        {
            assert_eq!(quoted_word(text.as_bytes()).unwrap().1, word.as_bytes());
        }
        for text in [r#""a"#, r#""a\""#, r#"""#, "'\\"] {
            assert!(quoted_word(text.as_bytes()).is_err(), "{text}");
        }
    }
}
