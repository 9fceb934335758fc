"""Records of fixed width by columns: whatever is done to them, both ways say the same."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from billdrop.bulk import bulk, slices
from billdrop.bulk.fixed import groups, table
from billdrop.bulk.words import Text, low_marks, stripped
from billdrop.guidelines.guide import Guide
from billdrop.model import Record
from billdrop.parsing.completing import plan
from billdrop.readers import Limits
from tests.unit.test_bulk import guide, same, taken

MILL = """
guideline = "mill"
version = 1
input = { reader = "fixed", kind = "1" }
locale = { dates = ["YYYYMMDD"], currency = "EUR", negative = ["minus"] }
[records]
start = "H"
ignore = ["C"]
totals = []
[fields]
number = { at = "2-5" }
issue_date = { at = "6-13" }
due_date = { at = "14-21" }
seller = { at = "22-33" }
type_code = { record = "T", at = "26", map = { I = "380", C = "381", S = "386" } }
net = { record = "T", at = "2-9", decimals = 2 }
tax = { record = "T", at = "10-17", decimals = 2 }
total = { record = "T", at = "18-25", decimals = 2 }
[lines]
each = "L"
[lines.fields]
name = { at = "2-9" }
quantity = { at = "10-13", decimals = 0 }
unit_price = { at = "14-23", decimals = 4 }
net = { at = "24-31", decimals = 2, required = true }
description = { record = "D", at = "2-" }
"""
FIRST = (
    "HA-1 2026112120261221Acme, Inc   \n"
    "Lpen     00020000015000     300\n"
    "Dred, long\n"
    "Lcap     0001000002000000000200\n"
    "Ccounted by hand\n"
    "T000005000000009500000595I\n"
)
SECOND = (
    "HA-2 2026112220261122Öl & Söhne  \n"
    'L5" nib  0003000000330000000099\n'
    "T000000990000001900000118S\n"
)
THIRD = (
    "HA-3 2026112320261122Löwe €      \n"
    "Lbow     0001-000040000-0000400\n"
    "D\n"
    "T-000040000000000-0000400I\n"
)
TEXT = FIRST + SECOND + THIRD


def mill(*totals: str, limits: Limits | None = None, **keys: str) -> Guide:
    text = MILL.replace("totals = []", f"totals = [{', '.join(totals)}]")
    for old, new in keys.items():
        assert old in text
        text = text.replace(old, new)
    return guide(text, limits)


def booked(found: Sequence[Record] | None) -> list[bool] | None:
    return None if found is None else [record.booking is not None for record in found]


def test_plain_invoices_of_records_are_booked_without_being_made() -> None:
    found = same(TEXT.encode(), mill())
    assert booked(found) == [True, True, False]
    assert found is not None
    assert [(one.first_line, one.last_line) for one in found] == [(1, 6), (7, 9), (10, 13)]
    assert [it.code for it in found[2].findings] == ["BD2019"]
    first, second = found[0].booking, found[1].booking
    assert first is not None
    assert second is not None
    assert '"1.5000"' in first.lines
    assert '"red, long"' in first.lines
    assert '"5\\" nib"' in second.lines
    assert second.total == "1.18"


@pytest.mark.parametrize(
    ("old", "new", "plain"),
    [
        ("pen ", "    ", True),
        ("pen ", " pen", True),
        ("pen ", "\tpen", True),
        ("pen ", "\u00a0\u00e9n ", True),
        ("pen ", "p\u20acn", False),
        ("Acme, Inc   \n", "Acme\n", True),
        ("Acme, Inc   \n", "\n", True),
        ("A-1 ", "    ", False),
        ("A-1 2026", "A-1 2O26", False),
        ("20261221", "20261120", False),
        ("20261221", "        ", True),
        ("00000595I", "00000595C", False),
        ("00000595I", "00000595", False),
        ("00000595I", "00000595X", True),
        ("00000595I", "0000595", False),
        ("00000595I", "00000596I", False),
        ("00000200\n", "00000201\n", False),
        ("00000200\n", "\n", False),
        ("00020000015000", "00020000015001", True),
        ("00020000015000", "00030000015000", False),
        ("00020000015000", "+002+000015000", True),
        ("00020000015000", "+-02          ", False),
        ("00020000015000", "9999-999999999", False),
        ("Dred, long\n", "Dred, long\nDtwice\n", False),
        ("Lpen", "Dtoo early\nLpen", False),
        ("Ccounted", "Xcounted", False),
        ("T0000050000000095", "T000005000000009500000595I\nT0000050000000095", False),
        ("Dred, long\n", "\nDred, long\n   \n\x1a\nC\n \t \n", True),
    ],
)
def test_altered_record_is_read_as_the_exact_way_reads_it(old: str, new: str, plain: bool) -> None:
    assert FIRST.count(old) == 1
    assert booked(same(FIRST.replace(old, new).encode(), mill())) == [plain]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "C\n",
        f"Lpen\n{FIRST}",
        f"C\nX\n{FIRST}",
        FIRST + FIRST,
        FIRST + FIRST.replace("A-1", "a-1"),
        FIRST + FIRST.replace("A-1", "\uff21-1").replace("HA", "H"),
        TEXT.replace("A-2 ", "A\u20ac2 "),
        TEXT.replace("\nL", "\n\u00cb", 1),
        TEXT.replace("\n", "\r"),
        TEXT.replace("pen", "p\0n"),
        TEXT.replace("pen", "p\x7fn"),
        TEXT.replace("red", "red" * 400_000),
    ],
)
def test_document_with_a_record_out_of_its_place_is_left_to_the_exact_way(text: str) -> None:
    assert taken(text.encode(), mill()) is None


def test_bytes_that_are_none_of_the_encoding_are_left_to_the_exact_way() -> None:
    assert taken(TEXT.encode() + b"\xff", mill()) is None
    of = guide(main("overpunch"))
    assert taken(b"\xff\xfe", guide(main("overpunch").replace("cp037", "utf-8"))) is None
    assert taken(b"", of) is None


def test_more_records_or_invoices_than_the_limits_are_left_to_the_exact_way() -> None:
    assert taken(TEXT.encode(), mill(limits=Limits(rows=12))) is None
    assert taken(flat_rows().encode(), guide(FLAT, Limits(records=2))) is None
    assert taken(TEXT.encode(), mill(limits=Limits(line_chars=20))) is None


def test_invoice_too_long_is_left_to_the_exact_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "LONGEST", 50)
    assert taken(TEXT.encode(), mill()) is None


def test_totals_that_an_invoice_states_of_itself_are_held_against_it() -> None:
    within = 'within = "invoice", record = "T"'
    of = mill(
        f'{{ of = "total", {within}, at = "18-25", decimals = 2 }}',
        f'{{ of = "lines.net", {within}, at = "2-9", decimals = 2 }}',
        f'{{ of = "records", {within}, at = "27" }}',
        f'{{ of = "lines", {within}, at = "28" }}',
    )
    right = TEXT.replace("595I", "595I52").replace("118S", "118S31").replace("400I", "400I41")
    assert booked(same(right.encode(), of)) == [True, True, False]
    for old in ("I52", "I5 ", "I5X"):
        found = same(right.replace("I52", "I53" if old == "I52" else old).encode(), of)
        assert booked(found) == [False, True, False]


def control(negative: str) -> str:
    """The end of what `records_of` makes."""
    digits = {"overpunch": "0000000010}", "trailing-minus": "0000000100-"}.get(negative)
    return f"Z 00002{digits or '-0000000100'}00904".ljust(30)


def main(negative: str) -> str:
    return f"""
guideline = "mainframe"
version = 1
input = {{ reader = "fixed", encoding = "cp037", kind = "1-2", length = 30, line_ends = false }}
locale = {{ dates = ["YYYYMMDD"], negative = ["{negative}"] }}
unclaimed = "error"
[records]
start = ["H", "HX"]
totals = [
  {{ of = "invoices", record = "Z", at = "3-7", decimals = 0 }},
  {{ of = "total", record = "Z", at = "8-18", decimals = 2 }},
  {{ of = "records", record = "Z", at = "19-21", decimals = 0 }},
  {{ of = "lines", record = "Z", at = "22-23", decimals = 0 }},
]
[fields]
number = {{ at = "3-8" }}
issue_date = {{ at = "9-16" }}
currency = {{ at = "17-19" }}
net = {{ record = "T", at = "3-11", decimals = 2 }}
tax = {{ record = "T", at = "12-20", decimals = 2 }}
total = {{ record = "T", at = "21-29", decimals = 2 }}
[lines]
each = ["L", "M"]
fields = {{ name = {{ at = "3-21" }}, net = {{ at = "22-30", decimals = 2, required = true }} }}
"""


def records_of(negative: str) -> str:
    two = {"overpunch": "00000020}", "trailing-minus": "00000200-"}.get(negative, "-00000200")
    four = two.replace("2", "4")
    each = [
        "H A-1   20261121EUR",
        "L nib                000000100",
        "M pen                000000200",
        "T 000000300         000000300",
        "HXA-2   20261122USD",
        f" Lcap                {two}",
        f"L                    {two}",
        f"T {four}000000000{four}",
    ]
    each[3] = "T 000000300000000000000000300"
    return "".join(one.ljust(30) for one in each) + control(negative)


NEGATIVE = ("overpunch", "minus", "trailing-minus", "leading-overpunch")
MAINFRAME = {way: guide(main(way)) for way in NEGATIVE}
UNCONTROLLED = {
    way: guide(main(way).partition("totals")[0] + "[fields]" + main(way).partition("[fields]")[2])
    for way in NEGATIVE
}


@pytest.mark.parametrize("negative", NEGATIVE[:3])
def test_records_without_line_ends_are_booked_whose_totals_are_right(negative: str) -> None:
    text = records_of(negative)
    found = same(text.encode("cp037"), MAINFRAME[negative])
    assert booked(found) == [True, True]
    assert found is not None
    assert found[1].booking is not None
    assert found[1].booking.total == "-4.00"
    for old, new in (("00002", "00003"), ("00904", "00903"), ("Z 0", "Y 0")):
        altered = text[:-30] + text[-30:].replace(old, new)
        altered = altered if old in text[-30:] else text.replace(old, new)
        assert taken(altered.encode("cp037"), MAINFRAME[negative]) is None


FLAT = """
guideline = "flat"
version = 1
input = { reader = "fixed" }
locale = { currency = "EUR" }
[fields]
number = { at = "1-8" }
issue_date = { at = "9-18" }
net = { at = "52-61" }
tax = { at = "62-65" }
total = { at = "66-75" }
[lines.fields]
name = { at = "19-28" }
quantity = { at = "29-31" }
unit_price = { at = "32-41" }
net = { at = "42-51" }
"""


def flat_row(number: str, name: str, *amounts: str) -> str:
    widths = (3, 10, 10, 10, 4, 10)
    each = [f"{it:>{width}}" for it, width in zip(amounts, widths, strict=True)]
    return f"{number:>8}2026-11-21{name:<10}{''.join(each)}\n"


def flat_rows() -> str:
    return "".join(
        (
            flat_row("A-1", "pen", "2", "1.50", "3.00", "5.00", "0.5", "5.50"),
            flat_row("A-1", "cap & co", "1", "2.00", "2.00", "5.00", "0.5", "5.50"),
            flat_row("A-2", "\u00d6l", "-1", "4", "-4", "-4", "0", "-4.00"),
            flat_row("a 3", "\u20ac", "1", "4", "4", "4", "0", "4.00"),
            flat_row("A 4", "", "1", "0.333", "0.33", "0.33", "0", "0.33"),
        )
    )


FLATS = (guide(FLAT), guide(FLAT.replace('"fixed"', '"fixed", length = 75')))


def test_rows_of_one_number_are_one_invoice() -> None:
    found = same(flat_rows().encode(), FLATS[1])
    assert booked(found) == [True, True, False, True]
    apart = flat_rows().replace("5.00 0.5      5.50\n", "5.00 0.6      5.60\n", 1)
    assert booked(same(apart.encode(), FLATS[0])) == [False, True, False, True]


def test_every_account_of_an_invoice_is_kept() -> None:
    bank, end = 'payment_account = { record = "B", at = "2-9" }\n', "L5"
    of = guide(MILL.replace("[lines]", f"{bank}[lines]"))
    one, two = "BDE01    \n", "BDE02    \n"
    once = TEXT.replace("Lpen", f"{one}Lpen").replace(end, f"{one}{end}")
    assert booked(same(once.encode(), of)) == [True, True, False]
    found = same(once.replace(one, one + one + two, 1).encode(), of)
    assert found is not None
    assert booked(found) == [False, True, False]
    invoice = found[0].invoice
    assert invoice is not None
    assert invoice.accounts == {"payment_account": "DE01", "other_accounts[0]": "DE02"}
    assert found[0].spans is not None
    assert found[0].spans()["other_accounts[0]"].text == "DE02"


def test_every_account_of_rows_of_one_number_is_kept() -> None:
    of = guide(FLAT.replace("[lines.fields]", 'payment_account = { at = "76-79" }\n[lines.fields]'))
    rows = flat_rows().replace("\n", "DE01\n").replace("DE01", "DE02", 1)
    found = same(rows.encode(), of)
    assert found is not None
    assert found[0].invoice is not None
    assert found[0].invoice.other_accounts == ("DE01",)


@pytest.mark.parametrize(
    ("old", "new"),
    [("A-2", "A-1"), ("A-2", "   "), ("A-2", "\u00c4-2"), ("a 3", "A  4"), ("pen  ", "pen")],
)
def test_row_whose_number_is_in_doubt_leaves_all_to_the_exact_way(old: str, new: str) -> None:
    assert old in flat_rows()
    rows = flat_rows().replace(old, new)
    if old == "A-2":
        rows = "".join([*rows.splitlines(keepends=True), flat_rows().splitlines(keepends=True)[3]])
    assert taken(rows.encode(), FLATS[1]) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "1"', 'kind = "1-9"'),
        ('start = "H"', 'start = "\u00c4"'),
        ('each = "L"', 'each = "LINE-RECORD"'),
        ("[lines]", '[taxes]\neach = "X"\nfields = { amount = { at = "2-9" } }\n[lines]'),
        ('seller = { at = "22-33" }', 'seller_country = { at = "22-23" }'),
    ],
)
def test_guideline_beyond_the_short_way_has_none(old: str, new: str) -> None:
    of = guide(MILL.replace(old, new).replace('kind = "1"', 'kind = "1-"'))
    short = bulk(of, plan(of.guideline))
    assert short is None or same(TEXT.encode(), of) is not None or new.startswith("start")


ALPHABET = st.text(
    alphabet="HLDTC0123489-+ .,\"'\\\n\t\x1a\x00\u00e9\u20ac\u00a0\u2003}JA", max_size=3
)


@settings(deadline=None, max_examples=250)
@given(st.integers(0, len(TEXT)), st.sampled_from([0, 0, 1, 2, 30]), ALPHABET)
@example(1, 0, "A-0")
@example(TEXT.index("A-2"), 3, "A-1")
def test_whatever_is_altered_both_ways_say_the_same(at: int, gone: int, put: str) -> None:
    same((TEXT[:at] + put + TEXT[at + gone :]).encode(), PLAIN)


PLAIN = mill()
WESTERN = guide(MILL.replace('kind = "1"', 'kind = "1", encoding = "cp1252"'))


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(TEXT)), st.sampled_from([0, 1, 2]), ALPHABET)
def test_whatever_is_altered_in_another_encoding_both_ways_say_the_same(
    at: int, gone: int, put: str
) -> None:
    same((TEXT[:at] + put + TEXT[at + gone :]).encode("cp1252", "replace"), WESTERN)


@settings(deadline=None, max_examples=250)
@given(
    st.sampled_from(NEGATIVE),
    st.integers(0, 269),
    st.sampled_from([0, 1, 1, 30]),
    st.text(alphabet='HXLMTZ 0129{}ABJKR-+\u00e9"\\\x00\n', max_size=1),
    st.booleans(),
)
def test_whatever_is_altered_in_stretches_both_ways_say_the_same(
    negative: str,
    at: int,
    gone: int,
    put: str,
    controlled: bool,
) -> None:
    text = records_of(negative)
    of = (MAINFRAME if controlled else UNCONTROLLED)[negative]
    same((text[:at] + put + text[at + gone :]).encode("cp037", "replace"), of)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(FLATS),
    st.integers(0, 379),
    st.sampled_from([0, 1, 2, 76]),
    st.text(alphabet='A-1250. ,"\\\n\t\x1a\u00e9\u20ac\u00a0', max_size=2),
)
def test_whatever_is_altered_in_rows_both_ways_say_the_same(
    of: Guide, at: int, gone: int, put: str
) -> None:
    rows = flat_rows()
    same((rows[:at] + put + rows[at + gone :]).encode(), of)


def test_slices_may_end_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    text = records_of("overpunch").encode("cp037")
    for size in (*range(1, 70, 13), 5000):
        monkeypatch.setattr(slices, "SLICE", size)
        monkeypatch.setattr(table, "SLICE", size)
        assert booked(same(TEXT.encode(), mill())) == [True, True, False]
        assert booked(same(flat_rows().encode(), FLATS[0])) == [True, True, False, True]
        assert booked(same(text, MAINFRAME["overpunch"])) == [True, True]


@settings(deadline=None)
@given(st.lists(st.text(alphabet=" a0\u00e9\x01", max_size=20), min_size=1))
def test_blanks_around_a_stretch_are_taken_off(texts: list[str]) -> None:
    each = [text.encode("latin-1") for text in texts]
    sizes = np.array([len(one) for one in each], np.int64)
    ends = np.cumsum(sizes)
    data = b"".join(each)
    starts, stops = stripped(Text(data), ends - sizes, ends)
    found = [data[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]
    assert found == [one.strip(b" ") for one in each]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="aAbB1-_@ \x7f\u00e9", max_size=18), min_size=1))
def test_numbers_that_differ_in_more_than_case_are_told_apart(texts: list[str]) -> None:
    each = [text.encode("latin-1") for text in texts]
    sizes = np.array([len(one) for one in each], np.int64)
    ends = np.cumsum(sizes)
    marks, odd = low_marks(Text(b"".join(each)), ends - sizes, sizes)
    for text, mark, is_odd in zip(texts, marks.tolist(), odd.tolist(), strict=True):
        assert is_odd == (not text.isascii() or " " in text)
        for other, its in zip(texts, marks.tolist(), strict=True):
            if text.isascii() and text.lower() == other.lower():
                assert mark == its


@settings(deadline=None, max_examples=40)
@given(st.decimals(Decimal(-9_999), Decimal(9_999), places=2))
def test_total_of_a_file_is_exact(amount: Decimal) -> None:
    cents = int(abs(amount) * 100)
    last = "}JKLMNOPQR" if amount < 0 else "{ABCDEFGHI"
    digits = f"{cents:09}"
    if cents or amount >= 0:
        text = records_of("overpunch")
        punched = digits[:-1] + last[int(digits[-1])]
        record = f"T {punched}000000000{punched}".ljust(30)
        line = f"L                    {punched}".ljust(30)
        whole = f"{cents:011}"
        total = whole[:-1] + last[int(whole[-1])]
        file = f"{text[:30]}{line}{record}Z 00001{total}00401".ljust(120)
        found = same(file.encode("cp037"), MAINFRAME["overpunch"])
        assert booked(found) == [True]
