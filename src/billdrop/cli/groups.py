"""The books added up by date, month, customer, seller or currency."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, localcontext
from typing import Literal

from msgspec import Struct

from billdrop.columns import INVOICES
from billdrop.model import Total
from billdrop.ports import Archive, QueryEngine

By = Literal["date", "month", "customer", "seller", "currency"]

_EXPRESSION: dict[By, str] = {
    "date": "issue_date",
    "month": "CAST(DATE_TRUNC('month', issue_date) AS DATE)",
    "customer": "customer",
    "seller": "seller",
    "currency": "currency",
}
_PLACE = {column.name: place for place, column in enumerate(INVOICES)}


class Group(Struct, frozen=True, kw_only=True):
    """Invoices of one key and currency, added up."""

    key: str
    currency: str
    invoices: int
    net: Decimal | None
    """None when no invoice states it."""
    tax: Decimal | None
    total: Decimal


def of_totals(totals: Iterable[Total], by: By) -> list[Group]:
    """The ledger's sums by date, folded to months or currencies where asked."""
    return folded(
        Group(
            key=_day_key(total.issue_date.isoformat(), total.currency, by),
            currency=total.currency,
            invoices=total.invoices,
            net=total.net,
            tax=total.tax,
            total=total.total,
        )
        for total in totals
    )


def of_invoices(archive: Archive, by: By, since: date | None, until: date | None) -> list[Group]:
    """The latest revisions in the ledger, one by one."""
    return folded(_of_invoices(archive, by, since, until))


def _of_invoices(
    archive: Archive, by: By, since: date | None, until: date | None
) -> Iterator[Group]:
    for entry in archive.invoices():
        row = dict(zip(_PLACE, entry.row, strict=True))
        day = row["issue_date"] or ""
        if entry.latest and _within(day, since, until):
            yield Group(
                key=row[by] or "" if by in row else _day_key(day, row["currency"] or "", by),
                currency=row["currency"] or "",
                invoices=1,
                net=_amount(row["net"]),
                tax=_amount(row["tax"]),
                total=Decimal(row["total"] or 0),
            )


def of_sql(engine: QueryEngine, by: By, since: date | None, until: date | None) -> list[Group]:
    """The same by SQL over the CSV; amounts carry the scale of the view, cut to what they need."""
    return folded(
        Group(
            key=_sql_key(key, by),
            currency=str(currency),
            invoices=int(str(invoices)),
            net=_trimmed(net),
            tax=_trimmed(tax),
            total=_trimmed(total) or Decimal(0),
        )
        for key, currency, invoices, net, tax, total in engine.run(statement(by, since, until))
    )


def statement(by: By, since: date | None, until: date | None) -> str:
    """The Athena SQL of a grouping."""
    bounds = [f"issue_date >= DATE '{since}'"] if since else []
    bounds += [f"issue_date <= DATE '{until}'"] if until else []
    key = _EXPRESSION[by]
    parts = [
        f"SELECT {key} AS part, currency, COUNT(*) AS invoices,",
        "SUM(net) AS net, SUM(tax) AS tax, SUM(total) AS total FROM invoices",
        f"WHERE {' AND '.join(bounds)}" if bounds else "",
        f"GROUP BY {', '.join(dict.fromkeys([key, 'currency']))}",
    ]
    return " ".join(filter(None, parts))


def folded(groups: Iterable[Group]) -> list[Group]:
    """Those of one key and currency added together, in order."""
    found: dict[tuple[str, str], Group] = {}
    with localcontext(prec=100):
        for group in groups:
            place = (group.key, group.currency)
            found[place] = _added(found[place], group) if place in found else group
    return [found[place] for place in sorted(found)]


def _added(one: Group, other: Group) -> Group:
    return Group(
        key=one.key,
        currency=one.currency,
        invoices=one.invoices + other.invoices,
        net=_sum(one.net, other.net),
        tax=_sum(one.tax, other.tax),
        total=one.total + other.total,
    )


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _day_key(day: str, currency: str, by: By) -> str:
    return {"date": day, "month": day[:7], "currency": currency}[by]


def _sql_key(key: object, by: By) -> str:
    text = "" if key is None else str(key)
    return text[:7] if by == "month" else text


def _within(day: str, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since.isoformat()) and (
        until is None or day <= until.isoformat()
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _trimmed(value: object) -> Decimal | None:
    """Without the zeros a view adds: `8150.0000` is 8150, `10.5000` is 10.50."""
    if value is None:
        return None
    text = f"{Decimal(str(value)):f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return Decimal(f"{whole}.{fraction.ljust(2, '0')}" if fraction else whole)
