"""What all tests share: the flag that rewrites what the cases expect."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what is rendered now as what the cases expect"
    )


@pytest.fixture
def update_cases(request: pytest.FixtureRequest) -> bool:
    """Whether the cases' expected files are to be written anew."""
    return bool(request.config.getoption("--update-cases"))
