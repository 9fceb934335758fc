"""Quarantine and findings: what waits for a person, and everything that was found."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw
import msgspec
from msgspec.structs import replace

from billdrop.local.ledger.accounts import SHOWN, Account, micros, moment, next_id
from billdrop.model import Finding, Intent, Parsed, Record, Ruling, Severity, errors_of
from billdrop.plan.barred import Decided, apart, barred, barring

WARNINGS = 1_000
"""How many warnings of one document are kept."""

_json = msgspec.json.Encoder().encode
_findings = msgspec.json.Decoder(list[Finding]).decode
_rulings = msgspec.json.Decoder(tuple[Ruling, ...]).decode


def findings_of(stored: str) -> list[Finding]:
    """Findings as a table holds them."""
    return _findings(stored)


def rulings_of(stored: str) -> tuple[Ruling, ...]:
    """Decisions as a table holds them."""
    return _rulings(stored) if stored else ()


class Left(NamedTuple):
    """An open entry of a document that is read again: where it stands, and who released it and why."""

    id: int
    first_line: int | None
    last_line: int | None
    by: str
    why: str


class Entries:
    """What one commit writes of `quarantine` and `findings`."""

    def __init__(self, connection: apsw.Connection, *, at: int) -> None:
        self._connection = connection
        self._at = at
        self._next = next_id(connection, "quarantine")
        self._rows: list[tuple[Any, ...]] = []
        self._renewed: list[tuple[Any, ...]] = []
        self._left: dict[int, dict[int | None, Left]] = {}
        self._barred: dict[int, dict[int | None, Decided]] = {}
        """What a person keeps out of the books, by the index that it has in this reading."""
        self._open_barred: set[int] = set()
        self._found: defaultdict[int, list[Finding]] = defaultdict(list)
        self._warnings: Counter[int] = Counter()

    def refuse(self, account: Account, record: Record, findings: Sequence[Finding]) -> None:
        """Quarantine one record."""
        self.note(account, findings)
        self.add(account, record, findings)

    def add(self, account: Account, record: Record | None, findings: Sequence[Finding]) -> None:
        """Open an entry for a record, or for the whole document; one that is still open is kept."""
        errors = errors_of(findings)
        index = None if record is None else record.index
        said = (
            None if record is None else record.first_line,
            None if record is None else record.last_line,
            errors[0].code if errors else "BD2099",
            _json(findings).decode(),
        )
        account.waiting += 1
        number = self._standing(account, index, record)
        if number is not None:
            self._renewed.append((index, *said, number))
            return
        out = self._barred.get(account.id, {}).get(index)
        rulings = "" if out is None else _json(out.rulings).decode()
        decided_at = None if out is None else micros(out.rulings[-1].at)
        self._rows.append((self._next, account.id, index, *said, self._at, rulings, decided_at))
        self._next += 1

    def _standing(self, account: Account, index: int | None, record: Record | None) -> int | None:
        """The id of the open entry that a record, or all of the document, keeps."""
        left = self._left.get(account.id, {})
        out = self._barred.get(account.id, {}).get(index)
        if out is not None:
            return out.id if out.id in self._open_barred else None
        one = left.get(index)
        if one is None or (record is not None and apart(record, one.first_line, one.last_line)):
            return None
        return left.pop(index).id

    def barred(self, account: Account, record: Record) -> Record | None:
        """A record that a person rejected, refused however it reads."""
        out = self._barred.get(account.id, {}).get(record.index)
        return None if out is None else replace(record, findings=out.refused(record))

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

    def reopen(self, account: Account, parsed: Parsed) -> Parsed:
        """
        Forget what was found about a document that is read again; what was read, as it is to be taken.

        Its open entries stay open for the records that are refused again, and those of what a person
        rejected; the others are closed.
        """
        released = parsed.intent is Intent.RELEASE
        self.write()
        self._close(account.id)
        if parsed.bars:
            self._decide(account.id, parsed)
        out = {each.id: each for each in self._rejected(account.id)}
        findings, there = barring(parsed, list(out.values()))
        self._barred[account.id] = there
        account.waiting = 0
        left = self._left[account.id] = {}
        for number, record, first_line, last_line in self._open(account.id):
            if number in out:
                self._open_barred.add(number)
                account.waiting += out[number] not in there.values()
                continue
            chosen = released and parsed.decides(record)
            by, why = (parsed.by, parsed.why) if chosen else ("", "")
            left[record] = Left(number, first_line, last_line, by, why)
        self._connection.execute("DELETE FROM findings WHERE document = ?", (account.id,))
        account.findings.clear()
        self._warnings.pop(account.id, None)
        return replace(parsed, findings=findings)

    def _rejected(self, document: int) -> list[Decided]:
        """What of a document a person keeps out of the books."""
        rows: list[Any] = self._connection.execute(_DECIDED, (document,)).fetchall()
        return barred(
            Decided(number, record, first, last, tuple(findings_of(found)), rulings_of(said))
            for number, record, first, last, found, said in rows
        )

    def decides(self, account: Account, parsed: Parsed) -> bool:
        """Whether anything is open that a person decides about."""
        self.write()
        return any(parsed.decides(record) for _, record, *_ in self._open(account.id))

    def _open(self, document: int) -> list[tuple[int, int | None, int | None, int | None]]:
        """Id, record and lines of its open entries."""
        rows: list[Any] = self._connection.execute(_OPEN, (document,)).fetchall()
        return rows

    def _decide(self, document: int, parsed: Parsed) -> None:
        """Keep what a person decides about open entries."""
        ruling = Ruling(
            rejects=parsed.intent is Intent.REJECT,
            at=moment(self._at),
            by=parsed.by,
            why=parsed.why,
        )
        for number, record, *_ in self._open(document):
            if parsed.decides(record):
                before = self._connection.execute(_RULINGS, (number,)).get
                said = (*rulings_of(str(before or "")), ruling)
                self._connection.execute(_SAY, (_json(said).decode(), self._at, number))

    def _close(self, document: int) -> None:
        """Close the entries that the last reading of a document left over."""
        left = self._left.pop(document, {}).values()
        self._connection.executemany(
            _CLOSE, [(self._at, each.by, each.why, each.id) for each in left]
        )

    def write(self) -> None:
        """Write what has come together."""
        self._connection.executemany(_INSERT, self._rows)
        self._connection.executemany(_RENEW, self._renewed)
        self._connection.executemany(
            "INSERT INTO findings (document, findings) VALUES (?, ?)",
            [(document, _json(found).decode()) for document, found in self._found.items()],
        )
        self._rows, self._renewed = [], []
        self._found.clear()

    def finish(self) -> None:
        """Write the rest, and say where warnings were left off."""
        for document, count in self._warnings.items():
            if count > WARNINGS:
                self._found[document].append(_left_off(count - WARNINGS))
        self.write()
        for document in list(self._left):
            self._close(document)


def _left_off(count: int) -> Finding:
    return Finding(
        code="BD3002",
        message=f"{count} further warnings of this document are not kept",
        severity=Severity.WARNING,
        hint="`billdrop check FILE` shows them all",
    )


_OPEN = """
SELECT id, record, first_line, last_line FROM quarantine WHERE document = ? AND closed_at IS NULL
"""
_DECIDED = """
SELECT id, record, first_line, last_line, findings, rulings
FROM quarantine WHERE document = ? AND rulings != '' ORDER BY id
"""
_RULINGS = "SELECT rulings FROM quarantine WHERE id = ?"
_SAY = "UPDATE quarantine SET rulings = ?, decided_at = ? WHERE id = ?"
_CLOSE = """
UPDATE quarantine
SET closed_at = ?1, by = ?2, why = ?3, decided_at = CASE ?2 WHEN '' THEN decided_at ELSE ?1 END
WHERE id = ?4
"""
_RENEW = """
UPDATE quarantine SET record = ?, first_line = ?, last_line = ?, code = ?, findings = ? WHERE id = ?
"""
_INSERT = """
INSERT INTO quarantine
    (id, document, record, first_line, last_line, code, findings, since, rulings, decided_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
