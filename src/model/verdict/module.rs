//! Which modules outside nginx are there, as far as anybody says.

use std::collections::HashSet;

use crate::include::Config;
use crate::nginx::{self, Definition, Flavor, Origin, id};

/// The modules beside those of the server itself.
#[derive(Clone, Debug, Default)]
pub struct Modules {
    /// The catalogues that are there; `None`: nobody says, and any may be.
    stated: Option<HashSet<String>>,
    /// The catalogues of the files that `load_module` loads.
    loaded: HashSet<&'static str>,
    /// Whether some file is loaded that no catalogue speaks of.
    foreign: bool,
}

impl Modules {
    /// What the settings state, and what the configuration loads, if it `loads` anything.
    pub(in crate::model) fn build(stated: Option<&[String]>, loads: bool, config: &Config) -> Self {
        let mut modules =
            Self { stated: stated.map(|names| names.iter().cloned().collect()), ..Self::default() };
        for top in config.tops().iter().filter(|_| loads) {
            for used in config.walk_top(top) {
                let directive = used.directive();
                let Some(word) =
                    directive.arg(0).filter(|_| directive.id() == Some(id::LOAD_MODULE))
                else {
                    continue;
                };
                match nginx::catalogue_of(&word.value()) {
                    nginx::Catalogue::Nginx => {}
                    nginx::Catalogue::Module(name) => {
                        modules.loaded.insert(name);
                    }
                    nginx::Catalogue::Unknown => modules.foreign = true,
                }
            }
        }
        modules
    }

    /// Whether a definition may be there.
    pub fn have(&self, definition: &Definition, flavor: Flavor) -> bool {
        match definition.origin {
            _ if definition.is_in(flavor) => true,
            Origin::Module(name) => self.have_module(name),
            Origin::Fork(_) | Origin::Nginx | Origin::Plus => false,
        }
    }

    /// Whether a module outside nginx may be there, by the name of its catalogue.
    pub fn have_module(&self, name: &str) -> bool {
        self.stated.as_ref().is_none_or(|stated| stated.contains(name))
            || self.loaded.contains(name)
    }

    /// Whether the settings list the modules that are there.
    pub const fn are_stated(&self) -> bool {
        self.stated.is_some()
    }

    /// Whether a module is loaded that no catalogue speaks of, and may know any name.
    pub const fn is_foreign(&self) -> bool {
        self.foreign
    }
}
