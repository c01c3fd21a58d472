//! Which files are nginx configuration, and which of those are roots.

use std::path::Path;

use crate::include;
use crate::syntax::Tree;

/// Directories whose files are configuration by custom.
const CUSTOMARY: [&str; 6] =
    ["conf.d", "modules-enabled", "nginx", "sites-available", "sites-enabled", "snippets"];

/// Files in those that are not, whatever they hold.
const FOREIGN: [&str; 14] = [
    "cert", "crt", "css", "html", "js", "json", "key", "lua", "md", "pem", "png", "py", "sh", "yml",
];

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
    let customary = path
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .any(|one| CUSTOMARY.iter().any(|custom| one.as_os_str() == *custom));
    let directory = path.parent().and_then(Path::file_name);
    let in_customary = CUSTOMARY.iter().any(|custom| directory.is_some_and(|own| own == *custom));
    match extension {
        "conf" if name.starts_with("nginx") || in_customary => Promise::Sure,
        "conf" | "nginx" | "vhost" | "template" => Promise::Perhaps,
        _ if FOREIGN.contains(&extension) => Promise::None,
        _ if name == "mime.types" || customary => Promise::Perhaps,
        _ => Promise::None,
    }
}

/// Whether a file is a root by its name or by what it holds.
pub(super) fn is_root(path: &Path, tree: &Tree) -> bool {
    path.file_name().is_some_and(|name| name == "nginx.conf") || include::is_root(tree)
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
            ("src/main.rs", Promise::None),
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
