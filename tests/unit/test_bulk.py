"""The short way of large documents says what the exact way says, whatever is done to them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from billdrop.books.booking import book, for_books
from billdrop.bulk import Bulk, bulk, groups, slices
from billdrop.bulk import templates as learning
from billdrop.bulk.values import close, decimals_of, whole
from billdrop.bulk.words import Text, numbers
from billdrop.demo.bulk import write_delimited
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.policy import Policy
from billdrop.model import Booking, Document, DocumentRef, Parsed, Record
from billdrop.parsing import reading
from billdrop.parsing.completing import plan
from billdrop.parsing.reading import EAGER, Reread, read
from billdrop.readers import Limits, stream

SHOP = """
guideline = "shop"
version = 1
input = { reader = "delimited", delimiter = ";" }
[fields]
number = { column = "No", required = true }
issue_date = { column = "Date" }
currency = { column = "Cur" }
seller = { column = "Seller" }
net = { column = "Net" }
tax = { column = "Tax" }
total = { column = "Total" }
[lines.fields]
name = { column = "Item", required = true }
quantity = { column = "Qty" }
unit_price = { column = "Price" }
net = { column = "LineNet" }
tax = { column = "LineTax" }
"""
HEADER = "No;Date;Cur;Seller;Item;Unused;Qty;Price;LineNet;LineTax;Net;Tax;Total\n"
ROWS = (
    "A-1;2026-11-21;EUR;Acme;pen;x;2;1.50;3.00;0.57;5.00;0.95;5.95\n"
    'A-1;2026-11-21;EUR;Acme;"ink; ""red""";y;1;2.00;2.00;0.38;5.00;0.95;5.95\n'
    "A-2;2026-11-22;USD;Öl & Söhne;cap;;1;-4.00;-4.00;0;-4.00;0;-4.00\n"
    'A-3;2026-11-22;EUR;"B; C";nib;;3;0.33;0.99;0.19;0.99;0.19;1.18\n'
    "A-4;2026-11-23;EUR;;bow;z;0.25;3.99;1.00;0;1.00;;1.00\n"
)
REF = DocumentRef(bucket="inbox", key="acme/a.csv", version="1", customer="acme")


def guide(text: str = SHOP, limits: Limits | None = None) -> Guide:
    return compile_guide(text, origin="test", limits=limits or Limits())


def written_as(mark: str, quote: str) -> Guide:
    return guide(
        SHOP.replace(
            'delimiter = ";"', f"delimiter = {json.dumps(mark)}, quote = {json.dumps(quote)}"
        )
    )


def short(of: Guide) -> Bulk:
    found = bulk(of, plan(of.guideline))
    assert found is not None
    return found


def taken(content: bytes, of: Guide) -> list[Record] | None:
    way = short(of)
    opened = way.opened(content)
    if opened is None:
        return None
    found = way.records(content, opened, REF)
    return None if found is None else list(found)


def booked(record: Record, of: Guide) -> Booking:
    if record.booking is not None:
        return record.booking
    identity = of.guideline.identity
    return book(record, ref=REF, guideline=of.ref, identity=identity, written=False)


def told(records: list[Record], of: Guide) -> Iterator[object]:
    for record in records:
        yield record.index, record.first_line, record.last_line, record.findings
        yield booked(record, of) if record.accepted else record.invoice


def same(content: bytes, of: Guide) -> list[Record] | None:
    """What the short way reads, if it does; it must be what the exact way reads."""
    found = taken(content, of)
    if found is not None:
        assert list(told(found, of)) == list(told(list(Reread(content, of, [])), of))
    return found


def test_plain_invoices_are_booked_without_being_made() -> None:
    found = same((HEADER + ROWS).encode(), guide())
    assert found is not None
    assert [record.booking is not None for record in found] == [True, True, True, False]
    assert all(record.accepted for record in found)


def test_booking_has_the_cells_that_the_exact_way_gives_it() -> None:
    found = same((HEADER + ROWS).encode(), guide())
    assert found is not None
    assert found[0].booking is not None
    assert '"ink; \\"red\\""' in found[0].booking.lines
    assert found[1].booking is not None
    assert found[1].booking.total == "-4.00"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.00;0.57", "3.01;0.57"),
        ("2;1.50", "3;1.50"),
        ("A-3", '"A-3"'),
        ("pen", ""),
        ("pen", " pen "),
        ("pen", "p\\n"),
        ("pen", "p\tn"),
        ("pen", "pen\u00a0"),
        ("pen", "\u3000pen"),
        ("pen", "pen\u2009"),
        ("pen", "caf\u00e9"),
        ("pen", "p" * 200),
        ("pen", '"pen"'),
        ("pen", '"  pen"'),
        ("pen", '""'),
        ("pen", '"a""""b\\"'),
        ("2;1.50", '"2";"1.50"'),
        ("2;1.50", "2; 1.50"),
        ("2;1.50", "2;1.5"),
        ("2;1.50", "2;1.500000"),
        ("2;1.50", "2;1,50"),
        ("2;1.50", "2;-"),
        ("2;1.50", "-2;-1.50"),
        ("2;1.50;3.00", "2000000;1500000.00;3.00"),
        ("2;1.50;3.00", "90000000;90000000;3.00"),
        ("A-4", "\u00c4-4"),
        ("Acme", "Acme " * 30),
        ("Öl & Söhne", "Öl & Söhne " * 30),
        ("2;1.50", "2;01.50"),
        ("2;1.50", "2;1.50 EUR"),
        ("2;1.50", ";"),
        ("2026-11-22;USD", "2026-02-30;USD"),
        ("USD", "XYZ"),
        ("USD", ""),
        ("0.95;5.95\nA-2", "0.96;5.95\nA-2"),
        ("0.95;5.95\nA-1", "0.96;5.95\nA-1"),
        ("-4.00;0;-4.00\n", "-4.00;;-4.00\n"),
        ("0.33;0.99", "0.333;0.99"),
        ("0.33;0.99", "0.3333333;0.99"),
        ("-4.00;-4.00;0;-4.00;0;-4.00", "4000000000.00;4000000000;0;4000000000;0;4000000000"),
    ],
)
def test_altered_value_is_read_the_exact_way(old: str, new: str) -> None:
    assert old in ROWS
    assert same((HEADER + ROWS.replace(old, new)).encode(), guide()) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A-3", "A-1"),
        ("A-3", " A-3"),
        ("A-3", ""),
        ("pen;", "pen;;"),
        ("pen", '"pen'),
        ("pen", '5" pen'),
        ("pen", "p\0n"),
        ("pen", "p\x7fn"),
        ("pen", "p\rn"),
        ("pen", '"pen"x'),
        ("pen", 'x"pen"'),
        ("pen", '"p"e"n"'),
        ("pen", "p" * 200_000),
        ("cap", '"c\nap"'),
        ("\nA-2", "\n\nA-2"),
        ("A-4;2026-11-23", "A-1;2026-11-23"),
    ],
)
def test_document_with_a_row_out_of_its_place_is_left_to_the_exact_way(old: str, new: str) -> None:
    assert taken((HEADER + ROWS.replace(old, new)).encode(), guide()) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEADER.encode(),
        b"No;Date\n1;2\n",
        HEADER.encode() + b"\xff;\n",
        HEADER.replace("Item;Unused", "Unused;Item").encode() + ROWS.encode()[:30],
    ],
)
def test_document_that_is_not_so_laid_out_is_left_to_the_exact_way(content: bytes) -> None:
    assert taken(content, guide()) is None


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Item;Date;No;Cur;Seller;Qty;Price;LineNet;LineTax;Net;Tax;Total", ""),
        ("No;Date;Item;Cur;Seller;Qty;Price;LineNet;LineTax;Net;Tax;Total", ""),
    ],
)
def test_columns_in_another_order_are_left_to_the_exact_way(header: str, row: str) -> None:
    assert taken(f"{header}\n{row}".encode(), guide()) is None


def test_more_rows_or_invoices_than_the_limits_are_left_to_the_exact_way() -> None:
    for limits in (Limits(rows=4), Limits(records=3)):
        assert taken((HEADER + ROWS).encode(), guide(SHOP, limits)) is None


def test_blocks_may_end_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    of = guide()
    for block in (*range(20, 400, 37), 5000):
        monkeypatch.setattr(slices, "SLICE", block)
        for end in ("\n", "\r\n"):
            found = same((HEADER + ROWS).replace("\n", end).encode(), of)
            assert found is not None
            assert len(found) == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "latin-1"])
def test_other_encodings_are_read_alike(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    of = guide(SHOP.replace('delimiter = ";"', f'delimiter = ";", encoding = "{declared}"'))
    found = same((HEADER + ROWS).encode(encoding), of)
    assert found is not None
    assert len(found) == 4


def test_amounts_are_read_as_the_locale_writes_them() -> None:
    text = SHOP.replace("[fields]", '[locale]\ndecimal = ","\ngroup = "."\n[fields]')
    rows = ROWS.replace(".", ",").replace("3,99", "1.003,99").replace("0,25;1.003", "0,25;1.003")
    found = same((HEADER + rows).encode(), guide(text))
    assert found is not None
    assert found[0].booking is not None
    assert found[0].booking.total == "5.95"


def test_amounts_that_are_mapped_are_looked_up() -> None:
    text = SHOP.replace('{ column = "Price" }', '{ column = "Price", map = { "1.50" = "1.51" } }')
    found = same((HEADER + ROWS).encode(), guide(text))
    assert found is not None
    assert [record.accepted for record in found] == [False, True, True, True]


def test_line_too_long_is_left_to_the_exact_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", 64)
    monkeypatch.setattr(slices, "LONGEST", 100)
    assert taken((HEADER + ROWS.replace("pen", "p" * 500)).encode(), guide()) is None


def test_invoice_too_long_is_left_to_the_exact_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "LONGEST", 100)
    assert taken((HEADER + ROWS).encode(), guide()) is None


def test_lines_of_ten_thousands_are_counted() -> None:
    row = "{};2026-11-21;EUR;Acme;pen;x;;;1;0;{};0;{}\n"
    many = "".join(row.format("B", 12_345, 12_345) for _ in range(12_345))
    some = "".join(row.format(f"A{at}", 1, 1) for at in range(9_980))
    text = SHOP + '[checks]\nline_amount = "off"\n'
    found = same((HEADER + some + many).encode(), guide(text))
    assert found is not None
    assert all(record.booking is not None for record in found)


VARIANTS = {
    "identity": SHOP.replace("version = 1", 'version = 1\nidentity = ["number", "seller"]'),
    "constant": SHOP.replace(
        'seller = { column = "Seller" }', 'seller = { value = "50 % & \\"co\\"" }'
    ).replace('{ column = "LineTax" }', '{ column = "LineTax" }\nunit = { value = "h" }'),
    "extra": SHOP.replace('seller = { column = "Seller" }', "")
    + '[extra]\nwho = { column = "Seller" }\n',
    "no tax": SHOP.replace('tax = { column = "Tax" }\n', "").replace(
        'tax = { column = "LineTax" }\n', ""
    ),
    "tax of lines": SHOP.replace('\ntax = { column = "Tax" }', ""),
    "tax of invoice": SHOP.replace('\ntax = { column = "LineTax" }', ""),
    "locale": SHOP.replace('currency = { column = "Cur" }', "").replace(
        "[fields]", '[locale]\ncurrency = "EUR"\n[fields]'
    ),
    "unchecked": SHOP + '[checks]\nline_amount = "off"\n',
    "mapped": SHOP.replace(
        '{ column = "Item", required = true }', '{ column = "Item", map = { pen = "Pen" } }'
    ),
    "mapped identity": SHOP.replace("version = 1", 'version = 1\nidentity = ["seller", "number"]')
    .replace('{ column = "Seller" }', '{ column = "Seller", map = { Acme = "Öl & \\"Co\\"" } }')
    .replace('{ column = "Cur" }', '{ column = "Cur", map = { EUR = "CHF" } }')
    .replace('{ column = "Date" }', '{ column = "Date", map = { 2026-11-22 = "2026-10-01" } }')
    .replace('{ column = "Total" }', '{ column = "Total", map = { "-4.00" = "-4" } }'),
    "mapped extra": SHOP.replace('seller = { column = "Seller" }', "")
    + '[extra]\nwho = { column = "Seller", map = { Acme = "\\"A\\"" } }\n',
}


@pytest.mark.parametrize("name", VARIANTS)
def test_guidelines_that_say_more_are_read_alike(name: str) -> None:
    header = HEADER
    if name == "constant":
        header = header.replace("Seller;Item", "Other;Item")
    text = VARIANTS[name]
    of = guide(text)
    if "Seller" not in text or name in ("no tax", "tax of lines", "locale"):
        columns = header.strip().split(";")
        gone = {
            "constant": ["Other"],
            "no tax": ["Tax"],
            "tax of lines": ["Tax"],
            "locale": ["Cur"],
        }[name]
        keep = [at for at, column in enumerate(columns) if column not in gone]
        plain = ROWS.replace('"ink; ""red"""', "ink").replace('"B; C"', "B")
        rows = [line.split(";") for line in [header.strip(), *plain.splitlines()]]
        content = "".join(";".join(row[at] for at in keep) + "\n" for row in rows)
    else:
        content = header + ROWS
    found = same(content.encode(), of)
    assert found is not None
    if name != "tax of invoice":
        assert any(record.booking is not None for record in found) or name == "no tax"


LEDES = """
guideline = "ended"
version = 1
input = { reader = "delimited", delimiter = "|", quote = "", line_end = "[]", skip_rows = 1 }
[fields]
number = { column = 1 }
issue_date = { column = 2 }
currency = { value = "EUR" }
net = { column = 4 }
total = { column = 4 }
[lines.fields]
net = { column = 3 }
"""


def test_lines_may_end_with_a_text_of_their_own() -> None:
    of = guide(
        LEDES.replace('currency = { value = "EUR" }\n', "").replace(
            "[fields]", '[locale]\ncurrency = "EUR"\n[fields]'
        )
    )
    content = "ENDED[]\na|b|c|d[]\n1|2026-11-22|2.00|5.00[]\n1|2026-11-22|3.00|5.00[]\n"
    found = same(content.encode(), of)
    assert found is not None
    assert found[0].booking is not None
    assert taken(content[:-3].encode(), of) is None


@pytest.mark.parametrize(
    "text",
    [
        SHOP.replace('"delimited", delimiter = ";"', '"labelled"').partition("[fields]")[0]
        + '[fields]\nnumber = { label = "A" }\nissue_date = { label = "B" }\ntotal = { label = "C" }\n',
        SHOP.partition("[lines")[0],
        SHOP.replace("version = 1", 'version = 1\nignore = ["x"]'),
        SHOP.replace("[lines.fields]", 'type_code = { value = "381" }\n[lines.fields]'),
        SHOP.replace("[lines.fields]", 'buyer_country = { column = "T" }\n[lines.fields]'),
        SHOP.replace("[lines.fields]", '[lines.fields]\ntax_rate = { column = "T" }'),
        SHOP.replace('net = { column = "Net" }', 'net = { sum = ["lines.net"] }'),
        SHOP.replace('{ column = "LineNet" }', '{ column = "LineNet", less = ["tax"] }'),
        SHOP + "[checks]\ntolerance = 0.01\n",
        SHOP.replace("version = 1", 'version = 1\nidentity = ["number", "year"]'),
        SHOP + '[extra]\nbranch = { value = "Kiel" }\n',
        SHOP.replace('net = { column = "Net" }\n', ""),
        SHOP.replace('{ column = "Cur" }', '{ value = "EUR" }'),
        SHOP.replace(
            '{ column = "No", required = true }', '{ column = "No", map = { A-1 = "B-1" } }'
        ),
    ],
)
def test_guideline_beyond_the_short_way_has_none(text: str) -> None:
    of = guide(text)
    assert bulk(of, plan(of.guideline)) is None


def test_place_that_is_not_told_for_certain_leaves_it_to_the_exact_way() -> None:
    twice = replace(REF, customer="\ue0000\ue001")
    way = short(guide())
    content = (HEADER + ROWS).encode()
    opened = way.opened(content)
    assert opened is not None
    assert way.records(content, opened, twice) is None
    assert learning._template('"a"', {"x": '"b"'}) is None


@given(st.lists(st.from_regex(r"-?[0-9]{0,10}([.,][0-9]{0,6})?|[0-9.,-]{0,9}", fullmatch=True)))
@example(["1.2.3.4", "5.....", "1234567....1", "", "12345678.1234", "123456789", "-0.00", "00.1"])
@example([".", "0.0", "1.", "0.00"])
def test_number_is_told_exactly_or_not_at_all(texts: list[str]) -> None:
    data = "".join(f"{text};" for text in texts).encode()
    ends = np.array([at for at, byte in enumerate(data) if byte == ord(";")], np.int64)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))[: len(ends)]
    read = numbers(Text(data), starts, ends, ord("."), minus=True)
    each = zip(texts, read.amounts.tolist(), read.decimals.tolist(), read.told, strict=True)
    for text, amount, decimals, told in each:
        plainly = re.fullmatch(r"-?(0|[1-9][0-9]{0,7})(\.[0-9]{1,4})?", text)
        negative_zero = text.startswith("-") and not text.strip("-0.")
        assert told == (plainly is not None and not negative_zero)
        if told:
            assert Decimal(amount).scaleb(-4) == Decimal(text)
            assert decimals == len(text.partition(".")[2])


def test_amount_is_a_whole_number_or_left_to_others() -> None:
    assert whole(None) == 0
    assert whole(Decimal("-1.25")) == -12500
    assert whole(Decimal("0.00001")) is None
    assert whole(Decimal(10) ** 9) is None
    assert close(2500, 39900, 10000, decimals_of("1.00", "."))
    assert not close(2500, 39900, 10000, decimals_of("(1.00)", "."))


def test_bytes_that_are_no_text_are_left_to_the_exact_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 120)
    assert taken((HEADER + ROWS).encode() + b"\xff", guide()) is None
    assert taken((HEADER.replace("Unused", '"Un\nused"') + ROWS).encode(), guide()) is not None


def parsed(content: bytes, of: Guide, *policies: Policy) -> Parsed:
    document = Document(
        ref=REF,
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=b"",
        size=len(content),
        content=content,
    )
    return read(document, of, policies)


def test_large_document_is_booked_by_columns_and_read_as_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "EAGER", 10)
    of = guide()
    found = parsed((HEADER + ROWS).encode(), of)
    assert [record.booking is None for record in for_books(found)] == [False, False, False, True]
    assert [record.invoice is None for record in found.records] == [False] * 4
    other = parsed((HEADER + ROWS.replace("A-3", "A-1")).encode(), of)
    assert [record.booking for record in for_books(other)] == [None] * 3
    small = parsed((HEADER + ROWS).encode()[:5], of)
    assert list(for_books(small)) == list(small.records)


def test_number_that_is_mapped_is_booked_as_it_is_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "EAGER", 10)
    of = guide(SHOP.replace('"No", required = true', '"No", map = { A-1 = "B-1", A-2 = "A-3" }'))
    found = parsed((HEADER + ROWS).encode(), of)
    told = [booked(record, of) for record in for_books(found)]
    assert [booking.printed for booking in told] == ["B-1", "A-3", "A-3", "A-4"]
    assert [booking.number for booking in told] == ["b-1", "a-3", "a-3", "a-4"]


def test_fault_of_the_short_way_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "EAGER", 10)
    found = parsed((HEADER + ROWS).encode(), guide())
    records = for_books(found)

    def fails(*_: object) -> Iterator[Record]:
        raise RuntimeError

    monkeypatch.setattr(Bulk, "records", fails)
    assert [finding.code for record in records for finding in record.findings] == ["BD2099"]

    def short_of(*_: object) -> Iterator[Record]:
        raise MemoryError

    monkeypatch.setattr(Bulk, "records", short_of)
    with pytest.raises(MemoryError):
        list(for_books(found))


GUIDE = guide(SHOP, Limits(value_chars=12))
TEXT = HEADER + ROWS


@settings(deadline=None, max_examples=400)
@given(
    st.integers(len(HEADER), len(TEXT) - 1),
    st.integers(0, 3),
    st.text(alphabet='0129.-; "\nAé%', max_size=3),
)
@example(len(HEADER), 0, "A-0")
def test_whatever_is_altered_both_ways_say_the_same(at: int, gone: int, put: str) -> None:
    same((TEXT[:at] + put + TEXT[at + gone :]).encode(), GUIDE)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(ROWS.splitlines()), max_size=8))
def test_rows_in_any_order_are_read_alike(rows: list[str]) -> None:
    same((HEADER + "\n".join(rows)).encode(), GUIDE)


BARE = HEADER + ROWS.replace('"ink; ""red"""', "ink").replace('"B; C"', "B")
QUOTED = {quote: written_as(";", quote) for quote in ("", "'")}


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(list(QUOTED)),
    st.integers(len(HEADER), len(BARE) - 1),
    st.integers(0, 3),
    st.text(alphabet="019.-; \"'\\\t\né%", max_size=3),
)
@example("", len(HEADER), 0, 'A"')
@example("", BARE.index("pen"), 0, '5" ')
@example("'", BARE.index("pen"), 3, "'\"'")
def test_whatever_is_altered_under_other_quotes_both_ways_say_the_same(
    quote: str, at: int, gone: int, put: str
) -> None:
    same((BARE[:at] + put + BARE[at + gone :]).encode(), QUOTED[quote])


DIALECTS = {
    (mark, quote): written_as(mark, quote)
    for mark, quote in [(";", '"'), (";", "'"), (";", ""), ("\t", '"'), ("\t", ""), ("|", "\\")]
}
SPECIAL = "\"'\\/%a\u00e9\u2028\u2029\u0085\ufeff\U0001f58a\v\f\x1a"
"""What JSON, CSV or JavaScript take for more than a character, but for what ends a cell."""


def put_down(text: str, quote: str) -> str:
    """A cell that says the text."""
    return f"{quote}{text.replace(quote, quote * 2)}{quote}" if quote and quote in text else text


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(list(DIALECTS)),
    st.lists(st.text(alphabet=SPECIAL, max_size=6).map("b{}c".format), min_size=3, max_size=3),
)
@example((";", ""), ['5" pipe', "\\", "it's"])
@example((";", "'"), ['5" pipe', '"', "it's"])
@example(("\t", '"'), ['5" pipe', '"', "\\"])
def test_cells_of_any_text_are_booked_as_json_that_says_it(
    dialect: tuple[str, str], texts: list[str]
) -> None:
    mark, quote = dialect
    seller, *items = [put_down(text, quote) for text in texts]
    rows = [f"A-1;2026-11-21;EUR;{seller};{item};x;1;1.00;1.00;0;2.00;0;2.00" for item in items]
    content = "\n".join([HEADER.strip(), *rows, ""]).replace(";", mark)
    found = same(content.encode(), DIALECTS[dialect])
    assert found is not None
    booking = found[0].booking
    assert booking is not None
    assert [line[2] for line in json.loads(booking.lines)] == texts[1:]
    assert json.loads(f"[{booking.cells[1]}]")[8] == texts[0]


@pytest.mark.parametrize("number", ['A"1', "A\\1", '"A1"', "A'1"])
def test_number_that_json_writes_otherwise_is_left_to_the_exact_way(number: str) -> None:
    found = same(BARE.replace("A-3", number).encode(), QUOTED[""])
    assert (found is None) == (number != "A'1")


def test_column_that_is_an_amount_and_a_text_is_told_as_printed() -> None:
    text = SHOP.replace("[fields]", '[locale]\ndecimal = ","\n[fields]')
    text = text.replace("[lines.fields]", '[lines.fields]\ndescription = { column = "Price" }')
    assert taken((HEADER + ROWS.replace(".", ",")).encode(), guide(text)) is None
    pointed = text.replace('decimal = ","', 'decimal = "."')
    assert same((HEADER + ROWS).encode(), guide(pointed)) is not None


def test_remembered_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billdrop.bulk.values.KEPT", 2)
    found = same((HEADER + ROWS.replace("pen", "p" * 70)).encode(), guide())
    assert found is not None


def test_demo_export_is_booked_by_columns_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    from importlib import resources

    path = tmp_path_factory.mktemp("bulk") / "export.csv"
    write_delimited(path, invoices=300)
    text = (resources.files("billdrop.guidelines") / "demo" / "harbour-export.toml").read_text()
    found = same(path.read_bytes(), guide(text))
    assert found is not None
    assert all(record.booking is not None for record in found)
    assert path.stat().st_size < EAGER
