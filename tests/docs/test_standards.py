"""The page of each standard has the table of what its guideline maps."""

from importlib import resources
from pathlib import Path

import pytest

from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.mapped import described
from billdrop.readers import Limits

PAGES = Path(__file__).resolve().parents[2] / "docs" / "standards"
STANDARDS = sorted(page.stem for page in PAGES.glob("*.md"))


@pytest.mark.parametrize("name", STANDARDS)
def test_page_of_a_standard_has_the_table_of_what_is_mapped(name: str) -> None:
    file = resources.files("billdrop.guidelines") / "builtin" / f"{name}.toml"
    guide = compile_guide(file.read_text("utf-8"), origin=file.name, limits=Limits())
    page = (PAGES / f"{name}.md").read_text("utf-8")
    table = described(guide.guideline)
    assert table in page, f"put this into {name}.md:\n\n{table}"


def test_standards_of_segments_have_a_page() -> None:
    assert {"x12-810", "edifact-invoic"} <= set(STANDARDS)


def test_standards_of_rows_and_records_have_a_page() -> None:
    assert {"ledes-1998b", "ledes-1998bi", "idoc-invoic"} <= set(STANDARDS)


def test_standards_of_trees_have_a_page() -> None:
    assert {"ubl-invoice", "ubl-credit-note", "cii", "zugferd-1", "cfdi-3-3", "cfdi-4-0"} <= set(
        STANDARDS
    )
    assert {"fatturapa", "fatturapa-simplified", "facturae", "gobl", "gobl-tax-included"} <= set(
        STANDARDS
    )


def test_table_says_what_is_constant_added_up_and_required() -> None:
    text = """
guideline = "own"
version = 1
input = { reader = "delimited" }

[fields]
number = { column = "No", required = true }
issue_date = { column = 2 }
total = { sum = ["net"] }
net = { column = "Net" }
seller = { value = "Bolts Inc" }
"""
    guide = compile_guide(text, origin="own.toml", limits=Limits())
    rows = described(guide.guideline).splitlines()[2:]
    assert rows == [
        "| `number` | BT-1 | `No` | required |",
        "| `issue_date` | BT-2 | `2` |  |",
        "| `total` | BT-112 | the sum of `net` |  |",
        "| `net` | BT-109 | `Net` |  |",
        "| `seller` | BT-27 | always `Bolts Inc` |  |",
    ]
