//! Who may, and from where: addresses that clients come from or connections start at, resolvers,
//! and the modes of files.

use super::address::{self, Network};
use super::form::{Form, Zero};
use super::number::Unit;
use super::{Check, Subject};
use crate::nginx::{Family, Flavor, Version, VersionSet, id};
use crate::syntax::Word;

/// `allow` and `deny` (`ngx_http_access_rule`, `ngx_stream_access_rule`).
fn rule(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    if value.as_ref() != b"all"
        && value.as_ref() != b"unix:"
        && !network(subject, word, " or `all`")
    {
        subject.last_help("nginx looks up no names here");
    }
}

/// `set_real_ip_from` (`ngx_http_realip_from` and its like).
fn real_ip(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    if value.as_ref() == b"unix:" {
        return;
    }
    // Names are looked up since 1.13.1; no name has a slash.
    let names = VersionSet::since(Version::new(1, 13, 1));
    let is_name = memchr::memchr(b'/', &value).is_none() && !value.is_empty();
    if is_name && subject.versions.is_subset(&names) {
        return;
    }
    network(subject, word, "");
}

/// `geoip_proxy` (`ngx_http_geoip_cidr_value`).
fn geoip_proxy(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    if word.value().as_ref() != b"255.255.255.255" {
        network(subject, word, "");
    }
}

/// `debug_connection` (`ngx_event_debug_connection`): read only where nginx is built to debug.
fn debug(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    if memchr::memchr(b'/', &value).is_some() {
        network(subject, word, "");
    }
}

/// Whether a word is an address or a network; else it is refused.
fn network(subject: &mut Subject<'_, '_>, word: Word<'_>, otherwise: &str) -> bool {
    let name = subject.name();
    match address::network(&word.value()) {
        Network::Right => true,
        Network::LowBits(network) => {
            let message = |shown: &str| format!("the last bits of `{shown}` mean nothing");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.warns().help(format!("nginx takes it for `{network}`"));
                fault.mend(word.span(), network, true);
            }
            true
        }
        Network::Wrong => {
            let message = |shown: &str| {
                format!(
                    "`{name}` takes an address, a network such as `10.0.0.0/8`{otherwise}, \
 not `{shown}`"
                )
            };
            subject.refuse_word(word, message).is_none()
        }
    }
}

/// A local address (`ngx_http_upstream_bind_set_slot`, `ngx_stream_proxy_bind`).
pub(super) fn bind(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let is_off = subject.arg(1).is_none() && word.value().as_ref() == b"off";
    if is_off {
        return;
    }
    if Subject::is_variable(word) {
        subject.is_script(word);
    } else if !address::address_and_port(&word.value()) {
        let name = subject.name();
        let message = |shown: &str| {
            format!(
                "`{name}` takes an address such as `192.0.2.1`, a variable or `off`, \
 not `{shown}`"
            )
        };
        subject.refuse_word(word, message);
    }
    if let Some(second) = subject.arg(1) {
        subject.parameter(second, &[("transparent", Form::Alone)]);
    }
}

/// Modes of files (`ngx_conf_set_access_slot`).
pub(super) fn mode(subject: &mut Subject<'_, '_>) {
    let name = subject.name();
    for word in subject.args() {
        let value = word.value();
        let who: [&[u8]; 3] = [b"user:", b"group:", b"all:"];
        let mut rights = who.iter().filter_map(|who| value.strip_prefix(*who));
        if rights.next().is_some_and(|rights| rights == b"rw" || rights == b"r") {
            continue;
        }
        let message = |shown: &str| {
            format!("`{name}` takes `user:`, `group:` or `all:` with `r` or `rw`, not `{shown}`")
        };
        subject.refuse_word(word, message);
    }
}

/// `resolver` (`ngx_resolver_create`).
fn resolver(subject: &mut Subject<'_, '_>) {
    // `ngx_mail_core_resolver`.
    let is_off = subject.family() == Family::Mail && subject.is_arg(0, b"off");
    if is_off {
        return;
    }
    let (mut servers, mut right) = (false, true);
    for word in subject.args() {
        let value = word.value();
        let parameters: [&[u8]; 4] = [b"valid=", b"ipv4=", b"ipv6=", b"status_zone="];
        if parameters.iter().any(|prefix| value.starts_with(prefix)) {
            right &= subject.parameter(word, RESOLVER);
            continue;
        }
        servers = true;
        // OpenResty reads the servers of the machine itself.
        if value.starts_with(b"local=") && subject.model().flavor() == Flavor::Openresty {
            continue;
        }
        if !may_be_server(&value) {
            let message = |shown: &str| {
                format!(
                    "`resolver` takes an address such as `192.0.2.1:53` or `[2001:db8::1]`, \
 not `{shown}`"
                )
            };
            right &= subject.refuse_word(word, message).is_none();
        }
    }
    if right {
        subject.must_have(servers, "a name server");
    }
    if subject.is_arg_anywhere(b"ipv4=off") && subject.is_arg_anywhere(b"ipv6=off") && right {
        let name = subject.used.directive().name().span();
        subject.refuse(name, "`resolver` has both `ipv4=off` and `ipv6=off`".to_owned());
    }
}

/// Whether that can be the address of a server (`ngx_parse_url`); a name may be.
fn may_be_server(value: &[u8]) -> bool {
    if value.get(..5).is_some_and(|head| head.eq_ignore_ascii_case(b"unix:")) {
        return true;
    }
    if value.first() == Some(&b'[') {
        return address::address_and_port(value);
    }
    let (host, port) = match memchr::memchr(b':', value) {
        None => (value, None),
        Some(colon) => (&value[..colon], Some(&value[colon + 1..])),
    };
    let is_port =
        |port: &[u8]| super::number::number(port).is_some_and(|port| (1..=65535).contains(&port));
    !host.is_empty() && memchr::memchr2(b'/', b'?', value).is_none() && port.is_none_or(is_port)
}

/// What `resolver` takes beside addresses.
const RESOLVER: &[(&str, Form)] = &[
    ("valid=", Form::Time(Unit::Second, Zero::Taken)),
    ("ipv4=", Form::Switch),
    ("ipv6=", Form::Switch),
];

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::ALLOW, rule),
    Check(id::DEBUG_CONNECTION, debug),
    Check(id::DENY, rule),
    Check(id::GEOIP_PROXY, geoip_proxy),
    Check(id::PROXY_BIND, bind),
    Check(id::RESOLVER, resolver),
    Check(id::SET_REAL_IP_FROM, real_ip),
];
