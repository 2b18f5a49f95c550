"""docs/reference/vendors.md: what each vendor has, from the vendors' own modules."""

from __future__ import annotations

from mlci.derive.page import page, table
from mlci.planning import vendor as vendors
from mlci.planning.vendor import FEATURES, Vendor

SIGNS = {"native": "yes", "mlci": "by mlci", "partly": "partly", "no": "no"}
OPENING = """
What the language offers, and how each vendor comes by it. "By mlci" means that `mlci exec` does it inside
the job. What is partly there or missing is said when the files are rendered, with its place in `mlci.yaml`
and the way round.
"""


def files() -> dict[str, str]:
    heads = ("feature", *(vendor.product.TITLE for vendor in vendors.ALL))
    rows = [
        (meaning, *(SIGNS[vendor.FEATURES[name].level] for vendor in vendors.ALL))
        for name, meaning in FEATURES.items()
    ]
    parts = [how(vendor) for vendor in vendors.ALL]
    return {"docs/reference/vendors.md": page("Vendors", OPENING, table(heads, rows), *parts)}


def how(vendor: Vendor) -> str:
    """Return one vendor's section: how it has each feature."""
    rows = [(FEATURES[name], SIGNS[had.level], had.how) for name, had in vendor.FEATURES.items()]
    return f"## [{vendor.product.TITLE}]({vendor.product.HOME})\n\n" + table(("feature", "", "how"), rows)
