"""What is no text says so, instead of that no guideline knows it."""

from msgspec import structs

from billdrop.guidelines.library import open_library
from billdrop.model import Finding
from billdrop.parsing.reading import parse
from billdrop.readers import Limits
from tests.unit.test_apart import document

LIBRARY, _ = open_library(None, Limits())


def found(content: bytes) -> list[Finding]:
    made = document(0, "")
    return list(parse(structs.replace(made, content=content, size=len(content)), LIBRARY).findings)


def test_a_nul_byte_is_named_with_its_place() -> None:
    (finding,) = found(b"one\ntwo\x00")
    assert (finding.code, finding.line, finding.column) == ("BD1003", 2, 4)


def test_utf_16_is_recognised_by_its_mark() -> None:
    (finding,) = found("Invoice".encode("utf-16"))
    assert finding.code == "BD1002"


def test_a_text_that_nobody_knows_is_only_that() -> None:
    (finding,) = found(b"hello")
    assert finding.code == "BD2001"
