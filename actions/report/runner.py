"""What a step is told by its variables, and how it answers: annotations, outputs, the job's summary."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from api import Api

MAX_EVENT = 32 * 2**20


def variable(name: str) -> str:
    """Return a variable, "" when it is not set."""
    return os.environ.get(name, "").strip()


def api() -> Api:
    """Return the API of the GitHub that runs this job."""
    return Api(variable("GITHUB_API_URL") or "https://api.github.com", variable("MLCI_TOKEN"))


def event() -> dict[str, Any]:
    """Return the event that started the run; empty when nobody knows."""
    path = variable("GITHUB_EVENT_PATH")
    try:
        with Path(path).open("rb") as file:
            said = json.loads(file.read(MAX_EVENT))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def answer(**values: str) -> None:
    """Set outputs of the step; each is one line."""
    path = variable("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={' '.join(value.split())}\n" for name, value in values.items())


def annotate(level: str, text: str) -> None:
    """Show a notice, warning or error on the run's page."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{level} title=mlci report::{escaped}\n")
    sys.stdout.flush()
