//! The tests of the whole: one binary.

#[cfg(test)]
mod cli;
#[cfg(test)]
mod consumer;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod fix;
#[cfg(test)]
mod found;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod hops;
#[cfg(test)]
mod idiom;
#[cfg(test)]
mod law;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod nginx;
#[cfg(test)]
mod soup;
#[cfg(test)]
mod tidy;
