"""Quarantine and findings: what waits for a person, and everything that was found."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from billdrop.local.ledger.accounts import SHOWN, Account, next_id
from billdrop.local.ledger.reading import Reading
from billdrop.model import Finding, Intent, Record, Severity

WARNINGS = 1_000
"""How many warnings of one document are kept."""

_json = msgspec.json.Encoder().encode
_findings = msgspec.json.Decoder(list[Finding]).decode


def findings_of(stored: str) -> list[Finding]:
    """Findings as a table holds them."""
    return _findings(stored)


class Entries:
    """What one commit writes of `quarantine` and `findings`."""

    def __init__(self, connection: apsw.Connection, *, at: int) -> None:
        self._connection = connection
        self._at = at
        self._next = next_id(connection, "quarantine")
        self._rows: list[tuple[Any, ...]] = []
        self._found: defaultdict[int, list[Finding]] = defaultdict(list)
        self._warnings: Counter[int] = Counter()

    def refuse(self, account: Account, record: Record, findings: Sequence[Finding]) -> None:
        """Quarantine one record."""
        self.note(account, findings)
        self.add(account, record, findings)

    def add(self, account: Account, record: Record | None, findings: Sequence[Finding]) -> None:
        """Open an entry for a record, or for the whole document."""
        errors = [found for found in findings if found.severity is Severity.ERROR]
        self._rows.append((
            self._next,
            account.id,
            None if record is None else record.index,
            None if record is None else record.first_line,
            None if record is None else record.last_line,
            errors[0].code if errors else "BD2099",
            _json(findings).decode(),
            self._at,
        ))  # fmt: skip
        self._next += 1
        account.waiting += 1

    def note(self, account: Account, findings: Sequence[Finding]) -> None:
        """Keep findings for the archive and the outcome."""
        for finding in findings:
            if len(account.findings) < SHOWN:
                account.findings.append(finding)
            if finding.severity is Severity.WARNING:
                self._warnings[account.id] += 1
                if self._warnings[account.id] > WARNINGS:
                    continue
            self._found[account.id].append(finding)

    def close(self, reading: Reading) -> None:
        """Close every open entry of a document that is read again, and forget what was found."""
        account, parsed = reading.account, reading.parsed
        released = parsed.intent is Intent.RELEASE
        rows = self._connection.execute(
            "SELECT id, record FROM quarantine WHERE document = ? AND closed_at IS NULL",
            (account.id,),
        ).fetchall()
        for number, record in rows:
            chosen = released and (parsed.released is None or record in parsed.released)
            self._connection.execute(
                "UPDATE quarantine SET closed_at = ?, by = ?, why = ? WHERE id = ?",
                (self._at, parsed.by if chosen else "", parsed.why if chosen else "", number),
            )
        self._connection.execute("DELETE FROM findings WHERE document = ?", (account.id,))
        account.waiting = 0
        account.findings.clear()
        self._warnings.pop(account.id, None)

    def write(self) -> None:
        """Write what has come together."""
        self._connection.executemany(_INSERT, self._rows)
        self._connection.executemany(
            "INSERT INTO findings (document, findings) VALUES (?, ?)",
            [(document, _json(found).decode()) for document, found in self._found.items()],
        )
        self._rows = []
        self._found.clear()

    def finish(self) -> None:
        """Write the rest, and say where warnings were left off."""
        for document, count in self._warnings.items():
            if count > WARNINGS:
                self._found[document].append(_left_off(count - WARNINGS))
        self.write()


def _left_off(count: int) -> Finding:
    return Finding(
        code="BD3002",
        message=f"{count} further warnings of this document are not kept",
        severity=Severity.WARNING,
        hint="`billdrop check FILE` shows them all",
    )


_INSERT = """
INSERT INTO quarantine (id, document, record, first_line, last_line, code, findings, since)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
