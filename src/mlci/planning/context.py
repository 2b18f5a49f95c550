"""Where and for what a run is, in words no vendor owns."""

from __future__ import annotations

from typing import NamedTuple


class Context(NamedTuple):
    """A CI run in words no vendor owns; "" where the vendor does not say."""

    vendor: str = "local"
    commit: str = ""
    branch: str = ""
    tag: str = ""
    pr: str = ""
    event: str = ""
    """push, pull_request, schedule, tag or manual."""
    run_id: str = ""
    run_url: str = ""
    actor: str = ""

    def variables(self) -> dict[str, str]:
        """Return it as the variables MLCI_VENDOR, MLCI_COMMIT, …"""
        return {f"MLCI_{name.upper()}": value for name, value in self._asdict().items()}
