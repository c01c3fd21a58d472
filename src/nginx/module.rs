//! Modules that `load_module` loads, by the names of their files.

/// Whose directives a file brings.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Catalogue {
    /// nginx's own.
    Nginx,
    /// Those of a module that the facts know, by the name of its catalogue.
    Module(&'static str),
    /// Nobody knows.
    Unknown,
}

/// Whose directives the file of a `load_module` brings.
pub fn catalogue_of(path: &[u8]) -> Catalogue {
    let file = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    let Some(name) = file.strip_suffix(b".so") else { return Catalogue::Unknown };
    let name = name.strip_suffix(b"-debug").unwrap_or(name);
    if OWN.iter().any(|own| own.as_bytes() == name) {
        return Catalogue::Nginx;
    }
    let found = FILES.iter().find(|(file, _)| file.as_bytes() == name);
    found.map_or(Catalogue::Unknown, |(_, catalogue)| Catalogue::Module(catalogue))
}

/// The names of the catalogues of modules outside nginx.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = FILES.iter().map(|(_, catalogue)| *catalogue).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What `auto/modules` of nginx builds as files.
const OWN: [&str; 9] = [
    "ngx_http_geoip_module",
    "ngx_http_image_filter_module",
    "ngx_http_perl_module",
    "ngx_http_xslt_filter_module",
    "ngx_mail_module",
    "ngx_stream_geoip_module",
    "ngx_stream_module",
    "ngx_http_v2_module",
    "ngx_http_v3_module",
];

/// What the modules call their files (`ngx_module_name` in their `config`), and packagers after
/// them; those that bring no directives of their own are listed with what needs them.
const FILES: [(&str, &str); 24] = [
    ("ndk_http_module", "lua"),
    ("ngx_http_acme_module", "acme"),
    ("ngx_http_brotli_filter_module", "brotli"),
    ("ngx_http_brotli_static_module", "brotli"),
    ("ngx_http_cache_purge_module", "cache-purge"),
    ("ngx_http_cache_purge_module_torden", "cache-purge"),
    ("ngx_http_echo_module", "echo"),
    ("ngx_http_geoip2_module", "geoip2"),
    ("ngx_http_headers_more_filter_module", "headers-more"),
    ("ngx_http_js_module", "njs"),
    ("ngx_http_lua_module", "lua"),
    ("ngx_http_modsecurity_module", "modsecurity"),
    ("ngx_http_passenger_module", "passenger"),
    ("ngx_http_set_misc_module", "set-misc"),
    ("ngx_http_srcache_filter_module", "srcache"),
    ("ngx_http_stream_server_traffic_status_module", "vts"),
    ("ngx_http_vhost_traffic_status_module", "vts"),
    ("ngx_otel_module", "otel"),
    ("ngx_rtmp_module", "rtmp"),
    ("ngx_stream_geoip2_module", "geoip2"),
    ("ngx_stream_js_module", "njs"),
    ("ngx_stream_lua_module", "stream-lua"),
    ("ngx_http_lua_upstream_module", "lua"),
    ("ngx_ssl_modsecurity_module", "modsecurity"),
];

/// Whether a module that is well known, but whose directives the facts do not hold, has a directive
/// of that name: then nobody can say where it may stand and what it takes.
pub fn is_of_other_module(name: &[u8]) -> bool {
    OTHER.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(begin) => name.starts_with(begin.as_bytes()),
        None => name == pattern.as_bytes(),
    })
}

/// Names of directives of modules that packagers and images bring along: `*` for any ending. They are those
/// of array-var, auth-digest, auth-ldap, auth-pam, spnego, concat, cookie
/// flag, dav-ext, drizzle, dynamic TLS records, encrypted session, fair, fancyindex, form input,
/// iconv, length hiding, memc, naxsi, nchan, OpenTelemetry, OpenTracing, pagespeed, postgres, push
/// stream, rds, redis, redis2, security headers, slowfs, statsd, subs filter, sysguard, testcookie,
/// upload, upload progress, upstream jdomain, upsync, vod, xss, zstd.
const OTHER: [&str; 65] = [
    "app_protect*",
    "array_*",
    "auth_digest*",
    "auth_gss*",
    "auth_hash_*",
    "auth_ldap*",
    "auth_pam*",
    "BasicRule",
    "CheckRule",
    "concat*",
    "datadog_*",
    "dav_ext_*",
    "DeniedUrl",
    "drizzle_*",
    "encrypted_session_*",
    "fair",
    "fancyindex*",
    "hide_server_tokens",
    "iconv_*",
    "jaeger_*",
    "jdomain*",
    "ldap_server",
    "LearningMode",
    "length_hiding*",
    "LibInjection*",
    "limit_upstream_*",
    "MainRule",
    "memc_*",
    "naxsi_*",
    "nchan_*",
    "opentelemetry*",
    "opentracing*",
    "pagespeed*",
    "postgres_*",
    "push_stream*",
    "rds_csv*",
    "rds_json*",
    "redis2_*",
    "redis_*",
    "replace_filter*",
    "report_uploads",
    "SecRulesDisabled",
    "SecRulesEnabled",
    "security_headers*",
    "set_cookie_flag",
    "set_decrypt_session",
    "set_encrypt_session",
    "set_form_input*",
    "set_iconv",
    "shib_request*",
    "slowfs_*",
    "ssl_dyn_rec_*",
    "statsd_*",
    "subs_filter*",
    "sysguard*",
    "testcookie*",
    "track_uploads",
    "upload_*",
    "upsync*",
    "vod",
    "vod_*",
    "xss_*",
    "zipkin_*",
    "zstd",
    "zstd_*",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let lua = catalogue_of(b"/usr/lib/nginx/modules/ngx_http_lua_module.so");
        assert_eq!(lua, Catalogue::Module("lua"));
        assert_eq!(catalogue_of(b"ngx_stream_module.so"), Catalogue::Nginx);
        assert_eq!(catalogue_of(b"ngx_http_js_module-debug.so"), Catalogue::Module("njs"));
        assert_eq!(catalogue_of(b"modules/my_module.so"), Catalogue::Unknown);
        assert_eq!(catalogue_of(b""), Catalogue::Unknown);
    }

    #[test]
    fn modules_beyond_the_facts_are_known_by_name() {
        for name in ["fancyindex", "fancyindex_footer", "memc_pass", "upload_progress"] {
            assert!(is_of_other_module(name.as_bytes()), "{name}");
        }
        assert!(!is_of_other_module(b"fair_share"));
        // A name of nginx or of a catalogue is judged by the facts; of a fork's, a module may be to be
        // had as well.
        for id in crate::nginx::DirectiveId::all() {
            let origins = || id.definitions().iter().map(|one| one.origin);
            if !origins().all(|origin| matches!(origin, crate::nginx::Origin::Fork(_))) {
                assert!(!is_of_other_module(id.name().as_bytes()), "{}", id.name());
            }
        }
    }

    #[test]
    fn every_catalogue_is_one_of_the_facts() {
        let known = |name: &'static str| {
            crate::nginx::DirectiveId::all().any(|id| {
                id.definitions().iter().any(|one| one.origin == crate::nginx::Origin::Module(name))
            })
        };
        for (file, catalogue) in FILES {
            // What acme and otel define comes from nginx's own manual.
            assert!(known(catalogue), "{file}");
        }
    }
}
