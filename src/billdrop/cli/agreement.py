"""Proof that ledger, CSV and SQL agree: every difference, in words."""

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext

from billdrop import csvfile
from billdrop.columns import INVOICES
from billdrop.model import Segment, Total
from billdrop.ports import Archive, Books, Destination, QueryEngine

Sums = dict[tuple[str, str], tuple[int, Decimal]]
"""How many invoices, and their total, by date and currency."""

BY_DATE = (
    "SELECT issue_date, currency, COUNT(*) AS invoices, SUM(total) AS total "
    "FROM invoices GROUP BY issue_date, currency"
)
_PLACE = {column.name: place for place, column in enumerate(INVOICES)}


def objects(archive: Archive, destination: Destination) -> Iterator[str]:
    """
    Differences between the segments of the ledger and the CSV objects.

    An object is published after its segment is committed: what is missing is looked for again at
    the end, so that a writer at work is no difference.
    """
    there = set(destination.list())
    missing: list[tuple[str, str]] = []
    for key, expected in _expected(archive.segments()):
        there.discard(key)
        found = _digest_of(destination, key)
        if found is None:
            missing.append((key, expected))
        elif found != expected:
            yield f"{key} has other bytes than its segment; `billdrop rebuild` writes it again"
    for key, expected in missing:
        if _digest_of(destination, key) != expected:
            yield f"{key} is missing; `billdrop rebuild` writes it"
    for key in sorted(there):
        yield f"{key} belongs to no segment; `billdrop rebuild --remove-extra` removes it"


def sums(books: Books, archive: Archive, engine: QueryEngine) -> Iterator[str]:
    """
    Differences between the ledger's totals, its committed rows, and SQL over the CSV.

    While a writer is at work the three are asked again until the ledger held still.
    """
    for _ in range(5):
        before = _of_totals(books.totals())
        rows, answer = _of_segments(archive), _of_sql(engine)
        if before == rows == answer or before == _of_totals(books.totals()):
            break
    yield from _differences("the committed rows say", before, rows)
    yield from _differences("SQL over the CSV says", before, answer)


def _expected(segments: Iterable[Segment]) -> Iterator[tuple[str, str]]:
    for segment in segments:
        for key, body in csvfile.objects(segment):
            yield key, _digest(body)


def _digest_of(destination: Destination, key: str) -> str | None:
    try:
        return _digest(destination.get(key))
    except KeyError:
        return None


def _digest(body: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in body:
        digest.update(piece)
    return digest.hexdigest()


def _of_totals(totals: Iterable[Total]) -> Sums:
    return {(one.issue_date.isoformat(), one.currency): (one.invoices, one.total) for one in totals}


def _of_sql(engine: QueryEngine) -> Sums:
    return {
        (str(day), str(currency)): (int(str(invoices)), Decimal(str(total)))
        for day, currency, invoices, total in engine.run(BY_DATE)
    }


def _of_segments(archive: Archive) -> Sums:
    """Add up every committed row that no later revision supersedes."""
    superseded = {
        row[_PLACE["supersedes"]] for segment in archive.segments() for row in segment.invoices
    }
    found: Sums = {}
    with localcontext(prec=100):
        for row in (row for segment in archive.segments() for row in segment.invoices):
            if row[_PLACE["invoice_id"]] not in superseded:
                key = (row[_PLACE["issue_date"]] or "", row[_PLACE["currency"]] or "")
                invoices, total = found.get(key, (0, Decimal(0)))
                found[key] = (invoices + 1, total + Decimal(row[_PLACE["total"]] or 0))
    return found


def _differences(who: str, ledger: Sums, other: Sums) -> Iterator[str]:
    for day, currency in sorted(ledger.keys() | other.keys()):
        here = ledger.get((day, currency), (0, Decimal(0)))
        there = other.get((day, currency), (0, Decimal(0)))
        if here != there:
            yield (
                f"{day} {currency}: the ledger says {here[1]:f} of {here[0]} invoices, "
                f"{who} {there[1]:f} of {there[0]}"
            )
