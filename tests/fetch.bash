# What the tests/fetch-* have in common. Sourced, not run: bash, `set -euo pipefail`.

# enter DIRECTORY: makes it the current one, and waits until no other run is in it.
enter() {
    mkdir -p "$1"
    cd "$1"
    exec 9>.lock
    flock 9
}

# fetched NAME HOW [ARGUMENT…]: has from_HOW put what it brings into $new, and keeps what it says.
fetched() {
    local name=$1 how=$2
    shift 2
    new=$PWD/.new-$name
    work=$PWD/.work-$name
    log=$PWD/$name.log
    rm -rf "$new" "$work"
    mkdir "$new" "$work"
    # In a subshell of its own, not in a condition, so that `set -e` holds in it.
    set +e
    (set -e; cd "$work"; "from_$how" "$@") >"$log" 2>&1
    local status=$?
    set -e
    if [ "$status" != 0 ]; then
        tail -n 20 "$log" >&2
        fail "$name could not be fetched (the whole story: $log)"
    fi
    rm -rf "$work"
}

# unpacked PACKAGE…: downloads packages of Debian and unpacks them here; they are not installed.
unpacked() {
    apt_get download "$@"
    local package
    for package in ./*.deb; do dpkg-deb -x "$package" .; done
}

# needs PACKAGE…: installs those that are missing.
needs() {
    local missing
    mapfile -t missing < <(absent "$@")
    if [ "${#missing[@]}" = 0 ]; then return; fi
    if [ "$(id -u)" != 0 ]; then
        echo "missing packages, and this is not root: apt-get install ${missing[*]}"
        return 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt_get install -y --no-install-recommends "${missing[@]}"
}

# absent PACKAGE…: says which of them are not installed.
absent() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
    done
}

# apt_get ARGUMENT…: once more with new lists if need be. A mirror may be slow to answer, another
# apt-get may hold a lock.
apt_get() {
    local patient=(-o Acquire::Retries=3 -o DPkg::Lock::Timeout=120)
    apt-get "${patient[@]}" "$@" && return
    apt-get "${patient[@]}" update || { sleep 10; apt-get "${patient[@]}" update; }
    apt-get "${patient[@]}" "$@"
}

say() {
    echo "tests/${0##*/}: $*" >&2
}

fail() {
    say "$@"
    exit 1
}
