"""Environment variables on Jenkins: what `environment` can hold, and what the shell must set."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

WORDS = """
    abstract as assert boolean break byte case catch char class const continue def default do double else
    enum extends false final finally float for goto if implements import in instanceof int interface long
    native new null package private protected public return short static strictfp super switch synchronized
    this threadsafe throw throws trait transient true try var void volatile while
"""
KEYWORDS = frozenset(WORDS.split())
"""Words of Groovy, which no assignment may begin with."""


class Variables(NamedTuple):
    """A job's variables."""

    native: Mapping[str, str]
    """For the stage's `environment`, those the pipeline has already left out."""
    shell: Mapping[str, str]
    """For the command itself."""

    @classmethod
    def of(cls, env: Mapping[str, str], shared: Mapping[str, str]) -> Variables:
        """Part a job's variables; `shared` are those that the pipeline's `environment` is made from."""
        hard = cls.hard(env)
        own = {name: value for name, value in env.items() if name not in hard and shared.get(name) != value}
        return cls(own, hard)

    @staticmethod
    def hard(env: Mapping[str, str]) -> dict[str, str]:
        """Return what Jenkins cannot hold: empty values, names that differ by case alone, words of Groovy."""
        names = Counter(name.lower() for name in env)
        return {
            name: value
            for name, value in env.items()
            if not value or names[name.lower()] > 1 or name in KEYWORDS
        }

    def before(self, command: str) -> str:
        return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in self.shell.items()), command])


def shareable(shared: Mapping[str, str]) -> dict[str, str]:
    """Return what the pipeline's `environment` can hold."""
    hard = Variables.hard(shared)
    return {name: value for name, value in shared.items() if name not in hard}
