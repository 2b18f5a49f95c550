"""The values of a job that must be alike wherever it runs, each under a name of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlci.engine.key import explain, first
from mlci.parity.contract import Ran
from mlci.parity.difference import Difference
from mlci.parity.expected import Expected
from mlci.parity.joblog import BECAUSE

CONTEXT = ("commit", "branch", "tag", "event")
"""What every vendor must say alike of a run."""
OWN_ENVIRONMENT = "MLCI_"
"""Variables by which vendors' files tell mlci what they know; what comes of them is compared instead."""
TIMES = ("_us", "_ms", "_seconds", "_minutes")
"""How the names of metrics end that tell how long something took: no two runs have these alike."""
PLAIN_OPTIONS = ("--workflow", "-w", "--job", "--outputs")
"""Those that say which job it is, or where to tell what came of it."""
CAUSES = ("calls", "options", "command", "secrets", "param ", "variable ", "context ")
"""What a job is given, by the first words of its name; all else comes of that."""
NOT_RUN = ("skipped", "withheld", "unreached")
LACKING = "(none)"


def values_of(ran: Ran, job: Expected) -> dict[str, str]:
    """Return the compared values of one job.

    Parameters
    ----------
    ran : what became of it
    job : what mlci.yaml says of it
    """
    values: dict[str, str] = {"status": ran.status}
    if ran.status in NOT_RUN or ran.status == "timed-out":
        # A job that was ended from outside may have left anything.
        return values
    values["calls"] = str(ran.calls)
    values["options"] = " ".join(options(ran.command))
    record: Mapping[str, Any] | None = ran.record
    if record is None:
        return {**values, "exit status": str(ran.exit_status), "record": "not left"}
    values |= {
        "exit status": str(record["exit_status"]),
        "attempts": str(record["attempts"]),
        "command": text(record["command"]),
        "secrets": " ".join(sorted(record["secrets"])),
    }
    values |= {f"param {name}": text(value) for name, value in record["params"].items()}
    values |= {f"input {path}": digest for path, digest in record["inputs"].items()}
    values |= {f"output {path}": digest for path, digest in record["outputs"].items()}
    values |= {f"metric {name}": metric(name, value) for name, value in record["metrics"].items()}
    values |= {f"context {name}": str(record["context"].get(name, "")) for name in CONTEXT}
    values |= {f"variable {name}": value for name, value in environment(ran, job).items()}
    values["key"] = str(record["key"])
    allowed = () if job.job is None else job.job.stage.secrets
    values["secrets beyond its own"] = " ".join(sorted(set(ran.secrets) - set(allowed)))
    return values


def environment(ran: Ran, job: Expected) -> dict[str, str]:
    """Return the variables that a file has set for the stage."""
    cloud = job.job is not None and job.job.stage.aws is not None
    return {
        name: value
        for name, value in sorted(ran.saw.items())
        if not name.startswith(OWN_ENVIRONMENT) and not (cloud and name.startswith("AWS_"))
    }


def metric(name: str, value: Any) -> str:
    """Return a metric; of a time that was measured, only that it was."""
    return "a time" if name.endswith(TIMES) else text(value)


def options(command: Sequence[str]) -> list[str]:
    """Return what an `mlci exec` was told beside which job it is; `--allow-failure` is some vendors' way."""
    found: list[str] = []
    words, named = iter(command[2:]), False
    for word in words:
        if word in PLAIN_OPTIONS:
            next(words, "")
        elif not named and not word.startswith("-"):
            named = True  # the stage, which may stand behind its options
        elif not word.startswith(tuple(f"{name}=" for name in PLAIN_OPTIONS)) and word != "--allow-failure":
            found.append(word)
    return found


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def compare(vendor: str, job: Expected, reference: Ran, ran: Ran) -> Iterator[Difference]:
    """Yield what is not alike of one job, what explains the rest first."""
    wanted, got = values_of(reference, job), values_of(ran, job)
    names = [*wanted, *(name for name in got if name not in wanted)]
    unlike = [name for name in names if wanted.get(name) != got.get(name) and name not in ran.apart]
    for name in telling(unlike, ran):
        values = (wanted.get(name, LACKING), got.get(name, LACKING))
        yield Difference(
            vendor, job.workflow, job.id, name, sentence(name, values, reference, ran), *values, help_of(ran)
        )


def telling(unlike: Sequence[str], ran: Ran) -> list[str]:
    """Return the values that explain the others: what a job was given comes before what came of it."""
    if ran.record is None:
        return [name for name in unlike if name in ("status", "calls", "record")]
    causes = [name for name in unlike if name.startswith(CAUSES)]
    if "status" in unlike:
        return [*causes, "status"]
    return [*causes, *(name for name in unlike if name not in causes and (name != "key" or len(unlike) == 1))]


def sentence(name: str, values: tuple[str, str], reference: Ran, ran: Ran) -> str:
    """Say what is not alike."""
    wanted, got = values
    if name == "status":
        why = message(ran)
        return f"{got}, and must be {wanted}" + (f": {why}" if why else "")
    if name == "key":
        return f"it is not the same work: {explained(reference, ran)}"
    if name == "calls":
        return f"`mlci exec` was called {got} times, and must be {wanted}"
    if name == "secrets beyond its own":
        return f"the file gives it secrets that are not its own: {got}"
    if name == "options":
        return f"`mlci exec` is told {got or 'no options'}, and must be told {wanted or 'none'}"
    return f"{name} is {got or 'empty'}, and must be {wanted or 'empty'}"


def message(ran: Ran) -> str:
    """Return why a job failed: in its record's words, else in the last line it printed."""
    if ran.record is not None and ran.record.get("message"):
        return str(ran.record["message"])
    if ran.status in NOT_RUN or not ran.log.is_file():
        return ""
    lines = [line for line in ran.log.read_text(errors="replace").splitlines() if line.strip()]
    told = [line.removeprefix(BECAUSE) for line in lines if line.startswith(BECAUSE)]
    return (told or lines or [""])[-1]


def help_of(ran: Ran) -> str:
    return f"see its log, {ran.log.name}" if ran.log.is_file() else ""


def explained(reference: Ran, ran: Ran) -> str:
    """Say why two keys differ."""
    one, other = ingredients(reference), ingredients(ran)
    return first(explain(one, other)) or "the keys differ"


def ingredients(ran: Ran) -> Mapping[str, Any]:
    """Return all that a job's key is made of."""
    record: Mapping[str, Any] = ran.record or {}
    found: Mapping[str, Any] = record.get("ingredients", {})
    return found


def order(vendor: str, jobs: Sequence[Expected], rans: Mapping[tuple[str, str], Ran]) -> Iterator[Difference]:
    expected = {(job.workflow, job.id): job for job in jobs}
    for key, job in expected.items():
        ran = rans.get(key)
        if ran is None or ran.began == 0:
            continue
        for need in job.needs:
            before = rans.get((job.workflow, need))
            if before is not None and before.ended > ran.began:
                said = f"it began before '{need}' had ended"
                yield Difference(vendor, job.workflow, job.id, "order", said, f"after {need}", "at its side")
