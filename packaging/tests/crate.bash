# shellcheck shell=bash disable=SC2154,SC2164
# The package for crates.io, and the archives that cargo-binstall takes.

# What is packed can be built from what is packed: of no profile that takes minutes.
test_crate_is_packed_and_built() {
    cd "$home"
    cargo package --locked --allow-dirty --config profile.dev.package.ngxlint.opt-level=0
    expect 0 cargo package --locked --allow-dirty --list
    says 'rules/zh/http1-to-http2-upstream.md'
    says 'data/directives.json'
    for needless in tests/ fixtures/ packaging/ docs/ fuzz/ .github/; do says_not $'\n'"$needless"; done
}

test_crate_names_the_archives() {
    "$home/packaging/extras" "$built/ngxlint"
    for directory in one two; do
        "$home/packaging/archive" "$built/ngxlint" x86_64-unknown-linux-musl $directory
    done
    # The same input, the same bytes.
    diff -r one two
    (cd one && sha256sum --check --strict ./*.sha256)
    python - "$home" "$version" <<'EOF'
import pathlib, sys, tarfile, tomllib
home, version = pathlib.Path(sys.argv[1]), sys.argv[2]
binstall = tomllib.loads((home / "Cargo.toml").read_text())["package"]["metadata"]["binstall"]
words = {"repo": "REPO", "version": version, "name": "ngxlint", "bin": "ngxlint", "target": "x86_64-unknown-linux-musl"}
filled = {}
for key in ("pkg-url", "bin-dir"):
    text = binstall[key]
    for word, value in words.items():
        text = text.replace("{ %s }" % word, value)
    assert "{" not in text, text
    filled[key] = text
address, _, archive = filled["pkg-url"].rpartition("/")
assert address == f"REPO/releases/download/v{version}", address
names = tarfile.open(pathlib.Path("one") / archive).getnames()
assert filled["bin-dir"] in names, names
for name in ("man/ngxlint.1", "completions/ngxlint.bash", "completions/_ngxlint.ps1", "LICENSE-MIT"):
    assert any(one.endswith(name) for one in names), (name, names)
EOF
}
