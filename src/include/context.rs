//! Where the directives of a file stand, if no include says so.

use crate::nginx::{Contexts, DirectiveId, Range, Version, id};
use crate::syntax::{Asks, Directive, Note, Tree};

/// The contexts a fragment may be of, the more usual first: where two fit equally well, the first
/// is taken.
const CANDIDATES: [Contexts; 12] = [
    Contexts::HTTP,
    Contexts::SERVER,
    Contexts::LOCATION,
    Contexts::UPSTREAM,
    Contexts::STREAM,
    Contexts::STREAM_SERVER,
    Contexts::STREAM_UPSTREAM,
    Contexts::MAIL,
    Contexts::MAIL_SERVER,
    Contexts::MAIN,
    Contexts::EVENTS,
    Contexts::LIMIT_EXCEPT,
];

/// Whether a file is a root by what it holds: `events`, `http`, `stream` or `mail` at top level.
pub fn is_root(tree: &Tree) -> bool {
    let roots = [id::EVENTS, id::HTTP, id::MAIL, id::STREAM];
    tree.roots().any(|one| one.is_block() && one.id().is_some_and(|id| roots.contains(&id)))
}

/// The context of a fragment: what a comment `context=` says, else the one that takes most of its
/// directives.
pub fn fragment_context(tree: &Tree, notes: &[Note]) -> Contexts {
    let said = notes.iter().find_map(|note| match &note.asks {
        Asks::Context(word) => word.text.parse().ok(),
        _ => None,
    });
    said.unwrap_or_else(|| {
        let fits = |context: Contexts| {
            tree.roots().map(|directive| fit(directive, context)).sum::<usize>()
        };
        let mut best = (CANDIDATES[0], fits(CANDIDATES[0]));
        for candidate in &CANDIDATES[1..] {
            let points = fits(*candidate);
            if points > best.1 {
                best = (*candidate, points);
            }
        }
        best.0
    })
}

/// How much speaks for a directive standing in a context. A block speaks with its directives too:
/// `server` alone may be one of http, stream or mail.
fn fit(directive: Directive<'_>, context: Contexts) -> usize {
    let Some(id) = directive.id() else { return 0 };
    if !takes(id, context) {
        return 0;
    }
    let inside = match (id, context) {
        (id::SERVER, Contexts::HTTP) => Contexts::SERVER,
        (id::SERVER, Contexts::STREAM) => Contexts::STREAM_SERVER,
        (id::SERVER, Contexts::MAIL) => Contexts::MAIL_SERVER,
        (id::UPSTREAM, Contexts::HTTP) => Contexts::UPSTREAM,
        (id::UPSTREAM, Contexts::STREAM) => Contexts::STREAM_UPSTREAM,
        (id::PROXY_PASS, _) => {
            let scheme =
                directive.arg(0).is_some_and(|word| word.raw().windows(3).any(|at| at == b"://"));
            return usize::from(scheme != (context == Contexts::STREAM_SERVER));
        }
        _ => return 1,
    };
    let children = directive.children().filter_map(Directive::id);
    1 + children.filter(|&child| takes(child, inside)).count()
}

fn takes(id: DirectiveId, context: Contexts) -> bool {
    let mut ranges = id.definitions().iter().flat_map(|definition| definition.ranges);
    // What ended before 1.0 is nobody's context any more.
    let lives = |range: &Range| range.versions.until.is_none_or(|until| until > Version::ONE);
    ranges.any(|range| range.contexts.contains(context) && lives(range))
}
