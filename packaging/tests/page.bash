# shellcheck shell=bash disable=SC2154
# What the pages say to type.

# Each command of ngxlint has the options and values that the pages write. With `--help` behind them they are
# read, and nothing is run.
test_page_commands_are_understood() {
    PATH="$built:$PATH" python - "$home" <<'EOF'
import pathlib, re, shlex, subprocess, sys
home = pathlib.Path(sys.argv[1])
wrong, count = [], 0
for page in [home / "README.md", *home.glob("docs/**/*.md")]:
    for fence in re.findall(r"^ *```(?:sh|console|text|yaml|groovy)\n(.*?)^ *```", page.read_text(), flags=re.M | re.S):
        for line in re.findall(r"(?:^|[-|>'$] ?)\s*(ngxlint [a-z]+[^'\n]*)$|'(ngxlint [^']*)'", fence, flags=re.M):
            lexer = shlex.shlex("".join(line), posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            words = []
            for word in lexer:
                if set(word) <= set("|<>;&"):
                    break
                words.append(word)
            if "[OPTIONS]" in words:
                continue
            count += 1
            ran = subprocess.run([*words, "--help"], capture_output=True, text=True)
            if ran.returncode != 0:
                wrong.append(f"{page.relative_to(home)}: {' '.join(words)}: {ran.stderr.splitlines()[0]}")
assert count > 30, count
assert not wrong, "\n".join(wrong)
EOF
}
