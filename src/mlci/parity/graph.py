"""Runs jobs as their needs allow, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from mlci.parity.contract import BAD, Setting, Status

ENDED_BADLY = BAD | {"unreached"}


def run_graph(
    needs: Mapping[str, Sequence[str]],
    decide: Callable[[str, Mapping[str, Status]], Status | None],
    work: Callable[[str], Status],
    setting: Setting,
    title: Callable[[str], str] = str,
) -> dict[str, Status]:
    """Run every job after those it needs; return what became of each.

    Parameters
    ----------
    needs : job -> the jobs whose ends it waits for; without a cycle
    decide : given a job and what became of those before it, what becomes of it without running, or None
    work : runs a job
    setting : how many at a time, and the wish to stop
    title : what a job is called for people
    """
    ended: dict[str, Status] = {}
    running: dict[Future[Status], str] = {}
    with ThreadPoolExecutor(max(1, setting.jobs)) as pool:
        waiting = list(needs)
        while waiting or running:
            ready = [job for job in waiting if all(need in ended for need in needs[job])]
            if not ready and not running:
                raise ValueError(f"jobs wait for each other: {', '.join(waiting)}")
            for job in ready:
                waiting.remove(job)
                status = "unreached" if stopped(setting) else decide(job, ended)
                if status is None:
                    running[pool.submit(hold, job, work, setting, title)] = job
                else:
                    ended[job] = status
            if running and not any(all(need in ended for need in needs[job]) for job in waiting):
                collect(running, ended)
    return ended


def stopped(setting: Setting) -> bool:
    """Tell whether somebody wants to stop."""
    return setting.stop is not None and setting.stop.wished


def hold(job: str, work: Callable[[str], Status], setting: Setting, title: Callable[[str], str]) -> Status:
    with setting.slot():
        if stopped(setting):
            return "unreached"
        status = work(job)
        setting.say(f"{title(job)} {status}")
        return status


def collect(running: dict[Future[Status], str], ended: dict[str, Status]) -> None:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        ended[running.pop(future)] = future.result()


def worst(before: Iterable[Status]) -> Status | None:
    """Return why a job does not run although its own conditions hold; None when it does."""
    statuses = set(before)
    if statuses & ENDED_BADLY:
        return "unreached"
    return "withheld" if "withheld" in statuses else None
