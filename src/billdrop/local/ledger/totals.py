"""Sums by issue date and currency, kept in the same transaction as what they sum up."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from billdrop.model import Row

_CONTEXT = Context(prec=1_000, traps=[Inexact])
_add = _CONTEXT.add
_subtract = _CONTEXT.subtract
_json = msgspec.json.Encoder().encode
_ZERO = Decimal(0)

ISSUE_DATE, CURRENCY, NET, TAX, TOTAL = 5, 8, 9, 10, 11
"""Positions in a row of `columns.INVOICES`."""


class Sum(Struct):
    """What some invoices of one issue date and currency add up to, exact however long the amounts are."""

    invoices: int = 0
    net: Decimal = _ZERO
    with_net: int = 0
    tax: Decimal = _ZERO
    with_tax: int = 0
    total: Decimal = _ZERO

    def add(self, other: "Sum") -> None:
        """Add another sum to this one."""
        self.invoices += other.invoices
        self.net = _add(self.net, other.net)
        self.with_net += other.with_net
        self.tax = _add(self.tax, other.tax)
        self.with_tax += other.with_tax
        self.total = _add(self.total, other.total)

    def count(self, net: str | None, tax: str | None, total: str) -> None:
        """Add one invoice, given its cells."""
        self.invoices += 1
        self.total = _add(self.total, Decimal(total))
        if net is not None:
            self.net = _add(self.net, Decimal(net))
            self.with_net += 1
        if tax is not None:
            self.tax = _add(self.tax, Decimal(tax))
            self.with_tax += 1

    def take_away(self, row: Row) -> None:
        """Take one invoice away, given its cells."""
        net, tax, total = row[NET], row[TAX], row[TOTAL]
        self.invoices -= 1
        self.total = _subtract(self.total, Decimal(total or 0))
        if net is not None:
            self.net = _subtract(self.net, Decimal(net))
            self.with_net -= 1
        if tax is not None:
            self.tax = _subtract(self.tax, Decimal(tax))
            self.with_tax -= 1


class Changes:
    """What a commit adds to the totals and takes away."""

    def __init__(self) -> None:
        self._sums: defaultdict[tuple[str, str], Sum] = defaultdict(Sum)

    def of(self, currency: str, issue_date: str) -> Sum:
        """The sum in which an invoice counts."""
        return self._sums[currency, issue_date]

    def write(self, connection: apsw.Connection) -> None:
        """Bring the totals up to date."""
        days: defaultdict[str, list[str]] = defaultdict(list)
        for currency, day in self._sums:
            days[currency].append(day)
        for currency, some in days.items():
            bindings = (_json(some).decode(), currency)
            rows: list[Any] = connection.execute(_KNOWN, bindings).fetchall()
            for day, *known in rows:
                self._sums[currency, day].add(read(known))
        connection.executemany(_KEEP, [_row(*item) for item in self._sums.items()])
        gone = [key for key, total in self._sums.items() if not total.invoices]
        connection.executemany("DELETE FROM totals WHERE currency = ? AND issue_date = ?", gone)


def read(row: Iterable[Any]) -> Sum:
    """The sum in a row of the table, its leading issue date and currency left off."""
    invoices, net, with_net, tax, with_tax, total = row
    return Sum(invoices, Decimal(net), with_net, Decimal(tax), with_tax, Decimal(total))


def _row(key: tuple[str, str], total: Sum) -> tuple[str | int, ...]:
    return (
        key[1],
        key[0],
        total.invoices,
        f"{total.net:f}",
        total.with_net,
        f"{total.tax:f}",
        total.with_tax,
        f"{total.total:f}",
    )


_KNOWN = """
SELECT issue_date, invoices, net, with_net, tax, with_tax, total
FROM (SELECT value FROM json_each(?)) CROSS JOIN totals WHERE issue_date = value AND currency = ?
"""
_KEEP = "INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
