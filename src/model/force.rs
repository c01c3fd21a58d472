//! What is in force on hops: those on which the lines of a block count, and how sure it is that a
//! directive that stands nowhere around a hop is not there at all.

use foldhash::{HashMap, HashMapExt, HashSet};

use super::Model;
use super::accept::Speech;
use super::hop::Hop;
use super::peer::Certainty;
use super::scope::{Scope, ScopeId};
use crate::include::Use;
use crate::nginx::{Contexts, DirectiveId, VersionSet, id};

/// The hops for which a block gives the lines of a directive, by their index.
pub(super) type Ruled = HashMap<ScopeId, Vec<u32>>;

/// Hops of which the same is true in a part of the target.
#[derive(Clone)]
pub struct Affected<'m> {
    /// The hops.
    pub hops: Vec<Hop<'m>>,
    /// In which releases it is true of one of them.
    pub versions: VersionSet,
    /// How sure it is.
    pub certainty: Certainty,
}

impl<'m> Affected<'m> {
    /// Those of which it is sure; else those of which it is likely. Hops of which nobody can tell
    /// are left out, and so are those whose sides surely disagree: that is what is wrong first.
    pub fn of(
        hops: impl IntoIterator<Item = (Hop<'m>, VersionSet, Option<Certainty>)>,
    ) -> Option<Self> {
        let mut found: Option<Self> = None;
        for (hop, versions, certainty) in hops {
            let counts = !versions.is_empty() && !hop.surely_clashes();
            let Some(certainty) = certainty.filter(|_| counts) else {
                continue;
            };
            match &mut found {
                Some(known) if known.certainty > certainty => {}
                Some(known) if known.certainty == certainty => {
                    known.versions = known.versions.union(&versions);
                    known.hops.push(hop);
                }
                _ => found = Some(Self { hops: vec![hop], versions, certainty }),
            }
        }
        found
    }
}

impl<'m> Hop<'m> {
    /// Whether its sides surely disagree about what is spoken.
    pub fn surely_clashes(self) -> bool {
        self.clashes().iter().any(|clash| clash.certainty == Certainty::Certain)
    }

    /// In which part of the target it says that.
    pub fn says(self, speech: Speech) -> VersionSet {
        // Most say something else in every release.
        if self.speech().pieces().all(|(_, one)| *one != Some(speech)) {
            return VersionSet::none();
        }
        let parts = self.speech().within(self.model.target());
        let said = parts.into_iter().find(|(_, one)| **one == Some(speech));
        said.map_or_else(VersionSet::none, |(part, _)| part)
    }
}

impl<'m> Scope<'m> {
    /// The hops on which the directives of that name in this block are in force: those in it and in
    /// blocks inside, where no other stands nearer.
    pub fn hops_under(self, id: DirectiveId) -> Vec<Hop<'m>> {
        let model = self.model;
        let mut ruled = model.ruled.borrow_mut();
        let ruled = ruled.entry(id).or_insert_with(|| model.ruled_by(id));
        let hops = ruled.get(&self.id()).map(Vec::as_slice).unwrap_or_default();
        hops.iter().map(|&index| model.hop(index)).collect()
    }

    /// The nearest block, this one or one around it, in which a directive of that name stands.
    pub fn source_of(self, id: DirectiveId) -> Option<Self> {
        if !self.model.scopes.has(id) {
            return None;
        }
        self.chain().find(|scope| scope.own(id).next().is_some())
    }

    /// How sure it is that what is not written in this block and those around it, up to `behind` and
    /// without that, is not there: an include that was not read may hold it, and so may the blocks
    /// around a fragment. `None` if nobody can tell.
    pub fn absence(self, behind: Option<Self>) -> Option<Certainty> {
        let mut certainty = Certainty::Certain;
        for scope in self.chain() {
            if behind.is_some_and(|behind| behind.id() == scope.id()) {
                return Some(certainty);
            }
            if scope.context() == Contexts::MAIN {
                break;
            }
            let is_http = scope.context() == Contexts::HTTP;
            for include in scope.unread() {
                // What a pattern in `http` stands for are servers, as a rule.
                let word = self.model.used(include).directive().arg(0);
                if !is_http || !word.is_some_and(|word| word.raw().contains(&b'*')) {
                    return None;
                }
                certainty = Certainty::Likely;
            }
            if scope.block().is_none() {
                // Whatever surrounds servers hands little on to them.
                return is_http.then_some(Certainty::Likely);
            }
        }
        Some(certainty)
    }

    /// The includes in this block that were not read and may hold directives of proxying.
    pub(super) fn unread(self) -> impl Iterator<Item = Use> {
        let unread = self.model.unread.get_or_init(|| unread(self.model));
        let includes = (!unread.is_empty()).then(|| self.own(id::INCLUDE));
        let uses = includes.into_iter().flatten().map(|used| used.name());
        uses.filter(|name| unread.contains(name))
    }
}

impl Model<'_> {
    /// Whether some hop says that in some release of the target.
    pub fn speaks(&self, speech: Speech) -> bool {
        let spoken = self.spoken.get_or_init(|| {
            let mut spoken = Vec::new();
            for hop in self.hops() {
                for (_, said) in hop.speech().pieces() {
                    let new = said.filter(|said| !spoken.contains(said));
                    spoken.extend(new.filter(|said| !hop.says(*said).is_empty()));
                }
            }
            spoken
        });
        spoken.contains(&speech)
    }

    fn hop(&self, index: u32) -> Hop<'_> {
        Hop { model: self, data: &self.hops[index as usize] }
    }

    fn ruled_by(&self, id: DirectiveId) -> Ruled {
        let mut ruled = Ruled::new();
        for (hop, index) in self.hops().zip(0u32..) {
            if let Some(scope) = hop.scope().source_of(id) {
                ruled.entry(scope.id()).or_default().push(index);
            }
        }
        ruled
    }
}

fn unread(model: &Model<'_>) -> HashSet<Use> {
    let config = model.config();
    let harmless = |path: &std::path::Path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| WITHOUT_PROXYING.contains(&name))
    };
    let unread = config.unread().iter().map(|one| (one.at, &one.path));
    let faults = config.faults().iter().map(|one| (one.at, &one.path));
    unread.chain(faults).filter(|(_, path)| !harmless(path)).map(|(at, _)| at).collect()
}

/// Files of packages that say nothing of proxying.
const WITHOUT_PROXYING: [&str; 8] = [
    "fastcgi.conf",
    "fastcgi_params",
    "koi-utf",
    "koi-win",
    "mime.types",
    "scgi_params",
    "uwsgi_params",
    "win-utf",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn absence_is_sure_only_where_all_was_read() {
        let absence = |text: &str, context: Contexts| {
            sample::whole("1.28.3", text, context, |model| {
                model.hops().next().unwrap().scope().absence(None)
            })
        };
        let server =
            |more: &str| format!("server {{ {more} location / {{ proxy_pass http://a; }} }}");
        let http = |lines: &str| format!("events {{}} http {{ {lines} }}");
        let root = |lines: &str| absence(&http(lines), Contexts::MAIN);
        assert_eq!(root(&server("")), Some(Certainty::Certain));
        assert_eq!(root(&format!("include mime.types; {}", server(""))), Some(Certainty::Certain));
        assert_eq!(root(&server("include more;")), None);
        assert_eq!(root(&format!("include proxy.conf; {}", server(""))), None);
        assert_eq!(
            root(&format!("include sites/$host/*.conf; {}", server(""))),
            Some(Certainty::Likely)
        );
        assert_eq!(absence(&server(""), Contexts::HTTP), Some(Certainty::Likely));
        assert_eq!(absence("proxy_pass http://a;", Contexts::LOCATION), None);
    }

    #[test]
    fn hops_under_a_line() {
        let text = "proxy_set_header A 1; server { location /a { proxy_pass http://a; } \
                    location /b { proxy_set_header B 1; proxy_pass http://a; \
                    location /b/c { proxy_pass http://a; } } }";
        sample::of("1.28.3", text, |model| {
            let under = |context: Contexts| {
                let scopes = model.scopes().filter(|scope| scope.context() == context);
                scopes.map(|scope| scope.hops_under(id::PROXY_SET_HEADER).len()).collect::<Vec<_>>()
            };
            assert_eq!(under(Contexts::HTTP), [1]);
            assert_eq!(under(Contexts::LOCATION), [0, 2, 0]);
        });
    }
}
