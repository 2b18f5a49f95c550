"""Jenkinsfiles run without Jenkins, by real Groovy: what a pipeline does, or would do, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlci.parity.contract import Event, Lack, Planned, Ran, Setting
from mlci.vendors.jenkins.runner.groovy import HELP, Result, missing, run

__all__ = ["HELP", "ID", "Result", "lacks", "missing", "perform", "plan", "run", "versions"]

ID = "jenkins"


def lacks() -> Sequence[Lack]:
    return tuple(Lack(program, HELP) for program in missing())


def versions() -> Mapping[str, str]:
    from mlci.vendors.jenkins.runner.groovy import version

    return version()


def plan(files: Mapping[str, str], event: Event) -> tuple[Planned, ...]:
    from mlci.vendors.jenkins.runner.planning import plan as work_out

    return work_out(files, event)


def perform(files: Mapping[str, str], setting: Setting) -> tuple[Ran, ...]:
    from mlci.vendors.jenkins.runner.running import perform as carry_out

    return carry_out(files, setting)
