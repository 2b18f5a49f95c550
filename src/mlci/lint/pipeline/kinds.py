"""The files that mlci reads, told by path or text."""

from __future__ import annotations

from mlci.yaml.source import Kind

KINDS = (Kind("mlci", "mlci", "mlci.yaml", "yaml", r"mlci\.ya?ml", None, ("stages workflows", "vendors")),)
