"""The labels of GitHub's own runners, and those every self-hosted runner has.

Source: GitHub's documentation, "GitHub-hosted runners", "Larger runners" and "Self-hosted runners".
"""

from __future__ import annotations

from typing import Literal

System = Literal["linux", "windows", "macos"]

LINUX = """
ubuntu-latest ubuntu-26.04 ubuntu-26.04-arm ubuntu-24.04 ubuntu-24.04-arm ubuntu-22.04 ubuntu-22.04-arm
ubuntu-slim ubuntu-latest-4-cores ubuntu-latest-8-cores ubuntu-latest-16-cores
"""
WINDOWS = """
windows-latest windows-latest-8-cores windows-2025 windows-2025-vs2026 windows-2022 windows-11-arm
windows-11-vs2026-arm
"""
MACOS = """
macos-latest macos-latest-large macos-latest-xlarge macos-26 macos-26-large macos-26-xlarge macos-26-intel
macos-15 macos-15-large macos-15-xlarge macos-15-intel macos-14 macos-14-large macos-14-xlarge xcode-27
xcode-27-xlarge
"""
GONE = """
ubuntu-20.04 ubuntu-18.04 ubuntu-16.04 windows-2019 windows-2016 macos-13 macos-13-large macos-13-xlarge
macos-12 macos-12-large macos-12-xlarge macos-11 macos-11.0 macos-10.15
"""

HOSTED: dict[str, System] = {
    **dict.fromkeys(LINUX.split(), "linux"),
    **dict.fromkeys(WINDOWS.split(), "windows"),
    **dict.fromkeys(MACOS.split(), "macos"),
}

RETIRED = frozenset(GONE.split())
"""Labels that once existed; jobs that ask for them wait for ever."""

SELF_HOSTED: dict[str, System | None] = {
    "self-hosted": None,
    "linux": "linux",
    "windows": "windows",
    "macos": "macos",
    "x64": None,
    "arm": None,
    "arm64": None,
}

PREFIXES: tuple[tuple[str, System], ...] = (
    ("ubuntu-", "linux"),
    ("windows-", "windows"),
    ("macos-", "macos"),
)


def system(label: str) -> System | None:
    """Return the operating system a label means, None when it does not say."""
    name = label.lower()
    found = HOSTED.get(name) or SELF_HOSTED.get(name)
    if found is not None:
        return found
    return next((one for prefix, one in PREFIXES if name.startswith(prefix)), None)
