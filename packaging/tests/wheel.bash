# shellcheck shell=bash disable=SC2154,SC2164
# The wheel, in an environment of its own.

# a_wheel: builds it into $work/wheels. Of the same profile as the tests, so that it takes no minutes.
a_wheel() {
    (cd "$home" && maturin build --locked --profile dev --compatibility linux --out "$work/wheels")
}

test_wheel_is_installed_run_and_removed() {
    a_wheel
    python3 -m venv environment
    local pip=$work/environment/bin/pip program=$work/environment/bin/ngxlint
    "$pip" install --no-index --find-links wheels ngxlint
    expect 0 "$program" version
    says "ngxlint $version"
    printf 'events {}\nhttp { server { location / { proxy_pass http://127.0.0.1:8443; } }\n' >nginx.conf
    expect 1 "$program" check
    says '[syntax-error]'
    expect 0 cat environment/lib/python*/site-packages/ngxlint-*.dist-info/METADATA
    says 'License-Expression: MIT OR Apache-2.0'
    "$pip" uninstall --yes ngxlint
    [ ! -e "$program" ]
}

# One number everywhere: the mirror of the hook, what installs the wheel, and what pages say to paste.
test_wheel_is_asked_for_by_this_version() {
    expect 0 cat "$home/packaging/pre-commit-mirror/pyproject.toml"
    says "version = \"$version\""
    says "dependencies = [\"ngxlint==$version\"]"
    cd "$home"
    expect 0 git grep -hoE '(ngxlint==|rev: v|REPOSITORY@v)[0-9.]+[0-9]' -- docs integrations packaging/pre-commit-mirror
    [ "$(wc -l <<<"$said")" -gt 5 ]
    [ "$(sed -E 's/^[^0-9]*//' <<<"$said" | sort -u)" = "$version" ]
}
