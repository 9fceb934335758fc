"""A large file is read where it lies, and only as it was when it was captured."""

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from billdrop.books.booking import for_books
from billdrop.errors import UnavailableError
from billdrop.guidelines.library import Library
from billdrop.guidelines.load import compile_guide
from billdrop.local import read, slices
from billdrop.local.complete import version_of
from billdrop.local.read import Place
from billdrop.local.slices import Slices
from billdrop.model import Delivery, Document, DocumentRef
from billdrop.parsing import reading
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

CONTENT = bytes(range(256)) * 3


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "PIECE", 100)


def opened(path: Path) -> Slices:
    path.write_bytes(CONTENT)
    digests = [sha256(CONTENT[at : at + 100]).digest() for at in range(0, len(CONTENT), 100)]
    return Slices(os.open(path, os.O_RDONLY), str(path), len(CONTENT), digests)


def test_slices_are_those_of_the_bytes(tmp_path: Path) -> None:
    held = opened(tmp_path / "a")
    assert len(held) == len(CONTENT)
    places = (None, 0, 1, 99, 100, 101, 250, 700, 767, 768, 900, -1)
    for start in places:
        for stop in places:
            assert held[start:stop] == CONTENT[start:stop]
    assert b"".join(held.chunks()) == CONTENT


def test_slice_of_a_file_that_was_written_to_is_not_given(tmp_path: Path) -> None:
    held = opened(tmp_path / "a")
    with (tmp_path / "a").open("r+b") as file:
        file.seek(450)
        file.write(b"?")
    assert held[:400] == CONTENT[:400]
    with pytest.raises(UnavailableError, match="was written to while it was read"):
        held[350:420]
    with pytest.raises(UnavailableError):
        list(held.chunks())


def test_slice_of_a_file_that_was_cut_is_not_given(tmp_path: Path) -> None:
    held = opened(tmp_path / "a")
    os.truncate(tmp_path / "a", 650)
    with pytest.raises(UnavailableError):
        held[600:700]


def test_file_that_is_gone_can_be_read_to_its_end(tmp_path: Path) -> None:
    held = opened(tmp_path / "a")
    (tmp_path / "a").unlink()
    assert held[:] == CONTENT


REF = DocumentRef(bucket="inbox", key="acme/a.csv", version="1", customer="acme")
GUIDE = """
guideline = "shop"
version = 1
match = { contains = ["No;Date"] }
locale = { currency = "EUR" }
input = { reader = "delimited", delimiter = ";" }
[fields]
number = { column = "No" }
issue_date = { column = "Date" }
net = { column = "Net" }
total = { column = "Net" }
[lines.fields]
net = { column = "Line" }
"""
LABELLED = """
guideline = "note"
version = 1
match = { contains = ["No;Date"] }
locale = { currency = "EUR" }
input = { reader = "labelled" }
[fields]
number = { label = "No", required = true }
issue_date = { label = "Date" }
total = { label = "Net" }
"""
TEXT = b"No;Date;Line;Net\n" + b"".join(b"A%d;2026-11-22;1.00;1.00\n" % at for at in range(100_000))


def delivered(path: Path, content: bytes) -> Delivery:
    path.write_bytes(content)
    status = path.stat()
    ref = replace(REF, version=version_of(status))
    at = datetime(2026, 11, 22, tzinfo=UTC)
    place = Place(str(path))
    return Delivery(ref=ref, arrived_at=at, source="ingest", size=status.st_size, receipt=place)


def fetched(delivery: Delivery, limit: int = 1 << 30) -> Document:
    found = read.read(delivery, limit=limit, at=delivery.arrived_at)
    assert isinstance(found, Document)
    return found


def test_large_file_is_read_as_its_bytes_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "PIECE", 1 << 20)
    monkeypatch.setattr(read, "HELD", 1 << 20)
    monkeypatch.setattr(reading, "EAGER", 1 << 20)
    guide = compile_guide(GUIDE, origin="test", limits=Limits())
    delivery = delivered(tmp_path / "a.csv", TEXT)
    large = fetched(delivery)
    assert large.content is None
    assert large.sha256 == sha256(TEXT).digest()
    assert not large.oversized
    small = reading.read(replace(large, content=TEXT, slices=None), guide)
    each = zip(for_books(reading.read(large, guide)), for_books(small), strict=True)
    assert all(one.booking == other.booking and one.booking for one, other in each)
    assert fetched(delivery, limit=1000).oversized


def test_large_file_that_changes_while_it_is_read_is_read_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "HELD", 10)
    guide = compile_guide(GUIDE, origin="test", limits=Limits())
    delivery = delivered(tmp_path / "a.csv", TEXT[: TEXT.index(b"A1500;")])
    parsed = reading.read(fetched(delivery), guide)
    with (tmp_path / "a.csv").open("r+b") as file:
        file.seek(20_000)
        file.write(b"~")
    with pytest.raises(UnavailableError):
        list(for_books(parsed))
    with pytest.raises(UnavailableError):
        list(parsed.records)


def test_reader_of_whole_texts_is_given_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "HELD", 10)
    document = fetched(delivered(tmp_path / "a.csv", TEXT[:3000]))
    library = Library((compile_guide(LABELLED, origin="test", limits=Limits()),))
    held = replace(document, content=TEXT[:3000], slices=None)
    found, meant = ([it.findings for it in parse(one, library).records] for one in (document, held))
    assert found == meant != []
    assert parse(document, Library(())).findings == parse(held, Library(())).findings
