"""The short way and the exact way through a tree say the same of every invoice that both can read."""

from decimal import Decimal
from typing import Any

import pytest

from billdrop.guidelines.guide import Guide
from billdrop.guidelines.library import builtins
from billdrop.readers import Limits
from billdrop.readers.tree.drafting import Notes, Taken, Taker
from billdrop.readers.tree.quick import Quick
from billdrop.readers.tree.reading import TreeReader
from billdrop.readers.usual import UnusualError
from tests.corpus import corpus
from tests.unit.readers.tree.trees import PLAIN, invoice, one, refused, xml

GUIDES = [guide for guide in builtins(Limits()) if isinstance(guide.reader, TreeReader)]


def ways(reader: TreeReader, content: bytes) -> tuple[list[Taken], list[Taken], list[Notes]]:
    """What both ways take, and the notes of the exact one."""
    opened, mapped = reader.source.opened(content), reader.source.mapped(content)
    quick = [
        Quick(reader.layout, opened.tree).take(node, shared)
        for node, shared in reader.records(opened.tree, opened.roots)
        if shared is not None
    ]
    exact, kept = list[Taken](), list[Notes]()
    for node, shared in reader.records(mapped.tree, mapped.roots):
        assert shared is not None
        kept.append(Notes(mapped.tree, {}, []))
        exact.append(Taker(reader.layout, kept[-1]).take(node, shared))
    return quick, exact, kept


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.ref.name)
def test_both_ways_agree_on_the_examples_and_find_nothing(guide: Guide) -> None:
    assert isinstance(guide.reader, TreeReader)
    for example in guide.guideline.examples:
        quick, exact, notes = ways(guide.reader, example.text.encode())
        assert quick == exact
        assert not [found for each in notes for found in each.findings]
        assert all(span.text for each in notes for span in each.spans.values())


@pytest.mark.parametrize(
    ("folder", "name"), [("xml-cii", "cii"), ("xml-ubl", "ubl-invoice"), ("xml-cfdi", "cfdi-4-0")]
)
def test_both_ways_agree_on_genuine_invoices(folder: str, name: str) -> None:
    (reader,) = (guide.reader for guide in GUIDES if guide.ref.name == name)
    assert isinstance(reader, TreeReader)
    read = 0
    for file in sorted(corpus(folder).glob("*.xml"))[:15]:
        content = file.read_bytes()
        if b"Invoice-2" in content or b"Comprobante" in content or folder == "xml-cii":
            try:
                quick, exact, _ = ways(reader, content)
            except UnusualError:
                continue
            assert quick == exact
            read += 1
    assert read


def same(inner: str, **parts: Any) -> None:
    """The exact way finds nothing in what the short way read."""
    record = one(xml(PLAIN + inner), **parts)
    assert not record.findings
    assert record.spans is not None
    assert record.spans()["total"].text


def test_exact_way_takes_what_the_short_way_takes() -> None:
    same("<n:Given>A</n:Given><n:Family>B</n:Family><n:Total>1</n:Total>")
    same("<n:Seller>A</n:Seller><n:Seller>B</n:Seller><n:Total>1</n:Total>")
    same("<n:Paid>1</n:Paid><n:Paid/><n:Before>2</n:Before><n:Total>1</n:Total>")
    same(
        "<n:Fee><n:Name>A</n:Name><n:Code>1</n:Code><n:Code>2</n:Code></n:Fee><n:Total>1</n:Total>"
    )
    same(
        "<n:TaxCur>SEK</n:TaxCur><n:Share><n:Amount cur='SEK'>1</n:Amount></n:Share>"
        "<n:Share><n:Amount>0</n:Amount></n:Share><n:Total>1</n:Total>"
    )


def test_currency_is_that_of_the_amounts_on_both_ways() -> None:
    text = PLAIN.replace("<n:Cur>EUR</n:Cur>", "")
    record = one(xml(text + "<n:Total cur='CHF'>1</n:Total>"))
    assert record.invoice is not None
    assert record.invoice.currency == "CHF"
    assert (
        refused(xml(text + "<n:Tax cur='CHF'>1</n:Tax><n:Total cur='EUR'>1</n:Total>")).code
        == "BD2011"
    )


def test_sums_take_off_and_leave_out_what_is_not_there() -> None:
    fields = """
net = { path = "n:Net", sum = ["total", "-tax?"] }
payable = { sum = ["net", "taxes.amount?"] }
"""
    off = "[checks]\npayable = 'off'"
    text = xml(PLAIN + "<n:Tax>2</n:Tax><n:Total>12</n:Total>")
    read = invoice(text, fields=fields, more=off)
    assert (read.net, read.payable) == (Decimal(10), Decimal(10))
    read = invoice(
        xml(PLAIN + "<n:Net>12</n:Net><n:Total>12</n:Total>"),
        fields=fields,
        more=off,
    )
    assert read.net == Decimal(12)


def test_line_that_no_text_has_is_blank() -> None:
    text = xml("ਊਊਊਊਊਊਊਊ<n:No>7</n:No>", before='<?xml version="1.0" encoding="utf-16"?>')
    found = refused(text.decode().encode("utf-16"))
    assert found.excerpt == ""


def test_line_begins_where_its_tag_begins() -> None:
    line = "<n:Line\n kind='item'\n><n:Name>A</n:Name></n:Line>"
    read = invoice(xml("\n" + PLAIN + line + "<n:Total>1</n:Total>"))
    assert [it.source_line for it in read.lines] == [2]


def test_line_ends_of_every_kind_count() -> None:
    line = "<n:Line><n:Name>A</n:Name></n:Line>"
    for end in ("\n", "\r\n", "\r"):
        read = invoice(xml(end + PLAIN + end + line + "<n:Total>1</n:Total>"))
        assert [it.source_line for it in read.lines] == [3]
