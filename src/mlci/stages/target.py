"""The target that a stage works on."""

from __future__ import annotations

import os

from mlci.deploy import open_target
from mlci.deploy.contract import Site, Target
from mlci.stages.contract import Work


def target_of(work: Work, name: str) -> Target:
    """Return a stage's target."""
    return open_target(name, work.targets, Site(name, work.root, os.environ, work.context, work.say))
