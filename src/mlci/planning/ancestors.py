"""Who comes before whom in a plan."""

from __future__ import annotations

from mlci.planning.plan import Plan


class Ancestors:
    """Who comes before whom, as bits."""

    def __init__(self, plan: Plan) -> None:
        self.approvals = plan.approvals
        self.bits = {node.id: 1 << index for index, node in enumerate(plan.nodes)}
        self.of: dict[str, int] = {}
        for node in plan.nodes:
            self.of[node.id] = 0
            for need in node.needs:
                self.of[node.id] |= self.of[need] | self.bits[need]

    def approvals_before(self, node: str) -> frozenset[str]:
        return frozenset(name for name in self.approvals if self.of[node] & self.bits[name])
