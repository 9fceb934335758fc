"""No altered amount is taken for right where the document itself denies it, and no bytes end the reading."""

from itertools import chain
from pathlib import Path

import pytest

from billdrop.guidelines.library import Library, builtins
from billdrop.model import Record
from billdrop.parsing.reading import parse
from billdrop.readers import Limits
from tests.corpus import corpus
from tests.standards.mutations import digits, others, slip
from tests.standards.table import FORMATS, library
from tests.standards.verdicts import document, samples

SIZE = 64 * 1024
"""Larger documents are attachments for the most part."""
ALTERATIONS = 40
"""Of each kind and document, beside every digit of every amount."""
OWN = [guide.ref.name for guide in builtins(Limits())]


@pytest.fixture(scope="module")
def known() -> Library:
    return library()


def read_whole(content: bytes, library: Library) -> Record | None:
    """The record of a document of one invoice that is taken without an error."""
    read = parse(document("right.txt", content), library)
    records = list(read.records)
    return records[0] if len(records) == 1 and records[0].accepted else None


def slips(name: str, content: bytes, library: Library) -> list[str]:
    """What was taken for right and is not, of one document."""
    record = read_whole(content, library)
    if record is None or record.invoice is None:
        return []
    alterations = chain(digits(content, record), others(content, len(content), ALTERATIONS))
    found = (slip(altered, record, library) for altered in alterations)
    return [f"{name}: {one.what}: {one.difference}" for one in found if one]


@pytest.mark.parametrize("name", OWN)
def test_altered_example_of_a_guideline_is_never_taken_for_right(name: str, known: Library) -> None:
    guide = known.named(name)
    assert guide is not None
    for example in guide.guideline.examples:
        content = example.text.encode(guide.guideline.input.encoding)
        assert not slips(name, content, known)


@pytest.mark.parametrize("folder", FORMATS)
def test_altered_genuine_invoice_is_never_taken_for_right(folder: str, known: Library) -> None:
    files: list[Path] = [it for it in samples(corpus(folder)) if it.stat().st_size <= SIZE]
    found = [each for file in files[:12] for each in slips(file.name, file.read_bytes(), known)]
    assert not found, "\n".join(found[:20])
