"""One thing that is not alike."""

from __future__ import annotations

from typing import NamedTuple


class Difference(NamedTuple):
    """What a vendor does otherwise than mlci.yaml says."""

    vendor: str
    workflow: str
    job: str
    """ "" for the whole workflow."""
    what: str
    """The compared value: "order", "output.model"."""
    said: str
    """One sentence, without the vendor."""
    expected: str = ""
    got: str = ""
    help: str = ""

    @property
    def sentence(self) -> str:
        where = f"{self.workflow} / {self.job}" if self.job else self.workflow
        return f"{self.vendor}: {where}: {self.said}"
