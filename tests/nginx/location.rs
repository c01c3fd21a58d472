//! Which location takes a request: generated servers and requests, asked of every release and of the
//! model.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::ByteSlice;
use ngxlint::include::{Files, Reach, resolve};
use ngxlint::model::{Assumptions, Model, Route, Scope};
use ngxlint::nginx::{Contexts, Flavor, Version, VersionSet, id};
use ngxlint::source::Memory;

use super::process::Running;
use super::random::Random;
use super::{Release, port};

/// Servers in one nginx, and what each is asked.
const SERVERS: usize = 100;
const REQUESTS: usize = 80;

/// Parts of the names of locations.
const PARTS: &[&str] = &[
    "/", "/", "/", "a", "a", "b", "ab", "A", "B", ".php", ".", "é", " ", "+", "?", "#", "%", "%61",
    "/a/", "/b/", "//", "/..", "\n",
];

/// What regular expressions are made of.
const ATOMS: &[&str] = &[
    "a",
    "b",
    "A",
    "/",
    "é",
    r"\.",
    ".",
    "[ab]",
    "[^a]",
    "[^/]",
    r"\w",
    r"\W",
    r"\d",
    r"\s",
    r"\S",
    "[[:alpha:]]",
    "[[:^upper:]/]",
    "[A-Z]",
    r"[\w.-]",
    r"\x61",
    "ab",
    r"\.php",
    r"\Qa.\E",
    r"\n",
    "[[:punct:]]",
    r"\h",
    "%",
    r"[\x80-\xff]",
    "é",
    "[é]",
];
const QUANTIFIERS: &[&str] =
    &["", "", "", "", "*", "+", "?", "*?", "+?", "??", "++", "*+", "?+", "{2}", "{1,2}", "{0,1}+"];
const ASSERTIONS: &[&str] = &[
    "^",
    "^/",
    "^/a",
    "$",
    r"\b",
    r"\B",
    r"\A",
    r"\z",
    r"\Z",
    "(?=a)",
    "(?!b)",
    "(?<=/)",
    "(?<!a|/b)",
    "(?i)",
    "(?-i)",
    "(?s)",
    "(?!.*b)",
    "(?=.*/$)",
    "(?#x)",
];

/// Parts of targets.
const PIECES: &[&[u8]] = &[
    b"/",
    b"/",
    b"/",
    b"/",
    b"/",
    b"a",
    b"a",
    b"a",
    b"b",
    b"b",
    b"ab",
    b"A",
    b".php",
    b".",
    b"..",
    b"/..",
    b"/../",
    b"/.",
    b"//",
    b"%61",
    b"%41",
    b"%2e",
    b"%2E%2e",
    b"%2f",
    b"%20",
    b"%25",
    b"%23",
    b"%3f",
    b"%0a",
    b"%0A",
    b"\xc3\xa9",
    b"%c3%a9",
    b"\xe9",
    b"%FF",
    b"+",
    b"~",
    b"\\",
    b"?",
    b"?x=/../b",
    b"#",
    b"#/../b",
];

/// What is rarely in a target, and nearly always refused.
const ODDITIES: &[&[u8]] =
    &[b"%00", b"%", b"%4", b"%zz", b" ", b"\x01", b"\x7f", b"\t", b"/../../.."];

/// What a target may begin with, besides a path; `{host}` is the server.
const STARTS: &[&str] = &[
    "http://{host}/",
    "HTTP://{host}/",
    "https://{host}:81/",
    "h+1.-://{host}./",
    "http://{host}:/",
    "http://{host}?",
    "http://{host}:81?",
    "http:/{host}",
    "http:///",
    "*",
    "a",
    "://",
    "http://{host}_x/",
    "http://{host}..b/",
    "http://[::1",
    "http://{host}#",
    "http://{host}:x/",
    "1://{host}/",
    "http://./",
];

/// A server with locations, each of which answers with its number.
struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    locations: usize,
    names: Vec<String>,
}

impl Writer<'_> {
    fn part(&mut self) -> &'static str {
        self.random.one_of(PARTS)
    }

    fn expression(&mut self, depth: usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.random.below(3) {
            match self.random.below(8) {
                0 | 1 => text += self.random.one_of(ASSERTIONS),
                2 if depth < 3 => {
                    let opening = ["(", "(?:", "(?<n>", "(?>", "(?i:"];
                    // A name may stand in a pattern once.
                    let opening =
                        self.random.one_of(if depth == 0 { &opening } else { &opening[..2] });
                    let inner = self.expression(depth + 1 + usize::from(opening == "(?<n>"));
                    let other = self.expression(3);
                    let quantifier = self.random.one_of(QUANTIFIERS);
                    if opening == "(?<n>" && text.contains(opening) {
                        continue;
                    }
                    text += &format!("{opening}{inner}|{other}){quantifier}");
                }
                _ => {
                    let atom = self.random.one_of(ATOMS);
                    // What `ab*` repeats is the `b`, which is right too.
                    text += &format!("{atom}{}", self.random.one_of(QUANTIFIERS));
                }
            }
        }
        text
    }

    /// Locations in a block; `around` is the name of the location, and whether it is a regular
    /// expression.
    fn level(&mut self, around: &str, is_expression: bool, depth: usize) {
        let mut known: Vec<(bool, String)> = Vec::new();
        for _ in 0..=self.random.below([7, 3, 2, 1][depth]) {
            let kinds = if is_expression {
                &["~", "~*", "~", ""][..]
            } else {
                &["", "", "=", "^~", "~", "~*"]
            };
            let modifier = self.random.one_of(kinds);
            let regex = modifier.starts_with('~');
            let name = if regex && self.random.below(5) == 0 {
                // Names may stand inside of such a one.
                self.random.one_of(&["/", "/a", "/b", "/ab", "/a/"]).to_owned()
            } else if regex {
                self.expression(0)
            } else {
                let start =
                    if around.is_empty() && self.random.below(12) > 0 { "/" } else { around };
                let more = self.random.below(4);
                (0..more).fold(start.to_owned(), |name, _| name + self.part())
            };
            let exact = modifier == "=";
            // What is written without a modifier must not look like one.
            let begins = name.starts_with(['=', '~', '@', '^']);
            if (modifier.is_empty() && begins) || (!regex && known.contains(&(exact, name.clone())))
            {
                continue;
            }
            known.push((exact, name.clone()));
            self.names.extend((!regex).then(|| name.clone()));
            self.locations += 1;
            let quoted = name.replace('\\', r"\\").replace('"', "\\\"");
            self.text += &format!(
                "location {modifier} \"{quoted}\" {{ return 200 \"{}\";\n",
                self.locations
            );
            if self.random.below(3) == 0 {
                self.text += "proxy_pass http://127.0.0.1:1;\n";
            }
            if self.random.below(8) == 0 {
                self.text += "if ($arg_never) { return 444; }\nlimit_except GET { deny all; }\n";
            }
            if !exact && depth < 3 && self.random.below(3) == 0 {
                self.level(&name, regex, depth + 1);
            }
            self.text += "}\n";
        }
    }

    /// A target that may meet one of the locations.
    fn target(&mut self, host: &str) -> Vec<u8> {
        let mut target = match self.random.below(12) {
            0 if self.random.below(4) == 0 => return format!("http://{host}").into_bytes(),
            0 => self.random.one_of(STARTS).replace("{host}", host).into_bytes(),
            1..=5 if !self.names.is_empty() => {
                let at = self.random.below(self.names.len());
                let name = self.names[at].as_bytes();
                let length = name.len() - self.random.below(3).min(name.len());
                let mut target = vec![];
                for byte in &name[..length] {
                    // What would not be taken as it is, and some of the rest.
                    let escaped = b" \n%?#".contains(byte) || self.random.below(9) == 0;
                    if escaped {
                        target.extend(format!("%{byte:02x}").bytes())
                    } else {
                        target.push(*byte)
                    }
                }
                target
            }
            _ => b"/".to_vec(),
        };
        for _ in 0..self.random.below(6) {
            target.extend(self.random.one_of(PIECES));
        }
        if self.random.below(25) == 0 {
            target.extend(self.random.one_of(ODDITIES));
            target.extend(self.random.one_of(PIECES));
        }
        target
    }
}

/// A configuration, and for each server its name and what it is asked. The first half listens on a
/// port whose default server says nothing about slashes, the others where they are not merged.
struct Scene {
    text: String,
    ports: [u16; 2],
    asked: Vec<(String, Vec<Vec<u8>>)>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let mut random = Random::of(seed);
        let ports = [port::free(), port::free()];
        let mut text = "events {}\nhttp {\nserver_names_hash_max_size 8192;\naccess_log off;\n\
            keepalive_requests 100000;\nmerge_slashes on;\n"
            .to_owned();
        text += &format!("server {{ listen 127.0.0.1:{}; root /absent; }}\n", ports[0]);
        text += &format!(
            "server {{ listen 127.0.0.1:{}; root /absent; merge_slashes off; }}\n",
            ports[1]
        );
        let mut asked = Vec::new();
        for number in 0..SERVERS {
            let host = format!("s{number}");
            let port = ports[number * 2 / SERVERS];
            text += &format!(
                "server {{ listen 127.0.0.1:{port}; server_name {host} {host}.; root /absent;\n"
            );
            let mut writer = Writer { random: &mut random, text, locations: 0, names: Vec::new() };
            writer.level("", false, 0);
            let targets = (0..REQUESTS).map(|_| writer.target(&host)).collect();
            text = writer.text + "}\n";
            asked.push((host, targets));
        }
        Self { text: text + "}\n", ports, asked }
    }

    fn port(&self, server: usize) -> u16 {
        self.ports[server * 2 / SERVERS]
    }
}

/// A connection on which nginx is asked again and again.
struct Client {
    port: u16,
    stream: Option<TcpStream>,
}

impl Client {
    /// The status of the answer and its body.
    fn ask(&mut self, host: &str, target: &[u8]) -> (u16, Vec<u8>) {
        let request =
            [b"GET ", target, b" HTTP/1.1\r\nHost: ", host.as_bytes(), b"\r\n\r\n"].concat();
        let stream = self.stream.get_or_insert_with(|| {
            let address = SocketAddr::from(([127, 0, 0, 1], self.port));
            let stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        });
        stream.write_all(&request).unwrap();
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let head = answer.find(b"\r\n\r\n").map(|end| end + 4);
            if let Some(head) = head {
                let length = answer[..head].find(b"Content-Length: ").map(|at| at + 16);
                let digits = length.map(|at| &answer[at..at + answer[at..].find(b"\r").unwrap()]);
                let length: usize = digits.unwrap().to_str().unwrap().parse().unwrap();
                if answer.len() >= head + length {
                    let status = answer[9..12].to_str().unwrap().parse().unwrap();
                    if answer[..head].contains_str("Connection: close") {
                        self.stream = None;
                    }
                    return (status, answer[head..].to_vec());
                }
            }
            let read = stream.read(&mut part).unwrap();
            assert!(read > 0, "{:?} {:?}", target.as_bstr(), answer.as_bstr());
            answer.extend(&part[..read]);
        }
    }
}

/// Asks a model of a configuration.
pub(super) fn modelled<T>(text: &str, release: Version, ask: impl FnOnce(&Model<'_>) -> T) -> T {
    let mut memory = Memory::default();
    let root = Path::new("/nginx.conf");
    memory.insert(root, text);
    let mut files = Files::default();
    let source = files.open(&memory, root).unwrap();
    let reach = Reach::of_root(&memory, root, Vec::<(PathBuf, PathBuf)>::new());
    let config = resolve(&mut files, &memory, &reach, &[(source, Contexts::MAIN)]);
    let assumptions = Assumptions {
        target: VersionSet::exactly(release),
        assumed: false,
        flavor: Flavor::Nginx,
        backends: Vec::new(),
        modules: None,
        extra_directives: Vec::new(),
    };
    ask(&Model::build(&config, &files, assumptions))
}

/// What a route lets expect: the status, and the number of the location.
fn expected(route: Route<'_>) -> Option<(u16, Vec<u8>)> {
    let number = |scope: Scope<'_>| {
        let answer = scope.own(id::RETURN).next().unwrap();
        answer.directive().arg(1).unwrap().value().into_owned()
    };
    Some(match route {
        Route::Location(scope) => (200, number(scope)),
        Route::Redirect(_) => (301, Vec::new()),
        Route::Server => (404, Vec::new()),
        Route::Refused => (400, Vec::new()),
        Route::Unknown => return None,
    })
}

/// What nginx and the model disagree about, how much is compared, and how often the model does not
/// know.
fn differences(release: &Release, seed: u64) -> (Vec<String>, usize, usize) {
    let scene = Scene::new(seed);
    let _nginx = Running::start(release, &[("nginx.conf", &scene.text)]);
    let (mut wrong, mut compared, mut unknown) = (Vec::new(), 0, 0);
    modelled(&scene.text, release.version, |model| {
        let servers = model.scopes().filter(|scope| scope.context() == Contexts::SERVER);
        let servers: Vec<Scope<'_>> = servers.skip(2).collect();
        assert_eq!(servers.len(), SERVERS);
        for (index, ((host, targets), server)) in scene.asked.iter().zip(servers).enumerate() {
            let mut client = Client { port: scene.port(index), stream: None };
            for target in targets {
                let (status, body) = client.ask(host, target);
                let Some(foretold) = expected(server.route(target)) else {
                    unknown += 1;
                    continue;
                };
                compared += 1;
                let said = (status, if status == 200 { body } else { Vec::new() });
                if said != foretold {
                    let text = scene.text.split("server {").nth(index + 3).unwrap();
                    wrong.push(format!(
                        "nginx {} {:?}: {} {:?}, foretold {} {:?}\n{text}\n",
                        release.version,
                        target.as_bstr(),
                        said.0,
                        said.1.as_bstr(),
                        foretold.0,
                        foretold.1.as_bstr()
                    ));
                }
            }
        }
    });
    (wrong, compared, unknown)
}

#[test]
fn requests_take_the_way_that_was_foretold() {
    std::thread::scope(|scope| {
        let all = Release::all().iter().zip(1..);
        let all = all.map(|(release, seed)| scope.spawn(move || differences(release, seed)));
        for thread in all.collect::<Vec<_>>() {
            let (wrong, compared, unknown) = thread.join().unwrap();
            assert!(wrong.is_empty(), "{} of {compared}\n{}", wrong.len(), wrong.concat());
            assert_eq!(compared + unknown, SERVERS * REQUESTS);
            assert!(unknown < compared / 200, "{unknown} of {compared} are not known");
        }
    });
}
