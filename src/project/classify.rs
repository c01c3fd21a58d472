//! Which files are nginx configuration, and which of those are roots.

use std::path::Path;

use crate::include;
use crate::nginx::id;
use crate::syntax::{Directive, Tree};

/// Directories whose files are configuration by custom.
const CUSTOMARY: [&str; 4] = ["conf.d", "modules-enabled", "nginx", "snippets"];

/// Directories whose files are named after sites, so that their names end in anything.
const SITES: [&str; 2] = ["sites-available", "sites-enabled"];

/// Endings of configuration: none, nginx's own, and those of templates.
const ENDINGS: [&str; 11] =
    ["", "conf", "erb", "inc", "j2", "nginx", "template", "tmpl", "tpl", "types", "vhost"];

/// How much the name of a file says.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// It is configuration, even if it cannot be read as one.
    Sure,
    /// It may be: what it holds decides.
    Perhaps,
    /// It is not.
    None,
}

/// What the name of a file that was found in a directory promises.
pub(super) fn promise(path: &Path) -> Promise {
    let extension = path.extension().and_then(|one| one.to_str()).unwrap_or_default();
    let name = path.file_name().and_then(|one| one.to_str()).unwrap_or_default();
    let mut above = path.parent().into_iter().flat_map(Path::components);
    let directory = path.parent().and_then(Path::file_name);
    let is_in = |names: &[&str]| directory.is_some_and(|own| names.iter().any(|name| own == *name));
    match extension {
        // No pattern of an `include` matches it: what an editor, or a fix that was killed, left.
        _ if name.starts_with('.') => Promise::None,
        "conf" if name.starts_with("nginx") || is_in(&CUSTOMARY) || is_in(&SITES) => Promise::Sure,
        "conf" | "nginx" | "vhost" | "template" => Promise::Perhaps,
        _ if name == "mime.types" || is_in(&SITES) => Promise::Perhaps,
        _ if ENDINGS.contains(&extension)
            && above.any(|one| CUSTOMARY.iter().any(|custom| one.as_os_str() == *custom)) =>
        {
            Promise::Perhaps
        }
        _ => Promise::None,
    }
}

/// Whether a file is a root by its name or by what it holds.
pub(super) fn is_root(path: &Path, tree: &Tree) -> bool {
    is_root_by_name(path, tree) || include::is_root(tree)
}

/// Whether a file is called as roots are. Many a repository has a `nginx.conf` that holds a
/// `server` and no more, to be put where a root includes it: that is a fragment.
pub(super) fn is_root_by_name(path: &Path, tree: &Tree) -> bool {
    let inner = [id::LOCATION, id::SERVER, id::UPSTREAM];
    let is_inner =
        |one: Directive<'_>| one.is_block() && one.id().is_some_and(|id| inner.contains(&id));
    path.file_name().is_some_and(|name| name == "nginx.conf")
        && (include::is_root(tree) || !tree.roots().any(is_inner))
}

/// Whether a text reads like nginx configuration: most of its directives have names that nginx or
/// a module knows, and they end as directives do.
pub(super) fn is_configuration(tree: &Tree) -> bool {
    let (mut all, mut known) = (0, 0);
    for directive in tree.roots() {
        all += 1;
        let ends = directive.is_block() || !directive.terminator().is_empty();
        known += usize::from(directive.id().is_some() && ends);
    }
    known > 0 && known * 2 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise() {
        for (path, expected) in [
            ("nginx.conf", Promise::Sure),
            ("deploy/nginx-prod.conf", Promise::Sure),
            ("conf.d/a.conf", Promise::Sure),
            ("etc/redis.conf", Promise::Perhaps),
            ("sites-enabled/example.com", Promise::Perhaps),
            ("nginx/ssl/a.pem", Promise::None),
            ("src/nginx/main.rs", Promise::None),
            ("nginx/fastcgi_params", Promise::Perhaps),
            ("mime.types", Promise::Perhaps),
        ] {
            assert_eq!(promise(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn texts_read_like_configuration_or_not() {
        let tree = |text: &str| crate::syntax::parse(text.as_bytes().into()).tree;
        assert!(is_configuration(&tree("server { listen 80; }")));
        assert!(is_configuration(&tree("proxy_set_header Host $host;\nmine 1;\nroot /a;")));
        for text in ["", "port 6379\nbind 127.0.0.1\n", "[Unit]\nDescription=x\n", "{\"a\": 1}"] {
            assert!(!is_configuration(&tree(text)), "{text}");
        }
    }
}
