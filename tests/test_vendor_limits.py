"""The rows of what vendors cannot do, against their tables of features, which must say the same."""

from __future__ import annotations

from typing import Any

import pytest

from mlci.planning.limits import Limit, Limits
from mlci.planning.vendor import ALL, FEATURES, Vendor


def table(vendor: Vendor) -> Limits:
    found = vendor.entry.part("render.limits").limits
    assert isinstance(found, Limits)
    return found


def rows(vendor: Vendor) -> tuple[Limit[Any], ...]:
    return (*table(vendor).workflows, *table(vendor).jobs)


VENDORS = pytest.mark.parametrize("vendor", ALL, ids=[vendor.ID for vendor in ALL])


@VENDORS
def test_a_feature_that_is_not_whole_has_a_row(vendor: Vendor) -> None:
    wanting = {name for name, support in vendor.FEATURES.items() if support.level in ("partly", "no")}
    assert wanting <= {row.feature for row in rows(vendor)}


@VENDORS
def test_a_row_is_about_a_feature_or_has_a_rule_of_its_own(vendor: Vendor) -> None:
    assert {row.feature for row in rows(vendor) if not row.rule} <= set(FEATURES)
    assert {row.feature for row in rows(vendor)} <= {*FEATURES, ""}


@VENDORS
def test_rows_are_named_for_their_vendor(vendor: Vendor) -> None:
    assert table(vendor).vendor == vendor.ID


@VENDORS
def test_a_row_says_what_to_do(vendor: Vendor) -> None:
    assert all(row.message and row.help and row.where for row in rows(vendor))
