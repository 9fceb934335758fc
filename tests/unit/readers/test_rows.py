"""Rows are written as they look, and matched in linear time."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import LINE_FIELDS, Locale
from billdrop.readers.rows import Row, Rows

DOCPROC = "{id:int}) {name:text}, {net:money}[, {tax:money}]"


def row(pattern: str, **given_locale: Any) -> Row:
    return Rows(Locale(**given_locale), 30).compile(pattern, LINE_FIELDS, "lines.row")


def fits(pattern: str, line: str, **given_locale: Any) -> tuple[str | None, ...] | None:
    match = row(pattern, **given_locale).fit(line)
    return None if match is None else match.groups()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("1) Fusion controller, 2000, 200", ("1", "Fusion controller", "2000", "200")),
        ("5) Dial, 850", ("5", "Dial", "850", None)),
        ("  5)   Dial,\t850  ", ("5", "Dial", "850", None)),
        ("5) A, b, 8.50", ("5", "A, b", "8.50", None)),
        ("5) A, 5, 6", ("5", "A", "5", "6")),
        ("5) A, 5, 6, 7", ("5", "A, 5", "6", "7")),
        ("5) ,, 5", ("5", ",", "5", None)),
        ("5) A, 1,234.50, 1,23", ("5", "A", "1,234.50", "1,23")),
        ("5) A, -5.00", ("5", "A", "-5.00", None)),
        ("5) A, € 5.00, 1 EUR", ("5", "A", "€ 5.00", "1 EUR")),
        ("5)Dial, 850", None),
        ("5) Dial", None),
        ("5) Dial, 8x0", None),
        ("five) Dial, 850", None),
        ("5) Dial, 850 and more", None),
        ("٥) Dial, 850", None),
        ("", None),
    ],
)
def test_row_takes_its_values(line: str, values: tuple[str | None, ...] | None) -> None:
    assert fits(DOCPROC, line, group=",", currencies={"€": "EUR"}) == values


@pytest.mark.parametrize(
    ("pattern", "line", "values"),
    [
        ("{name} {net}", "a b 5", ("a b", "5")),
        ("{quantity} {unit:word}   {net}", "2 kg 5", ("2", "kg", "5")),
        ("{quantity}[ {unit:word}] {net}", "2 5", ("2", None, "5")),
        ("{quantity}{unit:word} {net}", "2kg 5", ("2", "kg", "5")),
        ("{name}; {tax_rate}; {net}", "a; 19 %; 5", ("a", "19 %", "5")),
        ("{name}; {tax_rate}; {net}", "a; 19%; 5", ("a", "19%", "5")),
        ("{name} - {description} {net}", "a - b - c 5", ("a", "b - c", "5")),
        ("{item_id:word}/{name} {net}", "x/y/z 5", ("x", "y/z", "5")),
        ("{name:date} {net}", "3 Mar 2026 5", ("3 Mar 2026", "5")),
        ("{unit:currency} {net}", "USD 5", ("USD", "5")),
        ("{_:int}. {name}", "7. a", ("a",)),
        ("a[ {id:int}[, {net}]] z", "a 1, 5 z", ("1", "5")),
        ("a[ {id:int}[, {net}]] z", "a 1 z", ("1", None)),
        ("a[ {id:int}[, {net}]] z", "a z", (None, None)),
        ("{{{id:int}}} [[x]] {net}", "{3} [x] 5", ("3", "5")),
        (r"a.*\s{id:int}", r"a.*\s5", ("5",)),
        (r"{name}\s{description}", r"a\sb", ("a", "b")),
        ("  {id:int}  ", "5", ("5",)),
    ],
)
def test_pattern_means_what_it_looks_like(
    pattern: str, line: str, values: tuple[str | None, ...]
) -> None:
    assert fits(pattern, line, dates=["D MMM YYYY"], currency="USD") == values


def test_blank_between_groups_belongs_to_the_amount() -> None:
    given_locale = {"group": " ", "decimal": ","}
    assert fits("{name} {net}", "Rohr lang 1 234,50", **given_locale) == ("Rohr lang", "1 234,50")


@pytest.mark.parametrize(
    ("way", "text"), [("minus", "-5"), ("trailing-minus", "5-"), ("parentheses", "(5)")]
)
def test_row_takes_negative_amounts_as_declared(way: str, text: str) -> None:
    assert fits("{id:int} {net}", f"1 {text}", negative=[way]) == ("1", text)
    others = [other for other in ("minus", "trailing-minus", "parentheses") if other != way]
    assert fits("{id:int} {net}", f"1 {text}", negative=others) is None
    assert fits("{id:int} {net}", f"1 {text}", negative=[way, *others]) == ("1", text)


def test_line_that_nearly_fits_says_which_value_is_wrong() -> None:
    match = row(DOCPROC).near("3) Phaser, 5x0, 35")
    assert match is not None
    assert match.groups() == ("3", "Phaser", "5x0", "35")
    assert match.span(3) == (11, 14)
    assert match.string == "3) Phaser, 5x0, 35"


@given(st.text("1a,) \u00a0.(-€", max_size=40), st.text("1, )ab", max_size=20))
def test_fast_pattern_agrees_with_the_exact_one(start: str, end: str) -> None:
    compiled = Rows(Locale(group=",", currencies={"€": "EUR"}), 30)
    line = f"1) {start}, 5{end}"
    for pattern in (
        DOCPROC,
        "{id:int}) {name}, {net}",
        "{id:int}) {name}, {quantity:int}[, {net}]",
    ):
        nodes_fit = compiled.compile(pattern, LINE_FIELDS, "x")
        compiled.marked = False
        exact = compiled.compile(pattern, LINE_FIELDS, "x")
        compiled.marked = True
        one, other = nodes_fit.fit(line), exact.fit(line)
        assert (one and one.groups()) == (other and other.groups())


HOSTILE: list[Callable[[int], str]] = [
    lambda n: "a " * (n // 2),
    lambda n: "1) " + "1, " * (n // 3),
    lambda n: "1) " + "1" * n,
    lambda n: "1) " + " " * n + "x",
    lambda n: "1) a" + " " * n,
    lambda n: "1) " + "a, 1,234" * (n // 8),
    lambda n: "1) a, " + "1," * (n // 2),
    lambda n: "/" * n,
    lambda n: "1) a, " + "(" * n,
    lambda n: "1 - " * (n // 4),
]
PATTERNS = [
    DOCPROC,
    "{name} - {description} {quantity}{unit:word} {unit_price} {net}",
    "{item_id:word}/{name}/{unit:word} {net}",
    "{name} {quantity} {unit:word} {unit_price} {net}[ {tax}[ {tax_rate}]]",
    "{name}[ {quantity}] {net}[ {tax}]",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_hostile_lines_of_100_kilobytes_are_answered(pattern: str) -> None:
    """With a pattern that backtracks, the first of them would not end before the suite's timeout."""
    compiled = row(pattern, group=",")
    for hostile in HOSTILE:
        line = hostile(100_000)
        for fit in (compiled.fit, compiled.near):
            match = fit(line)
            assert match is None or match.groups()


def test_two_texts_without_bounds_are_matched_by_re2() -> None:
    assert row("{name} - {description} {net}").linear
    assert not row(DOCPROC).linear
    assert not row("{unit:word} {name} {item_id:word}").linear
    assert row("{unit:word}/{name}").linear


@pytest.mark.parametrize(
    ("pattern", "column", "fact"),
    [
        ("{x}", 1, "`x` is none of"),
        ("a {name", 3, "a placeholder is"),
        ("{name:foo}", 7, "`foo` is none of the types"),
        ("a [b", 3, "`[` is not closed"),
        ("a]", 2, "`]` closes nothing"),
        ("a}", 2, "`}` closes nothing"),
        ("{name}{unit}", 7, "nothing stands between `name` and `unit`"),
        ("{quantity}{net}", 11, "nothing stands between `quantity` and `net`"),
        ("[a[b[c]]]", 5, "`[` may hold one more `[`"),
        ("", 1, "it is empty"),
        ("   ", 1, "it is empty"),
        ("{name} {name}", 8, "`name` is there twice"),
        ("  {net:text}", 3, "cannot be read as text"),
        ("[]", 1, "`[]` holds nothing"),
    ],
)
def test_bad_pattern_is_bd4005_with_its_column(pattern: str, column: int, fact: str) -> None:
    with pytest.raises(GuidelineError) as error:
        row(pattern)
    assert error.value.error_code == "BD4005"
    assert error.value.facts["column"] == column
    assert fact in error.value.message
    assert error.value.message.startswith("lines.row: ")


@given(st.text("{}[]:a net1,", max_size=30))
def test_any_pattern_is_compiled_or_refused(pattern: str) -> None:
    rows = Rows(Locale(), 30)
    try:
        compiled = rows.compile(pattern, None, "ignore")
    except GuidelineError:
        return
    for fit in (compiled.fit, compiled.near):
        match = fit(pattern)
        assert match is None or len(match.groups()) == len(compiled.names)
