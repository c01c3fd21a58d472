//! Bytes to a [`Tree`], as nginx splits them (`ngx_conf_read_token` in `ngx_conf_file.c`).
//!
//! Parsing never fails: every input gives a tree whose pieces, put together, are the input again,
//! and a list of [`Problem`]s. nginx stops at the first; here the parser goes on at the next `;`,
//! `}` or line that begins with a known directive.

mod alike;
mod comment;
mod lexer;
mod lua;
mod node;
mod parser;
mod print;
mod problem;
mod removal;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use alike::digest;
pub use comment::{Asks, Mention, Note, Spanned, notes};
pub use lexer::{is_placeholder, named_placeholder};
pub use parser::{Parsed, parse};
pub use print::{Piece, PieceKind, pieces, print};
pub use problem::{Problem, ProblemKind};
pub use removal::without;
pub use tree::{Body, Directive, NodeId, Siblings, Tree, Trivia, TriviaKind, Word};
