"""Prove that ledger, CSV and SQL agree, and write every CSV again from the ledger."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import count

from msgspec import Struct, structs

from billdrop.answers import expenses
from billdrop.answers.expenses import EXACT, Expense
from billdrop.books import csvfile
from billdrop.books.columns import INVOICES, Column
from billdrop.errors import SegmentConflictError
from billdrop.model import InvoiceEntry, Row, Segment
from billdrop.ports import Archive, Books, Destination, QueryEngine
from billdrop.proof.captured import Numbers, compare_documents, compare_numbers
from billdrop.proof.differences import Difference, Findings, Kind, digest, mark
from billdrop.proof.reread import ReadAgain, compare_readings
from billdrop.readers import Limits

FLUSH_EVERY = 256

Progress = Callable[[int], None]
"""Told how many segments and documents are done."""

COUNTS = {
    "invoices": "SELECT count(*) AS n FROM invoices_all",
    "lines": "SELECT count(*) AS n FROM lines_all",
}

CELL = {column.name: index for index, column in enumerate(INVOICES)}

Key = tuple[str, str]
Sums = dict[Key, Expense]


class Proof(Struct, frozen=True, kw_only=True):
    """What was compared, and what disagrees."""

    segments: int
    invoices: int
    """Rows of invoice revisions in all segments."""
    lines: int
    groups: int
    """Issue dates and currencies whose sums were compared."""
    differences: tuple[Difference, ...]
    """Cut to the first 1,000."""
    difference_count: int
    unpublished: int
    """Segments on their way when it ended: their absence is no loss."""
    documents: int
    """Whose originals and states were compared."""
    reread: ReadAgain | None
    """What was read again from its original; None when that was not asked."""

    @property
    def agrees(self) -> bool:
        """Whether ledger, CSV and SQL say the same."""
        return not self.difference_count


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What a rebuild did to the objects."""

    kept: int
    written: int
    replaced: int
    removed: int


class Counted:
    """Rows, counted as they are taken."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def verify(
    archive: Archive,
    books: Books,
    destination: Destination,
    engine: QueryEngine,
    progress: Progress = lambda done: None,
    *,
    deep: Limits | None = None,
) -> Proof:
    """
    Compare object by object, document by document, and sum by sum for each issue date and currency.

    With `deep`, every original is read again under its guideline, within these limits.
    Reads everything once and holds about 200 bytes per object, document, number and group. What is
    published while it runs is looked at again at the end.
    """
    findings, numbers, steps = Findings(), Numbers(), count(1)
    counts = {"segments": 0, "invoices": 0, "lines": 0}
    known = compare_objects(archive, destination, findings, counts, progress)
    compare_extra(archive, destination, known, findings)
    totals = {
        (total.group, total.currency): total
        for total in expenses.from_totals(books.totals(), "date")
    }
    compare_sums("totals", latest(numbers.passed(archive.invoices())), totals, findings)
    compare_sql(engine, totals, counts, findings)
    compare_numbers(archive, numbers, findings)

    def done() -> None:
        progress(counts["segments"] + next(steps))

    documents = compare_documents(archive, books, numbers, findings, done)
    reread = compare_readings(archive, deep, findings, done) if deep is not None else None
    return Proof(
        segments=counts["segments"],
        invoices=counts["invoices"],
        lines=counts["lines"],
        groups=len(totals),
        differences=tuple(findings.named),
        difference_count=findings.count,
        unpublished=books.states().get("unpublished_segments", 0),
        documents=documents,
        reread=reread,
    )


def compare_objects(
    archive: Archive,
    destination: Destination,
    findings: Findings,
    counts: dict[str, int],
    progress: Progress,
) -> set[int]:
    """Every object against its segment; returns the marks of their keys."""
    known: set[int] = set()
    missing: list[str] = []
    for segment in archive.segments():
        for folder, columns, rows in csvfile.parts(segment):
            counted = Counted(rows)
            key = csvfile.key(folder, segment)
            known.add(mark(key))
            meant = digest(csvfile.render(columns, counted))
            counts[folder] += counted.count
            there = digest_of(destination, key)
            if there is None:
                missing.append(key)
            elif there != meant and not is_earlier(there, columns, rows):
                findings.differ("object differs", key, meant, there)
        counts["segments"] += 1
        progress(counts["segments"])
    for key in missing:
        if digest_of(destination, key) is None:
            findings.differ("missing object", key, "an object", "nothing")
    return known


def compare_extra(
    archive: Archive, destination: Destination, known: set[int], findings: Findings
) -> None:
    """Objects of no segment; those that came meanwhile are known to the ledger by now."""
    extra = [key for key in destination.list() if mark(key) not in known]
    late = marks(archive.segments()) if extra else set()
    for key in extra:
        if mark(key) not in late:
            findings.differ("extra object", key, "nothing", "an object")


def compare_sums(kind: Kind, found: Sums, expected: Sums, findings: Findings) -> None:
    for key in sorted(expected.keys() | found.keys()):
        meant, there = expected.get(key), found.get(key)
        if meant != there:
            findings.differ(kind, " ".join(key), told(meant), told(there))


def compare_sql(
    engine: QueryEngine, totals: Sums, counts: dict[str, int], findings: Findings
) -> None:
    try:
        answer = expenses.from_sql(engine, "date")
    except SegmentConflictError as error:
        findings.differ("sql", "invoices", "an answer", error.message)
        return
    compare_sums("sql", {(sum_.group, sum_.currency): sum_ for sum_ in answer}, totals, findings)
    for table, query in COUNTS.items():
        (row,) = engine.run(query)
        if row != (counts[table],):
            findings.differ("count", f"{table}_all", counts[table], row[0])


def latest(entries: Iterable[InvoiceEntry]) -> Sums:
    """The sums of the latest revisions, added up from the rows of the ledger."""
    sums: Sums = {}
    for entry in entries:
        if entry.latest:
            one = stated(entry.row)
            key = (one.group, one.currency)
            sums[key] = together(sums[key], one) if key in sums else one
    return sums


def stated(row: Row) -> Expense:
    def amount(name: str) -> Decimal | None:
        text = row[CELL[name]]
        return Decimal(text) if text else None

    return Expense(
        group=row[CELL["issue_date"]] or "",
        currency=row[CELL["currency"]] or "",
        invoices=1,
        net=amount("net"),
        tax=amount("tax"),
        total=amount("total") or Decimal(0),
        with_net=amount("net") is not None,
        with_tax=amount("tax") is not None,
    )


def together(one: Expense, other: Expense) -> Expense:
    return structs.replace(
        one,
        invoices=one.invoices + other.invoices,
        net=expenses.added([one.net, other.net]),
        tax=expenses.added([one.tax, other.tax]),
        total=EXACT.add(one.total, other.total),
        with_net=one.with_net + other.with_net,
        with_tax=one.with_tax + other.with_tax,
    )


def told(expense: Expense | None) -> str:
    if expense is None:
        return "nothing"
    sums = (f"{name} {getattr(expense, name) or 0:f}" for name in ("net", "tax", "total"))
    return f"{expense.invoices} invoices, {', '.join(sums)}"


def rebuild(
    archive: Archive,
    destination: Destination,
    *,
    remove_extra: bool = False,
    progress: Progress = lambda done: None,
) -> Rebuilt:
    """
    Write every CSV again from the ledger; durable when it returns.

    An object that is right is left alone; one that differs is removed and put anew, so a crash
    between leaves it missing, and the next rebuild puts it. Objects of no segment stay, unless asked.
    """
    done = {"kept": 0, "written": 0, "replaced": 0, "removed": 0}
    known: set[int] = set()
    for number, segment in enumerate(archive.segments(), 1):
        for folder, columns, rows in csvfile.parts(segment):
            key = csvfile.key(folder, segment)
            known.add(mark(key))
            done[renew(destination, key, columns, rows)] += 1
        if number % FLUSH_EVERY == 0:
            destination.flush()
        progress(number)
    for key in list(destination.list()) if remove_extra else []:
        if mark(key) not in known:
            destination.remove(key)
            done["removed"] += 1
    destination.flush()
    return Rebuilt(**done)


def renew(
    destination: Destination, key: str, columns: Sequence[Column], rows: Iterable[Row]
) -> str:
    there = digest_of(destination, key)
    if there is not None:
        if there == digest(csvfile.render(columns, rows)) or is_earlier(there, columns, rows):
            return "kept"
        destination.remove(key)
    destination.put(key, csvfile.render(columns, rows))
    return "written" if there is None else "replaced"


def is_earlier(there: str, columns: Sequence[Column], rows: Iterable[Row]) -> bool:
    """Whether a digest is that of the rows as a billdrop of before wrote them, in fewer columns."""
    return any(there == digest(body) for body in csvfile.earlier(columns, rows))


def marks(segments: Iterable[Segment]) -> set[int]:
    return {
        mark(csvfile.key(folder, segment))
        for segment in segments
        for folder, _, _ in csvfile.parts(segment)
    }


def digest_of(destination: Destination, key: str) -> str | None:
    try:
        return digest(destination.get(key))
    except KeyError:
        return None
