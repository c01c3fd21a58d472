//! A linter for nginx configuration that knows which protocol each side of every proxied
//! connection speaks. The modules stand in the order in which data flows through them;
//! `ARCHITECTURE.md` says what each may use.

pub mod source;

pub mod nginx;

pub mod syntax;

pub mod include;

pub mod model;

pub mod page;

pub mod diagnostic;

pub mod rules;

pub mod engine;

pub mod fix;

pub mod errorlog;

pub mod settings;

pub mod project;

pub mod report;

pub mod cli;
