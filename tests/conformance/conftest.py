"""The ledger of every adapter, for the suites that ask its promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.ledger_rigs import ADAPTERS, Kept, Open


@pytest.fixture(params=ADAPTERS)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return ADAPTERS[request.param](tmp_path)


@pytest.fixture
def ledger(opening: Open) -> Iterator[Kept]:
    kept = opening()
    yield kept
    kept.close()
