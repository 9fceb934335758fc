"""A large original is read back from the ledger in slices, as it is taken in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from billdrop.answers.replay import replay
from billdrop.guidelines.library import Library
from billdrop.local.ledger import SqliteBooks, books, open_ledger, packs
from billdrop.model import Document, DocumentRef
from billdrop.parsing import reading
from billdrop.parsing.reading import parse
from billdrop.proof.captured import compare_original
from billdrop.proof.differences import Findings
from billdrop.proof.reread import compare_readings
from billdrop.readers import Limits
from tests.unit.test_bulk import HEADER, ROWS, guide

AT = datetime(2026, 11, 22, tzinfo=UTC)
CONTENT = (HEADER + ROWS).encode()


def document(key: str, content: bytes) -> Document:
    ref = DocumentRef(bucket="inbox", key=key, version="1", customer="acme")
    digest = sha256(content).digest()
    return Document(ref=ref, arrived_at=AT, sha256=digest, size=len(content), content=content)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteBooks]:
    """What has one small document, and one that is large for it and spans several packs."""
    monkeypatch.setattr(packs, "PACK", 100)
    monkeypatch.setattr(books, "HELD", 60)
    monkeypatch.setattr(reading, "EAGER", 60)
    ledger = open_ledger(tmp_path / "ledger.db")
    library = Library((guide(),))
    both = (document("acme/small", b"small"), document("acme/large", CONTENT))
    ledger.commit([parse(one, library) for one in both], at=AT)
    yield ledger.books
    ledger.close()


def test_slices_of_an_original_are_those_of_its_bytes(archive: SqliteBooks) -> None:
    large, ref = archive.original("inbox/acme/large@1")
    assert ref == guide().ref
    assert large.content is None
    assert not large.oversized
    slices, places = large.slices, (0, 1, 99, 100, 101, 250, len(CONTENT), None)
    assert slices is not None
    assert len(slices) == len(CONTENT)
    for start in places:
        for stop in places:
            assert slices[start:stop] == CONTENT[start:stop]
    assert large.chunks is not None
    assert b"".join(large.chunks()) == large.whole == CONTENT
    small, _ = archive.original("inbox/acme/small@1")
    assert small.content == small.whole == b"small"


def test_what_reads_an_original_back_reads_slices(archive: SqliteBooks) -> None:
    assert replay(archive, Library((guide(),)), Limits()).changes == ()
    findings = Findings()
    counts = compare_readings(archive, Limits(), findings, lambda: None)
    for entry in archive.documents():
        compare_original(archive, entry, findings)
    assert counts.read == 4
    assert findings.named == []
