"""Sums by issue date and currency, kept in the same transaction as what they sum up."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from typing import NamedTuple

import apsw

from billdrop.model import Row

_CONTEXT = Context(prec=1_000, traps=[Inexact])
_add = _CONTEXT.add
_ZERO = Decimal(0)

ISSUE_DATE, CURRENCY, NET, TAX, TOTAL = 5, 8, 9, 10, 11
"""Positions in a row of `columns.INVOICES`."""


class Sum(NamedTuple):
    """What some invoices of one issue date and currency add up to."""

    invoices: int = 0
    net: Decimal = _ZERO
    with_net: int = 0
    tax: Decimal = _ZERO
    with_tax: int = 0
    total: Decimal = _ZERO

    def plus(self, other: "Sum") -> "Sum":
        """Both together, exact however long the amounts are."""
        return Sum(
            self.invoices + other.invoices,
            _add(self.net, other.net),
            self.with_net + other.with_net,
            _add(self.tax, other.tax),
            self.with_tax + other.with_tax,
            _add(self.total, other.total),
        )

    @classmethod
    def of(cls, net: Decimal | None, tax: Decimal | None, total: Decimal) -> "Sum":
        """Of one invoice."""
        return cls(
            1,
            _ZERO if net is None else net,
            net is not None,
            _ZERO if tax is None else tax,
            tax is not None,
            total,
        )

    def negated(self) -> "Sum":
        """What is added to take these away."""
        return Sum(
            -self.invoices,
            self.net.copy_negate(),
            -self.with_net,
            self.tax.copy_negate(),
            -self.with_tax,
            self.total.copy_negate(),
        )


class Changes:
    """What a commit adds to the totals and takes away."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], Sum] = {}

    def add(self, issue_date: str, currency: str, change: Sum) -> None:
        """Count an invoice in."""
        key = (issue_date, currency)
        before = self._sums.get(key)
        self._sums[key] = change if before is None else before.plus(change)

    def take_away(self, row: Row) -> None:
        """Count a superseded revision out, given its cells."""
        net, tax, total = row[NET], row[TAX], row[TOTAL]
        change = Sum.of(
            None if net is None else Decimal(net),
            None if tax is None else Decimal(tax),
            Decimal(total or 0),
        )
        self.add(row[ISSUE_DATE] or "", row[CURRENCY] or "", change.negated())

    def write(self, connection: apsw.Connection) -> None:
        """Bring the totals up to date."""
        for key, change in self._sums.items():
            row = connection.execute(
                "SELECT invoices, net, with_net, tax, with_tax, total FROM totals"
                " WHERE issue_date = ? AND currency = ?",
                key,
            ).fetchone()
            total = change if row is None else read(row).plus(change)
            if total.invoices:
                connection.execute(
                    "INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (*key, *_written(total)),
                )
            else:
                connection.execute("DELETE FROM totals WHERE issue_date = ? AND currency = ?", key)


def read(row: Iterable[object]) -> Sum:
    """The sum in a row of the table, its leading issue date and currency left off."""
    invoices, net, with_net, tax, with_tax, total = row
    return Sum(
        int(str(invoices)),
        Decimal(str(net)),
        int(str(with_net)),
        Decimal(str(tax)),
        int(str(with_tax)),
        Decimal(str(total)),
    )


def _written(total: Sum) -> tuple[int, str, int, str, int, str]:
    return (
        total.invoices,
        f"{total.net:f}",
        total.with_net,
        f"{total.tax:f}",
        total.with_tax,
        f"{total.total:f}",
    )
