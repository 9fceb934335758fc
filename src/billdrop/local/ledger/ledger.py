"""The ledger as the pipeline writes it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import apsw

from billdrop.local.ledger.accounts import Accounts, micros
from billdrop.local.ledger.answers import outcome
from billdrop.local.ledger.books import SqliteBooks
from billdrop.local.ledger.commit import Commit
from billdrop.local.ledger.connection import named, open_writer
from billdrop.local.ledger.revisions import Revisions
from billdrop.local.ledger.segments import stored
from billdrop.model import Committed, Lost, Outcome, Parsed, Segment


class SqliteLedger:
    """Implements `Ledger`; used from one thread at a time."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path = path
        self._connection = connection

    @cached_property
    def books(self) -> SqliteBooks:
        """The side that answers, on a connection of its own."""
        return SqliteBooks(self._path)

    def commit(self, parsed: Sequence[Parsed], *, at: datetime) -> Committed:
        """See `Ledger`."""
        if not parsed:
            return Committed(outcomes=())
        with self._transaction():
            work = Commit(self._connection, at=at)
            outcomes = work.run(parsed)
            segments = self._segments(work.revisions, at.astimezone(UTC))
        return Committed(outcomes=outcomes, segments=segments)

    def lose(self, lost: Sequence[Lost], *, at: datetime) -> tuple[Outcome, ...]:
        """See `Ledger`."""
        with self._transaction():
            accounts = Accounts(self._connection, at=at)
            accounts.load_names(each.ref for each in lost)
            known = [accounts.named(each.ref.document_id) for each in lost]
            losing = [
                before or accounts.named(each.ref.document_id) or accounts.lose(each)
                for each, before in zip(lost, known, strict=True)
            ]
            accounts.write()
            return tuple(
                outcome(self._connection, account, known=before is not None)
                for account, before in zip(losing, known, strict=True)
            )

    def unpublished(self) -> Iterator[Segment]:
        """See `Ledger`."""
        return self.books.segments_where("published_at IS NULL")

    def published(self, names: Iterable[str], *, at: datetime) -> None:
        """See `Ledger`."""
        with self._transaction():
            self._connection.executemany(
                "UPDATE segments SET published_at = ? WHERE name = ? AND published_at IS NULL",
                [(micros(at), name) for name in names],
            )

    def close(self) -> None:
        """See `Ledger`."""
        if "books" in self.__dict__:
            self.books.close()
        with named(self._path):
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._connection.close()

    def _segments(self, revisions: Revisions, at: datetime) -> tuple[Segment, ...]:
        if revisions.next == revisions.first:
            return ()
        number = (self._connection.execute("SELECT max(id) FROM segments").get or 0) + 1
        name = f"{at:%Y%m%dT%H%M%S%f}Z-{number:06d}"
        self._connection.execute(
            "INSERT INTO segments VALUES (?, ?, ?, ?, ?, NULL)",
            (number, name, at.date().isoformat(), revisions.first, revisions.next - 1),
        )
        written = None if revisions.kept is None else revisions.kept.written
        last = revisions.next - 1
        return (stored(name, at.date(), revisions.first, last, self._pages, written=written),)

    def _pages(self, first: int, last: int) -> Iterator[tuple[str, str]]:
        return self.books.pages(first, last)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One write, all or nothing, with SQLite's errors by our names."""
        with named(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def open_ledger(path: Path, *, vfs: str | None = None) -> SqliteLedger:
    """Open the ledger, or make it, in the current format."""
    return SqliteLedger(path, open_writer(path, vfs=vfs))
