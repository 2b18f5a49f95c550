"""A piece of a vendor's file and where it stands, so that whatever is refused is named with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mlci.errors import InputError, input_error
from mlci.findings import suggest
from mlci.yaml.document import Document, Key

RULE = "parity-unknown"


class Part:
    """A value, and its place.

    Parameters
    ----------
    document : the file
    path : keys and indices from its top
    value : plain data; what stands there, or what has become of it
    """

    def __init__(self, document: Document, path: tuple[Key, ...], value: Any) -> None:
        self.document = document
        self.path = path
        self.value = value

    def __repr__(self) -> str:
        return f"Part({self.where}: {self.value!r})"

    @property
    def where(self) -> str:
        mark = self.document.mark(self.path)
        return f"{mark.file}:{mark.line}"

    def refuse(self, said: str, help: str | None = None, *, key: bool = False) -> InputError:
        """Make the error that names this place."""
        return input_error(self.document.mark(self.path, key=key), said, RULE, help)

    def become(self, value: Any) -> Part:
        """Return another value at this place."""
        return Part(self.document, self.path, value)

    def child(self, key: Key) -> Part:
        return Part(self.document, (*self.path, key), self.value[key])

    def get(self, key: str) -> Part | None:
        """Return what stands under a key of a mapping; None for nothing."""
        if not isinstance(self.value, Mapping) or self.value.get(key) is None:
            return None
        return self.child(key)

    def entries(self) -> Iterator[tuple[str, Part]]:
        """Yield a mapping's keys and values; nothing is an empty one."""
        if self.value is None:
            return
        if not isinstance(self.value, Mapping):
            raise self.refuse(f"expected a mapping, got {shown(self.value)}")
        for key in self.value:
            yield str(key), self.child(key)

    def items(self) -> Iterator[Part]:
        """Yield a list's items; one that stands alone is a list of one."""
        if isinstance(self.value, list | tuple):
            for index in range(len(self.value)):
                yield self.child(index)
        elif self.value is not None:
            yield self

    def only(self, known: Collection[str], what: str) -> Part:
        """Return this, a mapping whose every key is known.

        Raises
        ------
        InputError : another key stands there; it is named with its line
        """
        for key, part in self.entries():
            if key not in known:
                said = f"{what} with '{key}' cannot be run here"
                raise part.refuse(said, suggest(key, known) or f"known are {', '.join(known)}", key=True)
        return self

    def text(self) -> str:
        """Return a scalar as text, a boolean as the file writes it."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, str | int | float):
            return str(self.value)
        raise self.refuse(f"expected text, got {shown(self.value)}")

    def texts(self) -> list[str]:
        """Return a list of texts; one that stands alone is a list of one."""
        return [each.text() for each in self.items()]

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.refuse(f"expected true or false, got {shown(self.value)}")
        return self.value


def read_part(name: str, text: str) -> Part:
    document = Document(name, text)
    return Part(document, (), document.data)


def shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else f"'{value}'"
