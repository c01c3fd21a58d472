"""What holds where a directive is not given, as merge and init functions set it."""

import re

import c
import values

CALL = re.compile(r"\b(ngx_conf_(?:merge|init)_\w*value|ngx_conf_merge_ptr_value)\s*\(")
POINTER = re.compile(r"\b(ngx_\w+_t)\s+\*\s*(\w+)\b")


def read(source, commands):
    """For each command whose default can be read: (command, default in nginx's notation)."""
    macros = c.defines(source.text(path) for path in source.paths())
    calls = {}
    for command in commands:
        field = re.fullmatch(r"offsetof\(\s*(\w+)\s*,\s*([\w.]+)\s*\)", command.field)
        if not field:
            continue
        if command.path not in calls:
            calls[command.path] = set_in(source.text(command.path))
        given = calls[command.path].get(field.groups())
        text = given and notation(source, command, given, macros)
        if text is not None:
            yield command, text


def set_in(text):
    """Every field that a function of the file sets: (struct, field) to the arguments."""
    found = {}
    for _, (parameters, body) in c.functions(text).items():
        types = {name: struct for struct, name in POINTER.findall(f"{parameters};{body}")}
        for call in CALL.finditer(body):
            arguments = c.fields(body[call.end() : c.closing(body, call.end() - 1) - 1])
            if arguments and arguments[0] == "cf":
                arguments = arguments[1:]
            target = re.fullmatch(r"&?\s*(\w+)->([\w.]+)", arguments[0]) if arguments else None
            if target and target.group(1) in types:
                given = arguments[2:] if "_merge_" in call.group(1) else arguments[1:]
                found.setdefault((types[target.group(1)], target.group(2)), given)
    return found


def notation(source, command, given, macros):
    """The default as a configuration writes it; `None`: the program cannot tell."""
    kind = command.facts["type"]
    if kind == "buffers" and len(given) == 2:
        if "ngx_pagesize" in given[0]:
            total = c.number(given[0].split("/")[0], macros)
            return total and f"{total // 4096} 4k|{total // 8192} 8k"
        count, size = c.number(given[0], macros), size_of(given[1], macros)
        return None if count is None or size is None else f"{count} {size}"
    if len(given) != 1:
        return None
    if kind == "string":
        text = c.string(macros.get(given[0], given[0]))
        # A cookie's attribute, which the handler puts together from the value.
        if text is None or text.startswith("; "):
            return None
        return text if given[0] in macros else f'"{text}"'
    if kind in ("enum", "bitmask"):
        return word_of(source, command, given[0], macros)
    if kind in ("size", "offset"):
        return size_of(given[0], macros)
    number = c.number(given[0], macros)
    if given[0].startswith("NGX_MAX_INT"):
        return "max"
    if number is None or number == -1:
        return None
    if kind == "flag":
        return {0: "off", 1: "on"}.get(number)
    if kind == "time_ms":
        return "0" if number == 0 else f"{number}ms" if number % 1000 else f"{number // 1000}s"
    if kind == "time_s":
        return f"{number}s" if number else "0"
    return str(number) if kind == "number" else None


def size_of(text, macros):
    if "MAX_OFF_T" in text or "MAX_SIZE_T" in text:
        return "max"
    pages = re.fullmatch(r"\(?\s*(?:\(size_t\)\s*)?(?:(\d+)\s*\*\s*)?ngx_pagesize\s*\)?", text)
    if pages:
        return f"{pages.group(1)}*pagesize" if pages.group(1) else "pagesize"
    number = c.number(text, macros)
    if number is None or number == -1:
        return None
    for unit, factor in (("m", 1 << 20), ("k", 1 << 10)):
        if number and number % factor == 0:
            return f"{number // factor}{unit}"
    return str(number)


def word_of(source, command, text, macros):
    """The words of the table behind the directive that make up a value."""
    known = values.tables(source).get(command.post.strip("& "), [])
    for _, _, rows in sorted(known, key=lambda one: one[0] != command.path)[:1]:
        return words_for(rows, text, macros)
    return None


def words_for(rows, text, macros):
    name = re.search(r"\bNGX_\w+_DEFAULT_\w+", text)
    if name:
        text = text.replace(name.group(), macros.get(name.group(), ""))
    wanted = {part.strip("() \n") for part in text.split("|")}
    wanted -= {"NGX_CONF_BITMASK_SET"}
    words = []
    for row, _ in rows:
        if len(row) < 2 or c.string(row[0]) is None:
            continue
        own = {part.strip("() \n") for part in row[1].split("|")} - {"NGX_CONF_BITMASK_SET"}
        same = c.number(row[1], macros)
        if own <= wanted or (same is not None and same == c.number(text, macros)):
            words.append((c.string(row[0]), own))
    covered = set().union(*(own for _, own in words)) if words else set()
    exact = [word for word, own in words if own == wanted or len(words) == 1]
    if exact:
        return exact[0]
    return " ".join(word for word, _ in words) if words and covered >= wanted else None
