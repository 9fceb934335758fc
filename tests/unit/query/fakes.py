"""The sides of a ledger that `proof` asks, on plain lists."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from billdrop.books.columns import INVOICES
from billdrop.model import (
    Document,
    DocumentEntry,
    DocumentRef,
    InvoiceEntry,
    QuarantineEntry,
    Row,
    Segment,
    State,
    Total,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

CELL = {column.name: index for index, column in enumerate(INVOICES)}


class Ledger:
    """`Archive` and `Books` over segments; totals are kept apart, so that they can be wrong."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.kept = list(segments)
        self.wrong: dict[int, Decimal] = {}

    def segments(self) -> Iterator[Segment]:
        return iter(self.kept)

    def invoices(self, *, name: str | None = None, **_: Any) -> Iterator[InvoiceEntry]:
        rows = [row for segment in self.kept for row in segment.invoices]
        replaced = {row[CELL["supersedes"]] for row in rows}
        for row in rows if name is None else [row for row in rows if row[CELL["number"]] == name]:
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

        stated = {name: sum(bool(row[CELL[name]]) for row in rows) for name in ("net", "tax")}
        return Total(
            issue_date=date.fromisoformat(key[0]),
            currency=key[1],
            invoices=len(rows),
            net=added("net"),
            tax=added("tax"),
            total=(added("total") or Decimal(0)) + self.wrong.get(index, Decimal(0)),
            with_net=stated["net"],
            with_tax=stated["tax"],
        )

    def states(self) -> dict[str, int]:
        counts = {state.value: int(state is State.RECORDED) for state in State}
        return counts | {"unpublished_segments": 0}

    def documents(self, *, state: State | None = None, **_: Any) -> Iterator[DocumentEntry]:
        if state in (None, State.RECORDED):
            yield DocumentEntry(
                document_id="",
                customer="acme",
                key="",
                state=State.RECORDED,
                size=0,
                sha256=hashlib.sha256().hexdigest(),
                arrived_at=NOON,
                committed_at=NOON,
                guideline="",
                duplicate_of=None,
                evidence="",
                invoices=len(list(self.invoices())),
                waiting=0,
            )

    def original(self, document_id: str) -> tuple[Document, None]:
        ref = DocumentRef(bucket="", key=document_id, version="", customer="acme")
        digest = hashlib.sha256().digest()
        return Document(ref=ref, arrived_at=NOON, sha256=digest, size=0, content=b""), None

    def quarantine(self, **_: Any) -> list[QuarantineEntry]:
        return []
