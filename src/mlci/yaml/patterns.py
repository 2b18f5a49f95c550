"""Regular expressions, compiled when they are first used: all of them would cost every start too much."""

from __future__ import annotations

import re
from typing import Any, cast

METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split", "pattern")


class Lazy:
    """What behaves as a compiled expression, and becomes one at the first question."""

    def __init__(self, expression: str, flags: int) -> None:
        self.expression = expression
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.expression, self.flags)
        # From here on a method is found at once.
        self.__dict__.update({method: getattr(compiled, method) for method in METHODS})
        return getattr(compiled, name)


def lazy(expression: str, flags: int = 0) -> re.Pattern[str]:
    """Return an expression that is not compiled yet; `re`'s own functions do not take it."""
    return cast("re.Pattern[str]", Lazy(expression, flags))
