"""Where everything lies in a data directory."""

from pathlib import Path
from typing import NamedTuple


class Layout(NamedTuple):
    """The folders and files of one data directory."""

    root: Path

    @property
    def inbox(self) -> Path:
        """`inbox/<customer>/…`, where customers drop documents."""
        return self.root / "inbox"

    @property
    def guidelines(self) -> Path:
        """`*.toml`, beside the built-in ones."""
        return self.root / "guidelines"

    @property
    def destination(self) -> Path:
        """The CSV objects."""
        return self.root / "destination"

    @property
    def ledger(self) -> Path:
        """The SQLite file; `-wal` and `-shm` lie beside it."""
        return self.root / "ledger" / "ledger.db"

    @property
    def expiring(self) -> Path:
        """Where files of the inbox are forgotten; nobody else may reach into it."""
        return self.root / "expiring"

    @property
    def access(self) -> Path:
        """Who may look and do, and the tokens for uploads."""
        return self.root / "access.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.root / "lock"

    @property
    def settings(self) -> Path:
        """Optional settings file."""
        return self.root / "billdrop.toml"
