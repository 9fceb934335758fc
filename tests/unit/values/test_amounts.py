"""Amounts are read as the locale writes them, or not at all."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.books.columns import Room, room
from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Locale
from billdrop.values import Convert, Failure, Stated
from billdrop.values.amounts import _Numbers, integer, money, number
from billdrop.values.currencies import reader as currency

DIGITS = 30
WAYS = {
    "minus": "-{}",
    "trailing-minus": "{}-",
    "parentheses": "({})",
}
LOCALES = [
    Locale.model_validate(
        {"decimal": decimal, "group": group, "grouping": grouping, "negative": [way]}
    )
    for decimal, group, grouping, way in product(
        (".", ","), ("", " ", "'", ",", ".", "\u202f"), ("thousands", "indian"), WAYS
    )
    if decimal != group
]


def locale(**given: Any) -> Locale:
    return Locale.model_validate(given)


def grouped(digits: str, grouping: str, mark: str) -> str:
    """The digits with marks between their groups, in the one obvious way to write it."""
    groups = [digits[-3:]]
    rest, size = digits[:-3], 2 if grouping == "indian" else 3
    while rest:
        groups.insert(0, rest[-size:])
        rest = rest[:-size]
    return mark.join(groups)


@given(
    st.sampled_from(LOCALES),
    st.integers(0, 10**14 - 1),
    st.text("0123456789", max_size=4),
    st.booleans(),
)
def test_every_locale_reads_back_what_it_writes(
    given_locale: Locale, whole: int, fraction: str, negative: bool
) -> None:
    text = grouped(str(whole), given_locale.grouping, given_locale.group)
    text += given_locale.decimal + fraction if fraction else ""
    value = Decimal(f"{whole}.{fraction}" if fraction else str(whole))
    if negative:
        text, value = WAYS[given_locale.negative[0]].format(text), -value
    read = money(given_locale, DIGITS)(text)
    assert read == value
    assert str(read) == str(value or value.copy_abs())


@given(st.text())
def test_any_text_is_an_amount_or_a_failure(text: str) -> None:
    for given_locale in LOCALES[:4]:
        for read in (money(given_locale, DIGITS), integer(given_locale, DIGITS)):
            assert isinstance(read(text), Decimal | Stated | Failure)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7650", "7650"),
        ("7650.00", "7650.00"),
        ("1,234,567.8", "1234567.8"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("0", "0"),
        ("-0.00", "0.00"),
        ("000.10", "0.10"),
    ],
)
def test_amount_keeps_its_value_and_its_scale(text: str, value: str) -> None:
    assert str(money(locale(group=","), DIGITS)(text)) == str(Decimal(value))


@pytest.mark.parametrize(
    "text",
    [
        "1,23",
        "12,34.5",
        "1,2345",
        ",123",
        "123,",
        "0,123.45",
        "1,,234",
        "12x190",
        "1_000",
        "NaN",
        "Infinity",
        "1e5",
        "1 000",
        "١٢٣",
        "１２",
        "²",
        "5.",
        ".5",
        "1.2.3",
        "+5",
        "--5",
        "- 5",
        "(5)",
        "5-",
        "$5",
        "5 %",
        "5 of 6",
    ],
)
def test_amount_not_as_declared_is_bd2004(text: str) -> None:
    failure = money(locale(group=","), DIGITS)(text)
    assert isinstance(failure, Failure)
    assert failure.code == "BD2004"
    assert text in failure.message
    assert "1,234,567.89" in failure.hint


def test_amount_without_declared_grouping_has_no_groups() -> None:
    assert isinstance(money(locale(), DIGITS)("1,234.00"), Failure)


def test_blank_as_group_takes_every_narrow_blank() -> None:
    read = money(locale(group=" ", decimal=","), DIGITS)
    assert [read(f"1{blank}234,50") for blank in (" ", "\u00a0", "\u202f")] == [
        Decimal("1234.50")
    ] * 3


def test_indian_groups_are_two_after_the_first_three() -> None:
    read = money(locale(group=",", grouping="indian"), DIGITS)
    assert read("12,34,567.89") == Decimal("1234567.89")
    assert isinstance(read("1,234,567.89"), Failure)
    failure = read("x")
    assert isinstance(failure, Failure)
    assert "12,34,567.89" in failure.hint


@pytest.mark.parametrize("negative", [["minus"], ["trailing-minus"], ["parentheses"]])
def test_only_the_declared_ways_of_being_negative_are_read(negative: list[str]) -> None:
    read = money(locale(negative=negative), DIGITS)
    for way, form in WAYS.items():
        value = read(form.format("5.00"))
        assert (value == Decimal("-5.00")) == (way in negative)


@pytest.mark.parametrize(
    "text",
    ["5 EUR", "EUR 5", "5EUR", "€ 5", "€5", "5 €", "5 Euro net", "5  euro  NET", "EUR 5 €"],
)
def test_currency_beside_an_amount_is_stated(text: str) -> None:
    read = money(locale(currencies={"€": "EUR", "Euro net": "EUR"}), DIGITS)
    assert read(text) == Stated(Decimal(5), "EUR")


@pytest.mark.parametrize(
    "text", ["-€5", "€-5", "€ -5", "-5 €", "(€5)", "(5 €)", "€ (5)", "(5) €", "5-€"]
)
def test_sign_and_currency_stand_in_any_order(text: str) -> None:
    negative = ["minus", "parentheses", "trailing-minus"]
    read = money(locale(currencies={"€": "EUR"}, negative=negative), DIGITS)
    assert read(text) == Stated(Decimal(-5), "EUR")


def test_two_currencies_beside_one_amount_are_bd2011() -> None:
    failure = money(locale(currencies={"€": "EUR"}), DIGITS)("€ 5 USD")
    assert isinstance(failure, Failure)
    assert failure.code == "BD2011"


def test_code_that_is_none_is_bd2010() -> None:
    failure = money(locale(), DIGITS)("5 ABC")
    assert isinstance(failure, Failure)
    assert failure.code == "BD2010"


@pytest.mark.parametrize("text", ["1" * 31, "1" * 500, "1." + "0" * 30])
def test_more_digits_than_the_limit_are_bd2021(text: str) -> None:
    failure = money(locale(), DIGITS)(text)
    assert isinstance(failure, Failure)
    assert failure.code == "BD2021"


def test_as_many_digits_as_the_limit_are_exact() -> None:
    assert str(number(locale(), DIGITS)("9" * 28 + ".99")) == "9" * 28 + ".99"


ROOMS = [(money, room("money")), (number, room("number"))]
MARKED = locale(group=",", negative=["minus", "trailing-minus", "parentheses"])


@pytest.mark.parametrize(("reader", "held"), ROOMS)
@pytest.mark.parametrize("form", ["{}", "-{}", "({})", "{}-"])
def test_amount_that_its_column_cannot_hold_is_bd2028(
    reader: Callable[[Locale, int], Convert], held: Room, form: str
) -> None:
    read = reader(MARKED, 60)
    nines, parts = "9" * held.whole, "0" * (held.decimals - 1) + "1"
    for text in (f"{nines}.{parts}", f"000{nines}", f"0.{parts}000", f"{nines}.0{'0' * 20}"):
        assert isinstance(read(form.format(text)), Decimal), text
    for text in (f"1{nines}", f"{nines}1.5", f"1{nines}.{parts}", f"0.0{parts}", f"1.{parts}0001"):
        failure = read(form.format(text))
        assert isinstance(failure, Failure), text
        assert failure.code == "BD2028"


def test_amount_that_does_not_fit_says_by_what() -> None:
    read = money(locale(), DIGITS)
    for text, fact in (("1.00005", "4 decimals"), ("123456789012345.00", "14 digits before")):
        failure = read(text)
        assert isinstance(failure, Failure)
        assert fact in failure.message


@given(st.text("0123456789.,-()+% €", max_size=40), st.sampled_from(LOCALES))
def test_short_way_answers_as_the_exact_way(text: str, given_locale: Locale) -> None:
    exact = _Numbers(given_locale, DIGITS, "BD2004", "an amount", room("money")).read
    assert money(given_locale, DIGITS)(text) == exact(text)


def test_long_text_is_no_amount() -> None:
    failure = money(locale(), DIGITS)("x" * 100_000)
    assert isinstance(failure, Failure)
    assert len(failure.message) < 200


def test_quantity_has_no_currency() -> None:
    read = number(locale(), DIGITS)
    assert read("2.5") == Decimal("2.5")
    assert read("2") == Decimal(2)
    failure = read("2 EUR")
    assert isinstance(failure, Failure)
    assert failure.code == "BD2012"


def test_percentage_may_have_its_sign() -> None:
    read = number(locale(decimal=","), DIGITS, "percent")
    assert [read("19"), read("19%"), read("7,5 %")] == [Decimal(19), Decimal(19), Decimal("7.5")]
    assert isinstance(read("% 19"), Failure)


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.0", "BD2012"), ("1,000", "BD2012"), ("٣", "BD2012"), ("1" * 40, "BD2021")],
)
def test_whole_number_is_digits_only(text: str, code: str) -> None:
    failure = integer(locale(group=","), DIGITS)(text)
    assert isinstance(failure, Failure)
    assert failure.code == code


def test_whole_number_has_a_minus_where_the_locale_has_one() -> None:
    assert integer(locale(), DIGITS)("-12") == Decimal(-12)
    assert integer(locale(), DIGITS)("−12") == Decimal(-12)
    assert isinstance(integer(locale(negative=["parentheses"]), DIGITS)("-12"), Failure)


@pytest.mark.parametrize("group", [".", "3", "x", "-", "("])
def test_group_that_cannot_be_one_is_refused(group: str) -> None:
    with pytest.raises(GuidelineError, match=r"locale\.group"):
        money(locale(group=group), DIGITS)


def test_currency_is_a_code_or_a_declared_name() -> None:
    read = currency(locale(currencies={"Space Rupees": "INR"}))
    assert read("EUR") == "EUR"
    assert read("space  RUPEES") == "INR"
    for text in ("eur", "Dollars", "XYZ"):
        failure = read(text)
        assert isinstance(failure, Failure)
        assert failure.code == "BD2010"


@pytest.mark.parametrize("given_locale", [{"currency": "ABC"}, {"currencies": {"Foo": "foo"}}])
def test_declared_currency_that_nobody_has_is_refused(given_locale: dict[str, Any]) -> None:
    with pytest.raises(GuidelineError, match="no ISO 4217 code"):
        currency(locale(**given_locale))
