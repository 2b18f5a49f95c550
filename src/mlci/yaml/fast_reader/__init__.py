"""The YAML that people write, read line by line: much faster than by events, and with nothing to load first.

`read` gives exactly the tree that `mlci.yaml.composer` gives, or raises Unusual: for syntax that is rare, for
what is wrong, and for what is suspiciously large or deep, the composer decides. Tests hold the two against
each other.
"""

from __future__ import annotations

from mlci.yaml.fast_reader.block import read_tree
from mlci.yaml.fast_reader.lines import Unusual

__all__ = ["Unusual", "read_tree"]
