//! Lines of one block that nginx looks at together.

use super::fault::{Fault, FaultKind};
use crate::include::Used;
use crate::model::{Model, Scope, shown};
use crate::nginx::{Contexts, DirectiveId, id};
use crate::syntax::is_placeholder;

/// The directives of one module: its cache, what it keeps for good, and by what it finds again.
struct Cache {
    cache: DirectiveId,
    store: DirectiveId,
    key: DirectiveId,
}

const CACHES: [Cache; 4] = [
    Cache { cache: id::FASTCGI_CACHE, store: id::FASTCGI_STORE, key: id::FASTCGI_CACHE_KEY },
    Cache { cache: id::PROXY_CACHE, store: id::PROXY_STORE, key: id::PROXY_CACHE_KEY },
    Cache { cache: id::SCGI_CACHE, store: id::SCGI_STORE, key: id::SCGI_CACHE_KEY },
    Cache { cache: id::UWSGI_CACHE, store: id::UWSGI_STORE, key: id::UWSGI_CACHE_KEY },
];

/// What makes it worth while to look at a block, a bit for each directive.
static MARKS: [u8; DirectiveId::COUNT] = marks();
const REDIRECT: u8 = 1 << CACHES.len();
const OCSP: u8 = REDIRECT << 1;
const CHARSET: u8 = OCSP << 1;

const fn marks() -> [u8; DirectiveId::COUNT] {
    let mut marks = [0; DirectiveId::COUNT];
    let mut index = 0;
    while index < CACHES.len() {
        marks[CACHES[index].cache.index()] = 1 << index;
        index += 1;
    }
    marks[id::PROXY_REDIRECT.index()] = REDIRECT;
    marks[id::SSL_OCSP.index()] = OCSP;
    marks[id::CHARSET.index()] = CHARSET;
    marks[id::SOURCE_CHARSET.index()] = CHARSET;
    marks
}

/// The mark of a directive; 0 if it has none.
pub(super) fn mark(id: DirectiveId) -> u8 {
    MARKS[id.index()]
}

/// Looks at a block whose directives have these marks.
pub(super) fn check(model: &Model<'_>, scope: Scope<'_>, marks: u8, faults: &mut Vec<Fault>) {
    if marks & REDIRECT != 0 {
        redirect(model, scope, faults);
    }
    for (index, own) in CACHES.iter().enumerate() {
        if marks >> index & 1 == 1 {
            store(model, scope, own, faults);
            key(model, scope, own, faults);
        }
    }
    if marks & CHARSET != 0 {
        charset(model, scope, faults);
    }
    if marks & OCSP != 0 {
        match scope.context() {
            Contexts::HTTP | Contexts::STREAM => scope
                .blocks(id::SERVER)
                .filter(|server| server.own(id::SSL_OCSP).next().is_none())
                .for_each(|server| ocsp(model, server, faults)),
            _ => ocsp(model, scope, faults),
        }
    }
}

/// What turns one charset into another is a `charset_map` between them, whichever comes first in it
/// (`ngx_http_charset_postconfiguration`).
fn charset(model: &Model<'_>, scope: Scope<'_>, faults: &mut Vec<Fault>) {
    let (Some((to, target)), Some((from, source))) =
        (scope.value(id::CHARSET), scope.value(id::SOURCE_CHARSET))
    else {
        return;
    };
    let is_name = |value: &[u8]| {
        !value.eq_ignore_ascii_case(b"off") && !value.contains(&b'$') && !is_placeholder(value)
    };
    if !is_name(&target) || !is_name(&source) || target.eq_ignore_ascii_case(&source) {
        return;
    }
    let Some(http) = scope.chain().find(|scope| scope.context() == Contexts::HTTP) else { return };
    let between = |map: Used<'_>| {
        let mut ends = map.directive().args().map(|word| word.value().into_owned());
        let (Some(a), Some(b)) = (ends.next(), ends.next()) else { return true };
        let is = |one: &[u8], other: &[u8]| one.eq_ignore_ascii_case(other);
        is(&a, &source) && is(&b, &target) || is(&a, &target) && is(&b, &source)
    };
    if !model.config.defines_all() || http.own(id::CHARSET_MAP).any(between) {
        return;
    }
    let (source, target) = (shown(&source), shown(&target));
    let message = format!("no `charset_map` turns `{source}` into `{target}`");
    let later = if model.config.precedes(to.name(), from.name()) { from } else { to };
    let other = if later.name() == to.name() { from } else { to };
    let at = other.location();
    let fault = add(model, later, message, faults);
    fault.label(at, "the other charset").help(format!(
        "write a `charset_map {source} {target} {{ … }}`, as the package's `koi-utf` is, or only one \
         of the two lines"
    ));
}

/// `proxy_redirect default` is made of the `proxy_pass` above it (`ngx_http_proxy_redirect`).
fn redirect(model: &Model<'_>, scope: Scope<'_>, faults: &mut Vec<Fault>) {
    for used in scope.own(id::PROXY_REDIRECT) {
        let directive = used.directive();
        let is_default = directive.arg(0).is_some_and(|word| *word.value() == *b"default");
        if !is_default || directive.args().len() > 1 {
            continue;
        }
        let mut passes = scope.own(id::PROXY_PASS);
        let before = passes.clone().find(|pass| model.config.precedes(pass.name(), used.name()));
        let Some(pass) = before else {
            let message = "`proxy_redirect default` stands before any `proxy_pass` of its block";
            let fault = add(model, used, message.to_owned(), faults);
            fault.kind(FaultKind::Order);
            fault.help("write it behind `proxy_pass`, or leave it out: it is the default");
            if let Some(pass) = passes.next() {
                let at = pass.location();
                fault.label(at, "the `proxy_pass`");
            }
            continue;
        };
        let Some(word) = pass.directive().arg(0) else { continue };
        if memchr::memchr(b'$', &word.value()).is_some() && !is_placeholder(word.raw()) {
            let message = "`proxy_redirect default` needs a `proxy_pass` without variables";
            let fault = add(model, used, message.to_owned(), faults);
            fault.label(pass.locate(word.span()), "this one has some");
            fault.help("write out what is to be replaced by what: `proxy_redirect FROM TO;`");
        }
    }
}

/// A check by OCSP of clients that need no authority (`ngx_http_ssl_merge_srv_conf`).
fn ocsp(model: &Model<'_>, scope: Scope<'_>, faults: &mut Vec<Fault>) {
    let Some((used, value)) = scope.value(id::SSL_OCSP) else { return };
    let Some((verify, how)) = scope.value(id::SSL_VERIFY_CLIENT) else { return };
    let on = value.eq_ignore_ascii_case(b"on") || value.eq_ignore_ascii_case(b"leaf");
    let made = scope.effective(id::SSL_CERTIFICATE).next().is_some()
        || scope.flag(id::SSL_REJECT_HANDSHAKE).is_some();
    if on && made && how.eq_ignore_ascii_case(b"optional_no_ca") {
        let message = "`ssl_ocsp` is incompatible with `ssl_verify_client optional_no_ca`";
        let fault = add(model, used, message.to_owned(), faults);
        fault.label(verify.location(), "`ssl_verify_client` in force");
        fault.help("write `ssl_verify_client on` or `optional`");
    }
}

/// What is cached is not stored (`ngx_http_*_store`, `ngx_http_*_cache`).
fn store(model: &Model<'_>, scope: Scope<'_>, own: &Cache, faults: &mut Vec<Fault>) {
    let on = |id: DirectiveId| scope.own(id).find(|used| is_on(*used));
    let (Some(cache), Some(store)) = (on(own.cache), on(own.store)) else { return };
    let (first, later) = match model.config.precedes(cache.name(), store.name()) {
        true => (cache, store),
        false => (store, cache),
    };
    let name = |used: Used<'_>| shown(used.directive().name().raw());
    let message = format!("`{}` is incompatible with `{}`", name(later), name(first));
    let fault = add(model, later, message, faults);
    fault.label(first.location(), format!("`{}` stands here", name(first)));
    fault.help("keep one of them");
}

/// Without a key everything is one entry (`ngx_http_*_merge_loc_conf`): nginx warns.
fn key(model: &Model<'_>, scope: Scope<'_>, own: &Cache, faults: &mut Vec<Fault>) {
    if own.cache == id::PROXY_CACHE || !model.config.defines_all() {
        return;
    }
    let Some(cache) = scope.own(own.cache).find(|used| is_on(*used)) else { return };
    let takes_over =
        |server: Scope<'_>| [own.cache, own.key].iter().all(|id| server.own(*id).next().is_none());
    // `http` is looked at only as far as a server takes it over.
    let counts = scope.context() != Contexts::HTTP || scope.blocks(id::SERVER).any(takes_over);
    if !counts || scope.effective(own.key).next().is_some() {
        return;
    }
    let (name, key) = (own.cache.name(), own.key.name());
    let message = format!("`{name}` has no `{key}`: every request is the same entry");
    let fault = add(model, cache, message, faults);
    fault.warns().help(format!("write `{key} $scheme$request_method$host$request_uri;`"));
}

/// Whether a line turns something on, as far as it is known.
fn is_on(used: Used<'_>) -> bool {
    used.directive().arg(0).is_some_and(|word| {
        let value = word.value();
        *value != *b"off" && !is_placeholder(&value)
    })
}

fn add<'f>(
    model: &Model<'_>,
    used: Used<'_>,
    message: String,
    faults: &'f mut Vec<Fault>,
) -> &'f mut Fault {
    let index = faults.len();
    faults.push(Fault::new(used, used.directive().span(), message, model.target().clone()));
    &mut faults[index]
}
