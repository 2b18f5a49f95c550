"""`overrides`: a user's own keys, merged last into a vendor's file, so that no feature is out of reach.

Mappings merge deep, lists and all else replace; `{prepend: […], append: […]}` adds to a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from mlci.document import Key
from mlci.errors import input_error
from mlci.model import Pipeline

ADDING = frozenset(("prepend", "append"))
WIDTH = 2**20
"""Wider than any line, so that no text is folded."""


class Change(NamedTuple):
    """One override: what is merged into a file, and where."""

    at: tuple[Key, ...]
    """The place in the vendor's file."""
    value: Mapping[str, Any] | None
    place: tuple[Key, ...]
    """The place in mlci.yaml."""


class Clash(Exception):
    """An override that does not fit what it is merged into."""

    def __init__(self, path: tuple[Key, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


def merge(given: Any, override: Any, path: tuple[Key, ...] = ()) -> Any:
    """Return `given` with an override merged into it; mappings and lists of `given` are changed in place.

    Parameters
    ----------
    given : a vendor's file, or a part of it, as plain data or as ruamel.yaml's round-trip data
    override : what the user wrote
    path : where in the override this is, for messages

    Raises
    ------
    Clash : `prepend` or `append` meets what is no list
    """
    if adds(override):
        return extend(given, override, path)
    if isinstance(override, Mapping) and isinstance(given, dict):
        for key, value in override.items():
            given[key] = merge(given.get(key), value, (*path, key))
        return given
    if isinstance(override, Mapping):
        return {key: merge(None, value, (*path, key)) for key, value in override.items()}
    return override


def adds(override: Any) -> bool:
    """Tell whether an override adds to a list."""
    return isinstance(override, Mapping) and bool(override) and set(override) <= ADDING


def extend(given: Any, override: Mapping[str, Any], path: tuple[Key, ...]) -> list[Any]:
    """Return a list with items before and after its own."""
    for key, items in override.items():
        if not isinstance(items, list | tuple):
            raise Clash((*path, key), f"'{key}' adds to a list; expected a list of items")
    if given is None:
        given = []
    if not isinstance(given, list):
        kind = "a mapping" if isinstance(given, dict) else repr(given)
        raise Clash(path, f"'prepend' and 'append' add to a list, but there is {kind}")
    given[:0] = override.get("prepend", ())
    given.extend(override.get("append", ()))
    return given


def rewrite(text: str, changes: Sequence[Change], pipeline: Pipeline) -> str:
    """Return a rendered YAML file with overrides merged into it, one after another; its comments stay.

    Raises
    ------
    InputError : an override does not fit, at its place in mlci.yaml
    """
    yaml = round_trip()
    data = yaml.load(text)
    for change in changes:
        target = data
        for key in change.at[:-1]:
            target = target[key]
        try:
            if change.at:
                target[change.at[-1]] = merge(target[change.at[-1]], change.value, change.place)
            else:
                data = merge(data, change.value, change.place)
        except Clash as clash:
            raise input_error(pipeline.mark(*clash.path, key=True), str(clash), "bad-override") from clash
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def round_trip() -> Any:
    """Return a reader and writer of YAML that keeps comments, quotes and the layout of our templates."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
