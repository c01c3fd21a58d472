//! The tests of the whole: one binary.

mod docs;
mod hops;
