"""The three intervals at which Travis CI starts builds."""

from __future__ import annotations

import re


def interval(cron: str) -> str:
    _, _, day, _, weekday = cron.split()
    if day != "*" and not day.startswith("*/"):
        return "monthly"
    return "weekly" if re.fullmatch(r"[0-7]|[A-Za-z]{3}", weekday) else "daily"
