"""Words: those of enumerations and bit masks, and those that handlers compare with; bounds."""

import functools
import re

import c

KINDS = {"ngx_conf_enum_t": "enum", "ngx_conf_bitmask_t": "bitmask"}
COMPARISON = re.compile(r"\b(?:ngx_str(?:n?cmp|n?casecmp|casestrn)|ngx_memcmp)\s*\(")
TABLE = re.compile(r"\b(ngx_\w+_(?:masks?|flags|methods?))\b")

# Functions of other files that read words of a directive's arguments.
HELPERS = {"ngx_conf_set_flag_slot", "ngx_log_set_log", "ngx_resolver_create", "ngx_syslog_process_conf"}

# Words that are looked for where a request is served, since they may come from variables.
LATE = {"proxy_cookie_flags": "ngx_http_proxy_cookie_flags_masks"}

# Slots that read more words than their type says.
SLOTS = {"bind", "cache_path", "cache_valid", "custom", "keyval_if_not_empty", "mime_types"}

# What handlers compare with that is not a word of the directive: addresses, whole values that are
# dealt with apart, the text of Perl, the beginning of a file.
NO_WORDS = {
    "unix:", "$scheme", "${scheme}", "$document_root", "${document_root}", "$realpath_root",
    "${realpath_root}", "255.255.255.255", "sub ", "sub{", "use ", "utf-8",
}


def words(source, commands):
    """For each command with a table of words behind it: (command, kind, words)."""
    for command in commands:
        pointer = re.fullmatch(r"&?\s*(\w+)", command.post)
        kind = command.facts["type"]
        if not pointer or kind not in ("enum", "bitmask", "custom"):
            continue
        table = find(source, command.path, pointer.group(1))
        if table:
            yield command, table[0], table[1]


@functools.cache
def tables(source):
    """Every table of words: name to (file, kind, rows)."""
    found = {}
    for path in source.paths():
        for kind in KINDS:
            for name, rows in c.tables(source.text(path), kind):
                found.setdefault(name, []).append((path, KINDS[kind], rows))
    return found


def find(source, path, name):
    """The table of that name, if need be of another file: its kind and its words."""
    known = tables(source).get(name, [])
    for _, kind, rows in sorted(known, key=lambda one: one[0] != path)[:1]:
        texts = [c.string(row[0]) for row, _ in rows if row]
        return kind, sorted({text for text in texts if text is not None})
    return None


def parameters(source, commands):
    """For each command with a handler of its own, the words that this compares with."""
    known = {}
    for path in source.paths():
        if path.endswith(".c"):
            for name, (_, body) in c.functions(source.text(path)).items():
                known.setdefault(name, []).append((path, body))
    for command in commands:
        if command.facts["type"] not in SLOTS:
            continue
        found, todo, seen = set(), [command.setter], set()
        if command.name in LATE:
            table = find(source, command.path, LATE[command.name])
            found |= set(table[1]) if table else set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for path, body in known.get(name, []):
                if path == command.path or name == command.setter or name in HELPERS:
                    found |= compared(source, path, body)
                    todo += re.findall(r"\b(ngx_\w+)\s*\(", body)
                    todo += re.findall(r"\bhandler\s*=\s*(ngx_\w+)\s*;", body)
        words = sorted(found - NO_WORDS)
        if words:
            yield command, words


def compared(source, path, body):
    found = set()
    for match in COMPARISON.finditer(body):
        arguments = c.fields(body[match.end() : c.closing(body, match.end() - 1) - 1])
        left, literals = arguments[0], [c.string(one) for one in arguments[1:2]]
        # What stands behind a prefix: `on` of `so_keepalive=on`.
        if re.search(r"data\[[^0]|data \+|\bp\b.*\+", left):
            continue
        found |= {literal for literal in literals if literal}
    for name in TABLE.findall(body):
        table = find(source, path, name)
        found |= set(table[1]) if table else set()
    if "ipv6only=o" in found:
        found = found - {"ipv6only=o"} | {"ipv6only=on|off"}
    return found


def bounds(source, commands):
    """For each command whose number is checked: the least and the greatest."""
    for command in commands:
        name = command.post.strip("& ")
        declared = re.compile(
            rf"\bngx_conf_num_bounds_t\s+{re.escape(name)}\s*=\s*"
            r"\{\s*ngx_conf_check_num_bounds\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\}"
        )
        match = declared.search(source.text(command.path)) if name else None
        if match:
            yield command, int(match.group(1)), int(match.group(2))
