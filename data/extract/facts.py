"""The fact files: reading, writing, ranges."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
NAMES = ("directives", "changes", "merge", "repeat", "variables", "thirdparty", "messages")


def load(folder, name):
    return json.loads((Path(folder) / f"{name}.json").read_text())


def save(folder, name, facts):
    (Path(folder) / f"{name}.json").write_text(written(facts))


def written(facts):
    """One entry a line, two levels deep; `_meta` and `releases` each on one line, but for the
    sources of `thirdparty.json`."""
    lines = ["{"]
    for index, (key, value) in enumerate(facts.items()):
        comma = "," if index < len(facts) - 1 else ""
        if key == "_meta" and "sources" in value:
            rest = "".join(f"{line(k)}: {line(v)}, " for k, v in value.items() if k != "sources")
            lines.append(f'"_meta": {{{rest}"sources": {{')
            lines += entries(value["sources"])
            lines.append("}}" + comma)
        elif key in ("_meta", "releases"):
            lines.append(f"{line(key)}: {line(value)}{comma}")
        else:
            opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
            lines.append(f"{line(key)}: {opening}")
            lines += entries(value)
            lines.append(closing + comma)
    return "\n".join([*lines, "}", ""])


def entries(value):
    if isinstance(value, dict):
        texts = [f"{line(key)}: {line(one)}" for key, one in value.items()]
    else:
        texts = [line(one) for one in value]
    return [text + ("," if index < len(texts) - 1 else "") for index, text in enumerate(texts)]


def line(value):
    return json.dumps(value, ensure_ascii=False)


def key(version):
    """A version as numbers, to compare."""
    return tuple(map(int, version.split(".")))


def covers(since, until, version):
    return key(since) <= key(version) and (until is None or key(version) < key(until))


def at(ranges, version):
    """The range that covers a version, of a list of `{since, until, …}`; `None` if none does."""
    return next((one for one in ranges if covers(one["since"], one["until"], version)), None)


def known(spans, version):
    """Whether one of `[since, until]` covers a version."""
    return any(covers(since, until, version) for since, until in spans)


def stated(one):
    """What a range says, without where it holds."""
    return {key: value for key, value in one.items() if key not in ("since", "until", "backport_of")}
