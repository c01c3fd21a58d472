"""Variables: those of tables, and those that modules add one by one."""

import re

import c

FAMILIES = {"http": "NGX_HTTP_VAR_", "stream": "NGX_STREAM_VAR_"}


def read(source):
    """Every variable: (name, family, file) to its facts."""
    found = {}
    for path in source.paths():
        text = source.text(path)
        for family, macro in FAMILIES.items():
            for _, rows in c.tables(text, f"ngx_{family}_variable_t"):
                for row, _ in rows:
                    if row and c.string(row[0]) and len(row) > 4:
                        add(found, c.string(row[0]), family, path, row[4], macro)
            for call in re.finditer(rf"\bngx_{family}_add_variable\s*\(", text):
                end = c.closing(text, call.end() - 1)
                arguments = c.fields(text[call.end() : end - 1])
                name = re.fullmatch(r"&\s*(\w+)", arguments[1]) if len(arguments) > 2 else None
                name = name and constant(text, name.group(1))
                if name:
                    add(found, name, family, path, arguments[2], macro)
    return found


def add(found, name, family, path, flags, macro):
    facts = {"flags": ["changeable"] if f"{macro}CHANGEABLE" in flags else []}
    if f"{macro}WEAK" in flags:
        facts["flags"].append("weak")
    if f"{macro}PREFIX" in flags:
        facts["prefix"] = True
    found[name, family, path] = facts


def constant(text, name):
    """The value of a constant `ngx_str_t`."""
    match = re.search(rf"\bngx_str_t\s+{name}\s*=\s*ngx_string\(([^)]*)\)", text)
    return c.string(match.group(1)) if match else None
