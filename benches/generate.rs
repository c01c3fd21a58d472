//! A configuration of any size: the same text for the same request, on every machine.
//!
//! It looks like the front of a hosting company: applications behind shared upstreams, PHP sites,
//! services of the machine itself behind listeners on the loopback address, TLS and cleartext; about
//! 900 bytes a server. nginx 1.31 accepts it without any other file (TLS servers reject handshakes,
//! which needs no certificate), and ngxlint finds in it what [`Site::findings`] asks for.

use std::fmt::Write;

/// What to generate.
#[derive(Copy, Clone, Debug)]
pub struct Site {
    /// How many `server` blocks there are.
    pub servers: usize,
    /// In how many of them (at most all) a location speaks to the wrong kind of listener.
    pub findings: usize,
}

impl Site {
    /// The whole configuration in one file.
    pub fn one_file(&self) -> String {
        let mut text = String::with_capacity(self.servers * 1000 + 4096);
        text.push_str(HEAD);
        for index in 0..self.servers {
            self.server(index, "    ", &mut text);
        }
        text.push_str("}\n");
        text
    }

    /// `nginx.conf`, and in `conf.d` a file for each server: paths and texts.
    pub fn file_a_server(&self) -> Vec<(String, String)> {
        let root = format!("{HEAD}    include conf.d/*.conf;\n}}\n");
        let mut files = vec![("nginx.conf".to_owned(), root)];
        files.extend((0..self.servers).map(|index| {
            let mut text = String::new();
            self.server(index, "", &mut text);
            (format!("conf.d/site-{index:05}.conf"), text)
        }));
        files
    }

    /// Writes one server, before it the upstream that its neighbours share if it is the first.
    fn server(&self, index: usize, indent: &str, text: &mut String) {
        let mut random = Random::of(index);
        let mut block = Block { indent, text };
        if index.is_multiple_of(SERVERS_AN_UPSTREAM) {
            upstream(index / SERVERS_AN_UPSTREAM, &mut random, &mut block);
        }
        block.line(0, "server {");
        let number = index / SERVERS_A_LISTENER;
        if index.is_multiple_of(SERVERS_A_LISTENER) {
            service(number, &mut random, &mut block);
        } else {
            self.site(index, &mut random, &mut block);
        }
        // Evenly: the n-th finding is in the first server that is not before its share of all.
        let (all, findings) = (self.servers, self.findings.min(self.servers));
        if (index + 1) * findings / all > index * findings / all {
            let wrong = if is_tls(number) { "http" } else { "https" };
            block.line(1, "location /legacy/ {");
            block.line(2, &format!("proxy_pass {wrong}://{};", listener(number)));
            block.line(1, "}");
        }
        block.line(0, "}");
    }

    /// A site that the world sees.
    fn site(&self, index: usize, random: &mut Random, block: &mut Block<'_>) {
        let name = format!("{}-{index}.example.com", NAMES[random.below(NAMES.len())]);
        if random.below(2) == 0 {
            block.line(1, "listen 443 ssl;");
            block.line(1, "http2 on;");
            block.line(1, "ssl_reject_handshake on;");
        } else {
            block.line(1, "listen 80;");
        }
        block.line(1, &format!("server_name {name} www.{name};"));
        block.line(1, &format!("access_log logs/access-{}.log main;", random.below(8)));
        block.line(1, &format!("client_max_body_size {}m;", 1 << random.below(7)));
        block.line(1, &format!("# Customer {}: see the wiki.", 10_000 + random.below(90_000)));
        block.line(1, "location / {");
        match random.below(5) {
            0 => php(index, block),
            1 => to_service(self.servers.div_ceil(SERVERS_A_LISTENER), random, block),
            _ => to_upstream(index / SERVERS_AN_UPSTREAM, random, block),
        }
        block.line(1, "}");
        block.line(1, "location /assets/ {");
        block.line(2, &format!("root /srv/www/{name};"));
        block.line(2, &format!("expires {}d;", 1 + random.below(60)));
        block.line(2, "add_header Cache-Control \"public, immutable\" always;");
        block.line(1, "}");
        block.line(1, "error_page 502 503 504 /sorry.html;");
        block.line(1, r"location ~* \.(?:bak|sql|swp)$ {");
        block.line(2, "deny all;");
        block.line(1, "}");
    }
}

/// A service of this machine, on the loopback address.
fn service(number: usize, random: &mut Random, block: &mut Block<'_>) {
    let tls = is_tls(number);
    let parameter = if tls { " ssl" } else { "" };
    block.line(1, &format!("listen {}{parameter};", listener(number)));
    block.line(1, &format!("server_name service-{number}.internal;"));
    if tls {
        block.line(1, "ssl_reject_handshake on;");
    }
    block.line(1, "access_log off;");
    block.line(1, &format!("root /srv/services/{number};"));
    block.line(1, "location / {");
    block.line(2, "try_files $uri $uri/ =404;");
    block.line(1, "}");
    for (name, status) in [("health", 200), ("ready", 200), ("metrics", 204)] {
        block.line(1, &format!("location = /{name} {{"));
        block.line(2, "default_type text/plain;");
        block.line(2, &format!("return {status} \"{name} {}\\n\";", random.below(1000)));
        block.line(1, "}");
    }
}

fn upstream(number: usize, random: &mut Random, block: &mut Block<'_>) {
    block.line(0, &format!("upstream app-{number} {{"));
    block.line(1, &format!("zone app-{number} 64k;"));
    for host in 0..2 + random.below(3) {
        let (net, port) = (random.below(250), 8000 + random.below(100));
        let backup = if host == 3 { " backup" } else { "" };
        let server = format!("server 10.{}.{net}.{}:{port}", number % 250, 10 + host);
        block.line(1, &format!("{server} max_fails=3 fail_timeout=10s{backup};"));
    }
    block.line(1, "keepalive 16;");
    block.line(0, "}");
}

fn to_upstream(number: usize, random: &mut Random, block: &mut Block<'_>) {
    block.line(2, &format!("proxy_pass http://app-{number};"));
    block.line(2, "proxy_http_version 1.1;");
    block.line(2, &format!("proxy_read_timeout {}s;", 10 * (1 + random.below(30))));
    headers(block);
    block.line(2, "proxy_set_header Connection \"\";");
}

fn to_service(services: usize, random: &mut Random, block: &mut Block<'_>) {
    let number = random.below(services);
    let scheme = if is_tls(number) { "https" } else { "http" };
    block.line(2, &format!("proxy_pass {scheme}://{};", listener(number)));
    headers(block);
}

fn headers(block: &mut Block<'_>) {
    block.line(2, "proxy_set_header Host $host;");
    block.line(2, "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;");
    block.line(2, "proxy_set_header X-Forwarded-Proto $scheme;");
}

fn php(index: usize, block: &mut Block<'_>) {
    block.line(2, &format!("root /srv/www/php-{index}/public;"));
    block.line(2, "fastcgi_pass unix:/run/php/php8.4-fpm.sock;");
    block.line(2, "fastcgi_param SCRIPT_FILENAME $document_root/index.php;");
    block.line(2, "fastcgi_param REQUEST_METHOD $request_method;");
    block.line(2, "fastcgi_param QUERY_STRING $query_string;");
    block.line(2, "fastcgi_param HTTPS $https if_not_empty;");
}

/// Where the service of that number listens.
fn listener(number: usize) -> String {
    let ports = 40_000;
    format!("127.0.0.{}:{}", 1 + number / ports, 20_000 + number % ports)
}

/// Whether the service of that number speaks TLS.
fn is_tls(number: usize) -> bool {
    number % 4 == 3
}

/// Lines at the depth of a server.
struct Block<'t> {
    indent: &'t str,
    text: &'t mut String,
}

impl Block<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        let (indent, depth) = (self.indent, depth * 4);
        writeln!(self.text, "{indent}{:depth$}{line}", "").expect("a string takes everything");
    }
}

/// Knuth's MMIX generator; the high bits are the good ones.
struct Random(u64);

impl Random {
    fn of(seed: usize) -> Self {
        let mut random = Self(seed as u64 ^ 0x6e67_786c_696e_7400);
        random.below(1);
        random
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

const SERVERS_AN_UPSTREAM: usize = 8;

const SERVERS_A_LISTENER: usize = 20;

const NAMES: [&str; 8] =
    ["shop", "blog", "api", "intranet", "status", "media", "bookings", "newsletter"];

/// Everything before the servers; `http` stays open.
const HEAD: &str = r#"worker_processes auto;
pid nginx.pid;
error_log logs/error.log warn;
events {
    worker_connections 1024;
}
http {
    types {
        text/html html htm;
        text/css css;
        application/javascript js;
        image/png png;
        image/svg+xml svg svgz;
    }
    default_type application/octet-stream;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer" "$http_user_agent"';
    access_log logs/access.log main;
    sendfile on;
    keepalive_timeout 65s;
    server_tokens off;
    gzip on;
    gzip_types text/css application/javascript image/svg+xml;
    server_names_hash_max_size 65536;
    server_names_hash_bucket_size 128;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:TLS:10m;
    map $http_upgrade $connection_upgrade {
        default upgrade;
        '' "";
    }
"#;
