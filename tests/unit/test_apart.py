"""A process apart reads as this one does, and can die."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from msgspec import structs

from billdrop import apart
from billdrop.apart import Apart
from billdrop.booking import booked
from billdrop.guidelines.library import Library, open_library
from billdrop.model import Document, DocumentRef, Parsed, Record
from billdrop.readers import Limits
from billdrop.reading import parse
from tests.process import eventually
from tests.samples import docproc
from tests.unit.rig import START

LIBRARY, _ = open_library(None, Limits())


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
    eventually(lambda: reading(documents(apart.WORTH))[1], bool)
    return reading


def test_a_few_documents_are_read_here(reading: Apart) -> None:
    read, elsewhere = reading(documents(4))
    assert not elsewhere
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in documents(4)])


def test_many_are_read_apart_with_the_same_result(reading: Apart) -> None:
    given = documents(apart.WORTH)
    read, elsewhere = started(reading)(given)
    assert elsewhere
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def test_a_document_without_content_is_not_sent(reading: Apart) -> None:
    given = documents(apart.WORTH)
    given[7] = structs.replace(given[7], content=None)
    read, elsewhere = started(reading)(given)
    assert not elsewhere
    assert [found.code for found in read()[7].findings] == ["BD1004"]


def test_when_the_process_dies_its_documents_are_read_here(reading: Apart) -> None:
    given = documents(apart.WORTH)
    started(reading)
    for process in _processes(reading):
        process.kill()
        process.join()
    read, _ = reading(given)
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def test_when_the_process_dies_while_it_reads_its_documents_are_read_here(reading: Apart) -> None:
    given = documents(apart.WORTH)
    read, elsewhere = started(reading)(given)
    for process in _processes(reading):
        process.kill()
    assert elsewhere
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def test_a_changed_library_starts_another_process(reading: Apart) -> None:
    (before,) = _processes(started(reading))
    reading.library = LIBRARY
    (after,) = _processes(started(reading))
    assert before.pid != after.pid


def test_guidelines_that_change_while_a_batch_is_read_lose_no_document(reading: Apart) -> None:
    given = documents(apart.WORTH)
    read, elsewhere = started(reading)(given)
    reading.library = Library(())
    assert elsewhere
    assert comparable(read()) == comparable([parse(it, LIBRARY) for it in given])


def _processes(reading: Apart) -> list[Any]:
    pool = reading._pool
    assert pool is not None
    return list(pool._processes.values())
