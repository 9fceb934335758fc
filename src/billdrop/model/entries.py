"""What the ledger knows, for those who ask."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from billdrop.model.commits import Row
from billdrop.model.documents import State
from billdrop.model.findings import CONFLICT, LIKENESS, Finding, errors_of


class Ruling(Struct, frozen=True, kw_only=True, gc=False):
    """That a person rejected a quarantine entry for good, or took that back."""

    rejects: bool
    """False where it was taken back."""
    at: datetime
    by: str
    why: str


class QuarantineEntry(Struct, frozen=True, kw_only=True):
    """What waits for a person or a better guideline: a document, or one record of it."""

    id: int
    document_id: str
    customer: str
    key: str
    record: int | None
    """0-based index of the record; None: the whole document."""
    first_line: int | None
    last_line: int | None
    code: str
    """Of the first error."""
    findings: tuple[Finding, ...]
    since: datetime
    closed_at: datetime | None = None
    """When it left quarantine; None while it waits."""
    by: str = ""
    """Who released it; empty when nobody had to."""
    why: str = ""
    rulings: tuple[Ruling, ...] = ()
    """Each time that a person rejected it for good, or took that back, oldest first."""

    @property
    def barred(self) -> bool:
        """Whether the last word of a person was that it never goes into the books."""
        return bool(self.rulings) and self.rulings[-1].rejects

    @property
    def held(self) -> bool:
        """Whether a person may let it pass as it is: nothing else keeps it out of the books."""
        return all(each.may_pass for each in errors_of(self.findings))

    @property
    def contradicts(self) -> Finding | None:
        """What says that it is in the books with other content."""
        return self._error(CONFLICT)

    @property
    def resembles(self) -> Finding | None:
        """What says that it may be in the books under another identity."""
        return self._error(LIKENESS)

    @property
    def reason(self) -> str:
        """Why it waits, in words: the first error, and the codes of the others."""
        errors = errors_of(self.findings)
        if not errors:
            return self.code
        _, *others = dict.fromkeys(each.code for each in errors)
        more = f" (and {', '.join(others)})" if others else ""
        return f"{errors[0].message}{more}"

    @property
    def decided_at(self) -> datetime | None:
        """When a person last decided about it; None where nobody has."""
        times = [each.at for each in self.rulings]
        if self.by and self.closed_at is not None:
            times.append(self.closed_at)
        return max(times, default=None)

    @property
    def waits(self) -> bool:
        """Whether it is still for somebody to settle."""
        return self.closed_at is None and not self.barred

    def _error(self, code: str) -> Finding | None:
        return next((each for each in errors_of(self.findings) if each.code == code), None)


class Total(Struct, frozen=True, kw_only=True):
    """What the latest revisions of the recorded invoices of one date and currency add up to."""

    issue_date: date
    currency: str
    invoices: int
    net: Decimal | None
    """None when no invoice of the date states it; otherwise the sum of those that do."""
    tax: Decimal | None
    total: Decimal
    with_net: int = 0
    """How many invoices state a net."""
    with_tax: int = 0


class DocumentEntry(Struct, frozen=True, kw_only=True):
    """What the ledger knows of one document."""

    document_id: str
    customer: str
    key: str
    state: State
    size: int
    """In bytes; 0 for a lost document."""
    sha256: str
    """Hexadecimal; empty for a lost document."""
    arrived_at: datetime
    committed_at: datetime
    guideline: str
    """`name@version`; empty when none read it."""
    duplicate_of: str | None
    evidence: str
    """Why it is lost; empty otherwise."""
    invoices: int
    """How many invoice revisions it put into the books."""
    waiting: int
    """How many quarantine entries it has that are not closed; those a person rejected are among them."""
    unfinished: bool = False
    """Whether only a part of it is in the books yet: it is being written, or was cut off."""


class InvoiceEntry(Struct, frozen=True, kw_only=True):
    """One invoice revision in the ledger."""

    row: Row
    """The cells, in the order of `columns.INVOICES`."""
    lines: tuple[Row, ...]
    """The cells of its lines, in the order of `columns.LINES`."""
    latest: bool
    """Whether it counts in the totals."""
