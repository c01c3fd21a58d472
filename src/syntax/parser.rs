//! The spine: an explicit loop with an explicit stack, so that no nesting overflows.

mod line;
mod name;
mod unclosed;
mod word;

use super::alike::{Alike, digest};
use super::lexer;
use super::lua;
use super::node::{NONE, NodeKind, Nodes, Words};
use super::problem::{Problem, ProblemKind};
use super::tree::{Notable, Tree, Trivia, TriviaKind};
use crate::nginx::{self, DirectiveId};
use crate::source::{Bytes, Span};
use line::Lines;
use name::Names;

/// After so many problems the text is no configuration, and more of them say nothing.
const MOST_PROBLEMS: usize = 1000;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A text as nginx splits it, and what is wrong with it, in the order of the text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The directives and all other bytes.
    pub tree: Tree,
    /// What nginx would stop at.
    pub problems: Vec<Problem>,
}

/// Reads a text of less than 4 GiB (offsets are 32 bits wide).
pub fn parse(bytes: Bytes) -> Parsed {
    let mut parser = Parser::new(&bytes);
    parser.run();
    let Parser { nodes, words, trivia, mut problems, notable, .. } = parser;
    let is_template = trivia.iter().any(|one| one.kind == TriviaKind::Template);
    if is_template {
        // Which braces belong together, only the filled-in text can tell: of two branches of a
        // condition, one is left out.
        problems.retain(|problem| !problem.kind.is_about_braces());
    }
    problems.sort_by_key(|problem| problem.span);
    Parsed { tree: Tree { bytes, nodes, words, trivia, is_template, notable }, problems }
}

struct Parser<'b> {
    bytes: &'b [u8],
    at: usize,
    nodes: Nodes,
    words: Vec<Span>,
    trivia: Vec<Trivia>,
    problems: Vec<Problem>,
    notable: Notable,
    /// The blocks that are open.
    open: Vec<Open>,
    /// The first word of the directive that is being read, in `words`.
    first_word: usize,
    /// Whether none of its words so far is quoted or holds a backslash.
    plain: bool,
    /// The words that begin a line, but names; those of that directive from `first_line` on.
    line_starts: Vec<usize>,
    first_line: usize,
    /// Behind these offsets no quote of that kind (`"`, `'`) ends any more.
    endless: [usize; 2],
    names: Names,
    alike: Alike<'b>,
    lines: Lines,
}

#[derive(Copy, Clone)]
struct Open {
    /// [`NONE`] for braces without a directive.
    node: u32,
    /// The directive whose braces these are, or the nearest around them; [`NONE`] at top level.
    parent: u32,
    /// Whether the lines inside are no directives (`map`, `types` …).
    free_form: bool,
}

/// What ends a directive.
#[derive(Copy, Clone, PartialEq, Eq)]
enum End {
    Semicolon,
    Brace,
    /// Nothing does: a `}` or the end of the text follows.
    Nothing,
}

impl<'b> Parser<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            nodes: Nodes::with_capacity(bytes.len() / 40),
            words: Vec::with_capacity(bytes.len() / 14),
            trivia: Vec::new(),
            problems: Vec::new(),
            notable: Notable::default(),
            open: Vec::new(),
            first_word: 0,
            plain: true,
            line_starts: Vec::new(),
            first_line: 0,
            endless: [usize::MAX; 2],
            names: Names::new(),
            alike: Alike::new(),
            lines: Lines::new(bytes.len()),
        }
    }

    fn run(&mut self) {
        if self.bytes.starts_with(MARK) {
            self.trivium(TriviaKind::Mark, MARK.len());
        }
        loop {
            let blank = self.skip_blank();
            let in_directive = self.words.len() > self.first_word;
            if !in_directive {
                if self.known_line() {
                    continue;
                }
            } else if blank != b" " && blank.contains(&b'\n') {
                self.line_starts.push(self.words.len());
            }
            match self.bytes.get(self.at) {
                None => break,
                Some(b'#') => {
                    let length = taken(lexer::comment(self.rest()));
                    self.trivium(TriviaKind::Comment, length);
                }
                Some(b'}') => self.close(),
                Some(b'"' | b'\'') => self.quoted(),
                Some(b'{' | b'<') if !in_directive && self.template() => {}
                Some(b'{') if lexer::placeholder(self.rest()).is_ok() => self.bare(),
                Some(b'{') => self.open(in_directive),
                Some(b';') if in_directive => {
                    self.end_directive(End::Semicolon);
                    self.at += 1;
                    self.remember_line();
                }
                Some(b';') => {
                    self.stray(ProblemKind::UnexpectedStart, "unexpected \";\"");
                }
                Some(_) => self.bare(),
            }
        }
        self.end_of_text();
    }

    fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at..]
    }

    /// Skips blank space, and gives it.
    fn skip_blank(&mut self) -> &'b [u8] {
        let length = taken(lexer::blank(self.rest()));
        let blank = &self.rest()[..length];
        self.at += length;
        blank
    }

    fn span(&self, length: usize) -> Span {
        Span::new(self.at as u32, (self.at + length) as u32)
    }

    fn trivium(&mut self, kind: TriviaKind, length: usize) {
        let span = self.span(length);
        self.trivia.push(Trivia { span, kind });
        self.at += length;
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Skips a byte that has no meaning here.
    fn stray(&mut self, kind: ProblemKind, nginx: &str) {
        let span = self.span(1);
        self.problem(Problem { kind, span, noticed: None, began: None, nginx: nginx.to_owned() });
        self.trivium(TriviaKind::Stray, 1);
    }

    fn template(&mut self) -> bool {
        let length = taken(lexer::template_statement(self.rest()));
        if length > 0 {
            self.trivium(TriviaKind::Template, length);
        }
        length > 0
    }

    fn open(&mut self, in_directive: bool) {
        if !in_directive {
            self.stray(ProblemKind::UnexpectedStart, "unexpected \"{\"");
            let parent = self.parent();
            return self.open.push(Open { node: NONE, parent, free_form: false });
        }
        self.end_directive(End::Brace);
        let index = self.nodes.len() as u32 - 1;
        let name = self.name(index);
        if self.is_free_form() {
            self.problem(Problem {
                kind: ProblemKind::UnexpectedBlock,
                span: self.span(1),
                noticed: None,
                began: Some(name),
                nginx: "unexpected \"{\"".to_owned(),
            });
        }
        self.at += 1;
        if unquoted(&self.bytes[name.range()]).ends_with(b"_by_lua_block") {
            return self.lua(index);
        }
        self.enter(index);
        self.remember_line();
    }

    /// Opens the braces of a directive.
    fn enter(&mut self, index: u32) {
        let free_form = self.nodes.id(index).is_some_and(nginx::is_free_form_block);
        self.open.push(Open { node: index, parent: index, free_form });
    }

    fn lua(&mut self, index: u32) {
        let body = lua::body(self.rest()).map(|(_, code)| code.len());
        self.nodes.make_raw(index);
        match body {
            Ok(length) => {
                self.at += length;
                self.nodes.close_block(index, self.at as u32);
                self.at += 1;
            }
            Err(_) => {
                let brace = Span::new(self.at as u32 - 1, self.at as u32);
                self.at = self.bytes.len();
                self.problem(Problem {
                    kind: ProblemKind::UnclosedLua,
                    span: brace,
                    noticed: None,
                    began: None,
                    // lua-nginx-module, ngx_http_lua_conf_lua_block_parse
                    nginx: "unexpected end of file, expecting terminating characters for lua code block"
                        .to_owned(),
                });
            }
        }
    }

    fn close(&mut self) {
        if self.words.len() > self.first_word {
            self.missing_semicolon("unexpected \"}\"");
        }
        match self.open.pop() {
            Some(Open { node: NONE, .. }) => self.trivium(TriviaKind::Stray, 1),
            Some(Open { node, .. }) => {
                self.nodes.close_block(node, self.at as u32);
                self.at += 1;
            }
            None => self.stray(ProblemKind::UnexpectedClose, "unexpected \"}\""),
        }
    }

    /// Ends the directive that is being read, which lacks its `;`, before the byte at hand.
    fn missing_semicolon(&mut self, nginx: &str) {
        self.end_directive(End::Nothing);
        let length = usize::from(self.at < self.bytes.len());
        let noticed = self.span(length);
        self.report_semicolon(self.words.len(), noticed, nginx.to_owned());
    }

    /// Reports that the last directive lacks its `;`; its words are those before `end`.
    fn report_semicolon(&mut self, end: usize, noticed: Span, nginx: String) {
        let index = self.nodes.len() as u32 - 1;
        self.problem(Problem {
            kind: ProblemKind::MissingSemicolon,
            span: Span::at(self.words[end - 1].end),
            noticed: Some(noticed),
            began: Some(self.name(index)),
            nginx,
        });
    }

    /// Makes nodes of the words since `first_word`: one, or, where a line begins with a directive
    /// and nginx could not accept all the words as one, several that lack their `;`.
    fn end_directive(&mut self, end: End) {
        let free_form = self.is_free_form();
        let id = loop {
            let name = self.words[self.first_word];
            let id = if free_form { self.look_up(name, true) } else { self.recall(name) };
            let Some(next) = id.and_then(|id| self.split(id, end)) else { break id };
            self.split_off(id, next, end);
        };
        let kind = match end {
            End::Semicolon => NodeKind::Simple,
            End::Brace => NodeKind::Block,
            End::Nothing => NodeKind::Unterminated,
        };
        self.push_node(id, kind, self.words.len());
        self.first_word = self.words.len();
        self.plain = true;
        self.line_starts.clear();
        self.first_line = 0;
    }

    /// Whether the lines at hand are no directives.
    fn is_free_form(&self) -> bool {
        self.open.last().is_some_and(|open| open.free_form)
    }

    /// The directive in whose braces the next one stands.
    fn parent(&self) -> u32 {
        self.open.last().map_or(NONE, |open| open.parent)
    }

    /// The name of a directive.
    fn name(&self, index: u32) -> Span {
        let name = self.nodes.words(index, &self.words);
        name.spans[0].moved(name.shift)
    }

    /// Adds a directive of the words from `first_word` to `end`. Those of one that is written like
    /// another before it are not kept twice.
    fn push_node(&mut self, id: Option<DirectiveId>, kind: NodeKind, end: usize) {
        let index = self.nodes.len() as u32;
        let own = &self.words[self.first_word..end];
        let exemplar = match (id, own) {
            (Some(_), [first, .., last]) if kind != NodeKind::Unterminated => {
                self.alike.exemplar(index, kind, &self.bytes[first.to(*last).range()])
            }
            _ => index,
        };
        // A quote that is never closed may have taken other words than its like.
        let is_split_alike = || {
            let (words, shift) = (self.nodes.words(exemplar, &self.words).spans, own[0].start);
            let moved = words.iter().map(|word| word.moved(shift - words[0].start));
            moved.eq(own.iter().copied())
        };
        let words = if exemplar != index && is_split_alike() {
            let start = own[0].start;
            self.words.truncate(self.first_word);
            Words::Alike(exemplar, start)
        } else {
            Words::Own { first: self.first_word as u32, count: own.len(), plain: self.plain }
        };
        self.nodes.push(id, kind, words, self.parent(), self.at as u32);
    }

    /// The word at which another directive begins, if the words at hand cannot be one.
    fn split(&self, id: DirectiveId, end: End) -> Option<usize> {
        let lines = &self.line_starts[self.first_line..];
        if lines.is_empty() {
            return None;
        }
        let arguments = self.words.len() - self.first_word - 1;
        let free = !takes_words_alone(id);
        if free && id.accepts(arguments, end == End::Brace) {
            return None;
        }
        let begins = |&&word: &&usize| {
            let Some(&span) = self.words.get(word) else { return false };
            let own = !free && nginx::is_word_of(id, unquoted(&self.bytes[span.range()]));
            self.look_up(span, false).is_some()
                && !own
                && id.accepts(word - self.first_word - 1, false)
        };
        lines.iter().find(begins).copied()
    }

    /// Ends a directive before the word `next`.
    fn split_off(&mut self, id: Option<DirectiveId>, next: usize, end: End) {
        let name = self.words[self.first_word];
        let shown = self.bytes[name.range()].escape_ascii();
        let nginx = match end {
            End::Brace => format!("directive \"{shown}\" is not terminated by \";\""),
            End::Semicolon => format!("invalid number of arguments in \"{shown}\" directive"),
            End::Nothing if self.at < self.bytes.len() => "unexpected \"}\"".to_owned(),
            End::Nothing => "unexpected end of file, expecting \";\" or \"}\"".to_owned(),
        };
        self.push_node(id, NodeKind::Unterminated, next);
        let noticed = self.span(usize::from(self.at < self.bytes.len()));
        self.report_semicolon(next, noticed, nginx);
        self.first_word = next;
        self.first_line = self.line_starts.partition_point(|&word| word <= next);
    }
}

/// Whether a directive that takes any number of words takes none of them as it likes: the name of a
/// directive at the beginning of a line is none of them.
fn takes_words_alone(id: DirectiveId) -> bool {
    use nginx::id;
    const ALL: [DirectiveId; 14] = [
        id::ACCESS_LOG,
        id::ERROR_LOG,
        id::FASTCGI_CACHE_PATH,
        id::KEEPALIVE,
        id::LIMIT_CONN_ZONE,
        id::LIMIT_REQ_ZONE,
        id::LISTEN,
        id::PROXY_CACHE_PATH,
        id::RESOLVER,
        id::SCGI_CACHE_PATH,
        id::SERVER,
        id::SSL_PROTOCOLS,
        id::UWSGI_CACHE_PATH,
        id::WORKER_PROCESSES,
    ];
    ALL.contains(&id)
}

/// A word without its quotes, its escapes left alone.
fn unquoted(raw: &[u8]) -> &[u8] {
    match raw {
        [first @ (b'"' | b'\''), inner @ .., last] if first == last => inner,
        _ => raw,
    }
}

/// The length of the piece a leaf took; nothing where it did not match.
fn taken(result: nom::IResult<&[u8], &[u8]>) -> usize {
    result.map_or(0, |(_, piece)| piece.len())
}
