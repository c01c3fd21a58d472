//! TLS that is turned on without a certificate, a key or an authority.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Material, Missing, shown};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-tls-material",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/missing-tls-material.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    // What is not there may stand in a file that was not read.
    if !model.config().defines_all() {
        return;
    }
    for missing in model.missing_material() {
        report(cx, &missing);
    }
}

fn report(cx: &mut Context<'_>, missing: &Missing<'_>) {
    let model = cx.model();
    let name = shown(missing.used.directive().name().raw());
    let by: Vec<String> = missing.by.iter().map(|id| format!("`{}`", id.name())).collect();
    let message = match missing.what {
        Material::Certificate => {
            format!("`{name}` takes TLS, and its server has no `ssl_certificate`")
        }
        Material::OtherCertificate => {
            format!("the server of this `{name}` has no `ssl_certificate`, and takes TLS")
        }
        Material::Key => format!("`{name}` has no {}", by[0]),
        Material::Authority => format!("`{name}` has no {}", by[0]),
        Material::Protocol => "`ssl_protocols` has no `TLSv1.3`, which `quic` needs".to_owned(),
    };
    let label = match missing.what {
        Material::Certificate => "this one makes the socket take TLS, for every server on it",
        Material::OtherCertificate => "the default server refuses handshakes and needs none",
        Material::Key => "this is in force",
        Material::Authority => "since 1.27.2 this is enough, or this is what is connected to",
        Material::Protocol => "QUIC is listened for here",
    };
    // Of the lines of the page that of this kind.
    let symptom = match missing.what {
        Material::Certificate | Material::OtherCertificate => {
            "no \"ssl_certificate\" is defined for the".to_owned()
        }
        Material::Key => {
            format!("no \"{}\" is defined for certificate", missing.by[0].name())
        }
        Material::Authority => format!("for {name}"),
        Material::Protocol => "\"ssl_protocols\" must enable TLSv1.3 for the".to_owned(),
    };
    let mut draft = cx
        .report(missing.used, missing.span, message)
        .affects(model.target(), &missing.versions)
        .symptom(symptom);
    if let Some(other) = missing.other {
        draft = draft.label(other.location(), label);
    }
    let lacks = matches!(missing.what, Material::Certificate | Material::OtherCertificate);
    if let Some(server) = missing.used.directive().parent().filter(|_| lacks) {
        let at = missing.used.locate(server.span());
        draft = draft.label(at, "this server has none, nor has what is around it");
    }
    draft.help(match missing.what {
        Material::Protocol => "add `TLSv1.3`".to_owned(),
        Material::Certificate | Material::OtherCertificate => {
            "write `ssl_certificate` and `ssl_certificate_key`, or `ssl_reject_handshake on`"
                .to_owned()
        }
        Material::Key | Material::Authority => format!("write {}", by.join(" and ")),
    });
}
