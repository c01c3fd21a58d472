//! Ports of this machine that nobody listens on.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// What `nginx -t` may be given in a `listen`: it binds it for a moment, if it is free.
pub(super) const TESTED: u16 = 17_000;

/// Ports are handed out once each, from a range below the one of outgoing connections, so that
/// tests in parallel do not take each other's between the look and the `bind`.
static NEXT: AtomicU16 = AtomicU16::new(0);
const FIRST: u16 = TESTED + 1;
const MANY: u16 = 15_000;

/// A free port of the loopback interface.
pub(super) fn free() -> u16 {
    let start = (std::process::id() % u32::from(MANY)) as u16;
    for _ in 0..MANY {
        let port = FIRST + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % MANY;
        if !tells(port) && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

/// Whether the number itself lets expect what is spoken there.
pub(super) const fn tells(port: u16) -> bool {
    port % 1000 == 443 || port == 50051
}
