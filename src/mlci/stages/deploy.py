"""The stage `deploy`: a package put into production."""

from __future__ import annotations

from mlci.errors import StageError
from mlci.stages.contract import InputPath, Outcome, TargetName, Work
from mlci.stages.summary import cell

CACHED = False
"""What is out there may have changed, whatever the inputs."""


def deploy(work: Work, *, package: InputPath, target: TargetName) -> Outcome:
    """Put a package into production at a target, at once and whole; again with an equal one, nothing changes.

    Parameters
    ----------
    package : the folder that the package stage wrote
    target : the name of one of the pipeline's targets

    Raises
    ------
    InputError : the package is damaged, the target unknown, or the version taken or too old
    StageError : the package holds a model that missed a gate of its test
    EnvironmentLacks : the target cannot be reached or written
    """
    from mlci.deploy.package import read_package
    from mlci.stages.target import target_of

    packed = read_package(package)
    if packed.manifest.get("blessed") is False:
        raise StageError(f"{packed.archive.name} holds a model that missed a gate of its test")
    done = target_of(work, target).deploy(packed)
    if done.changed:
        before = "nothing" if done.previous is None else f"version {done.previous}"
        said = f"{done.model} version {done.version} is in production at {done.where}; before it was {before}"
    else:
        said = f"{done.model} version {done.version} was in production at {done.where} already"
    work.say(said)
    return Outcome(summary=f"### Deployed\n\n{cell(said)}.\n")
