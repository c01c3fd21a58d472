"""Takes a release out of the fact files and folds it in again, to see that nothing is lost."""

import copy

import add
import facts

RANGES = {
    "directives": ("directives",),
    "changes": ("values", "parameters", "bounds", "defaults"),
    "variables": ("variables",),
}


def in_place(files, source):
    """What is not the same once a release has been taken out, and folded in where it was."""
    releases = [one for one, _ in files["directives"]["releases"]]
    without = thinned(files, [one for one in releases if one != source.version])
    return differences(files, folded(without, [source], files))


def in_turn(files, sources):
    """What is not the same once the files, as they were before the first of the releases, have had
    them folded in one by one, in whatever order they are given."""
    first = min(facts.key(source.version) for source in sources)
    releases = [one for one, _ in files["directives"]["releases"]]
    before = [one for one in releases if facts.key(one) < first]
    expected = thinned(files, before + [source.version for source in sources])
    return differences(expected, folded(thinned(files, before), sources, files))


def folded(files, sources, known):
    dates = dict(known["directives"]["releases"])
    for source in sources:
        source.date = dates.get(source.version)
        add.fold(files, source)
    return files


def differences(before, after):
    there, here = comparable(before), comparable(after)
    return [
        f"{' '.join(place)}: {there.get(place)} became {here.get(place)}"
        for place in sorted(set(there) | set(here))
        if there.get(place) != here.get(place)
    ]


def thinned(files, kept):
    """The files as they would be had only the releases `kept` been made."""
    files = copy.deepcopy(files)
    order = sorted(kept, key=facts.key)

    def next_kept(version):
        later = (one for one in order if facts.key(one) >= facts.key(version))
        return None if version is None else next(later, None)

    def thin(ranges):
        out = []
        for one in ranges:
            since, until = next_kept(one["since"]), one["until"] and next_kept(one["until"])
            mark = one.get("backport_of")
            if since is not None and since != until:
                thinner = {**one, "since": since, "until": until}
                if mark and next_kept(mark) is None:
                    del thinner["backport_of"]
                elif mark:
                    thinner["backport_of"] = next_kept(mark)
                out.append(thinner)
        ranges[:] = add.joined(out)

    releases = files["directives"]["releases"]
    releases[:] = [one for one in releases if one[0] in set(kept)]
    for name, tables in RANGES.items():
        for table in tables:
            for definitions in files[name][table].values():
                for one in definitions:
                    if "ranges" in one:
                        thin(one["ranges"])
                    for spans in one.get("values", one.get("parameters", {})).values():
                        spelled = [{"since": since, "until": until} for since, until in spans]
                        thin(spelled)
                        spans[:] = [[each["since"], each["until"]] for each in spelled]
    return files


def comparable(files):
    """Each fact that has a history, by where it stands. What is by hand is left out, and so is what
    has no range left."""
    found = {}
    for name, tables in RANGES.items():
        for table in tables:
            for key, definitions in files[name][table].items():
                for one in definitions:
                    place = (table, key, one["family"], one.get("src", ""), str(one.get("ordinal", 0)))
                    words = one.get("values", one.get("parameters"))
                    if words is not None:
                        said = {word: spans for word, spans in sorted(words.items()) if spans}
                    else:
                        said = one["ranges"]
                    if said:
                        found.setdefault(place, []).append(said)
    return found
