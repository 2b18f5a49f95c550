"""Gates: bounds that a metric must keep, written `accuracy: ">= 0.80"`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

from mlci.errors import InputError
from mlci.findings import suggest
from mlci.stages.contract import Case

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
SHAPE = re.compile(r"\s*(>=|<=|==|>|<)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)\s*")


class Gate(NamedTuple):
    """One bound on one metric."""

    metric: str
    comparison: str
    bound: float

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {self.bound:g}"

    def holds(self, value: float) -> bool:
        """Whether a value keeps the bound; NaN and infinity never do."""
        return isfinite(value) and OPERATORS[self.comparison](value, self.bound)


def parse_gate(metric: str, text: str) -> Gate:
    """Read one gate, such as ">= 0.80", "< 0.5" or ">= 80%".

    Raises
    ------
    InputError : the text is anything else
    """
    matched = SHAPE.fullmatch(text)
    if matched is None:
        raise InputError(
            f"the gate '{text}' on '{metric}' cannot be read",
            help='write a comparison and a number: ">= 0.80", "< 0.5"; comparisons are >=, >, <=, <, ==',
        )
    bound = float(matched[2]) / (100 if matched[3] else 1)
    if not isfinite(bound):
        raise InputError(f"the gate '{text}' on '{metric}' has no finite bound")
    return Gate(metric, matched[1], bound)


def parse_gates(gates: Mapping[str, str]) -> tuple[Gate, ...]:
    """Read all gates, in the order they are given."""
    return tuple(parse_gate(metric, text) for metric, text in gates.items())


def check_gates(gates: tuple[Gate, ...], metrics: Mapping[str, float]) -> tuple[Case, ...]:
    """Return a case for each gate.

    Raises
    ------
    InputError : a gate is on a metric that there is not
    """
    cases = []
    for gate in gates:
        if gate.metric not in metrics:
            raise InputError(
                f"there is no metric '{gate.metric}' to gate on",
                help=suggest(gate.metric, metrics) or f"there are {', '.join(sorted(metrics))}",
            )
        value = metrics[gate.metric]
        cases.append(Case(str(gate), gate.holds(value), f"expected {gate}, found {value:.6g}"))
    return tuple(cases)
