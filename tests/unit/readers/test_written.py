"""How the amounts of a shape are written is known, and each way is read as the exact reader reads it."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.books.columns import room
from billdrop.guidelines.model import Locale
from billdrop.readers.usual import UnusualError
from billdrop.readers.written import (
    DECIMAL,
    DECIMALS,
    DIGITS,
    GOING_ON,
    Written,
    regex,
    source,
    surely,
    written,
)
from billdrop.values import amounts

WAYS = [Written.WHOLE, Written.PLAIN, Written.ANYHOW]


@pytest.mark.parametrize(
    ("texts", "mark", "way"),
    [
        ([], ".", Written.WHOLE),
        (["5", "012"], ".", Written.WHOLE),
        (["5", "5.25"], ".", Written.PLAIN),
        (["5,25"], ",", Written.PLAIN),
        (["5,25"], ".", Written.ANYHOW),
        (["5.25", "1,234.50"], ".", Written.ANYHOW),
        (["5.25", "EUR 5"], ".", Written.ANYHOW),
        (["-5"], ".", Written.ANYHOW),
        (["5."], ".", Written.ANYHOW),
        (["٥"], ".", Written.ANYHOW),
        (["1" * (DIGITS + 1)], ".", Written.ANYHOW),
        ([f"1.{'1' * (DECIMALS + 1)}"], ".", Written.ANYHOW),
    ],
)
def test_the_plainest_way_that_fits_all_amounts_is_found(
    texts: list[str], mark: str, way: Written
) -> None:
    assert written(texts, mark) is way


def test_what_is_read_without_a_second_look_has_room_in_every_column() -> None:
    for kind in ("money", "number"):
        held = room("money" if kind == "money" else "number")
        assert held.whole >= DIGITS
        assert held.decimals >= DECIMALS


@given(st.text("0123456789.,", max_size=16), st.sampled_from([".", ","]))
def test_plain_amounts_are_what_the_exact_reader_says(text: str, mark: str) -> None:
    way = written([text], mark)
    if way < Written.ANYHOW:
        locale = Locale(decimal="," if mark == "," else ".", group="." if mark == "," else ",")
        read = amounts.money(locale, 30)
        value = eval(source(way, mark, "text", "None"), {"DECIMAL": DECIMAL, "text": text})
        assert (value, str(value)) == (read(text), str(read(text)))


@given(st.text("0123456789.,; ", max_size=16), st.sampled_from([".", ","]))
def test_an_amount_ends_where_any_other_way_ends_it(text: str, mark: str) -> None:
    *plain, anyhow = [re.compile(regex(way, mark) + GOING_ON).match(text) for way in WAYS]
    for match in plain:
        assert match is None or (anyhow is not None and match[0] == anyhow[0])


def test_amount_with_its_currency_is_left_to_the_exact_reader() -> None:
    read = surely(amounts.money(Locale(), 30))
    assert read("5.25") == Decimal("5.25")
    for text in ("EUR 5", "five"):
        with pytest.raises(UnusualError):
            read(text)
