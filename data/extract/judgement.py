"""The table of messages, messages.json: what a release says against it, and what must hold of it."""

import facts
import messages

FORMS = {None, "part", "returned"}
LEVELS = {"emerg", "alert", "crit", "error", "warn"}
FIELDS = "text form level family src seen rule not_text types directives note".split()


def place(one):
    """What makes an entry one of its own, and its place in the file."""
    return one["src"], one["text"], one.get("form") or "", one["level"]


def entries(source):
    """A release's messages as the table writes them, but for the judgement, by place."""
    found = {}
    for one in messages.read(source):
        form = {} if one.form == "message" else {"form": one.form}
        fresh = {"text": one.text, **form, "level": one.level, "family": one.family, "src": one.src}
        known = found.setdefault(place(fresh), {**fresh, "seen": [source.version], "directives": []})
        known["directives"] = sorted({*known["directives"], *one.directives})
    return found


def differences(source, table):
    """What the table says of a release it was read from and the release does not, or the other way
    round: lines to print; and how many messages were compared."""
    if source.version not in table["_meta"]["read"]:
        return [], 0
    there = entries(source)
    here = {place(one): one for one in table["messages"] if source.version in one["seen"]}
    lines = [f"messages: {shown(one)} is not in the table" for one in sorted(there.keys() - here.keys())]
    lines += [f"messages: {shown(one)} is not in the source" for one in sorted(here.keys() - there.keys())]
    return lines, len(there)


def fold(table, source):
    """Puts a release's messages into the table. Returns those that a person must judge."""
    version, there, notes = source.version, entries(source), []
    if version not in table["_meta"]["read"]:
        table["_meta"]["read"] = sorted([*table["_meta"]["read"], version], key=facts.key)
    for one in table["messages"]:
        with_it = {*one["seen"], version} if there.pop(place(one), None) else {*one["seen"]} - {version}
        one["seen"] = sorted(with_it, key=facts.key)
    for where, one in sorted(there.items()):
        notes.append(f"messages: {shown(where)} is new: `rule` or `not_text` by hand")
        table["messages"].append({name: one[name] for name in FIELDS if one.get(name)})
    table["messages"] = sorted((one for one in table["messages"] if one["seen"]), key=place)
    return notes


def shown(where):
    src, text, form, level = where
    return f"{src}: {level} {form + ' ' if form else ''}{text!r}"


def problems(table, directives, known):
    """Every breach of what must hold of the table, as a line."""
    places = [place(one) for one in table["messages"]]
    if places != sorted(set(places)):
        yield "messages are not in order, or one stands twice"
    reasons, read = table["_meta"]["reasons"], [*table["_meta"]["read"], *table["_meta"]["looked_at"]]
    used = {one.get("not_text") for one in table["messages"]} - {None}
    if reasons != sorted(used):
        yield f"messages: `reasons` is not what the entries name: {sorted(used ^ set(reasons))}"
    for version in read:
        if version not in known:
            yield f"messages: no release {version}"
    types = {range_["type"] for rows in directives.values() for one in rows for range_ in one["ranges"]}
    for one in table["messages"]:
        where = f"messages: {shown(place(one))}"
        if list(one) != [name for name in FIELDS if name in one]:
            yield f"{where}: fields {list(one)}"
        if ("rule" in one) == ("not_text" in one):
            yield f"{where}: neither `rule` nor `not_text`, or both"
        if one.get("form") not in FORMS or one["level"] not in LEVELS:
            yield f"{where}: form {one.get('form')}, level {one['level']}"
        if one["family"] not in ("core", "http", "mail", "stream"):
            yield f"{where}: family {one['family']}"
        if not one["seen"] or one["seen"] != sorted(set(one["seen"]) & set(read), key=facts.key):
            yield f"{where}: seen in {one['seen']}"
        for name in one.get("directives", []):
            if name not in directives:
                yield f"{where}: no directive {name}"
        if one.get("directives", []) != sorted(set(one.get("directives", []))):
            yield f"{where}: directives are not in order"
        if not set(one.get("types", [])) <= types:
            yield f"{where}: types {one['types']}"
