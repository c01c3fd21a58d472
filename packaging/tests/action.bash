# shellcheck shell=bash disable=SC2154,SC2164
# The scripts of the GitHub Action, run as a runner of GitHub runs them.

# a_runner: what a runner gives the steps, and a server of releases (a directory).
a_runner() {
    export GITHUB_PATH=$work/path GITHUB_OUTPUT=$work/output RUNNER_TEMP=$work/temp
    export GITHUB_SERVER_URL=file://$work/server REPOSITORY=owner/ngxlint ACTION_PATH=$home INPUT_VERSION=
    touch "$GITHUB_PATH" "$GITHUB_OUTPUT"
    mkdir -p temp "server/owner/ngxlint/releases/download/v$version"
    releases=$work/server/owner/ngxlint/releases/download/v$version
}

a_release() {
    "$home/packaging/extras" "$built/ngxlint"
    "$home/packaging/archive" "$built/ngxlint" "$(uname -m)-unknown-linux-musl" "$releases"
}

install_script() { "$home/integrations/github/install"; }
check_script() { PATH="$built:$PATH" "$home/integrations/github/check"; }

test_action_installs_the_release() {
    a_runner
    a_release
    expect 0 install_script
    expect 0 "$(cat path)/ngxlint" version
    says "ngxlint $version"
    # The same one again is taken from PATH.
    : >path
    PATH="$built:$PATH" expect 0 install_script
    [ ! -s path ]
}

test_action_installs_nothing_else() {
    a_runner
    expect 1 install_script
    says "cannot be downloaded"
    a_release
    for archive in "$releases"/*.tar.gz; do echo more >>"$archive"; done
    expect 1 install_script
    says "the checksum of ngxlint-$(uname -m)-unknown-linux-musl.tar.gz does not fit"
    INPUT_VERSION='1.0; touch hostile' expect 1 install_script
    says "it is like 0.1.0"
    [ ! -e hostile ] && [ ! -s path ]
}

test_action_annotates() {
    a_runner
    mkdir 'a b'
    printf 'events {}\nhttp {\n    nonsense;\n}\n' >'a b/nginx.conf'
    INPUT_PATHS=$'a b/nginx.conf\r\n\n' INPUT_ARGS='' INPUT_SARIF=false expect 1 check_script
    says "::error "
    says "file=a b/nginx.conf,line=3"
    # What people pass is never a command, nor an option where a path stands.
    INPUT_PATHS="\$(touch hostile)" INPUT_ARGS='' INPUT_SARIF=false expect 2 check_script
    INPUT_PATHS="--help" INPUT_ARGS='' INPUT_SARIF=false expect 2 check_script
    INPUT_PATHS='' INPUT_ARGS=$'--allow\nunknown-directive' INPUT_SARIF=false expect 0 check_script
    [ ! -e hostile ] && [ ! -s output ]
}

test_action_writes_sarif() {
    a_runner
    printf 'events {}\nhttp {\n    nonsense;\n}\n' >nginx.conf
    INPUT_PATHS=nginx.conf INPUT_ARGS='' INPUT_SARIF=true expect 1 check_script
    says 'nginx.conf:3:5: error:'
    expect 0 cat output
    says "sarif=$work/temp/ngxlint.sarif"
    python - <<'EOF'
import json
run = json.load(open("temp/ngxlint.sarif"))["runs"][0]
assert [one["ruleId"] for one in run["results"]] == ["unknown-directive"], run
EOF
    : >output
    INPUT_PATHS=nginx.conf INPUT_ARGS=--no-such-option INPUT_SARIF=true expect 2 check_script
    [ ! -s output ]
}

test_action_by_zizmor() {
    zizmor --offline "$home/action.yml" "$home/.github/workflows/release.yml"
}

# Nothing that people pass is part of a script's text.
test_action_interpolates_nothing() {
    python - "$home" <<'EOF'
import pathlib, sys, yaml
home = pathlib.Path(sys.argv[1])
action = yaml.safe_load((home / "action.yml").read_text())
jobs = yaml.safe_load((home / ".github/workflows/release.yml").read_text())["jobs"]
steps = action["runs"]["steps"] + [step for job in jobs.values() for step in job["steps"]]
scripts = [step["run"] for step in steps if "run" in step]
assert len(scripts) > 5 and not any("${{" in script for script in scripts), scripts
EOF
}
