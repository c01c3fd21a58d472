//! What the pages say to paste for pre-commit takes the files that the hooks of the repository take.

const HOOKS: &str = include_str!("../../.pre-commit-hooks.yaml");
const PAGES: [&str; 2] =
    [include_str!("../../README.md"), include_str!("../../docs/integrations/pre-commit.md")];

/// The values of `files` and `exclude` in a piece of YAML, without anchors and indentation.
fn taken(yaml: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut inside = None;
    for line in yaml.lines() {
        let indent = line.len() - line.trim_start().len();
        if let Some((last, _)) = keys.last_mut().zip(inside.filter(|depth| indent > *depth)) {
            last.push('\n');
            last.push_str(line.trim());
            continue;
        }
        inside = None;
        if let Some((key @ ("files" | "exclude"), value)) = line.trim().split_once(": ") {
            let value = match value.split_once(' ') {
                Some((anchor, value)) if anchor.starts_with('&') => value,
                _ => value,
            };
            keys.push(format!("{key}: {value}"));
            inside = (value == "|").then_some(indent);
        }
    }
    keys
}

#[test]
fn what_is_pasted_for_pre_commit_takes_what_the_hooks_take() {
    let ours = &taken(HOOKS)[..2];
    assert!(
        ours[0].starts_with("files: |\n(?x)") && ours[0].contains("sites-(available|enabled)/")
    );
    assert!(ours[1].starts_with("exclude: ") && ours[1].contains("apache2"));
    for page in PAGES {
        let (_, yaml) = page.split_once("```yaml\nrepos:\n  - repo: local\n").expect("a hook");
        let (yaml, _) = yaml.split_once("```").expect("an end of the code");
        assert_eq!(taken(yaml), ours);
    }
}
