//! What is still open at the end of a text, and where the brace is missing.

use super::{NONE, NodeKind, Parser, Problem, ProblemKind, lexer, taken};
use crate::nginx;
use crate::source::Span;

impl Parser<'_> {
    pub(super) fn end_of_text(&mut self) {
        if self.words.len() > self.first_word {
            self.missing_semicolon("unexpected end of file, expecting \";\" or \"}\"");
        }
        let mut unclosed: Vec<u32> =
            self.open.iter().map(|open| open.node).filter(|&node| node != NONE).collect();
        for &node in &unclosed {
            self.nodes.end_subtree(node);
        }
        let suspects = self.wrongly_closed(unclosed.len());
        unclosed.drain(..suspects.len());
        for node in suspects.into_iter().chain(unclosed) {
            let (open, close) = (self.nodes.open(node), self.nodes.close(node));
            let mut problem = Problem {
                kind: ProblemKind::UnclosedBlock,
                span: Span::new(open, open + 1),
                noticed: (close != NONE).then(|| Span::new(close, close + 1)),
                began: Some(self.name(node)),
                nginx: "unexpected end of file, expecting \"}\"".to_owned(),
            };
            if let Some(inner) = self.unexpected_block(node) {
                // It stands in this block only because this one is not closed.
                let Problem { span, nginx, .. } = self.problems.remove(inner);
                problem.noticed = Some(span);
                problem.nginx = nginx;
            }
            self.problem(problem);
        }
    }

    /// The problem of the first block in `outer`, if that is one whose lines are no directives.
    fn unexpected_block(&self, outer: u32) -> Option<usize> {
        self.nodes.id(outer).filter(|&id| nginx::is_free_form_block(id))?;
        let next = self.nodes.subtree_end(outer);
        let is_last = next as usize == self.nodes.len();
        let behind = || self.nodes.start(next, &self.words);
        let end = if is_last { u32::MAX } else { behind() };
        let inside = self.nodes.open(outer)..end;
        self.problems.iter().position(|one| {
            one.kind == ProblemKind::UnexpectedBlock && inside.contains(&one.span.start)
        })
    }

    /// Where braces are missing: the first blocks, `most` at most, whose `}` stands further left
    /// than the line that opens them, so that it was meant for another block.
    fn wrongly_closed(&self, most: usize) -> Vec<u32> {
        if most == 0 {
            return Vec::new();
        }
        let mut suspects: Vec<u32> = (0..self.nodes.len() as u32)
            .filter(|&node| {
                let close = self.nodes.close(node);
                self.nodes.kind(node) == NodeKind::Block
                    && close != NONE
                    && self.is_first_on_line(close)
                    && self.indentation(close) < self.indentation(self.nodes.open(node))
            })
            .collect();
        // The blocks around a wrongly closed one are closed wrongly in its wake.
        let all = suspects.clone();
        suspects.retain(|&outer| {
            let end = self.nodes.subtree_end(outer);
            let next = all.partition_point(|&node| node <= outer);
            all.get(next).is_none_or(|&inner| inner >= end)
        });
        suspects.truncate(most);
        suspects
    }

    fn line_start(&self, offset: u32) -> usize {
        memchr::memrchr(b'\n', &self.bytes[..offset as usize]).map_or(0, |at| at + 1)
    }

    fn indentation(&self, offset: u32) -> usize {
        taken(lexer::indentation(&self.bytes[self.line_start(offset)..]))
    }

    fn is_first_on_line(&self, offset: u32) -> bool {
        self.line_start(offset) + self.indentation(offset) == offset as usize
    }
}
