"""Bars of one currency: dates at their distance, a scale of round values, all in shares of a hundred."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from billdrop.answers import expenses
from billdrop.answers.expenses import Expense, Grouping

MOST_BARS = 1100
"""The last three years of days; of more, the sums count all and the bars are the last."""
FEWEST = {"date": 7, "month": 6}
"""A single date stands among a week of days, not as wide as the page."""
WIDEST = 12.0
"""Of a bar, in hundredths of the chart."""
THINNEST = 0.6
"""Of a bar with room beside it."""
NAMED = 8
"""So many groups that are no dates have their names below them."""
LINES = 5
"""At most so many steps of the scale."""
MARKS = 9
"""At most so many dates below the bars."""
DAY_STEPS = (1, 2, 7, 14)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
PLAIN = 100_000
"""From here on all values of a scale are written shorter."""
SHORT = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(1000), "K"))  # fmt: skip


class Bar(Struct, frozen=True, kw_only=True):
    """One group; places and sizes in hundredths of the chart."""

    group: str
    invoices: int
    net: str | None
    tax: str | None
    total: str
    with_net: int
    with_tax: int
    x: float
    y: float
    width: float
    height: float
    minus: bool


class Tick(Struct, frozen=True, kw_only=True):
    """A value of the scale, or a date below the bars."""

    at: float
    text: str
    value: str = ""
    """The exact value, for the browser to write in its reader's way."""
    anchor: str = "middle"


class Chart(Struct, frozen=True, kw_only=True):
    """The bars of one currency: amounts of several are never added."""

    currency: str
    bars: tuple[Bar, ...]
    scale: tuple[Tick, ...]
    dates: tuple[Tick, ...]
    base: float
    """Where zero is."""
    first: str
    """The first day of the axis; empty where it is none of days."""
    days: int
    left_out: int
    """Groups before the first bar."""
    total: str
    net: str | None
    tax: str | None
    invoices: int
    with_net: int
    with_tax: int

    @property
    def named(self) -> bool:
        """Whether each bar has its name below it."""
        return not self.dates and len(self.bars) <= NAMED


class _Axis(Struct, frozen=True, kw_only=True):
    """Slots side by side, days or months or one for each group, and which of them have a bar."""

    first: int
    slots: int
    places: tuple[int, ...]

    @property
    def slot(self) -> float:
        return 100 / self.slots

    def middle(self, place: int) -> float:
        return (place - self.first + 0.5) * self.slot

    @property
    def width(self) -> float:
        """Of a bar: none touches the next, however few or many there are."""
        apart = min((b - a for a, b in pairwise(self.places)), default=self.slots)
        return min(0.8 * self.slot * apart, max(0.8 * self.slot, THINNEST), WIDEST)


def charts(found: Sequence[Expense], by: Grouping) -> list[Chart]:
    """One for each currency, in their order."""
    by_currency: dict[str, list[Expense]] = {}
    for one in found:
        by_currency.setdefault(one.currency, []).append(one)
    return [_chart(currency, many, by) for currency, many in sorted(by_currency.items())]


def _chart(currency: str, many: Sequence[Expense], by: Grouping) -> Chart:
    shown = many[-MOST_BARS:]
    axis = _axis([one.group for one in shown], by)
    scale = _scale([one.total for one in shown])
    low, high = scale[0], scale[-1]
    return Chart(
        currency=currency,
        bars=tuple(_bars(shown, axis, low, high)),
        scale=tuple(_ticks(scale)),
        dates=tuple(_dates(axis, by)),
        base=_y(Decimal(0), low, high),
        first=date.fromordinal(axis.first).isoformat() if by == "date" else "",
        days=axis.slots if by == "date" else 0,
        left_out=len(many) - len(shown),
        total=expenses.written(expenses.added(one.total for one in many)) or "0",
        net=expenses.written(expenses.added(one.net for one in many)),
        tax=expenses.written(expenses.added(one.tax for one in many)),
        invoices=sum(one.invoices for one in many),
        with_net=sum(one.with_net for one in many),
        with_tax=sum(one.with_tax for one in many),
    )


def _bars(shown: Sequence[Expense], axis: _Axis, low: Decimal, high: Decimal) -> Iterator[Bar]:
    for one, place in zip(shown, axis.places, strict=True):
        ends = sorted((_y(one.total, low, high), _y(Decimal(0), low, high)))
        yield Bar(
            group=one.group,
            invoices=one.invoices,
            net=expenses.written(one.net),
            tax=expenses.written(one.tax),
            total=expenses.written(one.total) or "0",
            with_net=one.with_net,
            with_tax=one.with_tax,
            x=axis.middle(place) - axis.width / 2,
            y=ends[0],
            width=axis.width,
            height=max(ends[1] - ends[0], 0.3),
            minus=one.total < 0,
        )


def _y(value: Decimal, low: Decimal, high: Decimal) -> float:
    return float(100 * (high - value) / (high - low))


def _axis(groups: Sequence[str], by: Grouping) -> _Axis:
    if by not in FEWEST:
        return _Axis(first=0, slots=len(groups), places=tuple(range(len(groups))))
    places = tuple([_place(group, by) for group in groups])
    more = max(0, FEWEST[by] - (places[-1] - places[0] + 1))
    slots = places[-1] - places[0] + 1 + more
    first = min(max(1, places[0] - more // 2), date.max.toordinal() - slots + 1)
    return _Axis(first=first, slots=slots, places=places)


def _place(group: str, by: Grouping) -> int:
    if by == "date":
        return date.fromisoformat(group).toordinal()
    year, month = group.split("-")
    return int(year) * 12 + int(month) - 1


def _scale(totals: Sequence[Decimal]) -> list[Decimal]:
    """Round values from below the least to above the greatest, zero among them."""
    low, high = min(Decimal(0), *totals), max(Decimal(0), *totals)
    step = _step((high - low) / LINES) if high > low else Decimal(1)
    first, last = (low / step).to_integral_value("ROUND_FLOOR"), (high / step).to_integral_value("ROUND_CEILING")  # fmt: skip
    return [step * each for each in range(int(first), max(int(last), int(first) + 1) + 1)]


def _step(least: Decimal) -> Decimal:
    """The next of 1, 2, 2.5, 5 and ten times as much."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(each * power for each in map(Decimal, ("1", "2", "2.5", "5", "10")) if each * power >= least)  # fmt: skip


def _ticks(scale: Sequence[Decimal]) -> Iterator[Tick]:
    most = max(map(abs, scale))
    size, name = next(each for each in SHORT if most >= each[0]) if most >= PLAIN else (1, "")
    for each in scale:
        text = f"{(each / size).normalize():,f}{name if each else ''}"
        yield Tick(at=_y(each, scale[0], scale[-1]), text=text, value=f"{each:f}")


def _dates(axis: _Axis, by: Grouping) -> Iterator[Tick]:
    if by == "date":
        days = [date.fromordinal(axis.first), date.fromordinal(axis.first + axis.slots - 1)]
        marks = {day.toordinal(): text for day, text in _of_days(*days)}
    elif by == "month":
        marks = dict(_of_months(axis.first, axis.first + axis.slots - 1))
    else:
        return
    for place, text in marks.items():
        at = axis.middle(place)
        yield Tick(at=at, text=text, anchor="end" if at > 97 else "middle")


def _of_days(first: date, last: date) -> Iterator[tuple[date, str]]:
    """Every day, every week from its Monday, or the first of months, as many as there is room for."""
    days = (last - first).days + 1
    step = next((each for each in DAY_STEPS if days <= each * MARKS), None)
    if step is None:
        months = _of_months(first.year * 12 + first.month - 1, last.year * 12 + last.month - 1)
        firsts = [(date(place // 12, place % 12 + 1, 1), text) for place, text in months]
        yield from ((day, text) for day, text in firsts if day >= first)
        return
    start = first + timedelta(days=-first.weekday() % 7) if step > 2 else first
    for place in range((last - start).days // step + 1):
        day = start + timedelta(days=step * place)
        yield day, day.isoformat()


def _of_months(first: int, last: int) -> Iterator[tuple[int, str]]:
    months = last - first + 1
    step = next((each for each in MONTH_STEPS if months <= each * MARKS), MONTH_STEPS[-1])
    for place in range(first + -first % step, last + 1, step):
        year, month = divmod(place, 12)
        yield place, f"{year:04}" if step >= 12 else f"{year:04}-{month + 1:02}"
