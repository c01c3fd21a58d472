//! Known facts, on both sides of where they changed, and what holds of all of them.

use super::*;

fn id_of(name: &str) -> DirectiveId {
    lookup(name.as_bytes()).unwrap_or_else(|| panic!("no {name}"))
}

fn set(text: &str) -> VersionSet {
    text.parse().expect(text)
}

fn at(text: &str) -> Version {
    text.parse().expect(text)
}

/// The releases that know a word.
fn known(directive: &str, family: Family, text: &str) -> VersionSet {
    let word = word(id_of(directive), family, text.as_bytes());
    word.unwrap_or_else(|| panic!("{directive} {text}")).ranges.iter().copied().collect()
}

fn disjoint(ranges: impl Iterator<Item = VersionRange>) -> bool {
    let ranges: Vec<_> = ranges.collect();
    let ordered = ranges.windows(2).all(|two| two[0].until.is_some_and(|end| end <= two[1].since));
    ordered && ranges.iter().all(|one| one.until.is_none_or(|until| one.since < until))
}

#[test]
fn every_name_is_found_again() {
    assert_eq!(DirectiveId::all().count(), DirectiveId::COUNT);
    let mut last = "";
    for id in DirectiveId::all() {
        assert!(last < id.name(), "{last} {}", id.name());
        assert_eq!(lookup(id.name().as_bytes()), Some(id));
        last = id.name();
    }
    for name in ["", "Server", "server ", "re\\turn", "proxy-pass", "\u{feff}http"] {
        assert_eq!(lookup(name.as_bytes()), None);
    }
    assert_eq!(id::PROXY_PASS.name(), "proxy_pass");
    assert_eq!(id::IF, id_of("if"));
}

#[test]
fn ranges_are_in_order() {
    for id in DirectiveId::all() {
        for definition in id.definitions() {
            assert!(!definition.ranges.is_empty(), "{}", id.name());
            let versions = definition.ranges.iter().map(|range| range.versions);
            assert!(disjoint(versions), "{}: {}", id.name(), definition.module);
            assert!(definition.ranges.iter().all(|range| !range.contexts.is_empty()));
            assert!(disjoint(definition.defaults.iter().map(|(versions, _)| *versions)));
        }
        let mut foreign = id.definitions().iter().skip_while(|one| one.origin == Origin::Nginx);
        assert!(foreign.all(|one| one.origin != Origin::Nginx), "{}", id.name());
        for family in [Family::Core, Family::Http, Family::Stream, Family::Mail] {
            for fact in words(id, family) {
                assert!(disjoint(fact.ranges.iter().copied()), "{} {}", id.name(), fact.word);
                let found = word(id, family, fact.word.as_bytes());
                assert!(found.is_some_and(|found| std::ptr::eq(found, fact)), "{}", fact.word);
            }
        }
    }
}

#[test]
fn the_newest_release_is_the_last_of_the_table() {
    let last = releases().last().expect("releases");
    assert_eq!((last.version, last.date), (version::NEWEST, "2026-08-11"));
    assert!(releases().windows(2).all(|two| two[0].version < two[1].version));
}

#[test]
fn http2_is_a_directive_since_1_25_1() {
    let http2 = id::HTTP2;
    assert_eq!(http2.accepted_versions(Contexts::SERVER, 1, false), set(">=1.25.1"));
    assert_eq!(http2.accepted_versions(Contexts::LOCATION, 1, false), VersionSet::none());
    assert_eq!(http2.accepted_versions(Contexts::SERVER, 2, false), VersionSet::none());
    assert_eq!(http2.accepted_versions(Contexts::SERVER, 1, true), VersionSet::none());
    assert_eq!(
        id::SSL.accepted_versions(Contexts::SERVER, 1, false).ranges()[0].until,
        Some(at("1.25.1"))
    );
    let listen = deprecations(id::LISTEN).iter();
    let http2: Vec<_> = listen.filter(|one| one.parameter == Some("http2")).collect();
    assert_eq!(http2[0].versions, VersionRange::new(at("1.25.1"), None));
    assert_eq!((http2[0].status, http2[0].replacement), (Status::Deprecated, Some("http2 on")));
}

#[test]
fn words_have_their_releases() {
    let version = |text| known("proxy_http_version", Family::Http, text);
    assert_eq!(version("2"), set(">=1.29.4"));
    assert_eq!(version("1.1"), set(">=1.1.4"));
    assert_eq!(known("keepalive", Family::Http, "local"), set(">=1.29.7"));
    assert_eq!(known("proxy_next_upstream", Family::Http, "NON_idempotent"), set(">=1.9.13"));
    assert_eq!(known("listen", Family::Http, "backlog=511"), set(">=0.3.3"));
    assert_eq!(known("listen", Family::Http, "ipv6only=off"), set(">=0.7.42"));
    assert_eq!(known("listen", Family::Stream, "udp"), set(">=1.9.13"));
    assert_eq!(known("server", Family::Http, "max_conns=3"), set(">=1.11.5"));
    assert_eq!(known("aio", Family::Http, "off"), set(">=0.8.12"));
    for (name, text) in [
        ("listen", "udp"),
        ("listen", "SSL"),
        ("listen", "backlog"),
        ("listen", "ssl2"),
        ("proxy_http_version", "2.0"),
        ("proxy_http_version", "1.1x"),
        ("root", "html"),
    ] {
        assert!(word(id_of(name), Family::Http, text.as_bytes()).is_none(), "{name} {text}");
    }
    let factor: Vec<_> = bounds(id_of("gzip_comp_level"), Family::Http).collect();
    assert_eq!((factor[0].min, factor[0].max), (1, 9));
}

#[test]
fn keepalive_takes_a_second_word_since_1_29_7() {
    let two = id::KEEPALIVE.accepted_versions(Contexts::UPSTREAM, 2, false);
    assert_eq!(two, set(">=1.1.4, <1.7.5 || >=1.29.7"));
}

#[test]
fn proxy_pass_stands_in_http_and_in_stream() {
    let contexts = |family| {
        let definitions = id::PROXY_PASS.definitions().iter();
        let ranges = definitions.filter(move |one| one.family == family).flat_map(|one| one.ranges);
        ranges.filter(|range| range.versions.until.is_none()).map(|range| range.contexts)
    };
    let http = Contexts::LOCATION.union(Contexts::IF_IN_LOCATION).union(Contexts::LIMIT_EXCEPT);
    assert_eq!(contexts(Family::Http).collect::<Vec<_>>(), [http]);
    assert_eq!(contexts(Family::Stream).collect::<Vec<_>>(), [Contexts::STREAM_SERVER]);
    assert_eq!(id::PROXY_PASS.definitions()[0].module, "ngx_http_proxy_module");
}

#[test]
fn defaults_change_between_releases() {
    let default = |name, version| default_at(id_of(name), Family::Http, at(version));
    assert_eq!(default("proxy_http_version", "1.29.6"), Some("1.0"));
    assert_eq!(default("proxy_http_version", "1.29.7"), Some("1.1"));
    assert_eq!(default("keepalive_requests", "1.19.9"), Some("100"));
    assert_eq!(default("keepalive_requests", "1.19.10"), Some("1000"));
}

#[test]
fn counts_of_arguments_are_taken_as_nginx_takes_them() {
    assert!(id::SERVER_NAME.accepts(30, false) && !id::SERVER_NAME.accepts(0, false));
    assert!(id::SERVER.accepts(0, true) && id::SERVER.accepts(1, false));
    assert!(!id::SERVER.accepts(1, true) && !id::SERVER.accepts(0, false));
    assert!(id::PROXY_SET_HEADER.accepts(2, false) && !id::PROXY_SET_HEADER.accepts(3, false));
    let count = |id: DirectiveId| id.definitions()[0].ranges.last().unwrap().arguments.to_string();
    assert_eq!(count(id::PROXY_SET_HEADER), "2");
    assert_eq!(count(id::LIMIT_REQ), "1, 2 or 3");
    assert_eq!(count(id::KEEPALIVE), "1 or 2");
    assert_eq!(count(id::SERVER_NAME), "at least 1");
    // Of NGINX Plus only the name is known.
    let api = id_of("health_check");
    assert!(api.accepts(0, false) && api.accepts(9, false) && !api.accepts(0, true));
    assert!(!api.definitions()[0].ranges[0].arguments.is_known());
}

#[test]
fn what_modules_and_forks_add_is_told_apart() {
    let origin = |name: &str| id_of(name).definitions()[0].origin;
    assert_eq!(origin("brotli"), Origin::Module("brotli"));
    assert_eq!(origin("acme_issuer"), Origin::Module("acme"));
    assert_eq!(origin("endpoint"), Origin::Module("otel"));
    assert_eq!(origin("zone_sync"), Origin::Plus);
    assert_eq!(origin("content_by_lua_block"), Origin::Module("lua"));
    assert_eq!(origin("server"), Origin::Nginx);
    let pass = &id_of("pass").definitions()[0];
    assert!(pass.is_in(Flavor::Nginx) && !pass.is_in(Flavor::Freenginx));
    let keepalive = id::KEEPALIVE.definitions();
    let angie: Vec<_> = keepalive.iter().filter(|one| one.is_in(Flavor::Angie)).collect();
    assert_eq!(angie.len(), 1);
    assert!(!angie[0].ranges[0].arguments.accepts(2));
    assert!(id_of("more_set_headers").definitions()[0].is_in(Flavor::Openresty));
    assert!(!id_of("brotli").definitions()[0].is_in(Flavor::Openresty));
}

#[test]
fn free_form_blocks_hold_no_directives() {
    for name in
        ["map", "geo", "types", "split_clients", "charset_map", "match", "geoip2", "num_map"]
    {
        assert!(is_free_form_block(id_of(name)), "{name}");
    }
    for name in ["server", "upstream", "otel_exporter", "acme_issuer", "content_by_lua_block"] {
        assert!(!is_free_form_block(id_of(name)), "{name}");
    }
}

#[test]
fn values_are_handed_down_as_the_source_does() {
    let merge = |name: &str, family| id_of(name).merge(family);
    assert_eq!(merge("proxy_set_header", Family::Http), Merge::List);
    assert_eq!(merge("error_log", Family::Mail), Merge::List);
    assert_eq!(merge("proxy_next_upstream", Family::Http), Merge::Scalar);
    assert_eq!(merge("proxy_pass", Family::Http), Merge::None);
    assert_eq!(merge("server_name", Family::Http), Merge::None);
    assert_eq!(merge("server_name", Family::Mail), Merge::Scalar);
    // A location without a root of its own has the alias of the one around it.
    assert_eq!(merge("alias", Family::Http), Merge::Scalar);
    assert_eq!(id::ALIAS.merged_with(Family::Http), [id::ROOT]);
    assert_eq!(id::ALLOW.merged_with(Family::Stream), [id::DENY]);
    assert_eq!(id::PROXY_SET_HEADER.merged_with(Family::Http), []);
}

#[test]
fn second_lines_are_taken_or_not() {
    let kinds = |name: &str, family| {
        let id = id_of(name);
        let own = id.definitions().iter().filter(move |one| one.family == family);
        let ranges = own.flat_map(|one| one.ranges);
        let all: Vec<_> = ranges.flat_map(|range| id.repeats(family, range)).collect();
        move |version: &str| {
            let found: Vec<_> = all.iter().filter(|(set, _)| set.contains(at(version))).collect();
            found.iter().map(|(_, repeat)| *repeat).collect::<Vec<_>>()
        }
    };
    for (name, family, version, repeat) in [
        ("proxy_pass", Family::Http, "1.28.3", Repeat::Once),
        ("return", Family::Http, "1.28.3", Repeat::List),
        ("return", Family::Stream, "1.28.3", Repeat::Once),
        ("proxy_next_upstream", Family::Http, "1.28.3", Repeat::List),
        ("proxy_set_header", Family::Http, "1.28.3", Repeat::List),
        ("proxy_redirect", Family::Http, "1.28.3", Repeat::Off),
        ("log_format", Family::Stream, "1.28.3", Repeat::Name),
        ("http2_push", Family::Http, "1.25.0", Repeat::Off),
        ("http2_push", Family::Http, "1.25.1", Repeat::List),
        ("http2_max_requests", Family::Http, "1.19.6", Repeat::Once),
        ("http2_max_requests", Family::Http, "1.25.1", Repeat::List),
        ("error_log", Family::Core, "1.5.1", Repeat::Once),
        ("error_log", Family::Core, "1.5.2", Repeat::List),
    ] {
        assert_eq!(kinds(name, family)(version), [repeat], "{name} {version}");
    }
}

#[test]
fn variables_are_found_by_name_and_by_beginning() {
    let module = |name: &str, family| variable(name.as_bytes(), family).map(|one| one.module);
    assert_eq!(module("host", Family::Http), Some("ngx_http_core_module"));
    assert_eq!(module("HOST", Family::Http), Some("ngx_http_core_module"));
    assert_eq!(module("http_x_real_ip", Family::Http), Some("ngx_http_core_module"));
    assert_eq!(module("upstream_http_etag", Family::Http), Some("ngx_http_upstream_module"));
    assert_eq!(module("http_x_real_ip", Family::Stream), None);
    assert_eq!(
        module("ssl_preread_alpn_protocols", Family::Stream),
        Some("ngx_stream_ssl_preread_module")
    );
    assert_eq!(module("hos", Family::Http), None);
    let args = variable(b"args", Family::Http).expect("args");
    assert!(args.ranges.last().is_some_and(|range| range.changeable));
    let time = variable(b"upstream_queue_time", Family::Http).expect("of Plus");
    assert_eq!(time.origin, Origin::Plus);
}

/// The files are read here apart from the build, in another way.
fn file(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("a fact file")
}

fn range_of(value: &serde_json::Value) -> VersionRange {
    let until = value["until"].as_str().map(at);
    VersionRange::new(at(value["since"].as_str().expect("since")), until)
}

#[test]
fn the_tables_say_what_the_files_say() {
    let facts = file(include_str!("../../data/directives.json"));
    let mut compared = 0;
    for (name, definitions) in facts["directives"].as_object().expect("directives") {
        let own = id_of(name).definitions().iter().filter(|one| one.origin == Origin::Nginx);
        let mut own = own.flat_map(|one| one.ranges.iter().map(move |range| (one, range)));
        for definition in definitions.as_array().expect("definitions") {
            if definition["src"].as_str().is_some_and(|src| src.starts_with("ngx_imap_")) {
                continue;
            }
            for range in definition["ranges"].as_array().expect("ranges") {
                let words = range["contexts"].as_array().expect("contexts").iter();
                let words: Vec<_> = words.filter_map(|one| one.as_str()).collect();
                let words: Vec<_> = words.iter().filter(|one| !one.starts_with("imap")).collect();
                if words.is_empty() {
                    continue;
                }
                let (found, table) = own.next().unwrap_or_else(|| panic!("{name}"));
                assert_eq!(table.versions, range_of(range), "{name}");
                assert_eq!(found.module, definition["module"].as_str().unwrap_or_default());
                assert_eq!(table.contexts.iter().count(), words.len(), "{name}");
                let mut last_words = words.iter().map(|one| one.rsplit('_').next());
                assert!(last_words.all(|word| word.is_some_and(|word| {
                    let word = if word == "except" { "limit_except" } else { word };
                    table.contexts.iter().any(|one| one.to_string().contains(word))
                })));
                for count in 0..10 {
                    let taken = match &range["args"] {
                        serde_json::Value::String(word) if word == "flag" => count == 1,
                        serde_json::Value::String(word) => {
                            let least = word.strip_suffix('+').map_or(Ok(0), str::parse);
                            count >= least.expect("a number")
                        }
                        counts => counts.as_array().expect("counts").contains(&count.into()),
                    };
                    assert_eq!(table.arguments.accepts(count), taken, "{name} {count}");
                }
                assert_eq!(table.block, range["block"] == true, "{name}");
                compared += 1;
            }
        }
        assert!(own.next().is_none(), "{name}");
    }
    assert!(compared > 1100, "{compared}");
}

#[test]
fn words_and_variables_are_all_there() {
    let facts = file(include_str!("../../data/changes.json"));
    let family = |one: &serde_json::Value| match one["family"].as_str() {
        Some("core") => Family::Core,
        Some("mail") => Family::Mail,
        Some("stream") => Family::Stream,
        _ => Family::Http,
    };
    for kind in ["values", "parameters"] {
        for (name, definitions) in facts[kind].as_object().expect(kind) {
            for one in definitions.as_array().expect("definitions") {
                if one["src"].as_str().is_some_and(|src| src.starts_with("ngx_imap_")) {
                    continue;
                }
                for (text, spans) in one[kind].as_object().expect("words") {
                    let text = text.replace("on|off", "on");
                    if text.starts_with("r/") {
                        continue;
                    }
                    let versions = known(name, family(one), &text);
                    for span in spans.as_array().expect("spans") {
                        assert!(versions.contains(at(span[0].as_str().expect("since"))), "{text}");
                    }
                }
            }
        }
    }
    let facts = file(include_str!("../../data/variables.json"));
    for (name, definitions) in facts["variables"].as_object().expect("variables") {
        for one in definitions.as_array().expect("definitions") {
            let found = variable(name.as_bytes(), family(one)).unwrap_or_else(|| panic!("${name}"));
            assert_eq!((found.prefix, found.origin), (one["prefix"] == true, Origin::Nginx));
            for range in one["ranges"].as_array().expect("ranges") {
                let changeable = range["flags"].as_array().is_some_and(|flags| !flags.is_empty());
                let same = |own: &VariableRange| {
                    own.versions == range_of(range) && own.changeable == changeable
                };
                assert!(found.ranges.iter().any(same), "${name}");
            }
        }
    }
}
