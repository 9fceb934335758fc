"""The ledger in one SQLite file: implements `Ledger`, `Books` and `Archive`."""

from billdrop.local.ledger.books import SqliteBooks
from billdrop.local.ledger.ledger import SqliteLedger, open_ledger

__all__ = ["SqliteBooks", "SqliteLedger", "open_ledger"]
