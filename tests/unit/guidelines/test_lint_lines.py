"""A line that ends or begins the items tells itself from their rows, or lint says that it cannot."""

import pytest

from billdrop.guidelines.load import lint
from tests.unit.guidelines.test_lint import LABELLED

ROW = 'row = "{id:int} {name:text}, {net:money}"'


def problems(*lines: str) -> list[tuple[str, str]]:
    text = "\n".join([LABELLED, "[lines]", 'start = "Items"', *lines, ""])
    return [(one.path, one.message) for one in lint(text, "acme.toml")]


@pytest.mark.parametrize("text", ["{a}", "{a:text}", "{_} {b:word}", "  {all}  "])
def test_end_that_every_line_fits_is_refused(text: str) -> None:
    (found,) = problems(ROW, f'end = "{text}"')
    assert found == ("lines.end", f"`lines.end`: every line fits `{text}`")


def test_start_that_every_line_fits_is_refused_at_its_place() -> None:
    text = LABELLED + '[lines]\nstart = ["Items", "{a}"]\n' + ROW + "\n"
    (found,) = lint(text, "acme.toml")
    assert (found.path, found.line, found.column) == ("lines.start[1]", 11, 19)


def test_end_that_is_a_row_is_refused() -> None:
    (found,) = problems(ROW, 'end = "{id:int}  {name:text}, {net:money}"')
    assert found[0] == "lines.end"
    assert "is a row of the lines" in found[1]


@pytest.mark.parametrize("text", ["Total {_:money}", "{_:int}", "---", "{a} items", ""])
def test_end_that_tells_itself_from_rows_is_taken(text: str) -> None:
    assert problems(ROW, f'end = "{text}"') == []


def test_end_that_is_no_pattern_is_refused_once() -> None:
    assert [path for path, _ in problems(ROW, 'end = "{a"')] == ["lines.end[0]"]
