//! Slips of the hand in good configurations: words and signs that are left out, written twice or in
//! the wrong order, names and values that are mistyped, statements in the wrong place. Always the
//! same ones.

use std::ops::Range;

use crate::nginx::random::Random;

/// How many slips are made in each configuration.
const MANY: u64 = 200;

/// What a value is replaced by.
const VALUES: &[&str] = &[
    "on",
    "off",
    "none",
    "0",
    "1",
    "-1",
    "10",
    "1.5",
    "1m",
    "16k",
    "5s",
    "1y",
    "$host",
    "$nosuch",
    "$1",
    "@named",
    "/",
    "/path",
    "127.0.0.1",
    "127.0.0.1:17000",
    "127.0.0.1:99999",
    "http://127.0.0.1:16001",
    "https://app",
    "unix:/run/a.sock",
    "zone=none",
    "zone=one:1m",
    "if=$host",
    "~(",
    "~^a$",
    "=",
    "\"\"",
    "default",
    "a=b",
    "x",
];

/// A piece of a text: a word, `;`, `{`, `}`, or what is between them.
#[derive(Copy, Clone)]
struct Token<'t> {
    text: &'t str,
    is_blank: bool,
}

impl Token<'_> {
    fn is_sign(self) -> bool {
        [";", "{", "}"].contains(&self.text)
    }
}

/// Gives every slip in a text to `each`: what was done, and what came of it.
pub(super) fn all(text: &str, name: &str, mut each: impl FnMut(&str, &str)) {
    let tokens = tokens(text);
    let start = name.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    for number in 0..MANY {
        let seed = start.wrapping_mul(MANY).wrapping_add(number).wrapping_mul(0x9e37_79b9);
        let mut dice = Random::of(seed);
        if let Some((slip, slipped)) = slip(&tokens, &mut dice)
            && slipped != text
        {
            each(&slip, &slipped);
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let blank = |byte: u8| byte.is_ascii_whitespace();
        let begin = at;
        match bytes[at] {
            byte if blank(byte) => {
                while at < bytes.len() && blank(bytes[at]) {
                    at += 1;
                }
            }
            b';' | b'{' | b'}' => at += 1,
            quote @ (b'"' | b'\'') => {
                at += 1;
                while bytes[at] != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            _ => {
                while !blank(bytes[at]) && bytes[at] != b';' {
                    // `${a}` is a part of a word.
                    at += if bytes[at] == b'\\' || bytes[at..].starts_with(b"${") { 2 } else { 1 };
                }
            }
        }
        tokens.push(Token { text: &text[begin..at], is_blank: blank(bytes[begin]) });
    }
    tokens
}

/// The words of a statement, and all of it with its block.
struct Statement {
    words: Vec<usize>,
    whole: Range<usize>,
}

fn statements(tokens: &[Token<'_>]) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut open = Vec::new();
    let mut words = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            _ if token.is_blank => {}
            "}" => {
                let block: Option<usize> = open.pop();
                if let Some(block) = block {
                    statements[block].whole.end = index + 1;
                }
            }
            ";" | "{" => {
                let first = words.first().copied().unwrap_or(index);
                if token.text == "{" {
                    open.push(statements.len());
                }
                let words = std::mem::take(&mut words);
                statements.push(Statement { words, whole: first..index + 1 });
            }
            _ => words.push(index),
        }
    }
    statements
}

/// One slip; `None` where the dice found nothing to do.
fn slip(tokens: &[Token<'_>], dice: &mut Random) -> Option<(String, String)> {
    let all = statements(tokens);
    let one = &all[dice.below(all.len())];
    let name = tokens[*one.words.first()?].text;
    let visible: Vec<usize> = (0..tokens.len()).filter(|at| !tokens[*at].is_blank).collect();
    let at = dice.pick(&visible)?;
    let arg = one.words.get(1..).and_then(|args| dice.pick(args));
    let mut texts: Vec<String> = tokens.iter().map(|token| token.text.to_owned()).collect();
    let token = if tokens[at].is_sign() { texts[at].clone() } else { "a word".to_owned() };
    let what = match dice.below(14) {
        0 => {
            texts[at].clear();
            format!("{token} left out")
        }
        1 => {
            texts[at] = format!("{0} {0}", texts[at]);
            format!("{token} written twice")
        }
        2 => {
            let next = *visible.iter().find(|next| **next > at)?;
            texts.swap(at, next);
            format!("{token} and the next swapped")
        }
        3 => {
            texts[one.words[0]] = mistyped(name, dice);
            format!("{name} mistyped")
        }
        4 => {
            texts[one.whole.clone()].fill(String::new());
            format!("{name} left out")
        }
        5 => {
            let again = texts[one.whole.clone()].concat();
            texts[one.whole.start].insert_str(0, &format!("{again}\n"));
            format!("{name} written twice")
        }
        6 | 7 => {
            let other = &all[dice.below(all.len())];
            if one.whole.contains(&other.whole.start) {
                return None;
            }
            let moved = texts[one.whole.clone()].concat();
            texts[one.whole.clone()].fill(String::new());
            texts[other.whole.start].insert_str(0, &format!("{moved}\n"));
            format!("{name} moved")
        }
        8 => {
            let end = *one.words.last()?;
            let value = dice.pick(VALUES)?;
            texts[end].push_str(&format!(" {value}"));
            format!("{name} given one more")
        }
        9 => {
            texts[arg?].clear();
            format!("{name} given one less")
        }
        10 => {
            let arg = arg?;
            texts[arg] = mistyped(tokens[arg].text, dice);
            format!("{name} given something mistyped")
        }
        11 => {
            let words: Vec<usize> = all.iter().flat_map(|one| one.words.iter().copied()).collect();
            texts[arg?] = tokens[dice.pick(&words)?].text.to_owned();
            format!("{name} given a word from elsewhere")
        }
        _ => {
            texts[arg?] = dice.pick(VALUES)?.to_owned();
            format!("{name} given another value")
        }
    };
    Some((what, texts.concat()))
}

/// A word with a letter left out, doubled, swapped with the next, or another in its place.
fn mistyped(word: &str, dice: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = dice.below(letters.len());
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters[at] = dice.pick(&['a', 'e', '1', '_', '-']).unwrap_or('x'),
    }
    letters.into_iter().collect()
}
