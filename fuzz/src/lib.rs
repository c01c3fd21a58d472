//! What libFuzzer calls. The laws and what is done with the bytes are plain code that the tests
//! run too (`tests/law`, `tests/fuzz`).

pub mod end;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/law/mod.rs"]
mod law;
pub mod target;
