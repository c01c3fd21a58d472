"""What must hold of the fact files, whatever they say."""

import facts
import judgement

FAMILIES = {"any", "core", "http", "mail", "stream"}
CONTEXTS = set(
    "main events http server location upstream if_in_server if_in_location limit_except stream "
    "stream_server stream_upstream mail mail_server imap imap_server".split()
)
WORDS = {"flag", "any", "1+", "2+"}


def problems(folder):
    """Every breach, as a line."""
    for name in facts.NAMES:
        text = (facts.Path(folder) / f"{name}.json").read_text()
        if facts.written(facts.load(folder, name)) != text:
            yield f"{name}.json is not written as this program writes it: `format` mends that"
    files = {name: facts.load(folder, name) for name in facts.NAMES}
    releases = [version for version, _ in files["directives"]["releases"]]
    if releases != sorted(set(releases), key=facts.key):
        yield "releases are not in order"
    for name in ("directives", "changes", "variables"):
        if files[name]["_meta"]["latest"] != releases[-1]:
            yield f"{name}.json: latest is not {releases[-1]}"
    known = set(releases)
    yield from directives(files["directives"], known)
    yield from changes(files["changes"], files["directives"]["directives"], known)
    yield from variables(files["variables"], known)
    yield from merges(files["merge"], files["directives"]["directives"])
    yield from repeats(files["repeat"], files["directives"]["directives"])
    yield from thirdparty(files["thirdparty"])
    yield from judgement.problems(files["messages"], files["directives"]["directives"], known)


def directives(table, known):
    yield from ordered("directives", table["directives"])
    yield from ordered("modules", table["modules"])
    for name, definitions in table["directives"].items():
        places = [(one["family"], one["src"], one.get("ordinal", 0)) for one in definitions]
        if places != sorted(set(places)):
            yield f"{name}: definitions are not in order"
        for one in definitions:
            yield from ranges(f"{name} ({one['src']})", one["ranges"], known)
            if one["family"] not in FAMILIES or one["src"] not in table["modules"]:
                yield f"{name}: family {one['family']}, module {one['src']}"
            for range_ in one["ranges"]:
                args = range_["args"]
                counts = isinstance(args, list) and args and args == sorted(set(args))
                if not set(range_["contexts"]) <= CONTEXTS or not range_["contexts"]:
                    yield f"{name}: contexts {range_['contexts']}"
                if not (counts and set(args) <= set(range(8)) or not counts and args in WORDS):
                    yield f"{name}: args {args}"


def changes(table, directives_, known):
    for kind in ("values", "parameters", "bounds", "defaults", "defaults_documented_only",
                 "deprecated_directives", "free_form_blocks"):
        yield from ordered(kind, table[kind])
    for kind in ("values", "parameters", "bounds", "defaults", "deprecated_directives"):
        for name, definitions in table[kind].items():
            for one in definitions:
                if kind == "deprecated_directives":
                    yield from ranges(f"{kind} {name}", [one], known)
                    continue
                if not any(one["src"] == own["src"] for own in directives_.get(name, [])):
                    yield f"{kind}: {name} is no directive of {one['src']}"
                if kind in ("values", "parameters"):
                    yield from ordered(f"{kind} {name}", one[kind])
                    for word, spans in one[kind].items():
                        spelled = [{"since": since, "until": until} for since, until in spans]
                        yield from ranges(f"{name} {word}", spelled, known)
                else:
                    yield from ranges(f"{kind} {name}", one["ranges"], known)
    for one in table["deprecated_parameters"]:
        yield from ranges(f"{one['directive']} {one['parameter']}", [one], known)
    for one in table["behaviour"]:
        if one["version"] not in known:
            yield f"behaviour {one['topic']}: no release {one['version']}"


def variables(table, known):
    yield from ordered("variables", table["variables"])
    yield from ordered("not_in_open_source", table["not_in_open_source"])
    for name, definitions in table["variables"].items():
        for one in definitions:
            yield from ranges(f"${name}", one["ranges"], known)


def merges(table, directives_):
    yield from ordered("merge", table["merge"])
    for name, rows in table["merge"].items():
        families = [family for row in rows for family in row["families"]]
        if len(families) != len(set(families)):
            yield f"merge: {name} has a family twice"
        for row in rows:
            if name not in directives_ or row["merge"] not in ("scalar", "list", "none"):
                yield f"merge: {name}: {row['merge']}"
            if not set(row["families"]) <= {one["family"] for one in directives_.get(name, [])}:
                yield f"merge: {name}: families {row['families']}"


def repeats(table, directives_):
    yield from ordered("repeat", table["repeat"])
    for name, rows in table["repeat"].items():
        for row in rows:
            if name not in directives_ or row["repeat"] not in ("list", "name", "off"):
                yield f"repeat: {name}: {row['repeat']}"
            if not set(row["families"]) <= {one["family"] for one in directives_.get(name, [])}:
                yield f"repeat: {name}: families {row['families']}"


def thirdparty(table):
    sources = table["_meta"]["sources"]
    yield from ordered("sources", sources)
    for key, catalogue in table.items():
        if key != "_meta":
            yield from ordered(key, catalogue)
            if key not in sources:
                yield f"thirdparty: {key} has no source"


def ordered(what, table):
    names = list(table)
    if names != sorted(names):
        place = next(one for one, two in zip(names, sorted(names)) if one != two)
        yield f"{what}: {place} is out of order"


def ranges(what, list_, known):
    """In order, disjoint, not empty, of releases that were."""
    last = None
    for one in list_:
        since, until = one["since"], one["until"]
        for version in (since, until, one.get("backport_of")):
            if version is not None and version not in known:
                yield f"{what}: no release {version}"
        if until is not None and facts.key(until) <= facts.key(since):
            yield f"{what}: {since} to {until}"
        if last is not None and (last["until"] is None or facts.key(last["until"]) > facts.key(since)):
            yield f"{what}: {since} begins before {last['until']}"
        if last is not None and last["until"] == since and "contexts" in one:
            if facts.stated(last) == facts.stated(one):
                yield f"{what}: nothing changes at {since}"
        last = one
    if not list_:
        yield f"{what}: no range"
