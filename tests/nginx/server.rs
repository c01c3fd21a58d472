//! Servers that people run behind nginx, as processes: those that `tests/fetch-servers` brought.

use std::fs::{File, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::peer;
use super::process::within;

/// What is run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Software {
    Apache,
    Caddy,
    HaProxy,
    Node,
}

/// A server on ports of its own; it ends when this is dropped.
pub(super) struct Server {
    child: Child,
    directory: TempDir,
}

impl Server {
    /// Starts a server on a configuration, or a program, and waits until it listens on all of its
    /// ports. `cert.pem` and `key.pem` in the text are files that are there.
    pub(super) fn start(software: Software, text: &str, ports: &[u16]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Apache gives root up before it reads anything.
        std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        let put = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let mut text = software.framed(text, directory.path());
        for (name, pem) in
            [("cert.pem", peer::certificate().pem()), ("key.pem", peer::certificate().key_pem())]
        {
            let path = put(name, &pem);
            text = text.replace(name, &path.display().to_string());
        }
        let file = put("configuration", &text);
        let log = File::create(directory.path().join("said")).unwrap();
        let mut command = software.command(&file);
        command
            .env("HOME", directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("{software:?}: {error}: run `tests/run`, which fetches it")
        });
        let mut server = Self { child, directory };
        within("a server does not start", || {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "{software:?} ends: {}\n{text}", server.said());
            let listens = |port: &u16| TcpStream::connect(("127.0.0.1", *port)).is_ok();
            ports.iter().all(listens).then_some(())
        });
        server
    }

    /// What it wrote so far.
    pub(super) fn said(&self) -> String {
        let said = std::fs::read(self.directory.path().join("said")).unwrap();
        String::from_utf8_lossy(&said).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Software {
    /// Where it lies: the program, libraries that this machine lacks in `lib`.
    fn home(self) -> PathBuf {
        let all = std::env::var_os("NGXLINT_SERVERS_DIR").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/servers"),
            PathBuf::from,
        );
        all.join(match self {
            Self::Apache => "apache2",
            Self::Caddy => "caddy",
            Self::HaProxy => "haproxy",
            Self::Node => "nodejs",
        })
    }

    /// One process in the foreground, without another program around it.
    fn command(self, file: &Path) -> Command {
        let home = self.home();
        let (program, arguments): (_, &[&str]) = match self {
            Self::Apache => ("apache2", &["-X", "-f"]),
            Self::Caddy => ("caddy", &["run", "--adapter", "caddyfile", "--config"]),
            Self::HaProxy => ("haproxy", &["-db", "-f"]),
            Self::Node => ("node", &[]),
        };
        let mut command = Command::new(home.join(program));
        command
            .args(arguments)
            .arg(file)
            .env_clear()
            .env("LD_LIBRARY_PATH", home.join("lib"))
            .current_dir(home);
        command
    }

    /// What a configuration needs to run beside others, and to answer with the version of HTTP by
    /// which it was asked, where that is none of its own business.
    fn framed(self, text: &str, directory: &Path) -> String {
        match self {
            Self::Apache => format!(
                "ServerRoot {home}\nDefaultRuntimeDir {directory}\nPidFile {directory}/pid\n\
                 ErrorLog {directory}/said\nServerName localhost\nUser www-data\nGroup www-data\n\
                 LoadModule mpm_event_module modules/mod_mpm_event.so\n\
                 LoadModule authz_core_module modules/mod_authz_core.so\n\
                 LoadModule http2_module modules/mod_http2.so\n\
                 LoadModule rewrite_module modules/mod_rewrite.so\n\
                 LoadModule socache_shmcb_module modules/mod_socache_shmcb.so\n\
                 LoadModule ssl_module modules/mod_ssl.so\n\
                 <Location />\nRewriteEngine on\nRewriteRule ^ - [R=200,L]\n\
                 ErrorDocument 200 \"%{{SERVER_PROTOCOL}}\"\n</Location>\n{text}",
                home = self.home().display(),
                directory = directory.display(),
            ),
            // The port of its API is one for all.
            Self::Caddy => match text.strip_prefix("{\n") {
                Some(rest) => format!("{{\n    admin off\n{rest}"),
                None => format!("{{\n    admin off\n}}\n{text}"),
            },
            Self::HaProxy | Self::Node => text.to_owned(),
        }
    }
}
