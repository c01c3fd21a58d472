//! Error logs: from lines as nginx writes them to what they are symptoms of.
//!
//! A log is read as a stream, from whatever logger it comes. What is kept of it is bounded, whatever
//! it holds; what cannot be read is counted and never fatal. [`Line`] takes a line apart,
//! [`Catalogue`] knows the symptoms of the rules' pages, [`Gather`] puts equal lines together.

mod envelope;
mod forgery;
mod gather;
mod line;
mod ordinary;
mod reader;
mod symptom;
mod tell;
#[cfg(test)]
mod tests;

pub use gather::{Gather, Group, Sample, Tally, ordinary_cause};
pub use line::{Level, Line};
pub use ordinary::{Fault, Ordinary};
pub use symptom::{Catalogue, Sign};
pub use tell::tell;
