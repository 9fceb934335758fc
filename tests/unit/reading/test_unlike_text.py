"""What is no text says so, instead of that no guideline knows it."""

import pytest
from msgspec import structs

from billdrop.errors import UsageError
from billdrop.guidelines.draft import draft
from billdrop.guidelines.library import Library, open_library
from billdrop.guidelines.load import compile_guide
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


KINDS: dict[bytes, tuple[str, str]] = {
    b"%PDF-1.4\n1 0 obj << /Type /Page >>": ("a PDF", "pdftotext -layout"),
    b"\xef\xbb\xbf\n %PDF-1.7\n": ("a PDF", "pdftotext -layout"),
    b"%PDF-1.7\n<< /EmbeddedFiles 7 0 R >>": ("a PDF", "pdfdetach -saveall"),
    b"%!PS-Adobe-3.0\n": ("a PostScript file", "ps2pdf"),
    b"{\\rtf1\\ansi Invoice}": ("an RTF document", "plain text in UTF-8"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0": ("an Office file of the old kind", "CSV in UTF-8"),
    b"PK\x03\x04\x14\0[Content_Types].xml..xl/workbook.xml": ("an Excel workbook", "CSV in UTF-8"),
    b"PK\x03\x04\x14\0[Content_Types].xml..word/document.xml": ("a Word document", "plain text"),
    b"PK\x03\x04\x14\0invoice.txt": ("a ZIP archive", "unpack it"),
    b"\x1f\x8b\x08\0": ("a gzip file", "gunzip"),
    b"\x89PNG\r\n\x1a\n\0": ("a PNG image", "has no text"),
    b"\xff\xd8\xff\xe0\0\x10JFIF": ("a JPEG image", "has no text"),
    b"<!DOCTYPE html>\n<p>Invoice": ("a page of HTML", "w3m -dump"),
    b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>': ("a page of HTML", "w3m"),
    b"From: a@b.c\nMIME-Version: 1.0\n\nInvoice 7\n": ("a mail without attachments", "its text"),
    b"Received: by b\r\nSubject: x\r\n\r\n--1\r\nContent-Disposition: attachment;\r\n filename=a.xml\r\n": ("a mail", "`a.xml`"),
}  # fmt: skip


@pytest.mark.parametrize("content", KINDS, ids=[what for what, _ in KINDS.values()])
def test_another_kind_of_file_is_named_with_the_way_to_its_text(content: bytes) -> None:
    what, remedy = KINDS[content]
    (finding,) = found(content)
    assert (finding.code, finding.line, finding.column) == ("BD1012", 1, 1)
    assert finding.message.startswith(f"the document is {what}")
    assert remedy in finding.hint


def test_many_attachments_are_counted_and_their_names_can_be_shown() -> None:
    names = [b'"a\x1b.pdf"', b"b.pdf", b"c.pdf", b"d.pdf", b"d.pdf"]
    parts = b"".join(b"Content-Disposition: attachment; filename=" + it + b"\n" for it in names)
    (finding,) = found(b"Message-ID: <1@b.c>\n\n" + parts + b"Content-Disposition: attachment\n")
    assert finding.hint.endswith("`a\ufffd.pdf`, `b.pdf`, `c.pdf` and 2 more")


@pytest.mark.parametrize("text", [b"%PD", b"PKZ 7\n", b"From: a\nTo: b\n", b"MIME-Version\n"])
def test_a_text_that_only_begins_like_another_kind_is_a_text(text: bytes) -> None:
    assert [it.code for it in found(text)] == ["BD2001"]


def test_another_kind_of_file_is_told_before_a_guideline_that_takes_everything() -> None:
    text = """
guideline = "all"
version = 1
customers = ["acme"]
input = { reader = "labelled" }
locale = { currency = "EUR" }
[fields]
number = { label = "No" }
issue_date = { label = "On" }
total = { label = "Sum" }
"""
    library = Library((compile_guide(text, origin="all", limits=Limits()),))
    content = b"%PDF-1.4\nNo: 1\nOn: 2026-11-22\nSum: 1.00\n"
    made = structs.replace(document(0, ""), content=content, size=len(content))
    parsed = parse(made, library)
    assert ([it.code for it in parsed.findings], parsed.records) == (["BD1012"], ())


def test_no_draft_is_made_of_another_kind_of_file() -> None:
    with pytest.raises(UsageError, match="is a PDF, and no text") as refused:
        draft([("a.pdf", b"%PDF-1.4\n")])
    assert "pdftotext -layout" in refused.value.hint
