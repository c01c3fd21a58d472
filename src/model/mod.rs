//! What a configuration means: its blocks with what is in force there, its listeners, its
//! upstreams, and its hops, the places where nginx opens a connection, with what is spoken there
//! and what each peer accepts.
//!
//! Every answer comes with the directive it comes from. What the configuration cannot tell (the
//! target, what other machines speak) comes in as plain [`Assumptions`].

mod accept;
mod address;
mod buffer;
mod change;
mod compiled;
mod contradiction;
mod convention;
mod default_port;
mod difference;
mod force;
mod grpc;
mod header;
mod hop;
mod keepalive;
mod known;
mod listener;
mod location;
mod mail;
mod material;
mod mixture;
mod peer;
mod regex;
mod repeat;
mod resolution;
mod route;
#[cfg(test)]
mod sample;
mod scope;
mod server_log;
mod server_name;
mod sharing;
mod stream;
mod target;
mod timeline;
mod trace;
mod unused;
mod upstream;
mod variable;
mod variable_use;
mod verdict;
mod wire;
mod zone;

pub use accept::{Accepts, Applications, Mismatch, Speaks, Speech, Tls};
pub use address::{Address, Host};
pub use buffer::Misfitting;
pub use change::{Change, ChangeKind, ChangedDefault};
pub use default_port::DefaultPort;
pub use difference::{Differing, OnlyHttp2, Options};
pub use force::Affected;
pub use grpc::{GrpcLoss, GrpcSign};
pub use header::{Header, HeaderValue, Says, When};
pub use hop::{Clash, HTTP2_TO_UPSTREAM, HTTP11_DEFAULT, Hop, Kind};
pub use keepalive::{LOCAL_KEEPALIVE, Obstacle, Pool, Unkept, Unused};
pub use location::{Kind as LocationKind, Pattern};
pub use mail::MailBackend;
pub use material::{Material, Missing};
pub use mixture::Mixture;
pub use peer::{Certainty, Evidence, HTTP2_DIRECTIVE, Known, Peer};
pub use repeat::{Duplicate, DuplicateKind};
pub use resolution::{Lack, Sought, Unresolved};
pub use route::Route;
pub use scope::{Scope, ScopeId};
pub use server_name::{NameDirectives, ServerName, UpstreamName};
pub use sharing::{Exclusion, SecondListen, SecondName};
pub use target::Need;
pub use timeline::Timeline;
pub use trace::{Trace, Traced};
pub use unused::{Overridden, UnusedTls};
pub use variable_use::Unknown;
pub use verdict::{Fault, FaultKind, Mend, Misfit, MisfitKind, Modules, Standing};
pub use wire::Wire;
pub use zone::{Dangling, Zone, ZoneKind};

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use bstr::ByteSlice;
use foldhash::{HashMap, HashMapExt, HashSet};

use crate::include::{Config, Files, Use, Used};
use crate::nginx::{DirectiveId, Flavor, Protocol, VersionSet, id};
use crate::source::{Location, SourceId};
use crate::syntax::{Asks, NodeId};

/// What a configuration does not say itself.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// The releases it is for.
    pub target: VersionSet,
    /// Whether they are only assumed: then they are narrowed to those that take all it uses.
    pub assumed: bool,
    /// The server it is for.
    pub flavor: Flavor,
    /// What peers outside of it speak; the first that is meant counts.
    pub backends: Vec<Backend>,
    /// The catalogues of modules that are there; `None`: any may be.
    pub modules: Option<Vec<String>>,
    /// Names of directives that are known besides; `*` stands for any bytes.
    pub extra_directives: Vec<String>,
}

/// What a peer speaks, as its user declared it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// `host:port`, `host` (every port), `unix:/path`, an upstream's name; `*` and `?` stand for
    /// any bytes and for one.
    pub address: String,
    /// What it speaks.
    pub speaks: Vec<Protocol>,
    /// How sure it is where nobody declared it, but an error log shows it.
    pub logged: Option<Certainty>,
}

impl Backend {
    fn is_meant(&self, address: Option<&Address>, upstream: Option<&[u8]>) -> bool {
        let pattern = self.address.to_ascii_lowercase();
        let fits = |text: &[u8]| fits(pattern.as_bytes(), text.to_ascii_lowercase().as_slice());
        let by_address = |address: &Address| {
            fits(address.to_string().as_bytes()) || fits(address.host.to_string().as_bytes())
        };
        address.is_some_and(by_address) || upstream.is_some_and(fits)
    }
}

/// Whether `text` is what `pattern` says; on a mismatch only the last `*` is tried again.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut used) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while used < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, used));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[used] => {
                at += 1;
                used += 1;
            }
            _ => match &mut star {
                Some((behind, from)) => {
                    *from += 1;
                    (at, used) = (*behind + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// A configuration with its meaning.
#[derive(Debug)]
pub struct Model<'c> {
    config: &'c Config,
    assumptions: Assumptions,
    /// The directive that narrowed an assumed target.
    narrowed_by: Option<Use>,
    /// What no release of an assumed target takes together.
    conflict: Vec<Need>,
    scopes: scope::Scopes,
    sockets: listener::Sockets,
    sharing: sharing::Sharing,
    upstreams: upstream::Upstreams,
    maps: variable::Maps,
    /// What comments declare, by the directive they speak of.
    declarations: HashMap<(SourceId, NodeId), (Vec<Protocol>, Location)>,
    /// Declarations that cannot be read, and why.
    unreadable: Vec<(Location, String)>,
    /// What stream listeners accept, as far as it is worked out.
    streams: RefCell<HashMap<ScopeId, Known>>,
    hops: Vec<hop::Data>,
    /// On which hops the lines of a block are in force, by directive, once somebody asks.
    ruled: RefCell<HashMap<DirectiveId, force::Ruled>>,
    /// The includes that were not read and may speak of proxying, once somebody asks.
    unread: OnceCell<HashSet<Use>>,
    /// What some hop says, once somebody asks.
    spoken: OnceCell<Vec<Speech>>,
    /// Whether some line tells of gRPC by its words, once somebody asks.
    grpc_lines: OnceCell<bool>,
    /// The lines that set `Upgrade` or `Connection`, once somebody asks.
    upgrade_lines: OnceCell<Vec<(Use, ScopeId)>>,
    /// A variable that says `upgrade` where a client does, once somebody asks.
    upgrade_map: OnceCell<Option<String>>,
    /// Which upstream is reached by which hop, once somebody asks.
    reached: OnceCell<keepalive::Reached>,
    modules: Modules,
    /// The locations of the servers that somebody asked.
    routes: RefCell<HashMap<ScopeId, Rc<route::Table>>>,
    /// The lines that name zones and the like, once somebody asks.
    named: OnceCell<Vec<zone::Named>>,
    verdicts: verdict::Verdicts,
}

impl<'c> Model<'c> {
    /// Works out the meaning of a configuration.
    pub fn build(config: &'c Config, files: &Files, assumptions: Assumptions) -> Self {
        let mut model = Self {
            config,
            assumptions,
            narrowed_by: None,
            conflict: Vec::new(),
            scopes: scope::Scopes::build(config),
            sockets: listener::Sockets::default(),
            sharing: sharing::Sharing::default(),
            upstreams: upstream::Upstreams::default(),
            maps: variable::Maps::default(),
            declarations: HashMap::new(),
            unreadable: Vec::new(),
            streams: RefCell::default(),
            hops: Vec::new(),
            ruled: RefCell::default(),
            unread: OnceCell::new(),
            spoken: OnceCell::new(),
            grpc_lines: OnceCell::new(),
            upgrade_lines: OnceCell::new(),
            upgrade_map: OnceCell::new(),
            reached: OnceCell::new(),
            modules: Modules::default(),
            routes: RefCell::default(),
            named: OnceCell::new(),
            verdicts: verdict::Verdicts::default(),
        };
        let loads = model.scopes.has(id::LOAD_MODULE);
        model.modules = Modules::build(model.assumptions.modules.as_deref(), loads, config);
        if model.assumptions.assumed {
            let narrowed = target::narrow(&model, &model.assumptions.target);
            model.assumptions.target = narrowed.versions;
            model.narrowed_by = narrowed.by;
            model.conflict = narrowed.conflict;
        }
        model.declare(files);
        model.maps = variable::Maps::build(&model);
        model.sockets = listener::Sockets::build(&model);
        model.sharing = sharing::Sharing::build(&model);
        model.upstreams = upstream::Upstreams::build(&model);
        model.hops = hop::build(&model);
        model.verdicts = verdict::Verdicts::build(&model);
        model
    }

    fn declare(&mut self, files: &Files) {
        for source in self.config.sources() {
            for note in files.notes(source) {
                let (Asks::Speaks(words), Some(node)) = (&note.asks, note.directive) else {
                    continue;
                };
                let at = Location::new(source, words.span);
                let parsed: Result<Vec<Protocol>, String> =
                    words.text.split(',').map(|word| word.trim().parse()).collect();
                match parsed {
                    Ok(words) => {
                        self.declarations.insert((source, node), (words, at));
                    }
                    Err(why) => self.unreadable.push((at, why)),
                }
            }
        }
    }

    /// The configuration.
    pub const fn config(&self) -> &'c Config {
        self.config
    }

    /// The releases it is for.
    pub const fn target(&self) -> &VersionSet {
        &self.assumptions.target
    }

    /// The directive that narrowed an assumed target: the one that raised its lower end, else the
    /// one that lowered its upper end.
    pub fn narrowed_by(&self) -> Option<Used<'c>> {
        self.narrowed_by.map(|used| self.config.used(used))
    }

    /// What surely belongs together and no release takes together, what is gone first in front;
    /// empty if there is no such thing, or the target is stated. An assumed target is then not
    /// narrowed.
    pub fn conflict(&self) -> &[Need] {
        &self.conflict
    }

    /// The server it is for.
    pub const fn flavor(&self) -> Flavor {
        self.assumptions.flavor
    }

    /// The modules that are there beside those of the server.
    pub const fn modules(&self) -> &Modules {
        &self.modules
    }

    /// Whether the user declares a directive of that name.
    pub fn is_extra(&self, name: &[u8]) -> bool {
        self.assumptions.extra_directives.iter().any(|pattern| fits(pattern.as_bytes(), name))
    }

    /// The places where nginx opens a connection, in the order of the configuration.
    pub fn hops(&self) -> impl ExactSizeIterator<Item = Hop<'_>> {
        self.hops.iter().map(|data| Hop { model: self, data })
    }

    /// Every block, in the order in which they begin.
    pub fn scopes(&self) -> impl Iterator<Item = Scope<'_>> {
        self.scopes.ids().map(|id| Scope { model: self, id })
    }

    /// The blocks in which a directive of that name stands.
    pub fn blocks_with(&self, id: DirectiveId) -> impl Iterator<Item = Scope<'_>> {
        self.scopes.every(id).map(move |(id, _)| Scope { model: self, id })
    }

    /// The directives of that name with the block they stand in, block by block.
    pub fn every(&self, id: DirectiveId) -> impl Iterator<Item = (Used<'_>, Scope<'_>)> {
        self.scopes.every(id).flat_map(move |(id, entries)| {
            let scope = Scope { model: self, id };
            entries.iter().map(move |entry| (self.config.used(entry.used), scope))
        })
    }

    /// Every directive of the catalogue with the block it stands in, block by block.
    pub fn directives(&self) -> impl Iterator<Item = (DirectiveId, Used<'_>, Scope<'_>)> {
        self.scopes().flat_map(|scope| scope.all().map(move |(id, used)| (id, used, scope)))
    }

    /// Comments that declare what a peer speaks and cannot be read, and why.
    pub fn unreadable_declarations(&self) -> &[(Location, String)] {
        &self.unreadable
    }

    /// A directive of the configuration.
    pub fn used(&self, name: Use) -> Used<'c> {
        self.config.used(name)
    }
}

/// A text of the configuration for people.
pub(crate) fn shown(text: &[u8]) -> String {
    text.to_str_lossy().into_owned()
}
