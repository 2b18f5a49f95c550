"""The stage `smoke-test`: the deployed model, asked as its users will."""

from __future__ import annotations

from mlci.stages.contract import InputPath, Outcome, TargetName, Work

CACHED = False
"""What is out there may have changed, whatever the inputs."""


def smoke_test(
    work: Work,
    *,
    target: TargetName,
    requests: InputPath,
    name: str | None = None,
    wait: float = 60.0,
    timeout: float = 10.0,
) -> Outcome:
    """Ask the deployed model over REST, and fail unless it answers as expected.

    A target with a `url` is asked there, once its server has the deployed version. For a target without one
    the deployed model is fetched and served here while the test lasts.

    Parameters
    ----------
    target : the target whose model in production is asked
    requests : a JSON list of requests: {"instances": [...], "expect": {"classes": [7], "max_ms": 500}}
    name : the model's name, where the target holds several
    wait : for how many seconds the server may take to have the deployed version
    timeout : for how many seconds one request may take

    Raises
    ------
    InputError : nothing is deployed, or the requests cannot be read
    """
    from mlci.stages.asking import ask_target

    return ask_target(work, target, requests, name, wait, timeout)
