"""What a commit puts into the books, written together: one kind of work at a time is quicker than in turns."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw

from billdrop.books.booking import Added, cells
from billdrop.local.ledger.accounts import SHOWN, Account
from billdrop.local.ledger.intake import Key
from billdrop.local.ledger.kept import Kept, recorded
from billdrop.local.ledger.totals import Changes
from billdrop.model import Booking

HALF = 1 << 63


class Posted(NamedTuple):
    """One invoice revision that is decided and not written yet."""

    id: int
    account: Account
    record: int
    key: Key
    booking: Booking
    added: Added
    likeness: int


def write(connection: apsw.Connection, posted: Sequence[Posted], totals: Changes) -> None:
    """Insert the rows, count them, and tell the accounts of their documents."""
    connection.executemany(_INSERT, [_row(one) for one in posted])
    for _, _, _, _, booking, _, _ in posted:
        totals.of(booking.currency, booking.issue_date).count(
            booking.net, booking.tax, booking.total
        )
    for _, account, _, _, booking, added, _ in posted:
        if len(account.recorded) < SHOWN:
            account.recorded.append(recorded(booking, added))


def keep(posted: Sequence[Posted], kept: Kept) -> bool:
    """Keep their CSV; False when it cannot be, or when there are too many."""
    return all(kept.keep(one.booking, one.added) for one in posted)


def _row(posted: Posted) -> tuple[Any, ...]:
    number, account, record, key, booking, added, likeness = posted
    return (
        number, *key, added.revision, int(added.name[:16], 16) - HALF, account.id, record, 1,
        account.sequencer, account.ordinal, cells(booking, added), booking.lines,
        likeness,
    )  # fmt: skip


_INSERT = "INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
