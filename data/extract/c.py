"""As much of C as nginx's tables and handlers need."""

import re

STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def string(text):
    """The value of the string literals in `text`, put together; `None` if there is none."""
    pieces = STRING.findall(text)
    if not pieces:
        return None
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match.group(1), match.group(1)), "".join(pieces))


def closing(text, start):
    """The offset behind the bracket that closes the one at `start`."""
    pairs, open_ = {"(": ")", "[": "]", "{": "}"}, []
    offset = start
    while offset < len(text):
        char = text[offset]
        if char in "\"'":
            quoted = re.compile(r"\\.|" + char, re.S)
            offset += 1
            while (match := quoted.search(text, offset)) and match.group() != char:
                offset = match.end()
            if not match:
                return len(text)
            offset = match.end()
            continue
        if char in pairs:
            open_.append(pairs[char])
        elif open_ and char == open_[-1]:
            open_.pop()
            if not open_:
                return offset + 1
        offset += 1
    return len(text)


def fields(text):
    """Splits at the commas outside of brackets and strings."""
    parts, start, offset = [], 0, 0
    while offset < len(text):
        char = text[offset]
        if char in "([{\"'":
            if char in "\"'":
                match = re.compile(r'(?:\\.|[^\\' + char + r'])*' + char, re.S).match(text, offset + 1)
                offset = match.end() if match else len(text)
            else:
                offset = closing(text, offset)
            continue
        if char == ",":
            parts.append(text[start:offset].strip())
            start = offset + 1
        offset += 1
    if text[start:].strip():
        parts.append(text[start:].strip())
    return parts


def conditions(text):
    """For each line of `text`, what the preprocessor demands of it; `None`: it is never compiled."""
    stack, lines = [], []
    for line in text.split("\n"):
        match = re.match(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b(.*)", line)
        if match:
            word, rest = match.group(1), re.sub(r"\s+", " ", match.group(2)).strip()
            if word == "ifdef":
                stack.append(rest)
            elif word == "ifndef":
                stack.append(f"!{rest}")
            elif word == "if":
                stack.append(bare(rest))
            elif word in ("else", "elif") and stack:
                stack[-1] = negated(stack[-1])
            elif word == "endif" and stack:
                stack.pop()
        lines.append(None if "0" in stack else [one for one in stack if one != "!0"])
    return lines


def bare(condition):
    while condition.startswith("(") and closing(condition, 0) == len(condition):
        condition = condition[1:-1].strip()
    match = re.fullmatch(r"defined\s*\(?\s*(\w+)\s*\)?", condition)
    return match.group(1) if match else condition


def negated(condition):
    return condition[1:] if condition.startswith("!") else f"!{condition}"


def rows(text, start):
    """The rows `{ … }` of the table whose `{` is at `start`: each without the preprocessor's
    lines, and what it demands."""
    body = text[start + 1 : closing(text, start) - 1]
    before = conditions(text[:start])[-1] or []
    demands = conditions(body)
    out, offset = [], 0
    while (offset := body.find("{", offset)) >= 0:
        end = closing(body, offset)
        demand = demands[body.count("\n", 0, offset)]
        if demand is not None:
            row = re.sub(r"^\s*#.*$", "", body[offset + 1 : end - 1], flags=re.M)
            out.append((fields(row), before + demand))
        offset = end
    return out


def tables(text, kind):
    """Every table of that type in a file: its name and its rows."""
    for match in re.finditer(r"\b" + kind + r"\s+(\w+)\s*\[\s*\w*\s*\]\s*=\s*\{", text):
        yield match.group(1), rows(text, match.end() - 1)


def functions(text):
    """The functions of a file: name to (parameters, body)."""
    return {name: (parameters, body) for name, parameters, body in definitions(text)}


def definitions(text):
    """Every definition of a function: name, parameters, body. A name has several where the
    preprocessor chooses."""
    for match in re.finditer(r"^(\w+)\(([^;{}]*?)\)\s*\n\{", text, re.M):
        # Not by its brackets: where the preprocessor chooses between two lines that open a block,
        # one closes both. The last bracket of a function is the first at the start of a line.
        start = match.end() - 1
        end = text.find("\n}", start)
        yield match.group(1), match.group(2), text[start : end + 2 if end >= 0 else len(text)]


def defines(texts):
    """The macros without parameters."""
    found = {}
    for text in texts:
        joined = re.sub(r"\\\n", " ", text)
        for match in re.finditer(r"^\s*#\s*define\s+(\w+)[ \t]+(\S[^\n]*)$", joined, re.M):
            found.setdefault(match.group(1), match.group(2).strip())
    return found


def number(expression, macros, depth=0):
    """The value of an expression of numbers, macros and `| & ~ + - * / << ( )`; else `None`."""
    if depth > 20:
        return None
    words = re.sub(r"\(\s*(?:\w+_t|size_t|unsigned|void\s*\*)\s*\)", "", expression)
    failed = False

    def value(match):
        nonlocal failed
        found = number(macros[match.group()], macros, depth + 1) if match.group() in macros else None
        failed = failed or found is None
        return f"({found})"

    words = re.sub(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b", r"\1", words)
    words = re.sub(r"\b[A-Za-z_]\w*\b", value, words)
    if failed or not re.fullmatch(r"[\s0-9xXa-fA-F|&~+\-*/<>()]+", words):
        return None
    try:
        return int(eval(f"({words.replace('/', '//')})", {"__builtins__": {}}))  # numbers and operators only
    except (SyntaxError, ZeroDivisionError, TypeError, ValueError):
        return None
