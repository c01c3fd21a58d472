//! Which `location` of a server takes a request (`ngx_http_core_find_location`).
//!
//! Prefixes and exact paths are looked up first, then those in the one that was found, and on the
//! way back the regular expressions of each level, in their order. What is said is the block that a
//! request gets first: a `rewrite`, `try_files`, `error_page`, `index` and the like lead on from
//! there, and what stands in the server itself before it ([`Scope::rewritten_by`]).

mod uri;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use self::uri::Uri;
use super::location::{Kind, Pattern};
use super::regex::{Expression, Text};
use super::scope::{Scope, ScopeId};
use crate::include::Used;
use crate::nginx::{DirectiveId, Version, VersionSet, id, lookup};
use crate::syntax::is_placeholder;

/// What takes a request.
#[derive(Copy, Clone)]
pub enum Route<'m> {
    /// The innermost location.
    Location(Scope<'m>),
    /// The location of the same path with a slash at its end; the client is sent there (301).
    Redirect(Scope<'m>),
    /// The server itself, because no location does.
    Server,
    /// Nothing: the answer is 400.
    Refused,
    /// The text cannot tell: a regular expression whose meaning or end is not sure, a file that was
    /// not read, a name that is yet to be filled in, or releases that do not agree.
    Unknown,
}

impl<'m> Scope<'m> {
    /// What of this `server` of http takes a request first; `target` is what the client wrote between
    /// the method, which is not `CONNECT`, and the protocol. Nothing in the server itself is thought of that may change the
    /// path before ([`Self::rewritten_by`]).
    pub fn route(self, target: &[u8]) -> Route<'m> {
        let model = self.model;
        let table = {
            let mut routes = model.routes.borrow_mut();
            Rc::clone(routes.entry(self.id).or_insert_with(|| Rc::new(Table::build(self))))
        };
        let ways = table.merges.iter().map(|merges| uri::read(target, *merges, model.target()));
        let mut ways: Vec<Uri> = ways.collect();
        ways.dedup();
        let mut ends = ways.iter().map(|uri| match uri {
            Uri::Refused => End::Refused,
            Uri::Unsure => End::Unknown,
            Uri::Path(path) => table.find(path),
        });
        let first = ends.next().unwrap_or(End::Unknown);
        let end = if ends.all(|end| end == first) { first } else { End::Unknown };
        let at = |level: usize| Scope { model, id: table.levels[level].scope };
        match end {
            End::At(0) => Route::Server,
            End::At(level) => Route::Location(at(level)),
            End::Redirect(level) => Route::Redirect(at(level)),
            End::Refused => Route::Refused,
            End::Unknown => Route::Unknown,
        }
    }

    /// The first line in this `server` that may give requests another path, or an answer, before a
    /// location is looked for.
    pub fn rewritten_by(self) -> Option<Used<'m>> {
        let conditions = self.blocks(id::IF);
        let blocks = std::iter::once(self).chain(conditions);
        let lines = blocks.flat_map(|scope| scope.pick(|id| REWRITES.contains(&id).then_some(())));
        let scripts = SCRIPTS.iter().filter_map(|name| lookup(name));
        let scripts = scripts.flat_map(|id| self.effective(id));
        lines.map(|(used, ())| used).chain(scripts).min_by_key(|used| used.name())
    }

    /// What `merge_slashes` may say where nginx reads the target of a request to this server. That
    /// is before it knows the host: the default server of the socket decides, with TLS perhaps the
    /// one that the handshake names.
    fn merges(self) -> Vec<bool> {
        let says = |scope: Self| {
            let value = scope.value(id::MERGE_SLASHES);
            value.is_none_or(|(_, value)| !value.eq_ignore_ascii_case(b"off"))
        };
        let mut all = Vec::new();
        let sockets = self.model.scopes.has(id::MERGE_SLASHES).then(|| self.model.sockets.all());
        for socket in sockets.into_iter().flatten() {
            if !socket.listeners.iter().any(|one| one.server == self.id) {
                continue;
            }
            let default = socket.default_listener().map(|one| one.server);
            all.extend(default.map(|id| says(Scope { model: self.model, id })));
            if socket.ssl().is_some() || socket.takes_tls().is_some() {
                all.push(says(self));
            }
        }
        if all.is_empty() {
            all.push(says(self));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Directives that give requests another path, or an answer, before a location is looked for.
const REWRITES: [DirectiveId; 2] = [id::RETURN, id::REWRITE];

/// Scripts that may do so.
const SCRIPTS: [&[u8]; 2] = [b"server_rewrite_by_lua_block", b"server_rewrite_by_lua_file"];

/// Directives that have nginx add a slash that a request lacks, to get from `/a` to `location /a/`.
const PASSES: [DirectiveId; 6] = [
    id::FASTCGI_PASS,
    id::GRPC_PASS,
    id::MEMCACHED_PASS,
    id::PROXY_PASS,
    id::SCGI_PASS,
    id::UWSGI_PASS,
];

/// Locations in each other; more are not looked at.
const DEEPEST: usize = 64;

/// The locations of a server.
#[derive(Debug)]
pub(super) struct Table {
    /// The server, then its locations.
    levels: Vec<Level>,
    /// What `merge_slashes` may say.
    merges: Vec<bool>,
}

/// A block with the locations right in it.
#[derive(Debug)]
struct Level {
    scope: ScopeId,
    /// Whether it is `^~`: no regular expression beside it is tried.
    is_final: bool,
    /// Whether it is a regular expression: names inside of it are never looked up.
    is_expression: bool,
    /// Whether it has nginx add a slash.
    redirects: bool,
    /// Whether there may be locations that are not known.
    is_open: bool,
    /// Whether some release confuses the names, because one is too long.
    is_confused: bool,
    names: HashMap<Box<[u8]>, Named>,
    /// The lengths of the names of prefixes, the longest first.
    lengths: Vec<usize>,
    expressions: Vec<(Expression, usize)>,
}

/// The locations of one name.
#[derive(Debug, Default)]
struct Named {
    exact: Option<usize>,
    prefix: Option<usize>,
}

/// Where the way of a request ends.
#[derive(Copy, Clone, PartialEq, Eq)]
enum End {
    At(usize),
    Redirect(usize),
    Refused,
    Unknown,
}

/// What the names of a level say of a path.
enum Match {
    Exact(usize),
    Redirect(usize),
    Prefix(usize),
    None,
}

/// What looking into a level found (`NGX_OK`, `NGX_DONE`, `NGX_DECLINED`).
enum Found {
    Location(usize),
    Redirect(usize),
    /// Nothing that is final: the block that has been reached.
    Reached(usize),
    Unknown,
}

impl Table {
    fn build(server: Scope<'_>) -> Self {
        let mut table = Self { levels: Vec::new(), merges: server.merges() };
        table.levels.push(Level::new(server, false));
        let mut open = vec![(server, 0, 0)];
        while let Some((scope, level, depth)) = open.pop() {
            for inner in scope.blocks(id::LOCATION) {
                if depth == DEEPEST {
                    table.levels[level].is_open = true;
                    break;
                }
                if let Some(index) = table.add(level, inner) {
                    open.push((inner, index, depth + 1));
                }
            }
            let own = &mut table.levels[level];
            own.lengths.sort_unstable_by(|one, other| other.cmp(one));
            own.lengths.dedup();
        }
        table
    }

    /// Adds a location to the level that it stands in.
    fn add(&mut self, level: usize, scope: Scope<'_>) -> Option<usize> {
        let pattern = Pattern::of(scope.block()?.directive())?;
        let index = self.levels.len();
        let around = &mut self.levels[level];
        if is_placeholder(&pattern.name) {
            around.is_open = true;
            return None;
        }
        match pattern.kind {
            Kind::Named => return None,
            Kind::Regex => {
                let name = pattern.name.as_ref().into();
                around.expressions.push((Expression::new(name, pattern.ignores_case()), index));
            }
            // nginx makes no tree of them (`ngx_http_init_static_location_trees`).
            Kind::Exact | Kind::Prefix if around.is_expression => return None,
            Kind::Exact | Kind::Prefix => {
                let length = pattern.name.len();
                around.is_confused |=
                    length > LONGEST && !scope.model.target().is_subset(&long_names());
                let named = around.names.entry(pattern.name.as_ref().into()).or_default();
                let exact = pattern.kind == Kind::Exact;
                let slot = if exact { &mut named.exact } else { &mut named.prefix };
                // A second one is refused.
                slot.get_or_insert(index);
                if !exact {
                    around.lengths.push(length);
                }
            }
        }
        let mut own = Level::new(scope, pattern.is_final());
        own.is_expression = pattern.kind == Kind::Regex;
        own.redirects =
            pattern.name.ends_with(b"/") && PASSES.iter().any(|id| scope.own(*id).next().is_some());
        self.levels.push(own);
        Some(index)
    }

    fn find(&self, path: &[u8]) -> End {
        match self.look(0, path, &Text::new(path)) {
            Found::Location(level) | Found::Reached(level) => End::At(level),
            Found::Redirect(level) => End::Redirect(level),
            Found::Unknown => End::Unknown,
        }
    }

    /// `ngx_http_core_find_location`
    fn look(&self, at: usize, path: &[u8], text: &Text) -> Found {
        let level = &self.levels[at];
        let named = level.by_name(path, &self.levels);
        let (mut reached, mut is_final) = (at, false);
        match named {
            _ if level.is_confused => return Found::Unknown,
            Match::Exact(inner) => return Found::Location(inner),
            _ if level.is_open => return Found::Unknown,
            Match::Redirect(inner) => return Found::Redirect(inner),
            Match::Prefix(inner) => {
                is_final = self.levels[inner].is_final;
                match self.look(inner, path, text) {
                    Found::Reached(inner) => reached = inner,
                    found => return found,
                }
            }
            Match::None => {}
        }
        if is_final {
            return Found::Reached(reached);
        }
        for (expression, inner) in &level.expressions {
            match expression.matches(text) {
                None => return Found::Unknown,
                Some(false) => {}
                Some(true) => {
                    return match self.look(*inner, path, text) {
                        Found::Reached(found) => Found::Location(found),
                        found => found,
                    };
                }
            }
        }
        Found::Reached(reached)
    }
}

impl Level {
    fn new(scope: Scope<'_>, is_final: bool) -> Self {
        Self {
            scope: scope.id,
            is_final,
            is_expression: false,
            redirects: false,
            is_open: scope.unread().next().is_some(),
            is_confused: false,
            names: HashMap::new(),
            lengths: Vec::new(),
            expressions: Vec::new(),
        }
    }

    /// `ngx_http_core_find_static_location`
    fn by_name(&self, path: &[u8], levels: &[Self]) -> Match {
        if let Some(named) = self.names.get(path) {
            if let Some(exact) = named.exact {
                return Match::Exact(exact);
            }
            if let Some(prefix) = named.prefix {
                return Match::Prefix(prefix);
            }
        }
        if let Some(Named { exact, prefix }) = self.names.get([path, b"/"].concat().as_slice()) {
            let redirects = |one: &Option<usize>| one.is_some_and(|one| levels[one].redirects);
            if let Some(one) = exact.or(*prefix).filter(|_| redirects(exact) || redirects(prefix)) {
                return Match::Redirect(one);
            }
        }
        let shorter = self.lengths.iter().filter_map(|length| path.get(..*length));
        let prefix = shorter.filter_map(|name| self.names.get(name)?.prefix).next();
        prefix.map_or(Match::None, Match::Prefix)
    }
}

/// Names that are longer were cut by older releases, which then found neither them nor others.
const LONGEST: usize = 255;

/// The releases that do not cut them.
fn long_names() -> VersionSet {
    VersionSet::since(Version::new(1, 28, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;
    use crate::nginx::Contexts;

    fn name(scope: Scope<'_>) -> String {
        Pattern::of(scope.block().unwrap().directive()).unwrap().shown()
    }

    /// Where each request to the last server goes: to the location of a name, or elsewhere.
    fn goes(http: &str, table: &[(&str, &str)]) {
        sample::of("1.28.3", http, |model| {
            let servers = model.scopes().filter(|one| one.context() == Contexts::SERVER);
            let server = servers.last().unwrap();
            for (target, expected) in table {
                let found = match server.route(target.as_bytes()) {
                    Route::Location(scope) => name(scope),
                    Route::Redirect(scope) => format!("301 {}", name(scope)),
                    Route::Server => "server".to_owned(),
                    Route::Refused => "400".to_owned(),
                    Route::Unknown => "?".to_owned(),
                };
                assert_eq!(found, *expected, "{target}");
            }
        });
    }

    #[test]
    fn one_location_takes_a_request() {
        let http = r"server {
            location = / { } location / { } location /a { } location = /a/b { } location ^~ /img/ { }
            location @named { } location ~ \.PHP$ { } location ~* \.php$ { } location ~ /\.php$ { }
            location /p/ { proxy_pass http://b; } location = /q/ { proxy_pass http://b; } location /q/ { }
            location /r/ { } location /s/ { if ($x) { proxy_pass http://b; } }
        }";
        goes(
            http,
            &[
                ("/", "= /"),
                ("/?x", "= /"),
                ("//", "= /"),
                ("/x", "/"),
                ("/abc", "/a"),
                ("/A", "/"),
                ("/a/b", "= /a/b"),
                ("/a/b/", "/a"),
                ("/a/%62?c", "= /a/b"),
                ("/x/../a/./b", "= /a/b"),
                ("http://other/a/b", "= /a/b"),
                ("http://other", "= /"),
                ("/a.PHP", "~ \\.PHP$"),
                ("/a.php", "~* \\.php$"),
                ("/a.php%0a", "~* \\.php$"),
                ("/img/a.php", "^~ /img/"),
                ("/img//../img/a.php", "^~ /img/"),
                ("/img.php", "~* \\.php$"),
                ("/p", "301 /p/"),
                ("/p?x", "301 /p/"),
                ("/p/", "/p/"),
                ("/q", "301 = /q/"),
                ("/q/x", "/q/"),
                ("/r", "/"),
                ("/s", "/"),
                ("/@named", "/"),
                ("@named", "400"),
                ("/%", "400"),
                ("/a b", "400"),
            ],
        );
    }

    #[test]
    fn inner_locations_are_looked_at_before_outer_expressions() {
        let http = r#"server {
            location /a/ { location /a/b/ { location ~ c$ { } } location ^~ /a/f/ { } location ~ d$ { } }
            location ^~ /g/ { location ~ c$ { } }
            location ~ ^/h { location ~ i$ { location ~ k { } } location ~ . { } location "^/h/" { } }
            location ~ /j/ { location /j/c { } location = /j/d { } location ^~ /j/ { location ~ e { } } }
            location ~ [cde]$ { }
        }"#;
        goes(
            http,
            &[
                ("/", "server"),
                ("/a/b/c", "~ c$"),
                ("/a/b/d", "~ d$"),
                ("/a/b/e", "~ [cde]$"),
                ("/a/b/x", "/a/b/"),
                ("/a/f/d", "~ [cde]$"),
                ("/a/f/x", "^~ /a/f/"),
                ("/g/c", "~ c$"),
                ("/g/e", "^~ /g/"),
                ("/h/i", "~ i$"),
                ("/hki", "~ k"),
                ("/hc", "~ ."),
                ("/j/c", "~ /j/"),
                ("/j/d", "~ /j/"),
                ("/j/e", "~ /j/"),
            ],
        );
    }

    #[test]
    fn what_text_cannot_tell_is_unknown() {
        let include = "server { location = /a { } location / { } include absent.conf; }";
        goes(include, &[("/a", "= /a"), ("/b", "?")]);
        let group = r"server { location ~ ^/(.)\1 { } location = /a { } location ^~ /c { } location / { } }";
        goes(group, &[("/bb", "?"), ("/a", "= /a"), ("/cc", "^~ /c")]);
        let filled_in = "server { location /${PATH} { } location / { } }";
        goes(filled_in, &[("/b", "?")]);
        let long = "a".repeat(300);
        let long = format!("server {{ location /{long} {{ }} location = /b {{ }} }}");
        goes(&long, &[("/b", "= /b")]);
        sample::of("1.22.1", &long, |model| {
            let server = model.scopes().find(|one| one.context() == Contexts::SERVER).unwrap();
            assert!(matches!(server.route(b"/b"), Route::Unknown));
        });
        let deep = "location ~ a { ".repeat(5_000) + &"} ".repeat(5_000);
        goes(&format!("server {{ {deep} }}"), &[("/a", "?"), ("/b", "server")]);
    }

    #[test]
    fn the_default_server_says_whether_slashes_are_merged() {
        let of = |first: &str, last: &str| {
            format!(
                "server {{ listen 81; {first} }}
                server {{ listen 82; merge_slashes off; }}
                server {{ {last} location //a {{ }} location / {{ }} }}"
            )
        };
        goes(&of("", "listen 81; merge_slashes off;"), &[("//a", "/")]);
        goes(&of("merge_slashes off;", "listen 81;"), &[("//a", "//a")]);
        goes(&of("merge_slashes off;", "listen 81 ssl;"), &[("//a", "?"), ("//b", "/")]);
        goes(&of("", "listen 81; listen 82;"), &[("//a", "?"), ("/a", "/")]);
        goes(&of("", "listen 82 default_server;"), &[("//a", "/")]);
    }

    #[test]
    fn what_comes_before_the_locations_is_shown() {
        let line = |server: &str| {
            sample::of("1.28.3", &format!("server {{ {server} }}"), |model| {
                let server = model.scopes().find(|one| one.context() == Contexts::SERVER).unwrap();
                server.rewritten_by().map(|used| used.directive().name().value().into_owned())
            })
        };
        assert_eq!(line("set $a b; location / { rewrite ^ /a; return 404; }"), None);
        assert_eq!(line("if ($a) { set $b c; }"), None);
        assert_eq!(line("rewrite ^ /a; return 404;"), Some(b"rewrite".to_vec()));
        assert_eq!(line("if ($a) { return 404; } rewrite ^ /a;"), Some(b"return".to_vec()));
    }
}
