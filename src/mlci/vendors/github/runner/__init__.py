"""GitHub's workflows run here by act; what they would fetch from elsewhere has stand-ins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlci.parity.contract import Event, Lack, Planned, Ran, Setting

ID = "github"


def lacks() -> Sequence[Lack]:
    from mlci.vendors.github.runner.act import lacking

    return lacking()


def versions() -> Mapping[str, str]:
    from mlci.vendors.github.runner.act import version

    return {"act": version()}


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    from mlci.vendors.github.runner.planning import plan as work_out

    return work_out(files, event)


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    from mlci.vendors.github.runner.running import perform as run

    return run(files, setting)
