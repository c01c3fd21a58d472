"""Every error and warning that nginx's configuration code can write, out of a release's source: what
is reached from the tables of its modules and from where a configuration is taken up, and not from
where requests are served."""

import functools
import re
from collections import namedtuple

import c

Message = namedtuple("Message", "src family text form level directives")

# What takes up a configuration, beside what the tables of a module name.
ROOTS = ("ngx_init_cycle", "ngx_conf_param")

# What reads the lines inside of a block, and every file.
PARSER = "ngx_conf_parse"

# Reached, but by no configuration: what sockets are given after `-t` has ended, and two for debugging.
LEFT_OUT = {
    "ngx_configure_listening_sockets",
    "ngx_log_abort",
    "ngx_log_redirect_stderr",
    "ngx_memcpy",
}

# Tables whose functions are called while a configuration is taken up.
TABLES = re.compile(
    r"\b(?:ngx_(?:core|http|stream|mail)_module_t|ngx_conf_post_t|ngx_conf_deprecated_t"
    r"|ngx_conf_num_bounds_t|ngx_ssl_cache_type_t)\s+(\w+)\s*(?:\[\s*\])?\s*=\s*\{"
)
POINTER = re.compile(r"\bngx_conf_post_handler_pt\s+(\w+)\s*=\s*(\w+)")
EVENT_MODULE = re.compile(r"\bngx_event_module_t\s+\w+\s*=\s*\{")
MODULE = re.compile(r"\bngx_module_t\s+\w+\s*=\s*\{")
INIT_MODULE = 5  # its place among the fields, behind NGX_MODULE_V1
HANDLER, POST = 2, 5  # the places in the row of a directive

# A function that is handed over, to be called before the first request is.
HANDED_OVER = [
    re.compile(pattern)
    for pattern in (
        r"\b(?:cf|pcf)(?:\.|->)handler\s*=\s*(\w+)",
        r"\binit_upstream\s*=\s*(\w+)",
        r"\binit_upstream\s*\?[^:;]+:\s*(\w+)",
        r"\b\w*zone(?:\.|->)init\s*=\s*(\w+)",
        r"\bSSL_CTX_set_default_passwd_cb\s*\([^,]+,\s*(\w+)",
        r"\b(ngx_ssl_cache_types)\s*\[",
        r"\bcb\s*=\s*(ngx_\w+)",
    )
]
CALLED = re.compile(r"\b(\w+)\s*\(")

LEVELS = {f"NGX_LOG_{name}": name.lower() for name in ("EMERG", "ALERT", "CRIT", "WARN")}
LEVELS["NGX_LOG_ERR"] = "error"

LOGGED = re.compile(r"\b(?:ngx_conf_log_error|ngx_log_error|ngx_ssl_error)\s*\(")
RETURNED = re.compile(r"\breturn\s+((?:[^;\"]*\?)?\s*(?:\(char \*\)\s*)?\"[^;]*);")
HANDED_BACK = re.compile(r"(?:->err|\*err)\s*=\s*((?:\(char \*\)\s*)?\"[^;]*);")
PRINTED = re.compile(r"\bngx_v?snprintf\s*\(")
LITERAL = re.compile(r'"(?:\\.|[^"\\])*"')
NAME_OR_LITERAL = re.compile(LITERAL.pattern + r"|\b[A-Za-z_]\w*\b")


@functools.cache
def read(source):
    """The messages of a release, in the order of files and of the places in them."""
    code = Code(source)
    reached = code.reached(code.roots())
    directives = code.directives()
    out = []
    for path, name in sorted(reached, key=lambda one: (one[0], code.place(*one))):
        names = sorted(directives.get((path, name), ()))
        src = path.rsplit("/", 1)[-1].removesuffix(".c")
        for text, form, level in messages(code.body(path, name), code.macros):
            out.append(Message(src, family(path), text, form, level, names))
    return out


def family(path):
    """What a file belongs to."""
    room = path.split("/")[1]
    return room if room in ("http", "mail", "stream") else "core"


class Code:
    """The functions of a release, and which calls which."""

    def __init__(self, source):
        paths = [path for path in source.paths() if "win32" not in path]
        headers = [source.text(path) for path in paths if path.endswith(".h")]
        self.macros = c.defines(headers)
        self.macros.pop("NGINX_VERSION", None)  # what stands for it is the same in every release
        self._texts = {path: compiled(source.text(path)) for path in paths if path.endswith(".c")}
        self._functions, self._paths = {}, {}
        for path, text in self._texts.items():
            bodies = self._functions[path] = {}
            for name, _, body in c.definitions(text):
                bodies[name] = bodies.get(name, "") + body
            for name, names in tables(text):
                # A table counts as a function that calls those it names.
                bodies.setdefault(name, " ".join(f"{one}(" for one in names))
            for name in bodies:
                self._paths.setdefault(name, []).append(path)

    def body(self, path, name):
        return self._functions[path][name]

    def place(self, path, name):
        return list(self._functions[path]).index(name)

    def find(self, name, path):
        """The function of that name that a file means: its own, or that of another."""
        paths = self._paths.get(name, ())
        return (path if path in paths else paths[0], name) if paths else None

    def roots(self):
        for name in ROOTS:
            for path in self._paths.get(name, ()):
                yield path, name
        for path, text in self._texts.items():
            named = [name for name, _ in tables(text)]
            for pattern, wanted in ((EVENT_MODULE, slice(1, 3)), (MODULE, slice(INIT_MODULE, INIT_MODULE + 1))):
                for match in pattern.finditer(text):
                    named += c.fields(text[match.end() : c.closing(text, match.end() - 1) - 1])[wanted]
            for _, row in commands(text):
                named += [row[HANDLER], row[POST].lstrip("& ")]
            yield from filter(None, (self.find(name, path) for name in named))

    @functools.cache
    def calls(self, path, name):
        body = self.body(path, name)
        names = {match.group(1) for match in CALLED.finditer(body)}
        for pattern in HANDED_OVER:
            names |= {match.group(1) for match in pattern.finditer(body)}
        return [one for one in (self.find(called, path) for called in names - LEFT_OUT) if one]

    def reached(self, roots, without=None):
        seen, todo = set(), list(roots)
        while todo:
            one = todo.pop()
            if one not in seen and one[1] != without:
                seen.add(one)
                todo += self.calls(*one)
        return seen

    def directives(self):
        """By function, the directives whose own code reaches it. What is said of the lines inside of
        a block is said of other directives."""
        found = {}
        for path, text in self._texts.items():
            for name, row in commands(text):
                named = (row[HANDLER], row[POST].lstrip("& "))
                roots = [one for one in (self.find(one, path) for one in named) if one]
                whole = "NGX_MAIN_CONF" in row[1] and "NGX_CONF_BLOCK" in row[1]
                for one in roots if whole else self.reached(roots, PARSER):
                    found.setdefault(one, set()).add(name)
        return found


def compiled(text):
    """A file without the lines that are never compiled."""
    lines = zip(text.split("\n"), c.conditions(text))
    return "\n".join("" if demand is None else line for line, demand in lines)


def tables(text):
    """The tables of a file that name functions: their own names, and those."""
    for match in TABLES.finditer(text):
        body = text[match.end() - 1 : c.closing(text, match.end() - 1)]
        yield match.group(1), re.findall(r"\bngx_\w+", body)
    for match in POINTER.finditer(text):
        yield match.group(1), [match.group(2)]


def commands(text):
    """The directives of a file: name and row."""
    for _, rows in c.tables(text, "ngx_command_t"):
        for row, _ in rows:
            name = c.string(row[0])
            if name is not None:
                yield name, row


def messages(body, macros):
    """What a function may write or hand back: text, form, level."""
    for match in LOGGED.finditer(body):
        level, *_, text = arguments(body, match)[:4]
        if level in LEVELS:
            yield from ((one, "message", LEVELS[level]) for one in texts(text, macros))
    for pattern, form in ((RETURNED, "returned"), (HANDED_BACK, "part")):
        for match in pattern.finditer(body):
            yield from ((one, form, "emerg") for one in texts(match.group(1), macros) if one)
    for match in PRINTED.finditer(body):
        buffer, _, text = arguments(body, match)[:3]
        if re.search(r"\berr\b", buffer):
            yield from ((one, "part", "emerg") for one in texts(text, macros))


def arguments(body, call):
    """What is given to a call, from the match that ends in its bracket."""
    return c.fields(body[call.end() : c.closing(body, call.end() - 1) - 1])


def texts(expression, macros):
    """The texts that an expression may be: none, if it is a variable. A name that no header defines
    stands in it as `<NAME>`."""
    if "?" in LITERAL.sub("", expression):
        return [c.string(one) for one in LITERAL.findall(expression)]
    parts = []
    for word in NAME_OR_LITERAL.findall(expression):
        value = macros.get(word, word)
        if value.startswith('"'):
            parts.append(c.string(value))
        elif word.isupper():
            parts.append(f"<{word}>")
        elif word != "char":
            return []
    return ["".join(parts)] if parts else []
