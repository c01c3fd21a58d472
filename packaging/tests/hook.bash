# shellcheck shell=bash disable=SC2154,SC2016,SC2164
# The hooks of pre-commit, run by pre-commit in a repository that is made for it.

# a_repository: makes one with an nginx configuration that is right, and commits it.
a_repository() {
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PRE_COMMIT_HOME=$work/cache
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
    export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
    git init -q "$work/repository"
    cd "$work/repository"
    mkdir -p nginx/conf.d nginx/snippets
    cat >nginx/nginx.conf <<'EOF'
events {}

http {
    log_format short "$remote_addr $request";
    include conf.d/*.conf;
}
EOF
    cat >nginx/conf.d/shop.conf <<'EOF'
server {
    listen 8000;
    access_log /var/log/nginx/shop.log short;

    location / {
        proxy_pass https://127.0.0.1:8443;
    }
}
EOF
    cat >nginx/conf.d/reports.conf <<'EOF'
server {
    listen 127.0.0.1:8443 ssl;
    ssl_reject_handshake on;
}
EOF
    echo 'exclude = ["nginx/snippets/**"]' >ngxlint.toml
    echo '# Notes' >nginx/README.md
    git add .
    git commit -q -m first
}

# hooked HOOK REPOSITORY: the hook is in force, from a repository that holds the manifest.
hooked() {
    git -C "$2" init -q
    git -C "$2" add .
    git -C "$2" commit -q -m hook
    printf 'repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: %s\n' \
        "$2" "$(git -C "$2" rev-parse HEAD)" "$1" >.pre-commit-config.yaml
    git add .pre-commit-config.yaml
    git commit -q -m 'have a hook'
    pre-commit install
}

# yaml_of PAGE: the first YAML in it.
yaml_of() {
    sed -n '/^```yaml/,/^```/{/^```/!p;/^```$/q}' "$1"
}

# configured PAGE: the configuration of pre-commit in a page is in force.
configured() {
    yaml_of "$1" >.pre-commit-config.yaml
    pre-commit validate-config
    git add .pre-commit-config.yaml
    git commit -q -m 'have a hook'
    pre-commit install
}

# commits STATUS: commits everything, and it ends so. What failed is taken back.
commits() {
    git add .
    expect "$1" git commit -m change
    if [ "$1" != 0 ]; then git reset -q --hard; fi
}

# What a hook must do, whichever way it came.
a_hook_works() {
    # What is right passes.
    sed -i 's/8000/8001/' nginx/conf.d/shop.conf
    commits 0
    says 'ngxlint..................................................................Passed'

    # A fragment alone is understood from its root: its other side stands in another file, which is not
    # reported.
    sed -i 's/https:/http:/' nginx/conf.d/shop.conf
    commits 1
    says 'nginx/conf.d/shop.conf:6:9'
    says '[plaintext-to-tls-upstream]'

    # A root stands for all that it includes: what its change breaks is reported in a file that did not
    # change.
    sed -i '/log_format/d' nginx/nginx.conf
    commits 1
    says 'nginx/conf.d/shop.conf:3'
    says '[undefined-zone]'

    # All that is committed is excluded, by the settings or by its name: nothing to do, and it passes.
    echo 'nonsense' >nginx/snippets/theirs.conf
    commits 0
    says 'Passed'
    echo 'more' >>nginx/README.md
    commits 0
    says '(no files to check)Skipped'
}

test_hook_of_the_system() {
    a_repository
    mkdir "$work/hooks"
    cp "$home/.pre-commit-hooks.yaml" "$work/hooks/"
    hooked ngxlint-system "$work/hooks"
    PATH="$built:$PATH" a_hook_works
}

# Compiled from this repository, in the environment that pre-commit makes for it. The variables only
# make that quick: what it installs, and from what, is pre-commit's own doing.
test_hook_of_the_source() {
    a_repository
    mkdir "$work/hooks"
    git -C "$home" ls-files -z | tar -C "$home" -c --null -T - | tar -C "$work/hooks" -x
    export CARGO_TARGET_DIR=${built%/debug}/hook CARGO_PROFILE_RELEASE_OPT_LEVEL=0
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
    hooked ngxlint-rust "$work/hooks"
    a_hook_works
    [ -x "$(find "$PRE_COMMIT_HOME" -path '*/bin/ngxlint')" ]
}

# What the pages say to paste works when it is pasted.
test_hook_of_the_pages() {
    a_repository
    configured "$home/docs/integrations/pre-commit.md"
    cp .pre-commit-config.yaml "$work/other.yaml"
    PATH="$built:$PATH" a_hook_works
    yaml_of "$home/README.md" >.pre-commit-config.yaml
    cmp .pre-commit-config.yaml "$work/other.yaml"
}

# The mirror installs the wheel, from an index that holds nothing else.
test_hook_of_the_wheel() {
    a_wheel
    a_repository
    cp -r "$home/packaging/pre-commit-mirror" "$work/mirror"
    export PIP_NO_INDEX=1 PIP_FIND_LINKS="$work/wheels $tools/wheels"
    hooked ngxlint "$work/mirror"
    a_hook_works
    [ -x "$(find "$PRE_COMMIT_HOME" -path '*/bin/ngxlint')" ]
}

test_hook_manifests_are_valid() {
    pre-commit validate-manifest "$home/.pre-commit-hooks.yaml" \
        "$home/packaging/pre-commit-mirror/.pre-commit-hooks.yaml"
}

# The hooks differ in how they come, in nothing else.
test_hook_manifests_agree() {
    python - "$home" <<'EOF'
import pathlib, sys, yaml
home = pathlib.Path(sys.argv[1])
read = lambda path: yaml.safe_load((home / path).read_text())
here, mirror = read(".pre-commit-hooks.yaml"), read("packaging/pre-commit-mirror/.pre-commit-hooks.yaml")
assert [one["id"] for one in here] == ["ngxlint-rust", "ngxlint-system", "ngxlint-docker"]
assert [one["id"] for one in mirror] == ["ngxlint"]
own = {"id", "language", "description"}
rest = [{key: value for key, value in one.items() if key not in own} for one in here + mirror]
assert all(one == rest[0] for one in rest), rest
EOF
}

# Names that are taken are those of configuration.
test_hook_takes_configuration_only() {
    python - "$home" <<'EOF'
import pathlib, re, sys, yaml
hook = yaml.safe_load((pathlib.Path(sys.argv[1]) / ".pre-commit-hooks.yaml").read_text())[0]
taken = lambda path: bool(re.search(hook["files"], path)) and not re.search(hook["exclude"], path)
for path in """nginx.conf nginx-prod.conf deploy/nginx.conf deploy/nginx.conf.j2 mime.types
    nginx/fastcgi_params conf.d/a.conf etc/nginx/conf.d/a/b.conf nginx/snippets/tls.inc
    nginx/templates/default.conf.template sites-enabled/example.com sites-available/shop shop.vhost
    roles/web/templates/nginx/site.conf.j2""".split():
    assert taken(path), path
for path in """README.md nginx/README.md nginx/Dockerfile nginx/ssl/a.pem src/nginx/main.rs redis.conf
    nginx/ngxlint.toml nginx/entrypoint.sh ngxlint.toml apache2/sites-available/000-default.conf
    httpd/conf.d/a.conf src/ngx_nginx.c mynginx.conf.d.txt""".split():
    assert not taken(path), path
EOF
}
