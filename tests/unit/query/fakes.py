"""The sides of a ledger that `proof` asks, on plain lists."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billdrop.columns import INVOICES
from billdrop.model import InvoiceEntry, Row, Segment, Total

CELL = {column.name: index for index, column in enumerate(INVOICES)}


class Ledger:
    """`Archive` and `Books` over segments; totals are kept apart, so that they can be wrong."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.kept = list(segments)
        self.wrong: dict[int, Decimal] = {}

    def segments(self) -> Iterator[Segment]:
        return iter(self.kept)

    def invoices(self, **_: Any) -> Iterator[InvoiceEntry]:
        rows = [row for segment in self.kept for row in segment.invoices]
        replaced = {row[CELL["supersedes"]] for row in rows}
        for row in rows:
            yield InvoiceEntry(row=row, lines=(), latest=row[0] not in replaced)

    def totals(self, **_: Any) -> list[Total]:
        groups: dict[tuple[str, str], list[Row]] = {}
        for entry in self.invoices():
            if entry.latest:
                key = (entry.row[CELL["issue_date"]] or "", entry.row[CELL["currency"]] or "")
                groups.setdefault(key, []).append(entry.row)
        return [self._total(index, *group) for index, group in enumerate(sorted(groups.items()))]

    def _total(self, index: int, key: tuple[str, str], rows: list[Row]) -> Total:
        def added(name: str) -> Decimal | None:
            cells = [Decimal(cell) for row in rows if (cell := row[CELL[name]])]
            return sum(cells, Decimal(0)) if cells else None

        return Total(
            issue_date=date.fromisoformat(key[0]),
            currency=key[1],
            invoices=len(rows),
            net=added("net"),
            tax=added("tax"),
            total=(added("total") or Decimal(0)) + self.wrong.get(index, Decimal(0)),
        )

    def states(self) -> dict[str, int]:
        return {"unpublished_segments": 0}
