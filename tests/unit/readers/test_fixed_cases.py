"""Each folder of `tests/cases/fixed` is a guideline, a document and what it is read as."""

from pathlib import Path

import pytest

from tests.unit.readers.test_delimited_cases import expected, parsed

CASES = Path(__file__).resolve().parents[2] / "cases" / "fixed"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_document_is_read_as_expected(case: Path) -> None:
    assert parsed(case) == expected(case)
