//! Lines that speak of no mismatch: the application, the client, the network or a file is at fault.

/// Whose fault a line is, if no configuration is behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordinary {
    /// How the message begins.
    pub text: &'static str,
    /// What it says, in words.
    pub meaning: &'static str,
    /// Whose it is.
    pub fault: Fault,
}

/// Whose fault something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The application behind nginx.
    Application,
    /// The client.
    Client,
    /// A file that is asked for or its permissions.
    File,
    /// A limit that the configuration sets on purpose.
    Limit,
    /// The network, or a peer that does not run.
    Network,
}

impl Fault {
    /// Whose, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "the application's",
            Self::Client => "the client's",
            Self::File => "a file's",
            Self::Limit => "a limit's",
            Self::Network => "the network's",
        }
    }
}

/// What a message is, where it is one of these.
pub(super) fn ordinary(message: &[u8]) -> Option<usize> {
    ORDINARY.iter().position(|one| message.starts_with(one.text.as_bytes()))
}

const fn row(fault: Fault, text: &'static str, meaning: &'static str) -> Ordinary {
    Ordinary { text, meaning, fault }
}

/// The longer before what it begins with.
pub(super) const ORDINARY: [Ordinary; 39] = [
    row(
        Fault::Application,
        "upstream prematurely closed connection while reading upstream",
        "the application ended in the middle of its answer",
    ),
    row(
        Fault::Application,
        "upstream prematurely closed connection",
        "the application closed the connection without an answer: it crashed, restarted, or ended idle \
         connections sooner than nginx",
    ),
    row(
        Fault::Application,
        "recv() failed (104: Connection reset by peer)",
        "the application reset the connection: it crashed, restarted, or ended idle connections sooner \
         than nginx",
    ),
    row(
        Fault::Application,
        "upstream timed out (110: Connection timed out) while reading",
        "the application took longer to answer than the read timeout allows",
    ),
    row(
        Fault::Application,
        "upstream timed out (110: Operation timed out) while reading",
        "the application took longer to answer than the read timeout allows",
    ),
    row(
        Fault::Application,
        "upstream timed out (110: Connection timed out) while sending",
        "the application took longer to read the request than the send timeout allows",
    ),
    row(
        Fault::Network,
        "upstream timed out (110: Connection timed out) while connecting",
        "the peer cannot be reached: a firewall, a wrong address, or a machine that is down",
    ),
    row(
        Fault::Application,
        "upstream sent too big header",
        "the answer's header is larger than `proxy_buffer_size` and its kin",
    ),
    row(
        Fault::Application,
        "upstream sent invalid header line",
        "the application sent a header that is none",
    ),
    row(
        Fault::Application,
        "upstream sent duplicate header line",
        "the application sent a header twice that may be sent once",
    ),
    row(
        Fault::Application,
        "upstream sent unexpected FastCGI record",
        "the application broke off its answer",
    ),
    row(
        Fault::Application,
        "upstream sent invalid chunked response",
        "the application broke off its answer, or sent none that is chunked",
    ),
    row(
        Fault::Application,
        "FastCGI sent in stderr: \"Primary script unknown\"",
        "PHP does not find the script that `SCRIPT_FILENAME` names",
    ),
    row(
        Fault::Application,
        "FastCGI sent in stderr: \"Unable to open primary script",
        "PHP may not open the script that `SCRIPT_FILENAME` names",
    ),
    row(Fault::Application, "FastCGI sent in stderr", "the application wrote to its error output"),
    row(
        Fault::Network,
        "connect() failed (111: Connection refused)",
        "nothing listens at the peer's address: it does not run, or listens elsewhere",
    ),
    row(
        Fault::Network,
        "connect() failed (110: Connection timed out)",
        "the peer cannot be reached: a firewall, a wrong address, or a machine that is down",
    ),
    row(Fault::Network, "connect() failed (113: ", "the peer's machine cannot be reached"),
    row(Fault::Network, "connect() failed (101: ", "the peer's network cannot be reached"),
    row(
        Fault::Network,
        "connect() to unix:",
        "the socket is not there, or nginx may not open it: the application does not run, or owns the \
         socket alone",
    ),
    row(
        Fault::Network,
        "no live upstreams",
        "every server of the upstream failed shortly before: the lines before this one say why",
    ),
    row(
        Fault::Client,
        "client intended to send too large body",
        "a request is larger than `client_max_body_size`",
    ),
    row(
        Fault::Client,
        "client intended to send too large chunked body",
        "a request is larger than `client_max_body_size`",
    ),
    row(Fault::Client, "client prematurely closed connection", "the client went away"),
    row(Fault::Client, "client closed connection", "the client went away"),
    row(Fault::Client, "client timed out", "the client was too slow"),
    row(Fault::Client, "client sent invalid", "the client sent what is no request of HTTP"),
    row(Fault::Client, "client sent too large", "the client sent a larger header than is allowed"),
    row(Fault::Client, "user \"", "a user is unknown, or the password is wrong"),
    row(Fault::Client, "no user/password was provided", "a client did not log in"),
    row(Fault::File, "open() \"", "a file that was asked for is not there, or may not be read"),
    row(Fault::File, "directory index of \"", "a directory was asked for that has no index"),
    row(Fault::File, "\"/", "a file that was asked for is not there, or may not be read"),
    row(
        Fault::Network,
        "host not found in upstream",
        "a name was not known when nginx started: it is misspelt, or its machine or container was not \
         there yet",
    ),
    row(
        Fault::Limit,
        "a client request body is buffered to a temporary file",
        "a body was larger than `client_body_buffer_size`, which does no harm",
    ),
    row(
        Fault::Limit,
        "an upstream response is buffered to a temporary file",
        "an answer was larger than the buffers of the pass, which does no harm",
    ),
    row(Fault::Limit, "access forbidden by rule", "`deny` forbids it"),
    row(Fault::Limit, "limiting requests", "`limit_req` limits it"),
    row(Fault::Limit, "limiting connections", "`limit_conn` limits it"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_hides_another() {
        for (index, one) in ORDINARY.iter().enumerate() {
            assert_eq!(ordinary(one.text.as_bytes()), Some(index), "{}", one.text);
        }
        assert_eq!(ordinary(b"upstream sent no valid HTTP/1.0 header"), None);
    }
}
