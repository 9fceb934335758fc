"""A guideline that does not read its own examples as it says is not loaded."""

from pathlib import Path

import pytest

from billdrop.guidelines.library import open_library
from billdrop.guidelines.load import Problem, lint
from billdrop.readers import Limits

SHOP = """\
guideline = "shop"
version = 1
customers = ["beta"]
input = { reader = "delimited", encoding = "cp1252" }
locale = { currency = "EUR" }
[fields]
number = { column = "No" }
issue_date = { column = "Date" }
total = { column = "Total" }
seller = { column = "Seller" }
[extra]
project = { column = "Project" }
[lines.fields]
name = { column = "Item" }
net = { column = "Net" }
"""
TEXT = """\
No,Date,Total,Seller,Project,Item,Net
1,2026-01-02,3.00,Käthe,P1,pen,1.00
1,2026-01-02,3.00,Käthe,P1,ink,2.00
2,2026-01-03,4.00,,P1,cap,4.00
"""
EXPECT = """\
{ number = "1", issue_date = "2026-01-02", total = "3", seller = "Käthe", extra = { project = "P1" }, lines = [{ name = "pen", net = "1" }, { net = "2.0" }] },
{ total = "4.00" },
"""


def problems(expect: str, text: str = TEXT) -> list[Problem]:
    example = f"[[examples]]\ntext = '''\n{text}'''\nexpect = [\n{expect}]\n"
    return lint(SHOP + example, "shop.toml")


def test_example_that_is_read_as_expected_is_no_problem() -> None:
    assert problems(EXPECT) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ('total = "3"', 'total = "3.01"', "[0].total", "expected `3.01`, got `3.00`"),
        ('total = "3"', 'total = "three"', "[0].total", "expected `three`, got `3.00`"),
        (
            '"2026-01-02"',
            '"2026-01-03"',
            "[0].issue_date",
            "expected `2026-01-03`, got `2026-01-02`",
        ),
        ('number = "1"', 'number = "7"', "[0].number", "expected `7`, got `1`"),
        ('"pen"', '"ink"', "[0].lines[0].name", "expected `ink`, got `pen`"),
        ('{ name = "pen", net = "1" }, ', "", "[0].lines", "expected 1 lines, got 2"),
        ('"P1"', '"P2"', "[0].extra.project", "expected `P2`, got `P1`"),
        ('{ total = "4.00" },', "", "", "expected 1 invoices, got 2"),
        ('{ total = "4.00" }', '{ seller = "x" }', "[1].seller", "expected `x`, got nothing"),
    ],
)
def test_difference_is_named_with_what_was_expected_and_got(
    old: str, new: str, path: str, message: str
) -> None:
    found = problems(EXPECT.replace(old, new, 1))
    assert (found[0].code, found[0].path, found[0].message) == (
        "BD4006",
        f"examples[0].expect{path}",
        message,
    )


def test_example_that_is_refused_says_why_and_where() -> None:
    text = TEXT.replace("3.00", "3x").rpartition("2,2026")[0]
    (found,) = problems('{ number = "1" }', text)
    assert found.code == "BD4006"
    assert "the example is refused: line 2, column 14: total: `3x` is not" in found.message


def test_example_with_a_warning_is_no_problem() -> None:
    given = SHOP.replace("[extra]", 'due_date = { column = "Due" }\n[extra]')
    text = TEXT.rpartition("2,2026")[0].replace("Project", "Project,Due")
    text = text.replace("P1", "P1,2026-01-01")
    example = f"[[examples]]\ntext = '''\n{text}'''\nexpect = {{ due_date = '2026-01-01' }}\n"
    assert lint(given + example, "shop.toml") == []


def test_example_that_is_unreadable_as_a_whole_says_why() -> None:
    found = problems("", "No,Date\n1,2026-01-02\n")
    assert found[0].path == "examples[0]"
    assert "BD2024" in found[0].message


def test_example_for_one_invoice_may_be_a_table() -> None:
    text = TEXT.rpartition("2,2026")[0]
    example = f"[[examples]]\ntext = '''\n{text}'''\n[examples.expect]\ntotal = 3.00\n"
    assert lint(SHOP + example, "shop.toml") == []
    (found,) = lint(SHOP + example.replace("3.00\n", "4.00\n").replace(text, TEXT), "shop.toml")[1:]
    assert found.path == "examples[0].expect.total"


def test_example_that_the_encoding_does_not_have_is_named() -> None:
    (found,) = problems("", TEXT.replace("Käthe", "Катя"))
    assert (found.path, found.message) == ("examples[0].text", "`К` is not in cp1252")


def test_example_may_lie_in_a_file_beside_the_guideline(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    text = SHOP + f'[[examples]]\nfile = "a/b.csv"\nexpect = [\n{EXPECT}]\n'
    (found,) = lint(text, str(path))
    assert (found.code, found.path) == ("BD4006", "examples[0].file")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.csv").write_text(TEXT, "cp1252")
    assert lint(text, str(path)) == []


def test_guideline_that_fails_its_own_example_is_not_loaded(tmp_path: Path) -> None:
    text = SHOP + f"[[examples]]\ntext = '''\n{TEXT}'''\nexpect = []\n"
    (tmp_path / "shop.toml").write_text(text, "utf-8")
    guidelines, broken = open_library(tmp_path, Limits())
    assert guidelines.named("shop") is None
    assert [problem.code for problem in broken[0][1]] == ["BD4006"]
