"""How a step of CircleCI's own fails: as a script does, with a message in the log."""

from __future__ import annotations


class StepFailure(Exception):
    """A step that cannot do its work."""
