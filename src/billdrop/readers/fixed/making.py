"""From the records of one invoice to its draft."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from billdrop.guidelines.fields import ACCOUNT, OTHER_ACCOUNTS
from billdrop.model import Adjustment, Finding, Severity, Span, Spans, TaxShare
from billdrop.readers import Draft
from billdrop.readers.fixed.layout import Layout, Piece, Spot
from billdrop.readers.fixed.look import Found, about, look, misfit
from billdrop.readers.fixed.records import Record
from billdrop.readers.fixed.totals import Said, add, compared, said, tally
from billdrop.values import Stated
from billdrop.values.accounts import bare
from billdrop.values.excerpts import Place, finding

_MADE: dict[str, type[Struct]] = {
    "taxes": TaxShare,
    "allowances": Adjustment,
    "charges": Adjustment,
}
"""What the pieces are that the model has a type of; lines stay as their values."""


class Maker:
    """Makes drafts of one guideline."""

    def __init__(self, layout: Layout, unclaimed: Severity | None) -> None:
        self._layout, self._unclaimed = layout, unclaimed

    def draft(self, records: Sequence[Record], doubts: Sequence[Finding] = ()) -> Draft:
        """The draft of the records; `doubts` are what is known against it already."""
        making = self._made(records)
        draft = Draft(
            first_line=records[0].number,
            last_line=records[-1].number,
            values=making.values,
            lines=making.elements.get("lines", []),
            findings=[*doubts, *making.findings],
            spans=lambda: self._spans(records),
            text=lambda number: next((it.text for it in records if it.number == number), ""),
        )
        if controls := self._layout.of_invoice:
            known = tally(controls)
            add(known, draft)
            known.counts["records"] = len(records)
            draft.findings += compared(controls, making.said, known, records[-1])
        return draft

    def _made(self, records: Sequence[Record]) -> "_Making":
        making = _Making(self._layout, self._unclaimed)
        for record in records:
            making.take(record)
        making.close()
        return making

    def _spans(self, records: Sequence[Record]) -> Spans:
        return {
            path: Span(found.record.number, found.start + 1, found.text)
            for path, found in self._made(records).found.items()
        }


class _Making:
    """One draft being made."""

    def __init__(self, layout: Layout, unclaimed: Severity | None) -> None:
        self.layout, self.unclaimed = layout, unclaimed
        self.values: dict[str, Any] = {}
        self.elements: dict[str, list[dict[str, Any]]] = {}
        self.found: dict[str, Found] = {}
        self.findings: list[Finding] = []
        self.said: list[Said] = []
        self._stated: dict[str, tuple[str, Found]] = {}

    def take(self, record: Record) -> None:
        """Read a record."""
        layout = self.layout
        kind = layout.kind(record.text)
        if kind is None:
            self.stray(record)
            return
        if wrong := misfit(record, layout.length):
            self.findings.append(wrong)
        for spot in layout.spots.get(kind, ()):
            self.state(record, spot, spot.name, self.values)
        for piece in layout.pieces:
            self.piece(record, kind, piece)
        self.said += said(record, kind, layout.of_invoice)

    def stray(self, record: Record) -> None:
        """A record that no key names."""
        if self.unclaimed is not None:
            fact = f"no record is declared that begins like `{record.text[:20].rstrip()}`"
            hint = "declare it, or name it in `records.ignore`"
            place = Place(record.number, 1, len(record.text), record.text)
            self.findings.append(finding("BD2009", fact, place, hint=hint, severity=self.unclaimed))

    def piece(self, record: Record, kind: str, piece: Piece) -> None:
        """What a record says of a line, a tax, an allowance or a charge."""
        made = self.elements.setdefault(piece.name, [])
        if kind in piece.each:
            self.end(piece)
            made.append({"source_line": record.number, **piece.constants})
        spots = piece.spots.get(kind, ())
        if spots and not made:
            fact = f"a record `{kind}` stands before any `{min(piece.each)}`"
            place = Place(record.number, 1, len(kind), record.text)
            hint = "correct the order of the records"
            self.findings.append(finding("BD2041", fact, place, hint=hint, field="lines"))
            return
        for spot in spots:
            self.state(record, spot, f"{piece.name}[{len(made) - 1}].{spot.name}", made[-1])

    def state(self, record: Record, spot: Spot, path: str, values: dict[str, Any]) -> None:
        """A value; stated again, it must be the same."""
        found = look(record, spot, path)
        if found is None:
            return
        if isinstance(found, Finding):
            self.findings.append(found)
            return
        if isinstance(found.value, Stated):
            self._stated.setdefault(found.value.currency, (path, found))
            found = found._replace(value=found.value.amount)
        if path == ACCOUNT and path in self.found:
            self.account(found)
            return
        known = self.found.setdefault(path, found)
        values[spot.name] = known.value
        if known.value != found.value:
            shown = found.text[:80]
            fact = f"{path}: `{shown}` here, another value on line {known.record.number}"
            hint = "all records of one invoice state the same"
            self.findings.append(about(found, "BD2025", fact, path, hint))

    def account(self, found: Found) -> None:
        """Keep another account, unless it is one that is known."""
        others: tuple[str, ...] = self.values.get(OTHER_ACCOUNTS, ())
        if bare(found.value) not in map(bare, (self.values[ACCOUNT], *others)):
            self.values[OTHER_ACCOUNTS] = (*others, found.value)
            self.found[f"{OTHER_ACCOUNTS}[{len(others)}]"] = found

    def end(self, piece: Piece) -> None:
        """What the last element of a piece must have stated."""
        made = self.elements.get(piece.name)
        if not made:
            return
        needed = ("amount",) if piece.name in _MADE else ()
        for name in dict.fromkeys((*needed, *piece.required)):
            path = f"{piece.name}[{len(made) - 1}].{name}"
            if name not in made[-1] and not any(it.field == path for it in self.findings):
                place = Place(made[-1]["source_line"], 1, 1, "")
                hint = "correct the record"
                self.findings.append(
                    finding("BD2003", f"{path} is missing", place, hint=hint, field=path)
                )

    def close(self) -> None:
        """The pieces as the model has them, and the currency that the amounts state."""
        for piece in self.layout.pieces:
            self.end(piece)
            model = _MADE.get(piece.name)
            if model and (made := self.elements.pop(piece.name, None)):
                for one in made:
                    del one["source_line"]
                self.values[piece.name] = tuple(model(**one) for one in made if "amount" in one)
        for currency, (path, found) in self._stated.items():
            known = self.values.setdefault("currency", currency)
            if known != currency:
                fact = f"{path}: is in {currency}, the invoice in {known}"
                hint = "an invoice has one currency"
                self.findings.append(about(found, "BD2011", fact, path, hint))
