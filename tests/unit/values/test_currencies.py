"""The frozen table is ISO 4217."""

import iso4217

from billdrop.values.currencies import MINOR_UNITS


def test_table_is_what_the_standard_says() -> None:
    assert {it.code: it.exponent for it in iso4217.Currency} == MINOR_UNITS
