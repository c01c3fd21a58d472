"""Reads nginx's own tables out of its source, to check the fact files and to add a release.

    python3 data/extract check                                   the files by themselves
    python3 data/extract verify --source DIR --version 1.28.3    the files against a release
    python3 data/extract verify --git REPO [--version V …]       … against tags; all without V
    python3 data/extract add --git REPO --version V              a release into the files
    python3 data/extract add --source DIR --version V --date YYYY-MM-DD
    python3 data/extract messages --source DIR --version V       a release into messages.json alone
    python3 data/extract rehearse --git REPO --version V …       take it out, add it again, compare
    python3 data/extract format                                  write the files as this program does

`--source` and `--version` may stand several times, in pairs. `--data FOLDER` works on other fact
files than those beside this program.
"""

import argparse
import sys

sys.dont_write_bytecode = True  # nothing but the fact files is written beside this program

import add
import check
import collect
import facts
import judgement
import rehearse
import source as sources

BY_HAND = """Left as it is, to be done by hand: `docs`, `defaults_documented_only`, `undocumented`,
`deprecated_*`, `behaviour`, `free_form_blocks`, `configure` of modules, merge.json,
`not_in_open_source`, thirdparty.json, `rule` and `not_text` of messages; and NEWEST in
src/nginx/version.rs."""


def main():
    parser = argparse.ArgumentParser(
        prog="data/extract", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("--git", metavar="REPO", help="a checkout of nginx with its tags")
    parser.add_argument("--source", action="append", metavar="DIR", help="a release unpacked")
    parser.add_argument("--version", action="append", default=[], metavar="V")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="when the release was made")
    parser.add_argument("--data", default=facts.FOLDER, metavar="FOLDER")
    options = parser.parse_args()
    return VERBS[options.verb](options)


def check_files(options):
    problems = list(check.problems(options.data))
    print("\n".join([*problems, f"{len(problems)} problems"]))
    return 1 if problems else 0


def verify(options):
    files, failed = load(options), 0
    for source in given(options):
        lines, compared, skipped = collect.differences(source, files)
        unlike, compared["messages"] = judgement.differences(source, files["messages"])
        lines += unlike
        for line in lines:
            print(f"{source.version}: {line}")
        counts = ", ".join(f"{number} {kind}" for kind, number in compared.items())
        print(f"{source.version}: {counts} compared, {len(lines)} differ")
        for module in skipped:
            print(f"{source.version}: {module} left out: its file is not in this source")
        failed += len(lines)
    return 1 if failed else 0


def add_release(options):
    files = load(options)
    for source in given(options):
        for note in add.fold(files, source) + judgement.fold(files["messages"], source):
            print(f"{source.version}: {note}")
    for name in ("directives", "changes", "variables", "messages"):
        facts.save(options.data, name, files[name])
    print(BY_HAND)
    return check_files(options)


def add_messages(options):
    files = load(options)
    for source in given(options):
        for note in judgement.fold(files["messages"], source):
            print(f"{source.version}: {note}")
    facts.save(options.data, "messages", files["messages"])
    return check_files(options)


def rehearse_releases(options):
    files, all_, failed = load(options), list(given(options)), 0
    trials = [(f"{one.version} out and in", rehearse.in_place(files, one)) for one in all_]
    trials.append(("everything since out, and in", rehearse.in_turn(files, all_)))
    for what, lines in trials:
        print("\n".join([*lines, f"{what}: {len(lines)} differ"]))
        failed += len(lines)
    return 1 if failed else 0


def format_files(options):
    for name, content in load(options).items():
        facts.save(options.data, name, content)
    return 0


def load(options):
    return {name: facts.load(options.data, name) for name in facts.NAMES}


def given(options):
    if options.source and len(options.version) == len(options.source):
        for folder, version in zip(options.source, options.version):
            yield sources.Source.of_directory(folder, version, options.date)
    elif options.git and (options.version or options.verb == "verify"):
        for version in options.version or sources.tags(options.git):
            yield sources.Source.of_tag(options.git, version)
    else:
        raise SystemExit("say which release: --source DIR --version V, or --git REPO --version V")


VERBS = {
    "check": check_files,
    "verify": verify,
    "add": add_release,
    "messages": add_messages,
    "rehearse": rehearse_releases,
    "format": format_files,
}

if __name__ == "__main__":
    sys.exit(main())
