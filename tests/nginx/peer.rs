//! Upstreams that are no nginx: small servers in this process, each speaking exactly one thing.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue, UPGRADE};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::port;

/// What a peer speaks.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// HTTP/1 and HTTP/2 in cleartext.
    Both,
    /// HTTP/2 in cleartext and nothing else.
    H2c,
    /// HTTP/1 in cleartext.
    Http1,
    /// HTTP/1 in cleartext. It answers HTTP/1.0 in HTTP/1.1, as many do: nginx takes the connection
    /// of an answer in HTTP/1.0 for closed.
    Http1Only11,
    /// HTTP/2 over TLS, whatever the client asks for by ALPN.
    TlsAlwaysH2,
    /// Over TLS, what the client asks for by ALPN, HTTP/1 if it does not ask.
    TlsBoth,
    /// HTTP/2 over TLS, for who asks for it by ALPN; others are sent away.
    TlsH2,
    /// HTTP/1 over TLS, `http/1.1` by ALPN.
    TlsHttp1,
}

impl Kind {
    /// The words by which a user would declare it (`[[backend]] speaks`).
    pub(super) const fn speaks(self) -> &'static [&'static str] {
        match self {
            Self::Both => &["h2c", "http/1.0", "http/1.1"],
            Self::H2c => &["h2c"],
            Self::TlsAlwaysH2 | Self::TlsH2 => &["h2"],
            Self::Http1 | Self::Http1Only11 => &["http/1.0", "http/1.1"],
            Self::TlsBoth => &["tls", "h2", "http/1.0", "http/1.1"],
            Self::TlsHttp1 => &["tls", "http/1.0", "http/1.1"],
        }
    }

    const fn alpn(self) -> Option<&'static [&'static [u8]]> {
        match self {
            Self::TlsAlwaysH2 | Self::TlsH2 => Some(&[b"h2"]),
            Self::Both | Self::H2c | Self::Http1 | Self::Http1Only11 => None,
            Self::TlsBoth => Some(&[b"h2", b"http/1.1"]),
            Self::TlsHttp1 => Some(&[b"http/1.1"]),
        }
    }
}

/// A server on a port of its own; it ends when this is dropped. It answers everything with 200
/// and the version of HTTP by which it was asked.
pub(super) struct Peer {
    address: SocketAddr,
    task: JoinHandle<()>,
    heard: Arc<Heard>,
}

/// What a server was asked.
#[derive(Default)]
struct Heard {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Peer {
    pub(super) fn start(kind: Kind) -> Self {
        let bind = || RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let mut listener = bind();
        while port::tells(listener.local_addr().unwrap().port()) {
            listener = bind();
        }
        let address = listener.local_addr().unwrap();
        let acceptor = kind.alpn().map(|alpn| TlsAcceptor::from(tls(alpn)));
        let heard = Arc::<Heard>::default();
        let hears = Arc::clone(&heard);
        let task = RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                hears.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(attend(kind, stream, acceptor.clone(), Arc::clone(&hears)));
            }
        });
        Self { address, task, heard }
    }

    /// How many connections were opened to it.
    pub(super) fn connections(&self) -> usize {
        self.heard.connections.load(Ordering::SeqCst)
    }

    /// The requests: the version of HTTP, then the headers, a line each, names in lower case.
    pub(super) fn requests(&self) -> Vec<String> {
        self.heard.requests.lock().unwrap().clone()
    }

    pub(super) const fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

/// Serves a connection so that what the client makes of it is not chance. The server does not
/// speak first: nginx takes early bytes of a peer for its answer, and then may never ask. And a
/// socket is not closed before everything was read: that would reset the connection.
async fn attend(kind: Kind, stream: TcpStream, acceptor: Option<TlsAcceptor>, heard: Arc<Heard>) {
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.peek(&mut [0])).await;
    let stream = stream.into_std().unwrap();
    let mut own = TcpStream::from_std(stream.try_clone().unwrap()).unwrap();
    let stream = TcpStream::from_std(stream).unwrap();
    match acceptor {
        Some(acceptor) => serve_tls(kind, stream, acceptor, heard).await,
        None if kind == Kind::Http1Only11 => serve_by_hand(stream, heard).await,
        None => serve(kind, stream, heard).await,
    }
    // The client may be gone already.
    let _ = own.shutdown().await;
    let rest = async { while own.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {} };
    let _ = tokio::time::timeout(Duration::from_secs(10), rest).await;
}

async fn serve_tls(kind: Kind, stream: TcpStream, acceptor: TlsAcceptor, heard: Arc<Heard>) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let chosen = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    if kind == Kind::TlsH2 && !chosen {
        return;
    }
    let h2 = chosen || kind == Kind::TlsAlwaysH2;
    serve(if h2 { Kind::H2c } else { Kind::Http1 }, stream, heard).await;
}

/// Answers one request after the other in HTTP/1.1, as long as the client keeps the connection.
async fn serve_by_hand(mut stream: TcpStream, heard: Arc<Heard>) {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut bytes).await {
        text.push_str(&String::from_utf8_lossy(&bytes[..length]));
        let Some((request, _)) = text.split_once("\r\n\r\n") else { continue };
        let request = request.to_lowercase();
        let keeps = if request.contains(" http/1.0\r\n") {
            request.contains("connection: keep-alive")
        } else {
            !request.contains("connection: close")
        };
        heard.requests.lock().unwrap().push(request);
        text.clear();
        let connection = if keeps { "keep-alive" } else { "close" };
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: {connection}\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() || !keeps {
            return;
        }
    }
}

/// Serves what `kind` says, in cleartext or inside TLS.
async fn serve(
    kind: Kind,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    heard: Arc<Heard>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut text = format!("{:?}\n", request.version());
        for (name, value) in request.headers() {
            text.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
        }
        heard.requests.lock().unwrap().push(text);
        answer(request)
    });
    let stream = TokioIo::new(stream);
    // The connection may well end in an error; the client tells of it.
    match kind {
        Kind::H2c => {
            let builder = http2::Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(stream, service).await;
        }
        Kind::Http1 => {
            let builder = http1::Builder::new();
            let _ = builder.serve_connection(stream, service).with_upgrades().await;
        }
        _ => {
            let builder = auto::Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(stream, service).await;
        }
    }
}

/// 101 to a request for an upgrade to WebSocket that HTTP allows, 200 to anything else.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, http::Error> {
    let version = request.version();
    let is_allowed =
        |protocol: &&HeaderValue| version == Version::HTTP_11 && **protocol == "websocket";
    let upgrade = request.headers().get(UPGRADE).filter(is_allowed);
    let response = match upgrade {
        Some(protocol) => Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(CONNECTION, "upgrade")
            .header(UPGRADE, protocol),
        None => Response::builder(),
    };
    let body = if upgrade.is_some() { String::new() } else { format!("{version:?}") };
    response.body(Full::new(Bytes::from(body)))
}

fn tls(alpn: &[&[u8]]) -> Arc<ServerConfig> {
    let own = certificate();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

/// The one certificate of these tests, for `localhost`.
pub(super) struct Certificate {
    certificate: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl Certificate {
    pub(super) fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub(super) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}

pub(super) fn certificate() -> &'static Certificate {
    static OWN: LazyLock<Certificate> = LazyLock::new(|| {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Certificate { certificate: made.cert, key: made.signing_key }
    });
    &OWN
}
