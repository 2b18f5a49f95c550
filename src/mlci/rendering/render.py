"""Jobs x vendor -> {path: text}: the template environment every vendor's templates are rendered in."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from mlci.resources import shipped

if TYPE_CHECKING:
    from jinja2 import Environment

    from mlci.planning.plan import Plan
    from mlci.planning.vendor import Vendor

PLAIN = re.compile(r"[./]{0,2}[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+=-]+)*")
"""Text that every YAML reader takes for the same string without quotes, unless it is one of RESERVED."""
RESERVED = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf", ".inf", ".nan", "e")
)


def yaml(value: Any) -> str:
    """Write a value as YAML on one line: plain where every reader agrees on it, else quoted as JSON is."""
    if isinstance(value, str):
        safe = PLAIN.fullmatch(value) and value.lower() not in RESERVED
        return value if safe else quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{yaml(str(key))}: {yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(yaml(each) for each in value) + "]"
    return json.dumps(value)


def quoted(text: str) -> str:
    """Write text as a double-quoted YAML scalar, escaped so that any reader gets it back."""
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        json.dumps(text, ensure_ascii=False),
    )


def groovy(value: Any) -> str:
    """Write a value as a Groovy literal; text is single-quoted, so nothing in it is interpolated."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return "'" + re.sub(r"[^\x20-\x7e]", unicode_escape, escaped) + "'"


def unicode_escape(found: re.Match[str]) -> str:
    """Write a character as Groovy's \\uXXXX, in surrogate pairs beyond the first plane."""
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


FILTERS: Mapping[str, Callable[[Any], str]] = {"yaml": yaml, "groovy": groovy, "shell": shlex.quote}


@cache
def environment(vendor: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from mlci.rendering.template_cache import TemplateCache

    # What is written is no HTML; every scalar passes a quoting filter.
    made = Environment(
        loader=FileSystemLoader(shipped("templates") / vendor),
        undefined=StrictUndefined,
        variable_start_string="<[",
        variable_end_string="]>",
        block_start_string="<@",
        block_end_string="@>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
        auto_reload=False,
        bytecode_cache=TemplateCache(),
    )
    made.filters.update(FILTERS)
    return made


def template(vendor: str, name: str, filters: Mapping[str, Callable[[Any], str]], **values: Any) -> str:
    """Render templates/<vendor>/<name>, with a vendor's own quoting filters beside the common ones."""
    used = environment(vendor)
    used.filters.update(filters)
    return used.get_template(name).render(values)


def render(plans: Sequence[Plan], vendors: Sequence[Vendor]) -> dict[str, str]:
    """Return every file of every vendor: path from the top of the repository -> text."""
    files: dict[str, str] = {}
    for vendor in vendors:
        files.update(vendor.render(plans))
    return files
