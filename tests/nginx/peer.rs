//! Upstreams that are no nginx: small servers in this process, each speaking exactly one thing.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::header::{CONNECTION, UPGRADE};
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

/// What a peer speaks.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// HTTP/1 and HTTP/2 in cleartext.
    Both,
    /// HTTP/2 in cleartext and nothing else.
    H2c,
    /// HTTP/1 in cleartext.
    Http1,
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
            Self::Http1 => &["http/1.0", "http/1.1"],
            Self::TlsAlwaysH2 | Self::TlsH2 => &["h2"],
            Self::TlsBoth => &["tls", "h2", "http/1.0", "http/1.1"],
            Self::TlsHttp1 => &["tls", "http/1.0", "http/1.1"],
        }
    }

    const fn alpn(self) -> Option<&'static [&'static [u8]]> {
        match self {
            Self::Both | Self::H2c | Self::Http1 => None,
            Self::TlsAlwaysH2 | Self::TlsH2 => Some(&[b"h2"]),
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
}

impl Peer {
    pub(super) fn start(kind: Kind) -> Self {
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = kind.alpn().map(|alpn| TlsAcceptor::from(tls(alpn)));
        let task = RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(attend(kind, stream, acceptor));
            }
        });
        Self { address, task }
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
async fn attend(kind: Kind, stream: TcpStream, acceptor: Option<TlsAcceptor>) {
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.peek(&mut [0])).await;
    let stream = stream.into_std().unwrap();
    let mut own = TcpStream::from_std(stream.try_clone().unwrap()).unwrap();
    let stream = TcpStream::from_std(stream).unwrap();
    match acceptor {
        Some(acceptor) => serve_tls(kind, stream, acceptor).await,
        None => serve(kind, stream).await,
    }
    // The client may be gone already.
    let _ = own.shutdown().await;
    let rest = async { while own.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {} };
    let _ = tokio::time::timeout(Duration::from_secs(10), rest).await;
}

async fn serve_tls(kind: Kind, stream: TcpStream, acceptor: TlsAcceptor) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let chosen = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    if kind == Kind::TlsH2 && !chosen {
        return;
    }
    let h2 = chosen || kind == Kind::TlsAlwaysH2;
    serve(if h2 { Kind::H2c } else { Kind::Http1 }, stream).await;
}

/// Serves what `kind` says, in cleartext or inside TLS.
async fn serve(kind: Kind, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let (stream, service) = (TokioIo::new(stream), service_fn(answer));
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

/// 101 to a request for a protocol upgrade that HTTP allows, 200 to anything else.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, http::Error> {
    let version = request.version();
    let upgrade = request.headers().get(UPGRADE).filter(|_| version == Version::HTTP_11);
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
