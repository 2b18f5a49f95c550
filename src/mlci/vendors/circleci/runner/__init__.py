"""CircleCI's configuration run here, by its reference: what it does not describe is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlci.parity.contract import Event, Lack, Planned, Ran, Setting

ID = "circleci"


def lacks() -> Sequence[Lack]:
    """Return the programs that are missing: bash, in which every step runs."""
    import shutil

    if shutil.which("bash") is None:
        return (Lack("bash", "install bash"),)
    return ()


def versions() -> Mapping[str, str]:
    """Return nothing: mlci itself reads and runs the configuration."""
    return {}


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    from mlci.vendors.circleci.runner import planning

    return planning.plan(files, event)


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    from mlci.vendors.circleci.runner import running

    return running.perform(files, setting)
