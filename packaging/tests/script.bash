# shellcheck shell=bash disable=SC2154,SC2164
# The scripts of the project, looked at by shellcheck.

test_script_by_shellcheck() {
    cd "$home"
    local scripts=()
    mapfile -t scripts < <(git grep -lIE '^#!/usr/bin/env bash|^#!/bin/(ba)?sh' -- ':!rules' ':!*.rs')
    scripts+=(packaging/tests/*.bash)
    [ "${#scripts[@]}" -gt 8 ]
    shellcheck --external-sources "${scripts[@]}"
}
