"""`<< … >>`: the values of parameters, of the pipeline and of a matrix, put in their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlci.parity.part import Part
from mlci.vendors.circleci.syntax.references import REFERENCE, WHOLE

PARAMETERS = "parameters."
"""How the names of the pipeline's parameters begin, after `pipeline.`."""


class Scope:
    """What names mean somewhere in the file.

    Parameters
    ----------
    pipeline : the pipeline's values and parameters, by their names after `pipeline.`
    parameters : those of the job, command or executor; None where there are none
    matrix : the values of one instance of a matrix
    """

    def __init__(
        self,
        pipeline: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        matrix: Mapping[str, Any] | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.parameters = parameters
        self.matrix = matrix

    def within(self, parameters: Mapping[str, Any], *, foreign: bool = False) -> Scope:
        """Return the scope inside a job, command or executor; one of an orb sees no pipeline parameters."""
        known = {name: value for name, value in self.pipeline.items() if not name.startswith(PARAMETERS)}
        return Scope(known if foreign else self.pipeline, parameters)

    def value(self, name: str, part: Part) -> Any:
        """Return the value of a name.

        Raises
        ------
        InputError : there is no such value, or none that is known here
        """
        kind, _, rest = name.partition(".")
        known = {"pipeline": self.pipeline, "parameters": self.parameters, "matrix": self.matrix}.get(kind)
        if known is None or rest not in known:
            raise part.refuse(f"<< {name} >> has no value here", "is it declared, and in this scope?")
        return known[rest]

    def fill(self, part: Part) -> Part:
        """Return a part with every reference in it replaced, in mappings and lists too."""
        return part.become(self.filled(part, part.value))

    def filled(self, part: Part, value: Any) -> Any:
        if isinstance(value, str):
            return self.fill_text(part, value)
        if isinstance(value, Mapping):
            return {
                self.fill_text(part, str(key)): self.filled(part.become(each), each)
                for key, each in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.filled(part.become(each), each) for each in value]
        return value

    def fill_text(self, part: Part, text: str) -> Any:
        """Return a text with the references replaced; one that is nothing else keeps its value's type."""
        if "<<" not in text:
            return text
        whole = WHOLE.fullmatch(text)
        if whole:
            return self.value(whole[1], part)
        return REFERENCE.sub(lambda found: as_text(self.value(found[1], part), part), text)


def as_text(value: Any, part: Part) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise part.refuse("a list or mapping cannot stand inside a text")
