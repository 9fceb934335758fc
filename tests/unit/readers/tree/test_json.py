"""JSON by declared paths: numbers as they are printed, no key twice, places of everything."""

import codecs
from decimal import Decimal

import pytest

from billdrop.errors import GuidelineError
from billdrop.model import Span
from billdrop.readers.tree import json_text
from tests.unit.readers.tree.trees import JSON, invoice, one, records, refused

PLAIN = '"no": "7", "day": "2026-01-02", "cur": "EUR"'


def doc(more: str) -> bytes:
    return f"{{{PLAIN}, {more}}}".encode()


def test_values_are_read_by_keys() -> None:
    read = invoice(
        doc('"the seller": {"name": "ACME"}, "total": "12.50", "else": [1, {}, [], null]'), JSON
    )
    assert (read.number, read.seller, read.total) == ("7", "ACME", Decimal("12.50"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12.50", "12.50"),
        ("0.1", "0.1"),
        ("1e2", "100"),
        ("1.5E-2", "0.015"),
        ("-0", "0"),
        ("12345678901234.5", "12345678901234.5"),
    ],
)
def test_number_is_exactly_what_is_printed(written: str, meant: str) -> None:
    assert str(invoice(doc(f'"total": {written}'), JSON).total) == meant


@pytest.mark.parametrize(
    "written", ["1e999999999", "1e99", "true", '"x"', "1234567890123456789012345678901234567890"]
)
def test_what_is_no_amount_is_refused_where_it_stands(written: str) -> None:
    found = refused(b"{\n" + doc(f'"total": {written}')[1:], JSON)
    assert (found.line, found.field) == (2, "total")
    assert found.code in ("BD2004", "BD2021")


def test_object_where_a_value_is_due_is_refused() -> None:
    assert refused(doc('"total": {"x": 1}'), JSON).code == "BD2024"


def test_null_is_as_if_it_were_not_there() -> None:
    assert refused(doc('"total": null'), JSON).code == "BD2003"


def test_amount_may_name_its_currency() -> None:
    assert refused(doc('"total": "USD 1"'), JSON).code == "BD2011"
    assert invoice(doc('"total": "EUR 1"'), JSON).total == 1
    text = b'{"no": "7", "day": "2026-01-02", "total": "CHF 2"}'
    assert invoice(text, JSON).currency == "CHF"


def test_lists_are_each_of_what_they_hold() -> None:
    text = doc(
        '"total": 3, "lines": [{"name": "A", "net": 1},\n [{"name": "B", "net": 2}], {"note": 1, "net": 0}]'
    )
    read = invoice(text, JSON)
    assert [(line.name, line.source_line) for line in read.lines] == [("A", 1), ("B", 2)]


def test_escapes_in_keys_and_texts_are_read() -> None:
    text = doc('"\\u0074otal" : 1, "the seller": {"name": "\\u00d6l \\ud83d\\ude00"}')
    assert invoice(text, JSON).seller == "Öl 😀"


def test_every_value_keeps_its_place_and_raw_text() -> None:
    record = one(
        doc('\n"the seller": {"name": " A\\u0042 "},\r\n"total": 1e2, "lines": [{"name": ""}]'),
        JSON,
    )
    assert record.spans is not None
    spans = record.spans()
    assert spans["seller"] == Span(2, 26, "A\\u0042")
    assert spans["total"] == Span(3, 10, "1e2")


def test_list_of_invoices_is_several() -> None:
    text = b"[" + doc('"total": 1') + b",\n" + doc('"total": 2').replace(b'"7"', b'"8"') + b"]"
    found, _ = records(text, JSON)
    assert [(record.invoice and record.invoice.number, record.first_line) for record in found] == [
        ("7", 1),
        ("8", 2),
    ]


def test_one_text_after_another_is_several_invoices() -> None:
    text = doc('"total": 1') + b"\n" + doc('"total": x').replace(b"x", b'"x"') + b"\n"
    found, _ = records(text, JSON)
    assert [record.accepted for record in found] == [True, False]
    assert found[1].findings[0].line == 2


def test_text_without_an_invoice_holds_back_no_other() -> None:
    head = 'records = { each = ["doc", "inv[no]"] }'
    text = b'{"doc": ' + doc('"total": 1') + b'}\n{"inv": {}}\n7'
    found, _ = records(text, JSON, head=head)
    assert [record.accepted for record in found] == [True, False, False]
    assert [found[1].findings[0].line, found[2].findings[0].line] == [2, 3]
    assert found[1].findings[0].message == "no invoice is here: there is no `doc or inv[no]`"


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b'{"a": 1, "a": 2}', "BD1010", (1, 15)),
        (b'{"a": NaN}', "BD1010", (1, 7)),
        (b'{"a": 01}', "BD1010", (1, 8)),
        (b'{"a" 1}', "BD1010", (1, 6)),
        (b"{a: 1}", "BD1010", (1, 2)),
        (b'{"a": 1', "BD1010", (1, 8)),
        (b'{"a": ', "BD1010", (1, 7)),
        (b'{"a": [1 2]}', "BD1010", (1, 10)),
        (b'{"a": "\n"}', "BD1010", (1, 8)),
        (b'{"a": "\\ud800"}', "BD1010", (1, 7)),
        (b'{"\\ud800": 1}', "BD1010", (1, 2)),
        (b"[" * 100, "BD1010", (1, 65)),
        (b" [] \n", "BD1001", (1, 1)),
        (b"{}\xff", "BD1002", (1, 3)),
        (codecs.BOM_UTF16_LE + b"{\0}\0", "BD1002", (1, 1)),
    ],
)
def test_what_is_no_strict_json_is_refused_where_it_stops_being(
    content: bytes, code: str, place: tuple[int, int]
) -> None:
    found = refused(content, JSON)
    assert (found.code, found.line, found.column) == (code, *place)


def test_more_values_than_are_taken_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "VALUES", 2)
    assert refused(b'{"a": [1, 2, 3]}', JSON).code == "BD1010"


def test_blank_text_at_the_end_is_no_value() -> None:
    assert refused(b'{"no": 1}\n\n', JSON).excerpt == ""


def test_attribute_is_no_path_into_json() -> None:
    with pytest.raises(GuidelineError, match=r"JSON has none"):
        records(b"{}", JSON, head='extra = { x = { path = "@a" } }')


def test_tests_of_steps_hold_as_written() -> None:
    head = """extra = { a = { path = "x[k]/v" }, b = { path = "x[v!='1']/v" }, c = { path = ".[x/k]/no" } }"""
    text = doc('"total": 1, "x": [{"v": "1", "k": null}, {"v": "2", "k": 0}, {"v": null}]')
    assert invoice(text, JSON, head=head).extra == {"a": "2", "b": "2", "c": "7"}


def test_self_test_of_a_line_wants_what_stands_in_it() -> None:
    more = 'description = { path = ".[name]/about" }'
    text = doc('"total": 1, "lines": [{"name": "A", "about": "a"}, {"about": "b"}]')
    assert [line.description for line in invoice(text, JSON, more=more).lines] == ["a", None]
