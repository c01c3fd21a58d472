//! What the name of a container image says of the nginx in it.

use crate::nginx::{Flavor, VersionSet};

/// An image with nginx in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image {
    /// Which server.
    pub(super) flavor: Flavor,
    /// Its releases, as far as the tag says.
    pub(super) versions: Option<VersionSet>,
}

impl Image {
    /// Reads `docker.io/library/nginx:1.27.3-alpine@sha256:…`; `None` if it is not known to be one
    /// whose tags are releases of nginx.
    pub(super) fn of(reference: &str) -> Option<Self> {
        let name = reference.split('@').next().unwrap_or_default();
        // A colon before a slash belongs to the port of a registry.
        let tag_at = name.rfind(':').filter(|at| !name[*at..].contains('/'));
        let (path, tag) = tag_at.map_or((name, ""), |at| (&name[..at], &name[at + 1..]));
        let mut parts: Vec<&str> = path.split('/').collect();
        let hub = ["docker.io", "index.docker.io", "registry-1.docker.io"];
        let first = parts[0];
        let mut own_registry = false;
        if parts.len() > 1 && (first.contains(['.', ':']) || first == "localhost") {
            own_registry = !hub.contains(&first);
            parts.remove(0);
        }
        // `nginx` in a registry of one's own may be anything, with releases of its own.
        let flavor = match parts[..] {
            ["nginx"] if !own_registry => Flavor::Nginx,
            [.., "library" | "nginx" | "nginxinc", "nginx"]
            | [.., "nginx" | "nginxinc", "nginx-unprivileged"]
            | ["bitnami" | "bitnamilegacy", "nginx"] => Flavor::Nginx,
            [.., "openresty", "openresty"] => Flavor::Openresty,
            _ => return None,
        };
        Some(Self { flavor, versions: releases(flavor, tag) })
    }
}

/// The releases that a tag stands for: `1.27`, `1.27.3-alpine`; of OpenResty `1.25.3.1-2-alpine`,
/// whose nginx is 1.25.3. `1`, `mainline` and the like stand for nothing that stays.
fn releases(flavor: Flavor, tag: &str) -> Option<VersionSet> {
    let number = tag.split('-').next().unwrap_or_default();
    let parts: Vec<&str> = number.split('.').collect();
    let base = match (flavor, parts.len()) {
        (Flavor::Openresty, 4) => parts[..3].join("."),
        (Flavor::Nginx, 2 | 3) => number.to_owned(),
        _ => return None,
    };
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.iter().all(is_number) { base.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_say_which_server_and_which_release() {
        let read = |reference: &str| {
            Image::of(reference).map(|image| {
                let versions = image.versions.map(|set| set.to_string()).unwrap_or_default();
                format!("{} {versions}", image.flavor)
            })
        };
        for (reference, expected) in [
            ("nginx", "nginx "),
            ("nginx:latest", "nginx "),
            ("nginx:stable-alpine", "nginx "),
            ("nginx:1", "nginx "),
            ("nginx:1.27", "nginx >=1.27.0, <1.28.0"),
            ("nginx:1.27.3-alpine", "nginx 1.27.3"),
            ("nginx:1.27-alpine-perl", "nginx >=1.27.0, <1.28.0"),
            ("nginx:1.27.3@sha256:0123", "nginx 1.27.3"),
            ("nginx@sha256:0123", "nginx "),
            ("nginx:${VERSION}", "nginx "),
            ("nginx:1.x", "nginx "),
            ("docker.io/nginx:1.25.1", "nginx 1.25.1"),
            ("docker.io/library/nginx:1.25.1", "nginx 1.25.1"),
            ("mirror.example.com:5000/library/nginx:1.25.1", "nginx 1.25.1"),
            ("public.ecr.aws/docker/library/nginx:1.25.1", "nginx 1.25.1"),
            ("nginxinc/nginx-unprivileged:1.25.1", "nginx 1.25.1"),
            ("bitnami/nginx:1.25.1-debian-11-r0", "nginx 1.25.1"),
            ("openresty/openresty:1.25.3.1-2-alpine", "openresty 1.25.3"),
            ("openresty/openresty:alpine", "openresty "),
            ("openresty/openresty:1.25.3", "openresty "),
        ] {
            assert_eq!(read(reference).as_deref(), Some(expected), "{reference}");
        }
        for other in [
            "",
            ":",
            "/",
            "node:20",
            "me/nginx:1.25.1",
            "registry.example.com:5000/nginx:1.25.1",
            "nginx/nginx-ingress:3.4.0",
            "jwilder/nginx-proxy:1.5",
            "nginx-exporter:1.1.0",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
