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

# What runs on the machines of others asks for no more than the bash 3.2 of macOS.
test_script_of_the_action_asks_for_no_new_bash() {
    cd "$home"
    local new='mapfile|readarray|coproc|(declare|local|typeset) -[a-zA-Z]*[An]|read -[a-z]*[iN]|\$\{[a-zA-Z_]+(,|\^|@)|&>>|\|&'
    echo "mapfile -d '' -t all" | grep -qE "$new"
    expect 1 grep -nE "$new" integrations/github/*
}
