//! Words, with quotes and without.

use bstr::ByteSlice;

use super::{Parser, Problem, ProblemKind, lexer, taken};
use crate::source::Span;

/// The longest parameter, quoted or not, that nginx reads (`NGX_CONF_BUFFER`, bytes).
const NGX_CONF_BUFFER: usize = 4096;

/// Bytes of escapes and of what is still to be filled in.
static NOTABLE: lexer::Bytes = lexer::Bytes::new(b"%{\\");

impl Parser<'_> {
    /// Adds a word that begins at the byte at hand.
    fn add_word(&mut self, length: usize) {
        let word = self.span(length);
        let bytes = &self.bytes[word.range()];
        self.notable.longest = self.notable.longest.max(length);
        // Most have none of these bytes.
        if NOTABLE.stand_in(bytes) {
            self.plain &= !bytes.contains(&b'\\');
            self.notable.marked |= bytes.contains(&b'%') || bytes.contains_str("{{");
        }
        self.plain &= !matches!(bytes.first(), Some(b'"' | b'\''));
        self.words.push(word);
    }

    pub(super) fn bare(&mut self) {
        let length = taken(lexer::bare_word(self.rest()));
        self.add_word(length);
        self.at += length;
    }

    pub(super) fn quoted(&mut self) {
        let start = self.at;
        let kind = usize::from(self.bytes[start] == b'\'');
        let length =
            if start >= self.endless[kind] { 0 } else { taken(lexer::quoted_word(self.rest())) };
        if length == 0 {
            self.endless[kind] = self.endless[kind].min(start);
            return self.unclosed_quote(None);
        }
        let behind = start + length;
        let may_follow = |behind: usize| {
            let next = self.bytes.get(behind);
            next.is_none_or(|byte| lexer::is_blank(*byte) || b";{)".contains(byte))
        };
        let is_right = may_follow(behind);
        // What a template fills in may have such quotes too.
        let template = if is_right { 0 } else { taken(lexer::quoted_template(self.rest())) };
        if is_right {
            self.add_word(length);
            self.at = behind;
        } else if template > length && may_follow(start + template) {
            self.add_word(template);
            self.at = start + template;
        } else if self.bytes[start..behind].contains(&b'\n') {
            // A quote over several lines that ends before an ordinary byte is most likely one that
            // was not closed on its first line and met the opening quote of another word.
            self.unclosed_quote(Some(behind));
        } else {
            self.after_quote(behind);
        }
    }

    /// A byte that may not follow a closing quote: the word goes on with it.
    fn after_quote(&mut self, behind: usize) {
        let start = self.at;
        self.at = behind;
        let rest = taken(lexer::bare_word(self.rest())).max(1);
        let (span, word) = (self.span(1), Span::new(start as u32, (behind + rest) as u32));
        self.problem(Problem {
            kind: ProblemKind::AfterQuote,
            span,
            noticed: None,
            began: Some(Span::new(start as u32, behind as u32)),
            nginx: unexpected(self.bytes[behind]),
        });
        self.at = start;
        self.add_word(word.len());
        self.at = behind + rest;
    }

    /// A quote that never ends, or (`noticed`) ends in a place where it cannot have been meant to:
    /// the word is taken to end on its line, before a `;` or `{` at the line's end.
    fn unclosed_quote(&mut self, noticed: Option<usize>) {
        let start = self.at;
        let mut line = &self.rest()[..taken(lexer::line(self.rest())).max(1)];
        line = &line[..line.trim_ascii_end().len().max(1)];
        if let [quote, inner @ .., b';' | b'{'] = line {
            line = &line[..inner.trim_ascii_end().len() + std::slice::from_ref(quote).len()];
        }
        let byte = self.bytes[start] as char;
        let nginx = match noticed {
            Some(at) => unexpected(self.bytes[at]),
            None if self.bytes.len() - start > NGX_CONF_BUFFER => {
                format!("too long parameter, probably missing terminating \"{byte}\" character")
            }
            None => "unexpected end of file, expecting \";\" or \"}\"".to_owned(),
        };
        let noticed = noticed.map(|at| Span::new(at as u32, at as u32 + 1));
        let span = self.span(1);
        self.problem(Problem {
            kind: ProblemKind::UnclosedQuote,
            span,
            noticed,
            began: None,
            nginx,
        });
        self.add_word(line.len());
        self.at = start + line.len();
    }
}

/// How nginx says that a byte may not stand where it does.
fn unexpected(byte: u8) -> String {
    format!("unexpected \"{}\"", [byte].as_bstr())
}
