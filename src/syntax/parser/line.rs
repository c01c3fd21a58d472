//! Lines that were read before: most lines of a configuration stand in it many times. What a line is
//! split into depends on nothing but its bytes where one directive begins and ends in it, so that
//! its like is not split again, but has its words.

use super::{NodeKind, Parser, Words, digest};
use crate::source::Span;

/// Lines that were read of late, each in the one place that its text gives it.
pub(super) struct Lines {
    /// The directive of each, and the line from its name to its `;` or `{`.
    met: Vec<(u32, Span)>,
    /// The line at hand, with its place, if it is none of them.
    fresh: (usize, Span),
    /// How many problems there were before it.
    problems: usize,
}

impl Lines {
    /// For a text of so many bytes.
    pub(super) fn new(length: usize) -> Self {
        let places = (length / 32).next_power_of_two().min(1 << MOST_PLACES);
        Self { met: vec![(0, Span::at(0)); places], fresh: (0, Span::at(0)), problems: 0 }
    }
}

impl Parser<'_> {
    /// Reads the rest of the line, if it was read before as one directive.
    pub(super) fn known_line(&mut self) -> bool {
        let rest = self.rest();
        // What may begin a template is not of one line.
        if let None | Some(b'#' | b'}' | b'{' | b'<' | b';' | b'"' | b'\'') = rest.first() {
            return false;
        }
        let near = &rest[..rest.len().min(LONGEST)];
        let Some(length) = memchr::memchr(b'\n', near) else { return false };
        let text = &near[..length];
        if !text.ends_with(b";") && !text.ends_with(b"{") || self.is_free_form() {
            return false;
        }
        let place = (digest(0, text) >> 32) as usize & (self.lines.met.len() - 1);
        let (node, known) = self.lines.met[place];
        if self.bytes[known.range()] == *text {
            self.copy(node, length);
            return true;
        }
        self.lines.fresh = (place, self.span(length));
        self.lines.problems = self.problems.len();
        false
    }

    /// Remembers the line at hand, if the directive that was just read is all there is in it.
    pub(super) fn remember_line(&mut self) {
        let (place, line) = self.lines.fresh;
        let node = self.nodes.len() - 1;
        let begins = self.nodes.start(node as u32, &self.words);
        if (begins, self.at) == (line.start, line.end as usize)
            && self.lines.problems == self.problems.len()
        {
            self.lines.met[place] = (node as u32, line);
        }
    }

    /// Adds a directive like one that was read before, of so many bytes.
    fn copy(&mut self, node: u32, length: usize) {
        let index = self.nodes.len() as u32;
        let (id, kind, start) = (self.nodes.id(node), self.nodes.kind(node), self.at as u32);
        self.at += length;
        let words = if id.is_some() {
            Words::Alike(self.nodes.exemplar(node), start)
        } else {
            // What is said of a line without a known name depends on more than its words.
            let like = self.nodes.words(node, &self.words);
            let (shift, plain) = (start - like.spans[0].start, like.plain);
            let copies: Vec<Span> = like.spans.iter().map(|word| word.moved(shift)).collect();
            self.words.extend_from_slice(&copies);
            Words::Own { first: self.first_word as u32, count: copies.len(), plain }
        };
        self.first_word = self.words.len();
        self.nodes.push(id, kind, words, self.parent(), self.at as u32 - 1);
        if kind == NodeKind::Block {
            self.enter(index);
        }
    }
}

/// So many bits number the places at most: all of them fit into the nearer caches.
const MOST_PLACES: u32 = 12;

/// Longer lines are hardly ever repeated.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use crate::syntax::{Parsed, parse};

    /// Names and words, who stands in whom, and where each problem is by the words before it.
    fn shape(text: &str) -> Vec<String> {
        let Parsed { tree, problems } = parse(text.as_bytes().into());
        let bytes = |span: crate::source::Span| text[span.range()].to_owned();
        let mut shape: Vec<String> = Vec::new();
        for one in tree.directives() {
            let words = one.args().map(|word| bytes(word.span()));
            let parent = one.parent().map(|parent| parent.node_id().index());
            let words: Vec<String> = words.collect();
            shape.push(format!("{parent:?} {} {words:?}", bytes(one.name().span())));
        }
        shape.extend(problems.iter().map(|one| format!("{:?}", one.kind)));
        shape.extend(tree.trivia().iter().map(|one| format!("{:?}", one.kind)));
        shape
    }

    #[test]
    fn what_is_remembered_is_what_would_be_read() {
        // Behind blank space a line is read anew.
        let lines = [
            "index a;\n}\n",
            "server {\nindex a;\n",
            "map a b {\nindex a;\n}\nindex a;\n",
            "index a; # b;\nroot 'a;\n",
            "index \"a;\nindex a;\n",
            "index \"a\"b;\n{\n",
            "index a; index b;\nindex b;\n",
            "a {{ b }} {\nc <% d %>;\n",
            "content_by_lua_block {\na;\n}\n",
            "include a;\ninclude a\nindex a;\n;\n",
            "default_type {{ a;\n}};\n",
        ];
        for one in lines {
            for other in lines {
                let text = format!("{one}{other}{one}{other}");
                assert_eq!(shape(&text), shape(&text.replace('\n', " \n")), "{text}");
            }
        }
    }

    #[test]
    fn a_line_that_was_read_before_has_the_same_exemplar() {
        let text = "if a {\n  index a;\n}\nif a {\n\tindex a;\nunknown a;\nunknown a;\n}";
        let tree = parse(text.as_bytes().into()).tree;
        let of = |one: crate::syntax::Directive<'_>| one.exemplar().node_id().index();
        let exemplars: Vec<usize> = tree.directives().map(of).collect();
        assert_eq!(exemplars, [0, 1, 0, 1, 4, 5]);
    }
}
