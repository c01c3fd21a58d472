//! Asking an installed nginx for its release.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What the program of that name in `PATH` prints, called with `-v`.
pub(super) fn ask(program: &str) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("-v");
    printed(command, PATIENCE)
}

/// What a command prints on standard error, if it ends within `patience`.
fn printed(mut command: Command, patience: Duration) -> Option<String> {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = silent.spawn().ok()?;
    let stderr = child.stderr.take()?;
    let (sender, receiver) = mpsc::channel();
    // In a thread of its own: whoever has inherited the pipe may keep it open for ever.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stderr.take(MOST).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody waits any longer, if it took too long.
        let _ = sender.send(read);
    });
    let read = receiver.recv_timeout(patience);
    // It has ended, or is not waited for: what either says is of no interest.
    let _ = child.kill();
    let _ = child.wait();
    Some(String::from_utf8_lossy(&read.ok()?.ok()?).into_owned())
}

/// So long is an answer waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many bytes of an answer are read.
const MOST: u64 = 4096;

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn shell(script: &str) -> Option<String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        printed(command, Duration::from_millis(500))
    }

    #[test]
    fn an_answer_is_read_and_none_is_waited_for_long() {
        let line = "nginx version: nginx/1.22.1";
        assert_eq!(shell(&format!("echo '{line}' >&2")).unwrap().trim(), line);
        assert_eq!(shell("echo to nobody"), Some(String::new()));
        assert_eq!(printed(Command::new("/no/such/nginx"), PATIENCE), None);
        let start = Instant::now();
        assert_eq!(shell("sleep 30"), None);
        assert_eq!(shell("sleep 30 & sleep 30"), None);
        assert_eq!(shell("cat /dev/zero >&2").map(|text| text.len()), Some(4096));
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
