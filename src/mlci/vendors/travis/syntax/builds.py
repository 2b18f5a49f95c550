"""What a build is: its type, the phases of its jobs, and how long one may be silent."""

from __future__ import annotations

from collections.abc import Mapping

PHASES = (
    *("before_install", "install", "before_script", "script", "before_cache"),
    *("after_success", "after_failure", "before_deploy", "after_deploy", "after_script"),
)
TYPES: Mapping[str, str] = {
    "push": "push",
    "tag": "push",
    "pull_request": "pull_request",
    "schedule": "cron",
    "manual": "api",
}
"""What happens -> the type of the build that it starts."""
SILENT = 600
"""Seconds without output after which Travis CI ends a job."""
