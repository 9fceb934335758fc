"""Bars stand at the distance of their dates, beside a scale of round values."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from billdrop.answers.expenses import Expense, Grouping
from billdrop.console.chart import MOST_BARS, Chart, charts


def drawn(totals: dict[str, str], by: Grouping = "date", currency: str = "EUR") -> Chart:
    found = [
        Expense(
            group=group, currency=currency, invoices=1, net=None, tax=None, total=Decimal(total)
        )
        for group, total in totals.items()
    ]
    (one,) = charts(found, by)
    return one


def days(count: int, apart: int = 1) -> dict[str, str]:
    first = date(2024, 1, 30)
    return {
        (first + timedelta(days=apart * place)).isoformat(): str(place + 1)
        for place in range(count)
    }


def test_dates_stand_at_their_distance() -> None:
    one = drawn({"2026-01-01": "1", "2026-01-11": "1", "2026-02-10": "1"})
    first, second, third = (bar.x for bar in one.bars)
    assert (third - second) / (second - first) == pytest.approx(3)


def test_months_without_an_invoice_are_left_free() -> None:
    one = drawn({"2025-11": "1", "2025-12": "1", "2026-03": "1"}, "month")
    first, second, third = (bar.x for bar in one.bars)
    assert (third - second) / (second - first) == pytest.approx(3)


@pytest.mark.parametrize("count", [1, 2, 3, 40, 800])
@pytest.mark.parametrize("apart", [1, 9])
def test_no_bar_covers_another_or_leaves_the_chart(count: int, apart: int) -> None:
    one = drawn(days(count, apart))
    assert len(one.bars) == count
    for bar, following in pairwise(one.bars):
        assert bar.x + bar.width < following.x + 1e-9
    for bar in one.bars:
        assert 0 < bar.width <= 12
        assert bar.x > -bar.width
        assert bar.x + bar.width < 100 + bar.width
        assert bar.y >= 0
        assert bar.y + bar.height <= 100.3


@pytest.mark.parametrize("count", [1, 3, 8, 20, 63, 90, 800, 3000])
def test_dates_below_are_few_and_in_order(count: int) -> None:
    one = drawn(days(count))
    assert 2 <= len(one.dates) <= 9
    assert [tick.at for tick in one.dates] == sorted({tick.at for tick in one.dates})
    assert all(0 <= tick.at <= 100 for tick in one.dates)
    assert len({tick.text for tick in one.dates}) == len(one.dates)


def test_longer_spans_are_told_by_mondays_by_months_and_by_years() -> None:
    weeks = [tick.text for tick in drawn(days(50)).dates]
    assert {date.fromisoformat(text).weekday() for text in weeks} == {0}
    assert [tick.text for tick in drawn(days(200)).dates][:2] == ["2024-02", "2024-03"]
    assert {len(tick.text) for tick in drawn(days(20, 365)).dates} == {4}


@pytest.mark.parametrize(
    ("totals", "scale"),
    [
        (["8150"], ["0", "2,000", "4,000", "6,000", "8,000", "10,000"]),
        (["0.03", "0.05"], ["0", "0.01", "0.02", "0.03", "0.04", "0.05"]),
        (["-40", "100"], ["-50", "0", "50", "100"]),
        (["-40"], ["-40", "-30", "-20", "-10", "0"]),
        (["0"], ["0", "1"]),
        (["123456.78"], ["0", "25K", "50K", "75K", "100K", "125K"]),
        (["2400000", "-10"], ["-0.5M", "0", "0.5M", "1M", "1.5M", "2M", "2.5M"]),
        (["99999999999999.99"], ["0", "20T", "40T", "60T", "80T", "100T"]),
    ],
)
def test_scale_has_few_round_values_and_zero(totals: list[str], scale: list[str]) -> None:
    names = list(days(len(totals)))
    one = drawn(dict(zip(names, totals, strict=True)))
    assert [tick.text for tick in one.scale] == scale
    assert [Decimal(tick.value) for tick in one.scale] == sorted(
        Decimal(tick.value) for tick in one.scale
    )


def test_credit_hangs_below_zero() -> None:
    more, less = drawn({"2026-01-01": "80", "2026-01-02": "-20"}).bars
    assert not more.minus
    assert less.minus
    assert less.y == pytest.approx(more.y + more.height)
    assert more.height == pytest.approx(4 * less.height)


def test_amounts_of_two_currencies_have_a_chart_each() -> None:
    found = [
        Expense(
            group="2026-01-01",
            currency=currency,
            invoices=1,
            net=None,
            tax=None,
            total=Decimal(total),
        )
        for currency, total in (("INR", "100000"), ("EUR", "0.5"))
    ]
    assert [(one.currency, one.total) for one in charts(found, "date")] == [
        ("EUR", "0.5"),
        ("INR", "100000"),
    ]


def test_sum_counts_the_dates_that_have_no_bar_and_says_how_many() -> None:
    one = drawn(days(MOST_BARS + 7))
    assert (len(one.bars), one.left_out) == (MOST_BARS, 7)
    assert one.total == str(sum(range(1, MOST_BARS + 8)))


def test_few_groups_have_their_names_below_and_of_many_the_first_and_last() -> None:
    few = drawn({"Globex": "3", "Initech": "4"}, "seller")
    assert few.named
    assert not few.dates
    assert not drawn({f"seller {place}": "1" for place in range(9)}, "seller").named


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_first_and_last_day_that_there_is_have_room(day: str) -> None:
    one = drawn({day: "1"})
    assert one.days == 7
    assert 0 <= one.bars[0].x < 100
