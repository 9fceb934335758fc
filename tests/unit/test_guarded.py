"""One guard keeps spreadsheets from running a text, in the CSV of the books and of the commands."""

from decimal import Decimal

import pytest

from billdrop.books.csvfile import cleaned, guarded, unguarded
from billdrop.cli.output import print_csv

RUN = ["=1+1", "+1", "-1", "@x", " =1+1", "  =1", "'=1+1", "' =1", "＝1+1", "＋1", "－1", "＠x"]
LEFT = ["", "a=1", "1-1", "'tis", " a", "'", "x@example.com"]


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_gets_the_guard_everywhere(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(text) == cleaned(text) == f"'{text}"
    assert unguarded(guarded(text)) == text
    print_csv(["name"], [[text]])
    assert capsys.readouterr().out == f"name\n'{text}\n"


@pytest.mark.parametrize("text", LEFT)
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert guarded(text) == cleaned(text) == text


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\0=1", " \t=1", "\x85@x", "\tx"])
def test_control_characters_hide_no_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_amounts_are_no_texts(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv(["net"], [[Decimal("-1.50")]])
    assert capsys.readouterr().out == "net\n-1.50\n"
