"""Folds a release into the fact files, wherever on the numeric line it lies."""

import collect
import directives
import facts
from collect import each


def put(ranges, version, end, stated):
    """Makes a list of `{since, until, …}` say `stated` (`None`: nothing) from `version` to `end`,
    the next release, if there is one. Returns whether anything changed."""
    now = facts.at(ranges, version)
    if stated == (facts.stated(now) if now else None):
        return False
    pieces = []
    for one in ranges:
        if one is not now:
            pieces.append(one)
            continue
        if facts.key(one["since"]) < facts.key(version):
            pieces.append({**one, "until": version})
        if end is not None and one["until"] != end:
            pieces.append({**one, "since": end})
    if stated is not None:
        pieces.append({"since": version, "until": end, **stated})
    pieces.sort(key=lambda one: facts.key(one["since"]))
    ranges[:] = joined(pieces)
    if stated is not None:
        mark_backport(ranges, version, end)
    return True


def joined(pieces):
    out = []
    for one in pieces:
        if out and out[-1]["until"] == one["since"] and facts.stated(out[-1]) == facts.stated(one):
            mark = out[-1].get("backport_of") or one.get("backport_of")
            merged = {**out[-1], "until": one["until"]}
            merged.pop("backport_of", None)
            # What goes on to the present is no backport.
            out[-1] = {**merged, "backport_of": mark} if mark and one["until"] else merged
        else:
            out.append(one)
    return out


def mark_backport(ranges, version, end):
    """What a later release has too, with a hole between, was brought back from there."""
    new = facts.at(ranges, version)
    if end is None or new["since"] != version or new["until"] is None:
        return
    for later in ranges:
        alike = all(later.get(key) == new.get(key) for key in ("contexts", "args", "block", "flags"))
        if facts.key(later["since"]) > facts.key(new["until"]) and alike:
            new["backport_of"] = later["since"]
            return


def put_span(spans, version, end, there):
    """The same for a list of `[since, until]`."""
    ranges = [{"since": since, "until": until} for since, until in spans]
    changed = put(ranges, version, end, {} if there else None)
    spans[:] = [[one["since"], one["until"]] for one in ranges]
    return changed


def fold(files, source):
    """Puts a release into the files. Returns what a person must look at."""
    release, skipped = collect.of_source(source), set(collect.left_out(source))
    version, notes = release.version, []
    releases = files["directives"]["releases"]
    if version not in [one for one, _ in releases]:
        if source.date is None:
            raise SystemExit("a release that is new needs its date: --date YYYY-MM-DD")
        releases.append([version, source.date])
        releases.sort(key=lambda one: facts.key(one[0]))
    later = [one for one, _ in releases if facts.key(one) > facts.key(version)]
    end = later[0] if later else None
    for name in ("directives", "changes", "variables"):
        files[name]["_meta"]["latest"] = releases[-1][0]
    at = (version, end)
    fold_directives(files["directives"], release, at, skipped, notes)
    changes = files["changes"]
    modules = files["directives"]["modules"]
    paths = {path: documented(modules, name) for name, path, *_ in directives.modules(source)}
    homes = {place: paths.get(path, "?") for place, path in release.paths.items()}
    fold_variables(files["variables"], release, at, homes, notes)
    for kind, inner in (("values", "values"), ("parameters", "parameters")):
        fold_words(changes[kind], inner, getattr(release, kind), at, (modules, skipped, notes))
    fold_numbers(changes["bounds"], release.bounds, at, (modules, skipped, notes))
    fold_defaults(changes["defaults"], release, at, (modules, skipped, notes))
    return notes


def documented(modules, src):
    """The name of a module in the documentation, as far as there is one only."""
    names = modules.get(src, {}).get("nginx_org", [])
    return names[0] if len(names) == 1 else src


def definition(table, place, fresh):
    """The entry for (name, family, module) of a table, made if `fresh` is given."""
    name, family, src = place
    for one in table.get(name, []):
        if (one["family"], one.get("src")) == (family, src):
            return one
    if fresh is None:
        return None
    table.setdefault(name, []).append(fresh)
    table[name].sort(key=lambda one: (one["family"], one.get("src") or one["module"], one.get("ordinal", 0)))
    sort(table)
    return fresh


def sort(table):
    ordered = sorted(table.items())
    table.clear()
    table.update(ordered)


def fold_directives(facts_of, release, at, skipped, notes):
    table, modules = facts_of["directives"], facts_of["modules"]
    for place, stated in sorted(release.directives.items()):
        if len(stated) > 1:
            notes.append(f"{place[0]} stands twice in {place[2]}: by hand")
            continue
        if place[2] not in modules:
            modules[place[2]] = {"nginx_org": [place[2]], "ranges": []}
            sort(modules)
            notes.append(f"module {place[2]} is new: its documented name and `configure` by hand")
        fresh = {"family": place[1], "module": documented(modules, place[2]), "src": place[2]}
        known = definition(table, place, None)
        one = known or definition(table, place, {**fresh, "ranges": []})
        if put(one["ranges"], *at, stated[0]):
            notes.append(f"{place[0]} ({place[2]}) {'changed' if known else 'is new'}: {stated[0]}")
            if not known:
                notes.append(f"  `undocumented`, merge.json, deprecations of {place[0]} by hand")
    for name, one in each(table):
        place = (name, one["family"], one["src"])
        if place not in release.directives and one["src"] not in skipped:
            if put(one["ranges"], *at, None):
                notes.append(f"{name} ({one['src']}) is gone: deprecated_directives by hand")
    there = {place[2] for place in release.directives}
    for src, module in modules.items():
        if src not in skipped:
            put_span(module["ranges"], *at, src in there)


def fold_variables(facts_of, release, at, homes, notes):
    table = facts_of["variables"]
    for (name, family), entries in sorted(release.variables.items()):
        ours = [one for one in table.get(name, []) if one["family"] == family]
        if len(entries) > 1:
            notes.append(f"${name} is defined twice in {family}: by hand")
            continue
        stated = {"flags": entries[0]["flags"]} if entries[0]["flags"] else {}
        current = [one for one in ours if facts.at(one["ranges"], at[0])] or ours[-1:]
        if not current:
            fresh = {"family": family, "module": homes.get((name, family), "?")}
            if entries[0]["prefix"]:
                fresh["prefix"] = True
            current = [{**fresh, "ranges": []}]
            table.setdefault(name, []).extend(current)
            table[name].sort(key=lambda one: (one["family"], one["module"]))
            sort(table)
            notes.append(f"${name} ({family}) is new: its module, `undocumented` by hand")
        if put(current[0]["ranges"], *at, stated):
            notes.append(f"${name} ({family}): {stated or 'plain'}")
    for name, one in each(table):
        if (name, one["family"]) not in release.variables and put(one["ranges"], *at, None):
            notes.append(f"${name} ({one['family']}) is gone")


def fold_words(table, inner, found, at, context):
    modules, skipped, notes = context
    for place, words in sorted(found.items()):
        fresh = {"family": place[1], "module": documented(modules, place[2]), "src": place[2]}
        if inner == "values":
            fresh["kind"], words = words["kind"], words["words"]
        one = definition(table, place, {**fresh, inner: {}})
        for word in words:
            if put_span(one[inner].setdefault(word, []), *at, True):
                notes.append(f"{place[0]} knows {word}")
        sort(one[inner])
    for name, one in each(table):
        words = found.get((name, one["family"], one["src"]), [])
        words = words["words"] if isinstance(words, dict) else words
        for word, spans in one[inner].items():
            if word not in words and one["src"] not in skipped and put_span(spans, *at, False):
                notes.append(f"{name} no longer knows {word}: deprecated_parameters by hand")


def fold_numbers(table, found, at, context):
    modules, skipped, notes = context
    for place, (low, high) in sorted(found.items()):
        fresh = {"family": place[1], "module": documented(modules, place[2]), "src": place[2]}
        one = definition(table, place, {**fresh, "ranges": []})
        if put(one["ranges"], *at, {"min": low, "max": high}):
            notes.append(f"{place[0]} takes {low} to {high}")
    for name, one in each(table):
        if (name, one["family"], one["src"]) not in found and one["src"] not in skipped:
            put(one["ranges"], *at, None)


def fold_defaults(table, release, at, context):
    modules, skipped, notes = context
    for place, text in sorted(release.defaults.items()):
        fresh = {"family": place[1], "module": documented(modules, place[2]), "src": place[2]}
        one = definition(table, place, {**fresh, "ranges": []})
        if one.get("read_by_hand"):
            continue
        if put(one["ranges"], *at, {"default": text}):
            notes.append(f"{place[0]} ({place[2]}) defaults to {text}")
        mark_changed(one)
    for name, one in each(table):
        place = (name, one["family"], one["src"])
        if place in release.defaults or one["src"] in skipped:
            continue
        if one.get("read_by_hand"):
            notes.append(f"{name}: its default is read by hand, and was left as it is")
        elif put(one["ranges"], *at, None) and place in release.directives:
            notes.append(f"{name} ({one['src']}): its default cannot be read any more, and ends")


def mark_changed(one):
    if len({each["default"] for each in one["ranges"]}) > 1 and not one.get("changed"):
        docs = one.pop("docs", None)
        one["changed"] = True
        if docs is not None:
            one["docs"] = docs
