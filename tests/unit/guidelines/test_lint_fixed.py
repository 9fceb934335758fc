"""What is wrong with a guideline of fixed width is said at its key, with what to do."""

import pytest

from billdrop.guidelines.load import Problem, lint

BEGUN = """\
guideline = "mill"
version = 1
input = { reader = "fixed", kind = "1" }
locale = { currency = "EUR" }
[records]
start = "H"
totals = [{ of = "total", record = "Z", at = "2-9" }]
[fields]
number = { at = "2-4" }
issue_date = { at = "5-14" }
total = { at = "15-22", decimals = 2 }
[lines]
each = "L"
fields = { net = { at = "2-9", decimals = 2 } }
"""

TABLE = """\
guideline = "flat"
version = 1
input = { reader = "fixed" }
locale = { currency = "EUR" }
[fields]
number = { at = "2-4" }
issue_date = { at = "5-14" }
total = { at = "15-22", decimals = 2 }
"""

LABELLED = """\
guideline = "acme"
version = 1
input = { reader = "labelled" }
locale = { currency = "EUR" }
[fields]
number = { label = "Invoice" }
issue_date = { label = "Date" }
total = { label = "Total" }
"""


def only(text: str) -> Problem:
    (problem,) = lint(text, "acme.toml")
    return problem


@pytest.mark.parametrize("text", [BEGUN, TABLE, LABELLED])
def test_sound_guideline_has_no_problems(text: str) -> None:
    assert lint(text, "acme.toml") == []


@pytest.mark.parametrize(
    ("text", "old", "new", "path"),
    [
        (TABLE, '"fixed"', '"fixed", line_ends = false', "input.line_ends"),
        (TABLE, '"fixed"', '"fixed", kind = "0-"', "input.kind"),
        (TABLE, 'at = "5-14"', 'at = "5-14", decimals = 2', "fields.issue_date.decimals"),
        (TABLE, 'number = { at = "2-4" }', 'number = { value = "1" }', "fields.number"),
        (TABLE, 'at = "5-14"', 'at = "5-14", record = "H"', "fields.issue_date.record"),
        (TABLE, 'at = "5-14"', 'column = "Date"', "fields.issue_date.column"),
        (BEGUN, 'each = "L"\n', "", "lines"),
        (BEGUN, 'of = "total"', 'of = "sum"', "records.totals[0].of"),
        (BEGUN, 'of = "total"', 'of = "number"', "records.totals[0].of"),
        (BEGUN, 'of = "total"', 'of = "tax"', "records.totals[0].of"),
        (BEGUN, 'of = "total"', 'of = "lines.tax"', "records.totals[0].of"),
        (BEGUN, 'of = "total"', 'of = "lines.name"', "records.totals[0].of"),
        (BEGUN, 'of = "total"', 'of = "invoices", within = "invoice"', "records.totals[0].of"),
        (BEGUN, 'record = "Z", ', "", "records.totals[0].of"),
        (BEGUN, 'record = "Z"', 'recrod = "Z"', "records.totals[0].recrod"),
        (LABELLED, 'label = "Date"', 'label = "Date", record = "H"', "fields.issue_date.record"),
        (
            LABELLED,
            'label = "Date"',
            'label = "Date", where = { "1" = "H" }',
            "fields.issue_date.where",
        ),
        (LABELLED, '"EUR"', '"EUR", negative = ["overpunch"]', "locale.negative[0]"),
        (LABELLED, "[fields]", '[records]\nignore = "X"\n[fields]', "records.ignore"),
    ],
)
def test_what_does_not_hold_is_named(text: str, old: str, new: str, path: str) -> None:
    assert old in text
    problem = only(text.replace(old, new))
    assert problem.path == path
    assert problem.hint


@pytest.mark.parametrize("of", ["invoices", "lines", "records", "lines.net", "total"])
def test_what_is_counted_or_added_up_may_be_stated(of: str) -> None:
    assert lint(BEGUN.replace('of = "total"', f'of = "{of}"'), "acme.toml") == []


def test_total_of_lines_needs_lines() -> None:
    text = BEGUN.partition("[lines]")[0].replace('"total", record', '"lines.net", record')
    assert only(text).path == "records.totals[0].of"
