"""Travis CI's .travis.yml run here, as their documentation says: what it does not describe is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlci.parity.contract import Event, Lack, Planned, Ran, Setting

ID = "travis"


def lacks() -> Sequence[Lack]:
    """Return the programs that are missing: bash, in which every phase runs."""
    import shutil

    if shutil.which("bash") is None:
        return (Lack("bash", "install bash"),)
    return ()


def versions() -> Mapping[str, str]:
    """Return nothing: mlci itself reads and runs the file."""
    return {}


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    from mlci.vendors.travis.runner import planning

    return planning.plan(files, event)


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    from mlci.vendors.travis.runner import running

    return running.perform(files, setting)
