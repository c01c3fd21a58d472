# shellcheck shell=bash disable=SC2154,SC2164
# The Debian package, installed into an empty root.

test_deb_is_installed_run_and_removed() {
    "$home/packaging/extras" "$built/ngxlint"
    "$home/packaging/deb" dev "$work/packages"
    local package
    package=$(echo packages/ngxlint_"$version"-1_*.deb)
    mkdir -p root/var/lib/dpkg/{info,triggers,updates}
    touch root/var/lib/dpkg/status
    # The root has no C library to depend on, and the images of CI leave out manuals: neither is asked here.
    local dpkg=(dpkg --root="$work/root" --log=/dev/null --force-depends --path-include='/usr/share/*')
    "${dpkg[@]}" --install "$package"
    expect 0 root/usr/bin/ngxlint version
    says "ngxlint $version"
    zcat root/usr/share/man/man1/ngxlint-check.1.gz | grep -F 'fail\-on' >/dev/null
    local completions=root/usr/share/bash-completion/completions/ngxlint
    bash -c ". $completions && complete -p ngxlint"
    for file in zsh/vendor-completions/_ngxlint fish/vendor_completions.d/ngxlint.fish doc/ngxlint/copyright; do
        [ -s "root/usr/share/$file" ]
    done
    "${dpkg[@]}" --remove ngxlint
    [ -z "$(find root -name '*ngxlint*' -not -path '*/dpkg/*')" ]
}
