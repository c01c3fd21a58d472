"""All that is known of one release, in one form: out of its source, or out of the fact files."""

import functools
import re

import defaults
import directives
import facts
import values
import variables

# What the files hold that the source does not say in a form this program reads.
BY_HAND = {
    ("defaults", "keepalive"): "read by hand",
    ("defaults", "proxy_set_header"): "read by hand",
    ("defaults", "variables_hash_max_size"): "read by hand",
}


class Release:
    """Tables by kind of fact; keys are (name, family, module) or, for variables, (name, family)."""

    def __init__(self, version):
        self.version = version
        self.directives = {}
        self.variables = {}
        self.values = {}
        self.parameters = {}
        self.bounds = {}
        self.defaults = {}
        # The files that define variables.
        self.paths = {}

    KINDS = ("directives", "variables", "values", "parameters", "bounds", "defaults")


@functools.cache
def of_source(source):
    release = Release(source.version)
    commands = directives.read(source)
    for command in commands:
        release.directives.setdefault(key(command), []).append(
            {name: value for name, value in command.facts.items() if name != "family"}
        )
    for (name, family, path), stated in variables.read(source).items():
        entry = {"flags": stated["flags"], "prefix": stated.get("prefix", False)}
        release.variables.setdefault((name, family), []).append(entry)
        release.variables[name, family].sort(key=str)
        release.paths[name, family] = path
    for command, kind, words in values.words(source, commands):
        release.values[key(command)] = {"kind": kind, "words": words}
    for command, words in values.parameters(source, commands):
        release.parameters[key(command)] = words
    for command, low, high in values.bounds(source, commands):
        release.bounds[key(command)] = [low, high]
    for command, text in defaults.read(source, commands):
        release.defaults[key(command)] = text
    return release


def key(command):
    return command.name, command.facts["family"], command.module


def of_files(files, version):
    release = Release(version)
    for name, definitions in files["directives"]["directives"].items():
        for one in definitions:
            found = facts.at(one["ranges"], version)
            if found:
                place = release.directives.setdefault((name, one["family"], one["src"]), [])
                place.append(facts.stated(found))
    for name, definitions in files["variables"]["variables"].items():
        for one in definitions:
            found = facts.at(one["ranges"], version)
            if found:
                entry = {"flags": found.get("flags", []), "prefix": one.get("prefix", False)}
                place = release.variables.setdefault((name, one["family"]), [])
                place.append(entry)
                place.sort(key=str)
    changes = files["changes"]
    for name, one in each(changes["values"]):
        words = sorted(word for word, spans in one["values"].items() if facts.known(spans, version))
        if words:
            release.values[name, one["family"], one["src"]] = {"kind": one["kind"], "words": words}
    for name, one in each(changes["parameters"]):
        spans = one["parameters"].items()
        words = sorted(word for word, spans in spans if facts.known(spans, version))
        if words:
            release.parameters[name, one["family"], one["src"]] = words
    for name, one in each(changes["bounds"]):
        found = facts.at(one["ranges"], version)
        if found:
            release.bounds[name, one["family"], one["src"]] = [found["min"], found["max"]]
    for name, one in each(changes["defaults"]):
        found = facts.at(one["ranges"], version)
        if found and not one.get("read_by_hand"):
            release.defaults[name, one["family"], one["src"]] = found["default"]
    return release


def each(table):
    for name, definitions in table.items():
        for one in definitions:
            yield name, one


def left_out(source):
    """Modules that `auto` names a file of, but of which the source has none: an archive made for
    Unix has nothing of Windows."""
    named = set(re.findall(r"\bsrc/[\w/]+/(ngx_\w+_module)\.c\b", source.configure()))
    there = {path.rsplit("/", 1)[-1].removesuffix(".c") for path in source.paths()}
    return named - there


def differences(source, files):
    """What the files say of the release and the source does not, or the other way round: lines to
    print; and how many facts were compared."""
    release, skipped = of_source(source), left_out(source)
    known = of_files(files, source.version)
    lines, compared = [], {}
    for kind in Release.KINDS:
        there, here = getattr(release, kind), getattr(known, kind)
        places = sorted(set(there) | set(here))
        places = [place for place in places if place[-1] not in skipped]
        compared[kind] = len(places)
        for place in places:
            if (kind, place[0]) not in BY_HAND and not same(kind, there.get(place), here.get(place)):
                where = f"{place[0]} ({', '.join(place[1:])})"
                lines.append(f"{kind}: {where}: source {there.get(place)}, files {here.get(place)}")
    return lines, compared, sorted(skipped)


def same(kind, there, here):
    if kind == "values" and there and here:
        # `bitmask/enum`: it was one, and is the other.
        return there["words"] == here["words"] and there["kind"] in here["kind"].split("/")
    return there == here
