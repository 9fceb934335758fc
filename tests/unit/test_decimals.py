"""An answer is shown with the decimals that its values need, and says the same."""

from decimal import Decimal

import hypothesis.strategies as st
from hypothesis import given

from billdrop.answers.decimals import as_needed

AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=10, max_value=10**28, min_value=-(10**28)
)


def test_a_column_has_as_many_decimals_as_one_of_its_values_needs() -> None:
    rows = [("a", Decimal("3100.0000000000"), Decimal("0.5000")), ("b", None, Decimal("1.2500"))]
    assert [tuple(map(str, row)) for row in as_needed(rows)] == [
        ("a", "3100", "0.50"),
        ("b", "None", "1.25"),
    ]


@given(st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS)))
def test_every_value_is_what_it_was(rows: list[tuple[Decimal, Decimal | None]]) -> None:
    assert as_needed(rows) == rows
