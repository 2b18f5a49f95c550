"""What mlci.yaml may name: registered library stages and targets, with what each takes, and vendors."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlci import registry
from mlci.language.signatures import Parameter, read_parameters
from mlci.registry import Entry

STEPS = "steps"
"""The style every vendor has: plain steps, which need nothing of mlci but its program."""


@dataclass(frozen=True)
class Item:
    """A library stage or a type of target; its module imports TensorFlow and the like inside functions."""

    entry: Entry

    @property
    def id(self) -> str:
        """What `uses:` or `type:` names it by."""
        return self.entry.id

    @cached_property
    def make(self) -> Callable[..., Any]:
        """The stage's function, the target's class."""
        loaded: Callable[..., Any] = self.entry.load()
        return loaded

    @cached_property
    def summary(self) -> str:
        return (inspect.getdoc(self.make) or "").partition("\n")[0]

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What `with:`, or a target's other keys, may hold."""
        return read_parameters(self.make)

    @cached_property
    def cached(self) -> bool:
        """Whether equal inputs make running it again needless; its module says `CACHED = False` if not."""
        return bool(getattr(sys.modules[self.make.__module__], "CACHED", True))


class Catalogue:
    """The items of one kind: our own, and those that other packages register.

    Parameters
    ----------
    entries : our own
    group : the group of entry points, `name = "module:function"`, of others
    """

    def __init__(self, entries: tuple[Entry, ...], group: str) -> None:
        self.own = {entry.id: Item(entry) for entry in entries}
        self.group = group

    def __iter__(self) -> Iterator[Item]:
        return iter(self.own.values())

    def ids(self) -> tuple[str, ...]:
        return tuple(self.own)

    def find(self, id: str) -> Item | None:
        """Return the item of an id: ours, or another package's."""
        return self.own.get(id) or self.foreign(id)

    def foreign(self, id: str) -> Item | None:
        """Return the item that another package registers."""
        entry = registry.foreign(self.group, id)
        return None if entry is None else Item(entry)


STAGES = Catalogue(registry.STAGES, "mlci.stages")
TARGETS = Catalogue(registry.TARGETS, "mlci.targets")


def vendor_ids() -> tuple[str, ...]:
    """Return the vendors a pipeline can be rendered for."""
    return tuple(entry.id for entry in registry.VENDORS if registry.has(entry.where, "render"))


def styles() -> tuple[str, ...]:
    """Return every way to write jobs: plain steps, and what vendors have beside them."""
    own = (entry.part("product").STYLES for entry in registry.VENDORS if entry.id in vendor_ids())
    return (STEPS, *(style for styles in own for style in styles))
