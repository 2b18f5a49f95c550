"""The CI products a pipeline is rendered for: one package and one template folder each, one entry here."""

from __future__ import annotations

from mlci.vendors import circleci, github, jenkins, travis
from mlci.vendors.base import STEPS, Vendor

ALL: tuple[Vendor, ...] = (github, circleci, travis, jenkins)


def ids() -> tuple[str, ...]:
    """Return the vendors' ids, as `vendors:` names them."""
    return tuple(vendor.ID for vendor in ALL)


def styles() -> tuple[str, ...]:
    """Return every way to write jobs: plain steps, and what vendors have beside them."""
    return (STEPS, *(style for vendor in ALL for style in vendor.STYLES))


def find(vendor_id: str) -> Vendor:
    """Return the vendor of that id.

    Raises
    ------
    KeyError : no vendor is registered under that id
    """
    return next(vendor for vendor in ALL if vendor_id == vendor.ID)
