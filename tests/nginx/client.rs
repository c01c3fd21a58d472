//! A client that shows every byte: what comes back may be no HTTP at all.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bstr::ByteSlice;

/// nginx and the peers are on this machine; a busy one may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
pub(super) struct Answer {
    bytes: Vec<u8>,
    ended: bool,
}

/// What kind of answer that is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The connection was closed without a byte.
    Closed,
    /// Bytes without a status line.
    Raw,
    /// No end of it.
    Endless,
    /// A status line.
    Status(u16),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.bytes.as_bstr())
    }
}

impl Answer {
    pub(super) fn outcome(&self) -> Outcome {
        if !self.ended {
            return Outcome::Endless;
        }
        if self.bytes.is_empty() {
            return Outcome::Closed;
        }
        let text = String::from_utf8_lossy(&self.bytes);
        let code = text.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
        code.map_or(Outcome::Raw, Outcome::Status)
    }

    /// What stands behind the header.
    pub(super) fn body(&self) -> &[u8] {
        let end = memchr::memmem::find(&self.bytes, b"\r\n\r\n");
        end.map_or(&[], |end| &self.bytes[end + 4..])
    }
}

/// `GET path`, with further header lines (each ending in CR LF). The answer is over when the
/// connection is, which the client asks for.
pub(super) fn get(port: u16, path: &str, headers: &str) -> Answer {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    ask(port, &[&request])
}

/// Sends a request part by part: nginx gets the one before it reads the next.
pub(super) fn ask(port: u16, parts: &[&str]) -> Answer {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    send(port, &parts)
}

/// Sends any bytes, part by part.
pub(super) fn send(port: u16, parts: &[&[u8]]) -> Answer {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            std::thread::sleep(Duration::from_millis(100));
        }
        stream.write_all(part).unwrap();
    }
    let mut bytes = Vec::new();
    // A reset ends an answer too.
    let waited = ErrorKind::WouldBlock;
    let ended =
        stream.read_to_end(&mut bytes).map_or_else(|error| error.kind() != waited, |_| true);
    Answer { bytes, ended }
}
