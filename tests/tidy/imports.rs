//! Which room may use which: the table of `ARCHITECTURE.md`, held.

use super::File;

/// What a room may use beside itself.
enum Uses {
    /// The rooms above it in the table.
    Above,
    /// These rooms.
    Only(&'static [&'static str]),
}

use Uses::{Above, Only};

/// The rooms in the order in which data flows through them.
const ROOMS: &[(&str, Uses)] = &[
    ("source", Only(&[])),
    ("nginx", Only(&[])),
    ("syntax", Only(&["source", "nginx"])),
    ("include", Only(&["source", "nginx", "syntax"])),
    ("model", Only(&["source", "nginx", "syntax", "include"])),
    ("page", Only(&["nginx"])),
    ("diagnostic", Only(&["source", "nginx"])),
    ("rules", Above),
    ("engine", Above),
    ("fix", Only(&["source", "syntax", "diagnostic"])),
    ("errorlog", Only(&["source", "nginx", "page"])),
    ("settings", Only(&["source", "nginx", "diagnostic"])),
    ("project", Above),
    ("report", Only(&["source", "nginx", "page", "diagnostic"])),
    ("cli", Above),
];

/// Every import that the table does not allow. Tests may use all that is above their room.
pub(super) fn wrong(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some((room, depth)) = room(&file.path) else { continue };
        let Some(place) = ROOMS.iter().position(|(name, _)| *name == room) else {
            wrong.push(file.at(0, &format!("the table of imports knows no room `{room}`")));
            continue;
        };
        let may_use = |used: &str, in_tests: bool| {
            let above = ROOMS[..place].iter().any(|(name, _)| *name == used);
            used == room
                || match ROOMS[place].1 {
                    Only(rooms) => rooms.contains(&used) || (in_tests && above),
                    Above => above,
                }
        };
        let (code, tests) = file.code_and_tests();
        let inline = usize::from(!code.is_empty());
        let code_edges = edges(code, depth).into_iter().map(|edge| (edge, 0, false));
        let test_edges =
            edges(tests, depth + inline).into_iter().map(|edge| (edge, code.len(), true));
        for ((offset, used), base, in_tests) in code_edges.chain(test_edges) {
            let known = ROOMS.iter().any(|(name, _)| *name == used);
            if known && !may_use(&used, in_tests) {
                wrong.push(file.at(base + offset, &format!("`{room}` may not use `{used}`")));
            }
        }
    }
    wrong
}

/// The room of a file and how deep its module lies; `None` for the crate's own two files.
fn room(path: &str) -> Option<(&str, usize)> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    let (room, depth) = (inside.split('/').next()?, inside.split('/').count());
    (!["lib", "main"].contains(&inside)).then_some((room, depth))
}

/// The rooms a text names, and where: behind `crate::`, or behind as many `super::` as lead from a
/// module of that depth to the crate.
fn edges(text: &str, depth: usize) -> Vec<(usize, String)> {
    let mut edges = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let code = line.find("//").map_or(line, |comment| &line[..comment]);
        for root in ["crate::".to_owned(), "super::".repeat(depth)] {
            for (at, _) in code.match_indices(&root) {
                let before = code[..at].chars().next_back();
                if before.is_some_and(|byte| byte.is_alphanumeric() || "_$:".contains(byte)) {
                    continue;
                }
                let here = offset + at;
                let rest = &text[here + root.len()..];
                edges.extend(heads(rest).into_iter().map(|head| (here, head)));
            }
        }
        offset += line.len();
    }
    edges
}

/// The first names of a path, or of each path in braces.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut heads = vec![name(group)];
    let mut depth = 0;
    for (at, byte) in group.char_indices() {
        match byte {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    heads
}
