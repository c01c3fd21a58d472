//! Sizes of buffers that do not go together.
//!
//! nginx looks at them when it merges a block with the one around it (`ngx_http_*_merge_loc_conf`,
//! `ngx_http_core_merge_srv_conf`), so that what counts is what is in force there. What is not set
//! depends on the page of memory, 4k nearly everywhere, 8k and more on some machines.

use super::zone::size;
use super::{Certainty, Model, Scope, ScopeId, shown};
use crate::include::Used;
use crate::nginx::{Contexts, DirectiveId, id};

/// Sizes that nginx refuses together.
pub struct Misfitting<'m> {
    /// The line that a person would change first.
    pub used: Used<'m>,
    /// What is wrong.
    pub message: String,
    /// The other lines, and what they say.
    pub others: Vec<Used<'m>>,
    /// What to do.
    pub help: String,
    /// Likely, if only a page of 4k makes it so.
    pub certainty: Certainty,
}

/// The directives of one module: one buffer, all buffers, what may be busy, what is written at
/// once, what is written in all.
struct Group {
    one: DirectiveId,
    all: DirectiveId,
    busy: DirectiveId,
    write: DirectiveId,
    file: DirectiveId,
}

const GROUPS: [Group; 4] = [
    Group {
        one: id::FASTCGI_BUFFER_SIZE,
        all: id::FASTCGI_BUFFERS,
        busy: id::FASTCGI_BUSY_BUFFERS_SIZE,
        write: id::FASTCGI_TEMP_FILE_WRITE_SIZE,
        file: id::FASTCGI_MAX_TEMP_FILE_SIZE,
    },
    Group {
        one: id::PROXY_BUFFER_SIZE,
        all: id::PROXY_BUFFERS,
        busy: id::PROXY_BUSY_BUFFERS_SIZE,
        write: id::PROXY_TEMP_FILE_WRITE_SIZE,
        file: id::PROXY_MAX_TEMP_FILE_SIZE,
    },
    Group {
        one: id::SCGI_BUFFER_SIZE,
        all: id::SCGI_BUFFERS,
        busy: id::SCGI_BUSY_BUFFERS_SIZE,
        write: id::SCGI_TEMP_FILE_WRITE_SIZE,
        file: id::SCGI_MAX_TEMP_FILE_SIZE,
    },
    Group {
        one: id::UWSGI_BUFFER_SIZE,
        all: id::UWSGI_BUFFERS,
        busy: id::UWSGI_BUSY_BUFFERS_SIZE,
        write: id::UWSGI_TEMP_FILE_WRITE_SIZE,
        file: id::UWSGI_MAX_TEMP_FILE_SIZE,
    },
];

impl Group {
    const fn ids(&self) -> [DirectiveId; 5] {
        [self.one, self.all, self.busy, self.write, self.file]
    }
}

/// To which groups a directive belongs, a bit for each; the last is that of the headers' buffers.
static BITS: [u8; DirectiveId::COUNT] = bits();

const fn bits() -> [u8; DirectiveId::COUNT] {
    let mut bits = [0; DirectiveId::COUNT];
    let mut index = 0;
    while index < GROUPS.len() {
        let ids = GROUPS[index].ids();
        let mut place = 0;
        while place < ids.len() {
            bits[ids[place].index()] = 1 << index;
            place += 1;
        }
        index += 1;
    }
    bits[id::CONNECTION_POOL_SIZE.index()] = 1 << GROUPS.len();
    bits[id::LARGE_CLIENT_HEADER_BUFFERS.index()] = 1 << GROUPS.len();
    bits
}

/// What is set, as far as it can be read.
#[derive(Default)]
struct Sizes {
    one: Option<u64>,
    all: Option<(u64, u64)>,
    busy: Option<u64>,
    write: Option<u64>,
    file: Option<u64>,
}

/// What does not go together.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// Fewer than two buffers.
    Few,
    /// Less may be busy than one buffer holds.
    Idle(u64),
    /// More may be busy than all buffers but one hold.
    Busy(u64, u64),
    /// Less is written at once than one buffer holds.
    Write(u64),
    /// The file holds less than one buffer.
    File(u64),
}

impl Sizes {
    /// What nginx says, in its order, where a page has so many bytes.
    fn fault(&self, page: u64) -> Option<Fault> {
        let (count, each) = self.all.unwrap_or((8, page));
        if count < 2 {
            return Some(Fault::Few);
        }
        let least = self.one.unwrap_or(page).max(each);
        let busy = self.busy.unwrap_or(2 * least);
        let most = (count - 1).saturating_mul(each);
        if busy < least {
            return Some(Fault::Idle(least));
        }
        if busy > most {
            return Some(Fault::Busy(busy, most));
        }
        if self.write.is_some_and(|write| write < least) {
            return Some(Fault::Write(least));
        }
        let file = self.file.unwrap_or(1 << 30);
        (file != 0 && file < least).then_some(Fault::File(least))
    }
}

impl<'m> Model<'m> {
    /// Every block where the sizes in force do not go together.
    pub fn misfitting_buffers(&'m self) -> Vec<Misfitting<'m>> {
        let mut found: Vec<Misfitting<'m>> = Vec::new();
        let mut add = |one: Option<Misfitting<'m>>| {
            let new = one.filter(|one| found.iter().all(|old| old.used.name() != one.used.name()));
            found.extend(new);
        };
        let sizes = DirectiveId::all().filter(|id| BITS[id.index()] != 0);
        let sizes = sizes.flat_map(|id| self.scopes.every(id).map(move |(at, _)| (at, id)));
        let mut sizes: Vec<(ScopeId, DirectiveId)> = sizes.collect();
        sizes.sort_unstable();
        for sizes in sizes.chunk_by(|(one, _), (other, _)| one == other) {
            let scope = self.scope(sizes[0].0);
            if !matches!(scope.context(), Contexts::HTTP | Contexts::SERVER | Contexts::LOCATION) {
                continue;
            }
            let groups = sizes.iter().fold(0, |groups, (_, id)| groups | BITS[id.index()]);
            for (index, group) in GROUPS.iter().enumerate() {
                if groups >> index & 1 == 1 && is_merged(scope, &group.ids()) {
                    add(upstream(scope, group));
                }
            }
            if groups >> GROUPS.len() & 1 == 1 {
                add(headers(scope));
            }
        }
        found
    }
}

/// Whether the values of a block are merged as they are: those of `http` only into a server that
/// sets none of them itself.
fn is_merged(scope: Scope<'_>, ids: &[DirectiveId]) -> bool {
    scope.context() != Contexts::HTTP
        || scope
            .blocks(id::SERVER)
            .any(|server| ids.iter().all(|id| server.own(*id).next().is_none()))
}

fn upstream<'m>(scope: Scope<'m>, group: &Group) -> Option<Misfitting<'m>> {
    let line = |id: DirectiveId| scope.effective(id).last();
    // What cannot be read is another's matter.
    let bytes = |id: DirectiveId| match line(id) {
        Some(used) => used.directive().arg(0).and_then(|word| size(&word.value())).map(Some),
        None => Some(None),
    };
    let sizes = Sizes {
        one: bytes(group.one)?,
        all: match line(group.all) {
            Some(used) => Some(buffers(used)?),
            None => None,
        },
        busy: bytes(group.busy)?,
        write: bytes(group.write)?,
        file: bytes(group.file)?,
    };
    let fault = sizes.fault(4096)?;
    let certainty = match sizes.fault(8192) {
        Some(_) => Certainty::Certain,
        None => Certainty::Likely,
    };
    let all = group.all.name();
    let mut lines: Vec<Used<'m>> = group.ids().into_iter().filter_map(line).collect();
    let largest = if sizes.one.unwrap_or(0) > sizes.all.map_or(4096, |(_, each)| each) {
        group.one
    } else {
        group.all
    };
    let (blamed, message, help) = match fault {
        Fault::Few => (
            group.all,
            format!("`{all}` makes fewer than two buffers"),
            format!("write `{all} 8 4k;`, or leave it out"),
        ),
        Fault::Idle(least) => (
            group.busy,
            format!("`{}` is less than one buffer of {}", group.busy.name(), in_words(least)),
            format!("it must be at least {}, or be left out", in_words(least)),
        ),
        Fault::Busy(busy, most) => {
            let count = sizes.all.map_or(8, |(count, _)| count.max(4));
            let help = format!("write `{all} {count} {}` too", in_words(busy.div_ceil(2)));
            if sizes.busy.is_some() {
                let message = format!(
                    "`{}` of {} is more than all of `{all}` but one hold, {}",
                    group.busy.name(),
                    in_words(busy),
                    in_words(most),
                );
                (group.busy, message, help)
            } else {
                let message = format!(
                    "`{}` wants {} of buffers that may be busy, and all of `{all}` but one hold {}",
                    largest.name(),
                    in_words(busy),
                    in_words(most),
                );
                (largest, message, help)
            }
        }
        Fault::Write(least) => (
            group.write,
            format!("`{}` is less than one buffer of {}", group.write.name(), in_words(least)),
            format!("it must be at least {}, or be left out", in_words(least)),
        ),
        Fault::File(least) if sizes.file.is_none() => (
            largest,
            format!(
                "`{}` makes a buffer of more than `{}`, which is 1g by default",
                largest.name(),
                group.file.name()
            ),
            format!("write less, or `{} {}` too", group.file.name(), in_words(least)),
        ),
        Fault::File(least) => (
            group.file,
            format!("`{}` is less than one buffer of {}", group.file.name(), in_words(least)),
            format!("it must be 0 or at least {}", in_words(least)),
        ),
    };
    let used = line(blamed).or_else(|| line(group.one)).or_else(|| lines.first().copied())?;
    lines.retain(|other| other.name() != used.name());
    Some(Misfitting { used, message, others: lines, help, certainty })
}

/// `large_client_header_buffers` and `connection_pool_size`.
fn headers<'m>(scope: Scope<'m>) -> Option<Misfitting<'m>> {
    let ids = [id::CONNECTION_POOL_SIZE, id::LARGE_CLIENT_HEADER_BUFFERS];
    if !is_merged(scope, &ids) {
        return None;
    }
    let [pool, large] = ids.map(|id| scope.effective(id).last());
    // On a machine of 64 bits the pool has 512 bytes; on one of 32 bits, 256.
    let small = match pool {
        Some(used) => size(&used.directive().arg(0)?.value())?,
        None => 256,
    };
    let each = match large {
        Some(used) => buffers(used)?.1,
        None => 8192,
    };
    let least = if pool.is_none() { 512 } else { small };
    if each >= least {
        return None;
    }
    let certainty = if each < small { Certainty::Certain } else { Certainty::Likely };
    let message = format!(
        "a buffer of `large_client_header_buffers` ({}) is smaller than `connection_pool_size` ({})",
        in_words(each),
        in_words(least),
    );
    let used = large.or(pool)?;
    let others = pool.filter(|pool| pool.name() != used.name()).into_iter().collect();
    let help = "a pool must fit into one of the buffers".to_owned();
    Some(Misfitting { used, message, others, help, certainty })
}

/// A number and a size.
fn buffers(used: Used<'_>) -> Option<(u64, u64)> {
    let directive = used.directive();
    let count = shown(&directive.arg(0)?.value()).parse().ok()?;
    Some((count, size(&directive.arg(1)?.value())?))
}

fn in_words(bytes: u64) -> String {
    match bytes {
        0 => "0".to_owned(),
        _ if bytes.is_multiple_of(1 << 20) => format!("{}m", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{}k", bytes >> 10),
        _ => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_together_or_not() {
        let sizes = |one: u64, all: Option<(u64, u64)>, busy: Option<u64>| Sizes {
            one: Some(one << 10),
            all: all.map(|(count, each)| (count, each << 10)),
            busy: busy.map(|busy| busy << 10),
            ..Sizes::default()
        };
        assert_eq!(sizes(16, None, None).fault(4096), Some(Fault::Busy(32 << 10, 28 << 10)));
        assert_eq!(sizes(16, None, None).fault(8192), None);
        assert_eq!(sizes(16, Some((8, 16)), None).fault(4096), None);
        assert_eq!(sizes(8, None, None).fault(4096), None);
        assert_eq!(sizes(4, Some((2, 4)), None).fault(4096), Some(Fault::Busy(8 << 10, 4 << 10)));
        assert_eq!(sizes(4, Some((1, 4)), None).fault(4096), Some(Fault::Few));
        assert_eq!(sizes(64, Some((4, 64)), Some(16)).fault(4096), Some(Fault::Idle(64 << 10)));
    }
}
