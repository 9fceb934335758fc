"""The page of SQL lists the columns that there are."""

from pathlib import Path

import pytest

from billdrop.books.columns import INVOICES, LINES, Column, described

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sql.md"


@pytest.mark.parametrize("columns", [INVOICES, LINES], ids=["invoices", "lines"])
def test_every_column_stands_in_the_page_with_its_type_and_meaning(
    columns: tuple[Column, ...],
) -> None:
    assert described(columns) in PAGE.read_text("utf-8")
