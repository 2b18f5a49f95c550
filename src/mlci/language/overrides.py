"""`overrides`: a user's own keys, merged last into a vendor's file, so that no feature is out of reach.

Mappings merge deep, lists and all else replace; `{prepend: […], append: […]}` adds to a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple

from mlci.errors import input_error
from mlci.language.model import Pipeline
from mlci.yaml.document import Key

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
            put(given, key, merge(given.get(key), value, (*path, key)))
        return given
    if isinstance(override, Mapping):
        return commented({key: merge(None, value, (*path, key)) for key, value in override.items()})
    return commented(override)


def put(given: dict[Any, Any], key: Any, value: Any) -> None:
    """Set a key; a new one goes before the last, which in our templates is the long one."""
    if key in given or not hasattr(given, "insert") or len(given) < 2:
        given[key] = value
        return
    place = len(given) - 1
    after = take_after(given, list(given)[place - 1])
    given.insert(place, key, value)
    put_after(given, after, key)


def adds(override: Any) -> bool:
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
    for at, item in enumerate(override.get("prepend", ())):
        given.insert(at, item)
    after = take_after(given, len(given) - 1) if given else ""
    given.extend(commented(item) for item in override.get("append", ()))
    put_after(given, after, len(given) - 1)
    return given


def commented(value: Any) -> Any:
    """Return plain data as ruamel.yaml's, which can hold comments; always a copy."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        return CommentedMap((key, commented(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return CommentedSeq(commented(each) for each in value)
    return value


def take_after(given: Any, key: Any) -> str:
    """Cut off the empty lines and comments below a value, and return them."""
    tokens = tokens_of(*last_value(given, key))
    token = next((each for each in tokens or () if each is not None), None)
    if token is None or isinstance(token, list):
        return ""
    beside, _, below = token.value.partition("\n")
    token.value = beside + "\n"
    return f"\n{below}" if below else ""


def put_after(given: Any, text: str, key: Any) -> None:
    """Put back, below a value, what `take_after` has cut off."""
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    holder, key = last_value(given, key)
    if not text or not hasattr(holder, "ca"):
        return
    token = CommentToken(text, CommentMark(0), None)
    holder.ca.items[key] = (
        [None, None, token, None] if isinstance(holder, dict) else [token, None, None, None]
    )


def last_value(given: Any, key: Any) -> tuple[Any, Any]:
    """Return the innermost list or mapping that holds the last line of a value, and that line's key."""
    holder, value = given, given[key]
    while isinstance(value, dict | list) and value:
        holder = value
        key = list(holder)[-1] if isinstance(holder, dict) else len(holder) - 1
        value = holder[key]
    return holder, key


def tokens_of(holder: Any, key: Any) -> Any:
    return holder.ca.items.get(key) if hasattr(holder, "ca") else None


def rewrite(text: str, changes: Sequence[Change], pipeline: Pipeline) -> str:
    """Return a rendered YAML file with overrides merged into it, one after another; its comments stay.

    Raises
    ------
    InputError : an override does not fit, at its place in mlci.yaml
    """
    yaml = round_trip()
    data = yaml.load(text)
    for change in changes:
        try:
            merge(find(data, change), change.value, change.place)
        except Clash as clash:
            raise input_error(pipeline.mark(*clash.path, key=True), str(clash), "bad-override") from clash
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def find(data: Any, change: Change) -> Any:
    """Return the part of a file that an override is merged into.

    Raises
    ------
    Clash : another override has taken it away
    """
    for key in change.at:
        if not isinstance(data, dict) or not isinstance(data.get(key), dict):
            where = ".".join(map(str, change.at))
            raise Clash(change.place, f"an override further out has replaced '{where}'")
        data = data[key]
    return data


def round_trip() -> Any:
    """Return a reader and writer of YAML that keeps comments, quotes and the layout of our templates."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
