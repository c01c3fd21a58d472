"""The tables `ngx_command_t`."""

import re

import c

FAMILIES = {
    "NGX_CORE_MODULE": "core",
    "NGX_EVENT_MODULE": "core",
    "NGX_CONF_MODULE": "any",
    "NGX_HTTP_MODULE": "http",
    "NGX_STREAM_MODULE": "stream",
    "NGX_MAIL_MODULE": "mail",
}

# By the kind of module that a block's directives are of: the same bits mean something else in each.
CONTEXTS = {
    "NGX_CORE_MODULE": [("NGX_MAIN_CONF", "main")],
    "NGX_EVENT_MODULE": [("NGX_EVENT_CONF", "events")],
    "NGX_HTTP_MODULE": [
        ("NGX_HTTP_MAIN_CONF", "http"),
        ("NGX_HTTP_SRV_CONF", "server"),
        ("NGX_HTTP_LOC_CONF", "location"),
        ("NGX_HTTP_UPS_CONF", "upstream"),
        ("NGX_HTTP_SIF_CONF", "if_in_server"),
        ("NGX_HTTP_LIF_CONF", "if_in_location"),
        ("NGX_HTTP_LMT_CONF", "limit_except"),
    ],
    "NGX_STREAM_MODULE": [
        ("NGX_STREAM_MAIN_CONF", "stream"),
        ("NGX_STREAM_SRV_CONF", "stream_server"),
        ("NGX_STREAM_UPS_CONF", "stream_upstream"),
    ],
    "NGX_MAIL_MODULE": [
        ("NGX_MAIL_MAIN_CONF", "mail"),
        ("NGX_MAIL_SRV_CONF", "mail_server"),
    ],
}

TYPES = {
    "ngx_conf_include": "include",
    "ngx_conf_set_access_slot": "access",
    "ngx_conf_set_bitmask_slot": "bitmask",
    "ngx_conf_set_bufs_slot": "buffers",
    "ngx_conf_set_enum_slot": "enum",
    "ngx_conf_set_flag_slot": "flag",
    "ngx_conf_set_keyval_slot": "keyval",
    "ngx_conf_set_msec_slot": "time_ms",
    "ngx_conf_set_num_slot": "number",
    "ngx_conf_set_off_slot": "offset",
    "ngx_conf_set_path_slot": "path",
    "ngx_conf_set_sec_slot": "time_s",
    "ngx_conf_set_size_slot": "size",
    "ngx_conf_set_str_array_slot": "string_array",
    "ngx_conf_set_str_slot": "string",
    "ngx_conf_set_unsupported": "unsupported",
    "ngx_http_file_cache_set_slot": "cache_path",
    "ngx_http_file_cache_valid_set_slot": "cache_valid",
    "ngx_http_set_complex_value_array_slot": "complex_array",
    "ngx_http_set_complex_value_size_slot": "complex_size",
    "ngx_http_set_complex_value_slot": "complex",
    "ngx_http_set_complex_value_zero_slot": "complex",
    "ngx_http_set_predicate_slot": "predicate",
    "ngx_http_types_slot": "mime_types",
    "ngx_http_upstream_bind_set_slot": "bind",
    "ngx_http_upstream_param_set_slot": "keyval_if_not_empty",
    "ngx_stream_set_complex_value_size_slot": "complex_size",
    "ngx_stream_set_complex_value_slot": "complex",
    "ngx_stream_set_complex_value_zero_slot": "complex",
}


class Command:
    """A row of a table, with what else the other parts ask of it."""

    def __init__(self, name, module, path, row, facts):
        self.name = name
        self.module = module
        self.path = path
        self.setter, self.conf, self.field, self.post = (row + [""] * 6)[2:6]
        self.facts = facts


def modules(source):
    """`ngx_module_t` by name: file, commands, kind."""
    for path in source.paths():
        for match in re.finditer(r"\bngx_module_t\s+(\w+)\s*=\s*\{", source.text(path)):
            start = match.end() - 1
            row = c.fields(source.text(path)[start + 1 : c.closing(source.text(path), start) - 1])
            kinds = [index for index, field in enumerate(row) if field in FAMILIES]
            if kinds:
                yield match.group(1), path, row[kinds[0] - 1].strip("& "), row[kinds[0]]


def read(source):
    """Every row of every table: a list of `Command`."""
    macros = c.defines(source.text(path) for path in source.paths() if path.endswith(".h"))
    found = []
    for module, path, table, kind in modules(source):
        for name, rows in c.tables(source.text(path), "ngx_command_t"):
            if name != table:
                continue
            for row, build in rows:
                directive = c.string(row[0]) if row else None
                if directive is not None:
                    facts = decoded(row[1], kind, row[2], build, macros)
                    facts["family"] = FAMILIES[kind]
                    found.append(Command(directive, module, path, row, facts))
    return found


def decoded(bits, kind, setter, build, macros):
    mask = c.number(bits, macros)
    if mask is None:
        raise SystemExit(f"cannot read the bits {bits}")

    def has(macro):
        return bool(mask & (c.number(macro, macros) or 0))

    kinds = CONTEXTS if kind == "NGX_CONF_MODULE" else [kind]
    facts = {"contexts": [name for kind in kinds for macro, name in CONTEXTS[kind] if has(macro)]}
    facts["args"] = arguments(mask, has, macros)
    facts["type"] = TYPES.get(setter, "custom")
    if has("NGX_CONF_BLOCK"):
        facts["block"] = True
    if kind == "NGX_CONF_MODULE" and "NGX_ANY_CONF" in bits:
        facts["any_context"] = True
    if build:
        facts["build"] = build
    return facts


def arguments(mask, has, macros):
    for macro, word in (("NGX_CONF_ANY", "any"), ("NGX_CONF_FLAG", "flag"),
                        ("NGX_CONF_1MORE", "1+"), ("NGX_CONF_2MORE", "2+")):
        if has(macro):
            return word
    first = c.number("NGX_CONF_NOARGS", macros)
    return [count for count in range(8) if mask & first << count]
