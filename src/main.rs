//! The `ngxlint` command.

fn main() {}
