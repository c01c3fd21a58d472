//! Certificates, keys and authorities that TLS is turned on without: the directives, not the files.
//!
//! A server is looked at by itself (`ngx_http_ssl_merge_srv_conf` and its like in `stream` and
//! `mail`): a certificate needs a key, a check of clients an authority. A socket needs the
//! certificate of its default server (`ngx_http_ssl_init`): what connects without a name is that
//! server's. A pass over TLS needs an authority if it checks, and a key for a certificate
//! (`ngx_http_*_set_ssl`).

use super::listener::Socket;
use super::{Model, Scope};
use crate::include::Used;
use crate::nginx::{Contexts, DirectiveId, Version, VersionSet, id};
use crate::source::Span;
use crate::syntax::is_placeholder;

/// Something that TLS is turned on without.
pub struct Missing<'m> {
    /// The line that needs it.
    pub used: Used<'m>,
    /// The part of it.
    pub span: Span,
    /// What is missing.
    pub what: Material,
    /// The directives that would give it; the first is the one to write.
    pub by: &'static [DirectiveId],
    /// The releases of the target that refuse it.
    pub versions: VersionSet,
    /// Another line that matters.
    pub other: Option<Used<'m>>,
}

/// What is missing.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// A certificate for what listens.
    Certificate,
    /// A key for a certificate.
    Key,
    /// An authority by which the other side is checked.
    Authority,
    /// TLS 1.3, for QUIC.
    Protocol,
    /// A certificate for a server beside a default server that refuses handshakes.
    OtherCertificate,
}

/// A pass, and its directives of TLS.
struct Pass {
    pass: DirectiveId,
    scheme: &'static [u8],
    certificate: DirectiveId,
    key: &'static [DirectiveId],
    verify: DirectiveId,
    trusted: &'static [DirectiveId],
}

const PASSES: [Pass; 3] = [
    Pass {
        pass: id::GRPC_PASS,
        scheme: b"grpcs://",
        certificate: id::GRPC_SSL_CERTIFICATE,
        key: &[id::GRPC_SSL_CERTIFICATE_KEY],
        verify: id::GRPC_SSL_VERIFY,
        trusted: &[id::GRPC_SSL_TRUSTED_CERTIFICATE],
    },
    Pass {
        pass: id::PROXY_PASS,
        scheme: b"https://",
        certificate: id::PROXY_SSL_CERTIFICATE,
        key: &[id::PROXY_SSL_CERTIFICATE_KEY],
        verify: id::PROXY_SSL_VERIFY,
        trusted: &[id::PROXY_SSL_TRUSTED_CERTIFICATE],
    },
    Pass {
        pass: id::UWSGI_PASS,
        scheme: b"suwsgi://",
        certificate: id::UWSGI_SSL_CERTIFICATE,
        key: &[id::UWSGI_SSL_CERTIFICATE_KEY],
        verify: id::UWSGI_SSL_VERIFY,
        trusted: &[id::UWSGI_SSL_TRUSTED_CERTIFICATE],
    },
];

impl<'m> Model<'m> {
    /// Everything that TLS is turned on without.
    pub fn missing_material(&'m self) -> Vec<Missing<'m>> {
        let mut finder = Finder { model: self, found: Vec::new() };
        let stands = |id| self.scopes.has(id);
        let passes: Vec<&Pass> =
            PASSES.iter().filter(|one| stands(one.verify) || stands(one.certificate)).collect();
        for scope in self.scopes() {
            match scope.context() {
                Contexts::SERVER | Contexts::STREAM_SERVER => {
                    finder.server(scope);
                    if scope.context() == Contexts::STREAM_SERVER
                        && scope.flag(id::PROXY_SSL).is_some()
                    {
                        finder.pass(scope, &PASSES[1], None);
                    }
                }
                Contexts::MAIL_SERVER => finder.mail(scope),
                Contexts::LOCATION | Contexts::IF_IN_LOCATION | Contexts::LIMIT_EXCEPT => {
                    for pass in &passes {
                        if let Some(used) = scope.own(pass.pass).next() {
                            finder.pass_to(scope, pass, used);
                        }
                    }
                }
                _ => {}
            }
        }
        finder.sockets();
        finder.found
    }
}

struct Finder<'m> {
    model: &'m Model<'m>,
    found: Vec<Missing<'m>>,
}

impl<'m> Finder<'m> {
    fn add(
        &mut self,
        used: Used<'m>,
        span: Span,
        what: Material,
        by: &'static [DirectiveId],
        versions: &VersionSet,
        other: Option<Used<'m>>,
    ) {
        let versions = self.model.target().intersect(versions);
        let seen = self.found.iter().any(|one| one.used.name() == used.name() && one.what == what);
        if !versions.is_empty() && !seen {
            self.found.push(Missing { used, span, what, by, versions, other });
        }
    }

    /// A server of `http` or `stream`, whether or not it listens for TLS.
    fn server(&mut self, scope: Scope<'m>) {
        let in_stream = scope.context() == Contexts::STREAM_SERVER;
        // Without a certificate only whom to believe is asked for, and only where it is refused.
        let asks = || self.model.scopes.has(id::SSL_VERIFY_CLIENT) && refuses_handshakes(scope);
        if !has_certificate(scope) && !asks() {
            return;
        }
        // Servers of `stream` by name since 1.25.5: before, only what listens is looked at.
        let listens = !in_stream || listens_for_tls(scope);
        let versions = match listens {
            true => VersionSet::all(),
            false => VersionSet::since(Version::new(1, 25, 5)),
        };
        self.key(scope, &versions);
        self.authority(scope, &versions);
    }

    /// A server of `mail`: only one that has TLS on is looked at.
    fn mail(&mut self, scope: Scope<'m>) {
        let starttls =
            scope.value(id::STARTTLS).filter(|(_, value)| !value.eq_ignore_ascii_case(b"off"));
        let line = match starttls {
            _ if listens_for_tls(scope) => {
                scope.own(id::LISTEN).find(|listen| has_word(*listen, b"ssl"))
            }
            Some((used, _)) => Some(used),
            None => scope.flag(id::SSL),
        };
        let Some(line) = line else { return };
        let mut versions = VersionSet::all();
        if line.directive().id() == Some(id::SSL) {
            versions = VersionSet::before(Version::new(1, 25, 1));
        }
        if scope.effective(id::SSL_CERTIFICATE).next().is_none() {
            let span = line.directive().span();
            self.add(line, span, Material::Certificate, &CERTIFICATE, &versions, None);
            return;
        }
        self.key(scope, &versions);
        self.authority(scope, &versions);
    }

    /// As many keys as certificates.
    fn key(&mut self, scope: Scope<'m>, versions: &VersionSet) {
        let keys = scope.effective(id::SSL_CERTIFICATE_KEY).count();
        let mut certificates = scope.effective(id::SSL_CERTIFICATE);
        if let Some(used) = certificates.nth(keys) {
            let span = used.directive().span();
            let other = scope.effective(id::SSL_CERTIFICATE_KEY).last();
            self.add(used, span, Material::Key, &[id::SSL_CERTIFICATE_KEY], versions, other);
        }
    }

    /// `ssl_verify_client` needs to know whom to believe.
    fn authority(&mut self, scope: Scope<'m>, versions: &VersionSet) {
        let Some((used, value)) = scope.value(id::SSL_VERIFY_CLIENT) else { return };
        if !(value.eq_ignore_ascii_case(b"on") || value.eq_ignore_ascii_case(b"optional")) {
            return;
        }
        if is_set(scope, id::SSL_CLIENT_CERTIFICATE) {
            return;
        }
        let mut versions = versions.clone();
        // Since 1.27.2 `ssl_trusted_certificate` is enough.
        let trusted = scope.effective(id::SSL_TRUSTED_CERTIFICATE).next();
        if is_set(scope, id::SSL_TRUSTED_CERTIFICATE) {
            versions = versions.intersect(&VersionSet::before(Version::new(1, 27, 2)));
        }
        let span = used.directive().span();
        self.add(
            used,
            span,
            Material::Authority,
            &[id::SSL_CLIENT_CERTIFICATE],
            &versions,
            trusted,
        );
    }

    fn pass_to(&mut self, scope: Scope<'m>, pass: &'static Pass, used: Used<'m>) {
        let Some(word) = used.directive().arg(0) else { return };
        let value = word.value();
        // What is behind a variable may be TLS: nginx gets ready for it.
        let scheme = value.get(..pass.scheme.len());
        let is_tls = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(pass.scheme));
        if (is_tls || value.contains(&b'$')) && !is_placeholder(&value) {
            self.pass(scope, pass, Some(used));
        }
    }

    fn pass(&mut self, scope: Scope<'m>, pass: &'static Pass, by: Option<Used<'m>>) {
        let all = VersionSet::all();
        if let Some(used) = scope.flag(pass.verify)
            && !is_set(scope, pass.trusted[0])
        {
            let span = used.directive().span();
            self.add(used, span, Material::Authority, pass.trusted, &all, by);
        }
        if let Some(used) = scope.effective(pass.certificate).last()
            && is_set(scope, pass.certificate)
            && scope.effective(pass.key[0]).next().is_none()
        {
            let span = used.directive().span();
            self.add(used, span, Material::Key, pass.key, &all, by);
        }
    }

    /// What listens for TLS needs the certificate of the default server.
    fn sockets(&mut self) {
        let sockets: Vec<&'m Socket> = self.model.sockets.all();
        for socket in sockets {
            let Some(tls) = socket.takes_tls() else { continue };
            let Some(default) = socket.default_listener() else { continue };
            let scope = self.model.scope(default.server);
            if scope.context() == Contexts::MAIL_SERVER {
                continue;
            }
            if has_certificate(scope) {
                if has_word(self.model.used(tls.used), b"quic") {
                    self.protocol(scope, self.model.used(tls.used));
                }
                continue;
            }
            let all = VersionSet::all();
            if !refuses_handshakes(scope) {
                let mut versions = all;
                if scope.context() == Contexts::STREAM_SERVER && default.used != tls.used {
                    versions = VersionSet::since(Version::new(1, 25, 5));
                }
                let used = self.model.used(default.used);
                let other = (default.used != tls.used).then(|| self.model.used(tls.used));
                let span = used.directive().span();
                self.add(used, span, Material::Certificate, &CERTIFICATE, &versions, other);
                continue;
            }
            for listener in &socket.listeners {
                let other = self.model.scope(listener.server);
                if !has_certificate(other) && !refuses_handshakes(other) {
                    let used = self.model.used(listener.used);
                    let span = used.directive().span();
                    let default = Some(self.model.used(default.used));
                    self.add(used, span, Material::OtherCertificate, &CERTIFICATE, &all, default);
                }
            }
        }
        self.directive_ssl();
    }

    /// QUIC is TLS 1.3.
    fn protocol(&mut self, scope: Scope<'m>, listen: Used<'m>) {
        let mut lines = scope.effective(id::SSL_PROTOCOLS);
        let words = lines.clone().flat_map(|line| line.directive().args());
        let mut words = words.map(|word| word.value().into_owned());
        if let Some(used) = lines.next()
            && !words.any(|word| word.eq_ignore_ascii_case(b"TLSv1.3") || is_placeholder(&word))
        {
            let span = used.directive().span();
            let all = VersionSet::all();
            self.add(used, span, Material::Protocol, &[id::SSL_PROTOCOLS], &all, Some(listen));
        }
    }

    /// `ssl on`, up to 1.25.0.
    fn directive_ssl(&mut self) {
        let versions = VersionSet::before(Version::new(1, 25, 1));
        if !self.model.target().meets(&versions) {
            return;
        }
        for scope in self.model.scopes().filter(|scope| scope.context() == Contexts::SERVER) {
            if let Some(used) = scope.flag(id::SSL)
                && !has_certificate(scope)
                && !refuses_handshakes(scope)
            {
                let span = used.directive().span();
                self.add(used, span, Material::Certificate, &CERTIFICATE, &versions, None);
            }
        }
    }
}

fn has_certificate(scope: Scope<'_>) -> bool {
    scope.effective(id::SSL_CERTIFICATE).next().is_some()
}

fn refuses_handshakes(scope: Scope<'_>) -> bool {
    scope.flag(id::SSL_REJECT_HANDSHAKE).is_some()
}

/// Whether a server has a socket that takes TLS.
pub(super) fn listens_for_tls(scope: Scope<'_>) -> bool {
    scope.own(id::LISTEN).any(|listen| has_word(listen, b"ssl"))
}

fn has_word(listen: Used<'_>, wanted: &[u8]) -> bool {
    listen.directive().args().skip(1).any(|word| word.raw() == wanted)
}

/// Whether a value that is not empty is in force.
fn is_set(scope: Scope<'_>, id: DirectiveId) -> bool {
    scope.value(id).is_some_and(|(_, value)| !value.is_empty())
}

/// What a socket lacks.
const CERTIFICATE: [DirectiveId; 2] = [id::SSL_CERTIFICATE, id::SSL_CERTIFICATE_KEY];
