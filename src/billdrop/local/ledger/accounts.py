"""The account of each document that a commit touches: its row, and what changes in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw
import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from billdrop.books.decide import precedes, state_of
from billdrop.model import Document, DocumentRef, Finding, Lost, RecordedInvoice, State

SHOWN = 100
"""How many invoices and findings an outcome names."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_json = msgspec.json.Encoder().encode
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, as the tables hold moments."""
    return (moment - EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """The aware UTC moment of a stored one."""
    return EPOCH + timedelta(microseconds=stored)


def fingerprint(digest: bytes) -> int:
    """The first 8 bytes of a digest, as SQLite holds integers; narrows a search, decides nothing."""
    return int.from_bytes(digest[:8], "big", signed=True)


class Account(Struct, kw_only=True):
    """One document in the ledger, in the order of the columns of `documents`."""

    id: int
    name: str
    bucket: str
    version: str
    customer: str
    before: str | None
    """The state it is stored with; None while it is not."""
    fingerprint: int | None
    sha256: bytes
    size: int
    start: int | None
    oversized: bool
    sequencer: str | None
    ordinal: int
    arrived_at: int
    committed_at: int
    guideline: int | None = None
    duplicate_of: str | None = None
    evidence: str = ""
    refused: str = ""
    invoices: int = 0
    live: int = 0
    stale: int = 0
    waiting: int = 0

    fresh: bool = False
    """Whether this commit adds it."""
    added: int = 0
    """How many invoices this commit put into the books."""
    recorded: list[RecordedInvoice] = []
    """What this commit put into the books, the first 100."""
    findings: list[Finding] = []
    """What this commit found, the first 100."""
    warnings: int = 0

    @property
    def object_id(self) -> str:
        """The same for every version of one object."""
        return self.name[: -len(self.version) - 1]

    @property
    def key(self) -> str:
        """The object's name in its bucket."""
        return self.object_id[len(self.bucket) + 1 :]

    @property
    def ref(self) -> DocumentRef:
        """Where it lay."""
        return DocumentRef(
            bucket=self.bucket, key=self.key, version=self.version, customer=self.customer
        )

    @property
    def state(self) -> State:
        """The one state that follows from its records."""
        if self.evidence:
            return State.LOST
        return state_of(
            waiting=self.waiting,
            live=self.live,
            overtaken=self.stale + self.invoices - self.live,
        )

    def restate(self, other: "Account") -> None:
        """Take over the place of a later version of the same object with the same bytes."""
        if self.object_id == other.object_id and precedes(
            self.sequencer, self.ordinal, other.sequencer, other.ordinal
        ):
            self.sequencer, self.ordinal = other.sequencer, other.ordinal


COLUMNS = (
    "id, name, bucket, version, customer, state, fingerprint, sha256, size, start, oversized,"
    " sequencer, ordinal, arrived_at, committed_at, guideline, duplicate_of, evidence,"
    " refused, invoices, live, stale, waiting"
)
_WIDTH = COLUMNS.count(",") + 1
_FIELDS = Account.__struct_fields__[:_WIDTH]


def account(row: Sequence[Any]) -> Account:
    """The account in a row of `COLUMNS`."""
    return Account(**dict(zip(_FIELDS, row, strict=True)))


class Accounts:
    """The accounts that one commit touches, each loaded once."""

    def __init__(self, connection: apsw.Connection, *, at: datetime) -> None:
        self._connection = connection
        self._at = micros(at)
        self._next = next_id(connection, "documents")
        self._by_id: dict[int, Account] = {}
        self._by_name: dict[str, Account] = {}
        self._by_bytes: defaultdict[bytes, list[Account]] = defaultdict(list)
        self._loaded: dict[int, tuple[Any, ...]] = {}
        self._gone: list[Account] = []
        self._moment = at, self._at

    def load(self, documents: Sequence[Document]) -> list[str]:
        """Load what is known of some documents: by name, and by their bytes; returns the names."""
        names = self.load_names([document.ref for document in documents])
        prints = list({fingerprint(document.sha256) for document in documents})
        for row in self._connection.execute(_BY_FINGERPRINTS, (_json(prints).decode(),)).fetchall():
            self._keep(row)
        return names

    def named(self, document_id: str) -> Account | None:
        """A loaded document."""
        return self._by_name.get(document_id)

    def find(self, document_id: str) -> Account | None:
        """A document by its name, loaded or not."""
        known = self._by_name.get(document_id)
        row = None if known else self._connection.execute(_BY_NAME, (document_id,)).fetchone()
        return known if row is None else self._keep(row)

    def get(self, number: int) -> Account:
        """A document by its row id."""
        known = self._by_id.get(number)
        return known or self._keep(self._connection.execute(_BY_ID, (number,)).get)

    def same_bytes(self, document: Document) -> list[Account]:
        """Every loaded document with the same content, of any customer, oldest first."""
        found = self._by_bytes.get(document.sha256, ())
        return [known for known in found if known.size == document.size]

    def add(self, document: Document, name: str, *, start: int, guideline: int | None) -> Account:
        """A new account; takes the place of a lost one."""
        ref = document.ref
        added = Account(
            id=self._next,
            name=name,
            bucket=ref.bucket,
            version=ref.version,
            customer=ref.customer,
            before=None,
            fingerprint=fingerprint(document.sha256),
            sha256=document.sha256,
            size=document.size,
            start=start,
            oversized=document.oversized,
            sequencer=document.sequencer,
            ordinal=self._next,
            arrived_at=self._micros(document.arrived_at),
            committed_at=self._at,
            guideline=guideline,
            refused=_json(document.findings).decode() if document.findings else "",
            fresh=True,
        )
        self._enter(added)
        return added

    def load_names(self, refs: Iterable[DocumentRef]) -> list[str]:
        """Load what is known of some documents, by name alone; returns the names."""
        names = [ref.document_id for ref in refs]
        for row in self._connection.execute(_BY_NAMES, (_json(names).decode(),)).fetchall():
            self._keep(row)
        return names

    def lose(self, lost: Lost) -> Account:
        """A new account of a document that nobody can read any more."""
        ref = lost.ref
        added = Account(
            id=self._next,
            name=ref.document_id,
            bucket=ref.bucket,
            version=ref.version,
            customer=ref.customer,
            before=None,
            fingerprint=None,
            sha256=b"",
            size=0,
            start=None,
            oversized=False,
            sequencer=None,
            ordinal=self._next,
            arrived_at=micros(lost.arrived_at),
            committed_at=self._at,
            evidence=lost.evidence or "gone before it was read",
            fresh=True,
        )
        self._enter(added)
        return added

    def write(self) -> None:
        """Store every account as it now is, and count the states."""
        counts: Counter[str] = Counter()
        added, changed = [], []
        for known in self._by_id.values():
            if known.before is not None:
                counts[known.before] -= 1
            known.before = known.state.value
            counts[known.before] += 1
            if known.fresh:
                added.append(astuple(known)[:_WIDTH])
            elif (now := _changes(known)) != self._loaded[known.id]:
                changed.append(now)
        for gone in self._gone:
            counts[State.LOST.value] -= 1
            self._connection.execute("DELETE FROM documents WHERE id = ?", (gone.id,))
        self._connection.executemany(_INSERT, added)
        self._connection.executemany(_UPDATE, changed)
        self._connection.executemany(_COUNT, [item for item in counts.items() if item[1]])

    def _micros(self, moment: datetime) -> int:
        """As `micros`; documents of a batch often arrived together."""
        if moment is not self._moment[0]:
            self._moment = moment, micros(moment)
        return self._moment[1]

    def _enter(self, added: Account) -> None:
        self._next += 1
        gone = self._by_name.get(added.name)
        if gone is not None:
            del self._by_id[gone.id]
            self._gone.append(gone)
        self._index(added)

    def _keep(self, row: Sequence[Any]) -> Account:
        known = self._by_id.get(row[0])
        if known is None:
            known = self._index(account(row))
            self._loaded[known.id] = _changes(known)
        return known

    def _index(self, known: Account) -> Account:
        self._by_id[known.id] = known
        self._by_name[known.name] = known
        if known.sha256:
            self._by_bytes[known.sha256].append(known)
        return known


def next_id(connection: apsw.Connection, table: str) -> int:
    """The row id that comes after the last one of a table."""
    last: int | None = connection.execute(f"SELECT max(id) FROM {table}").get  # noqa: S608 - our own names
    return (last or 0) + 1


def _changes(known: Account) -> tuple[Any, ...]:
    return (
        known.before,
        known.sequencer,
        known.ordinal,
        known.guideline,
        known.duplicate_of,
        known.invoices,
        known.live,
        known.stale,
        known.waiting,
        known.id,
    )


_SELECT = f"SELECT {COLUMNS} FROM documents"  # noqa: S608 - our own names
_BY_NAME = f"{_SELECT} WHERE name = ?"
_BY_ID = f"{_SELECT} WHERE id = ?"
_AMONG = f"SELECT {COLUMNS} FROM (SELECT value FROM json_each(?)) CROSS JOIN documents"  # noqa: S608
_BY_NAMES = f"{_AMONG} WHERE name = value"
_BY_FINGERPRINTS = f"{_AMONG} WHERE fingerprint = value ORDER BY id"
_INSERT = f"INSERT INTO documents ({COLUMNS}) VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608
_UPDATE = (
    "UPDATE documents SET state = ?, sequencer = ?, ordinal = ?, guideline = ?, duplicate_of = ?,"
    " invoices = ?, live = ?, stale = ?, waiting = ? WHERE id = ?"
)
_COUNT = (
    "INSERT INTO states VALUES (?, ?)"
    " ON CONFLICT (state) DO UPDATE SET documents = documents + excluded.documents"
)
