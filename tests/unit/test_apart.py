"""A process apart reads as this one does, and can die."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from billdrop.books.booking import booked
from billdrop.errors import ConfigurationError
from billdrop.guidelines.library import Library, open_library
from billdrop.model import Document, DocumentRef, Parsed, Record
from billdrop.parsing import apart
from billdrop.parsing import reading as exact
from billdrop.parsing.apart import Apart
from billdrop.parsing.reading import parse
from billdrop.parsing.second import second_process
from billdrop.readers import Limits
from billdrop.way.pipeline import Read
from tests.process import eventually
from tests.samples import docproc
from tests.unit.rig import START

LIBRARY, _ = open_library(None, Limits())
MINE = (
    next(guide.ref.text for guide in LIBRARY.guides if guide.ref.name == "docproc")
    .replace('"docproc"', '"mine"')
    .replace("Inv-ID", "Bill")
)


def document(index: int, text: str) -> Document:
    content = text.encode()
    return Document(
        ref=DocumentRef(bucket="inbox", key=f"acme/{index}", version="1", customer="acme"),
        arrived_at=START,
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def documents(count: int) -> list[Document]:
    texts = [
        docproc("inv-1"),
        docproc("inv-2", total="9"),
        docproc("inv-3") + docproc("inv-4"),
        "who knows",
    ]
    return [document(index, texts[index % len(texts)]) for index in range(count)]


def comparable(parsed: Sequence[Parsed]) -> list[Parsed]:
    """With what the ledger needs, wherever it was worked out."""
    return [
        structs.replace(each, records=tuple(_booked(record, each) for record in each.records))
        for each in parsed
    ]


def _booked(record: Record, parsed: Parsed) -> Record:
    booking = booked(record, parsed) if record.accepted else None
    return structs.replace(record, invoice=None, spans=None, booking=booking)


@pytest.fixture
def reading() -> Iterator[Apart]:
    made = Apart(LIBRARY, Limits())
    yield made
    made.close()


def started(reading: Apart) -> Apart:
    eventually(lambda: elsewhere(reading(documents(apart.WORTH))), bool)
    return reading


def elsewhere(read: Read) -> bool:
    return isinstance(read, apart.There)


def test_a_few_documents_are_read_here(reading: Apart) -> None:
    read = reading(documents(4))
    assert not elsewhere(read)
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in documents(4)])


def test_many_are_read_apart_with_the_same_result(reading: Apart) -> None:
    given = documents(apart.WORTH)
    read = started(reading)(given)
    assert elsewhere(read)
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def test_a_document_without_content_is_not_sent(reading: Apart) -> None:
    given = documents(apart.WORTH)
    given[7] = structs.replace(given[7], content=None)
    read = started(reading)(given)
    assert not elsewhere(read)
    assert [found.code for found in read()[7].findings] == ["BD1004"]


def test_when_the_process_dies_its_documents_are_read_here(reading: Apart) -> None:
    given = documents(apart.WORTH)
    started(reading)
    for process in _processes(reading):
        process.kill()
        process.join()
    read = reading(given)
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def test_when_the_process_dies_while_it_reads_its_documents_are_read_here(reading: Apart) -> None:
    given = documents(apart.WORTH)
    read = started(reading)(given)
    for process in _processes(reading):
        process.kill()
    assert elsewhere(read)
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def test_a_changed_library_starts_another_process(reading: Apart) -> None:
    (before,) = _processes(started(reading))
    reading.library = LIBRARY
    (after,) = _processes(started(reading))
    assert before.pid != after.pid


def test_guidelines_that_change_while_a_batch_is_read_lose_no_document(reading: Apart) -> None:
    given = documents(apart.WORTH)
    read = started(reading)(given)
    reading.library = Library(())
    assert elsewhere(read)
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Apart]:
    """One whose process opens the guidelines by itself, so that none are needed here."""
    (tmp_path / "mine.toml").write_text(MINE)
    with second_process() as pool:
        made = Apart(_not_needed, Limits(), pool, folder=tmp_path)
        yield made
        made.close()


def _not_needed() -> Library:
    raise AssertionError("the guidelines were opened here")


def test_process_that_opens_the_guidelines_reads_all_without_them_here(opening: Apart) -> None:
    given = [*documents(3), document(3, docproc("inv-9").replace("Inv-ID", "Bill"))]
    read = opening(given)
    library, _ = open_library(opening._folder, Limits())
    assert elsewhere(read)
    assert comparable(read()) == comparable([parse(it, library) for it in given])


def test_when_the_process_that_opens_the_guidelines_dies_they_are_opened_here(
    tmp_path: Path,
) -> None:
    with second_process() as pool:
        made = Apart(lambda: LIBRARY, Limits(), pool, folder=tmp_path)
        made(documents(1))()
        for process in _processes(made):
            process.kill()
        read = made(documents(4))
        assert comparable(read()) == comparable([parse(it, LIBRARY) for it in documents(4)])
        assert made.library is LIBRARY


def test_what_is_wrong_with_opening_the_guidelines_is_said_here(tmp_path: Path) -> None:
    def open_here() -> Library:
        raise ConfigurationError("no guidelines", hint="write one")

    with second_process() as pool:
        unusable = structs.replace(Limits(), line_chars="many")
        made = Apart(open_here, unusable, pool, folder=tmp_path)
        read = made(documents(1))
        with pytest.raises(ConfigurationError, match="no guidelines"):
            read()


def test_what_is_read_all_at_once_can_cross() -> None:
    assert apart.LARGEST <= exact.EAGER


def _processes(reading: Apart) -> list[Any]:
    pool = reading._pool
    assert pool is not None
    return list(pool._processes.values())
