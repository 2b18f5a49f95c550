"""Where CircleCI's configuration lies."""

from __future__ import annotations

CONFIG, CONTINUED = ".circleci/config.yml", ".circleci/continue_config.yml"
"""The file CircleCI reads, and the one a setup workflow goes on with."""
