//! What a fuzzer begins with, made of the material when it is asked for: nothing of it is kept.

use ngxlint::project;
use ngxlint::rules;

use super::input;
use super::material::material;
use crate::law::fix::Case;

/// The seeds of a target.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let cases = &material().cases;
    match target {
        "parse" => cases.iter().flat_map(|case| case.files.values().cloned()).collect(),
        "log" => logs(),
        "fix" => {
            let both =
                |seed: Vec<u8>| [[&b"\0"[..], &seed].concat(), [&b"\x01"[..], &seed].concat()];
            configurations().into_iter().flat_map(both).collect()
        }
        _ => configurations(),
    }
}

/// Every configuration as a text, and with changes.
fn configurations() -> Vec<Vec<u8>> {
    let cases = &material().cases;
    let changed = (0..cases.len()).map(|number| {
        let number = number as u16;
        // Some bytes for every choice, which differ from seed to seed.
        let noise = (1..=24_u16).map(|at| (number.wrapping_mul(at * 31 + 7) >> 3) as u8);
        let head = [b'z', 0xff, 0x0f].into_iter().chain(number.to_be_bytes());
        head.chain(noise).collect()
    });
    cases.iter().map(input::text_of).chain(changed).collect()
}

/// Of every example the lines that its page knows, as a pass of it would cause them.
fn logs() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for number in 0..material().cases.len() as u16 {
        let case = input::case_of_log(number);
        let page = rules::pages().iter().find(|page| case.name.starts_with(&page.name));
        let symptoms = page.map_or(&[][..], |page| &page.symptoms);
        let lines = symptoms.iter().filter_map(|one| one.log.as_deref());
        let peers = peers(&case);
        let mut seed = number.to_le_bytes().to_vec();
        seed.push(7);
        for (line, peer) in lines.zip(peers.iter().cycle()) {
            let text = line.replace('*', "a");
            seed.extend(
                format!(
                    "2026/11/30 17:28:55 [error] 7#9: *12 {text}, client: 127.0.0.1, server: , \
                     request: \"GET / HTTP/1.1\", upstream: \"{peer}/\", host: \"a\"\n"
                )
                .bytes(),
            );
        }
        seeds.push(seed);
    }
    seeds
}

/// The peers of a configuration as its log names them.
fn peers(case: &Case) -> Vec<String> {
    let mut request = case.request.clone();
    request.hops = true;
    request.paths.clone_from(&request.roots);
    let report = project::check(&case.memory(), &request);
    let hops = report.map(|report| report.hops).unwrap_or_default();
    let mut peers: Vec<String> = hops
        .iter()
        .flat_map(|hop| {
            let scheme = if hop.speaks.tls { "https" } else { "http" };
            hop.peers.iter().map(move |peer| format!("{scheme}://{}", peer.address))
        })
        .collect();
    peers.push("http://127.0.0.1:8081".into());
    peers
}
