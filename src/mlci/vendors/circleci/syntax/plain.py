"""A file's plain data by YAML 1.1, which CircleCI reads: `yes`, `no`, `on` and `off` are booleans."""

from __future__ import annotations

import re
from typing import Any

from mlci.yaml.document import Constructor, Node
from mlci.yaml.nodes import STR

BOOLEANS = re.compile(r"(yes|Yes|YES|on|On|ON)|no|No|NO|off|Off|OFF")


class Reader(Constructor):
    """Builds plain data by YAML 1.1."""

    def build(self, node: Node) -> Any:
        found = boolean(node)
        return super().build(node) if found is None else found


def boolean(node: Node) -> bool | None:
    """Return a boolean that only YAML 1.1 knows; None for anything else."""
    if node.tag != STR or node.style or node.id != "scalar":
        return None
    found = BOOLEANS.fullmatch(node.value)
    return None if found is None else found[1] is not None


def plain(node: Node | None) -> Any:
    return None if node is None else Reader().build(node)
