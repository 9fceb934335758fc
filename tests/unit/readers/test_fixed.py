"""The fixed reader: records to drafts, every finding at its place, nothing cut or shifted unseen."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billdrop.errors import GuidelineError
from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.model import Guideline
from billdrop.model import Finding, Span
from billdrop.parsing.reading import complete
from billdrop.readers import Draft, Limits, stream
from billdrop.readers.fixed import build

MILL = """
guideline = "mill"
version = 1
input = { reader = "fixed", kind = "1" }
locale = { dates = ["YYYYMMDD"], currency = "EUR" }
[records]
start = "H"
ignore = ["C"]
totals = []
[fields]
number = { at = "2-4" }
issue_date = { at = "5-12" }
net = { record = "T", at = "2-9", decimals = 2 }
total = { record = "T", at = "10-17", decimals = 2 }
[lines]
each = "L"
[lines.fields]
name = { at = "2-6" }
net = { at = "7-14", decimals = 2 }
"""
ONE = "HA-120261122\nLpen  00000100\nLink  00000200\nT0000030000000300\n"
TWO = "HA-220261122\nLpen  00000500\nT0000050000000500\n"

TABLE = """
guideline = "flat"
version = 1
input = { reader = "fixed" }
[fields]
number = { at = "1-3" }
issue_date = { value = "2026-11-22" }
currency = { value = "EUR" }
total = { at = "4-8" }
[lines.fields]
net = { at = "9-13" }
"""


def read(text: str | bytes, guideline: str = MILL, limits: Limits | None = None) -> list[Draft]:
    stated = Guideline.model_validate(tomllib.loads(guideline, parse_float=Decimal))
    content = text if isinstance(text, bytes) else text.encode()
    return list(build(stated, limits or Limits()).read(content))


def mill(text: str, **replaced: str) -> list[Draft]:
    guideline = MILL
    for old, new in replaced.items():
        assert old in guideline
        guideline = guideline.replace(old, new)
    return read(text, guideline)


def totals(*rows: str) -> dict[str, str]:
    return {"totals = []": f"totals = [{', '.join(rows)}]"}


def codes(drafts: list[Draft]) -> list[tuple[str, int | None, int | None]]:
    return [(it.code, it.line, it.column) for draft in drafts for it in draft.findings]


def only(drafts: list[Draft]) -> Finding:
    (found,) = [finding for draft in drafts for finding in draft.findings]
    return found


def test_each_start_begins_an_invoice_whose_lines_and_totals_follow() -> None:
    one, two = mill(ONE + TWO)
    assert one.values == {
        "number": "A-1",
        "issue_date": date(2026, 11, 22),
        "net": Decimal("3.00"),
        "total": Decimal("3.00"),
    }
    assert one.lines == [
        {"source_line": 2, "name": "pen", "net": Decimal("1.00")},
        {"source_line": 3, "name": "ink", "net": Decimal("2.00")},
    ]
    assert (one.first_line, one.last_line, two.first_line, two.last_line) == (1, 4, 5, 7)
    assert one.spans()["lines[1].net"] == Span(3, 7, "00000200")
    assert one.spans()["lines[1].name"] == Span(3, 2, "ink")
    assert one.text is not None
    assert (one.text(4), one.text(5)) == ("T0000030000000300", "")


@pytest.mark.parametrize(
    ("ways", "text", "value"),
    [
        ('["minus"]', "-0000125", "-1.25"),
        ('["minus"]', "+0000125", "1.25"),
        ('["minus"]', "-    125", "-1.25"),
        ('["trailing-minus"]', "0000125-", "-1.25"),
        ('["trailing-minus"]', "0000125+", "1.25"),
        ('["trailing-minus"]', "125", "1.25"),
        ('["overpunch"]', "0000012E", "1.25"),
        ('["overpunch"]', "0000012N", "-1.25"),
        ('["overpunch"]', "0000000}", "0.00"),
        ('["leading-overpunch"]', "J0000125", "-100001.25"),
        ('["minus"]', "5", "0.05"),
    ],
)
def test_sign_stands_where_the_locale_says_and_the_decimal_mark_nowhere(
    ways: str, text: str, value: str
) -> None:
    locale = {'currency = "EUR"': f'currency = "EUR", negative = {ways}'}
    (draft,) = mill(f"HA-1\nT{text:<8}00000000\n", **locale)
    assert draft.values["net"] == Decimal(value)
    assert str(draft.values["net"]) == value


@pytest.mark.parametrize(
    ("decimals", "text", "value"), [("0", "00000125", "125"), ("4", "00000125", "0.0125")]
)
def test_as_many_decimals_are_implied_as_declared(decimals: str, text: str, value: str) -> None:
    field = {'"2-9", decimals = 2': f'"2-9", decimals = {decimals}'}
    (draft,) = mill(f"HA-1\nT{text}00000000\n", **field)
    assert str(draft.values["net"]) == value


@pytest.mark.parametrize("text", ["0000012A", "0000-125", "00001.25", "٠٠٠٠٠١٢٥", "-"])
def test_amount_that_is_not_digits_alone_is_none(text: str) -> None:
    finding = only(mill(f"HA-1\nT{text:<8}00000000\n"))
    assert (finding.code, finding.line, finding.column) == ("BD2004", 2, 2)
    assert "the last 2 behind the decimal mark" in finding.hint


def test_quantity_that_is_not_digits_alone_is_no_number() -> None:
    quantity = 'quantity = { at = "2-3", decimals = 0 }\nnet = { at = "7-14"'
    finding = only(mill("HA-1\nLx1   00000100\n", **{'net = { at = "7-14"': quantity}))
    assert (finding.code, finding.field) == ("BD2012", "lines[0].quantity")


def test_amount_with_more_digits_than_sql_holds_is_refused() -> None:
    wide = {'"2-9", decimals = 2': '"2-30", decimals = 2'}
    assert codes(mill("HA-1\nT" + "9" * 29, **wide))[0] == ("BD2028", 2, 2)


def test_amount_whose_digits_are_cut_off_is_no_smaller_amount() -> None:
    assert codes(mill("HA-1\nLpen  00001\nT0000001000000010\n")) == [("BD2042", 2, 7)]


def test_text_whose_blanks_are_trimmed_is_itself() -> None:
    (draft,) = mill("HA-1\nLp\n")
    assert draft.lines == [{"source_line": 2, "name": "p"}]
    assert draft.findings == []


@pytest.mark.parametrize("row", ["Lpen  0000010", "Lpen  000001000"])
def test_record_of_another_length_than_declared_refuses_its_invoice(row: str) -> None:
    length = {'kind = "1"': 'kind = "1", length = 14'}
    drafts = mill(f"HA-120261122  \n{row}\n", **length)
    assert ("BD2042", 2, min(len(row), 14) + 1) in codes(drafts)
    assert drafts[0].findings[0].field == "lines"


def test_record_that_no_key_names_is_reported_as_the_guideline_says() -> None:
    for level, severities in (("error", ["error"]), ("warn", ["warning"]), ("ignore", [])):
        said = {"version = 1": f'version = 1\nunclaimed = "{level}"'}
        (draft,) = mill("HA-1\nXwhat\n", **said)
        assert [it.severity.value for it in draft.findings] == severities


def test_records_that_are_ignored_or_match_a_pattern_are_passed_over() -> None:
    said = {"version = 1": 'version = 1\nignore = ["Page {_:int}", "the end"]\nunclaimed = "error"'}
    (draft,) = mill("Page 7\nC one\nHA-1\nCx\nPage 8\n\n   \nThe  End\n\x1a", **said)
    assert draft.findings == []
    assert (draft.first_line, draft.last_line) == (3, 3)


def test_records_before_the_first_start_are_refused_and_the_rest_is_read() -> None:
    lost, one = mill("Lpen  00000100\nL\n" + ONE)
    assert lost.unread
    assert codes([lost]) == [("BD2041", 1, 1)]
    assert one.values["number"] == "A-1"


@pytest.mark.parametrize(
    ("text", "code"), [("", "BD1001"), ("\n  \n", "BD1001"), ("Lpen\n", "BD2041"), ("Cx", "BD1001")]
)
def test_document_without_an_invoice_is_refused_as_a_whole(text: str, code: str) -> None:
    (draft,) = mill(text)
    assert (draft.whole, draft.findings[0].code) == (True, code)


def test_value_that_is_stated_twice_must_be_the_same() -> None:
    assert codes(mill(ONE + "T0000030000000300\n")) == []
    assert codes(mill(ONE + "T0000030000000400\n")) == [("BD2025", 5, 10)]


def test_record_of_a_line_may_state_more_of_it_and_never_stands_before_it() -> None:
    more = {
        'name = { at = "2-6" }': 'name = { at = "2-6" }\ndescription = { record = "D", at = "2-" }'
    }
    (draft,) = mill("HA-1\nLpen  00000100\nDblue\nDblue\nLink  00000200\n", **more)
    assert [line.get("description") for line in draft.lines] == ["blue", None]
    assert codes(mill("HA-1\nDblue\nLpen\n", **more)) == [("BD2041", 2, 1)]
    (bad,) = mill("HA-1\nLpen\nDblue\nDred\n", **more)
    assert codes([bad]) == [("BD2025", 4, 2)]


def test_value_is_taken_only_from_records_whose_qualifier_fits() -> None:
    said = {
        'number = { at = "2-4" }': 'number = { record = "R", where = { "2-4" = ["009", "008"] }, at = "5-" }'
    }
    (draft,) = mill("H\nR001order\nR009A-9\nR002other\n", **said)
    assert draft.values["number"] == "A-9"


def test_text_that_stands_for_nothing_is_absent() -> None:
    said = {
        'issue_date = { at = "5-12" }': 'issue_date = { at = "5-12", map = { "00000000" = "" } }'
    }
    (draft,) = mill("HA-100000000\n", **said)
    assert "issue_date" not in draft.values
    assert draft.findings == []


def test_required_value_of_a_line_is_missed_where_the_line_stands() -> None:
    said = {
        'net = { at = "7-14", decimals = 2 }': 'net = { at = "7-14", decimals = 2, required = true }'
    }
    finding = only(mill("HA-1\nLpen\nLink  00000200\n", **said))
    assert (finding.code, finding.line, finding.field) == ("BD2003", 2, "lines[0].net")
    assert codes(mill("HA-1\nLpen  0000x100\n", **said)) == [("BD2004", 2, 7)]


GROUPS = """
[taxes]
each = "V"
fields = { rate = { at = "2-5", decimals = 2 }, amount = { at = "6-13", decimals = 2 }, category = { value = "S" } }
[allowances]
each = "A"
fields = { amount = { at = "2-9", decimals = 2 }, reason = { at = "10-" } }
[charges]
each = "C2"
fields = { amount = { at = "2-9", decimals = 2 } }
"""


def test_taxes_and_allowances_are_made_of_their_records() -> None:
    (draft,) = read("HA-1\nV190000000019\nV070000000007\nA00000100loyal\n", MILL + GROUPS)
    assert [(it.rate, it.amount, it.category) for it in draft.values["taxes"]] == [
        (Decimal("19.00"), Decimal("0.19"), "S"),
        (Decimal("7.00"), Decimal("0.07"), "S"),
    ]
    assert [(it.amount, it.reason) for it in draft.values["allowances"]] == [(Decimal(1), "loyal")]
    assert "charges" not in draft.values
    assert draft.spans()["taxes[1].amount"] == Span(3, 6, "00000007")


def test_tax_without_its_amount_is_an_error() -> None:
    (draft,) = read("HA-1\nV1900\n", MILL + GROUPS)
    assert codes([draft]) == [("BD2003", 2, 1)]
    assert draft.values["taxes"] == ()


def test_currency_beside_an_amount_is_the_currency_of_the_invoice() -> None:
    said = {
        'net = { record = "T", at = "2-9", decimals = 2 }': 'net = { record = "T", at = "2-9" }',
        'total = { record = "T", at = "10-17", decimals = 2 }': 'total = { record = "T", at = "10-17" }',
    }
    (draft,) = mill("HA-1\nT3.00 EUR3.00 EUR\n", **said)
    assert (draft.values["currency"], draft.values["net"]) == ("EUR", Decimal("3.00"))
    assert codes(mill("HA-1\nT3.00 EUR3.00 USD\n", **said)) == [("BD2011", 2, 10)]


FILE = totals(
    '{ of = "invoices", record = "Z", at = "2-3" }',
    '{ of = "lines", record = "Z", at = "4-5" }',
    '{ of = "records", record = "Z", at = "6-7" }',
    '{ of = "total", record = "Z", at = "8-13", decimals = 2 }',
    '{ of = "lines.net", record = "Z", at = "14-19", decimals = 2 }',
)


def test_document_that_is_what_it_says_of_itself_is_read() -> None:
    drafts = mill(ONE + TWO + "Z020308000800000800\n", **FILE)
    assert [draft.values["number"] for draft in drafts] == ["A-1", "A-2"]
    assert codes(drafts) == []


@pytest.mark.parametrize(
    ("trailer", "place"),
    [
        ("Z030308000800000800", ("BD2040", 8, 2)),
        ("Z020408000800000800", ("BD2040", 8, 4)),
        ("Z020309000800000800", ("BD2040", 8, 6)),
        ("Z020308000801000800", ("BD2040", 8, 8)),
        ("Z020308000800000801", ("BD2040", 8, 14)),
        ("Z0203080008000008", ("BD2042", 8, 14)),
        ("Z0203xx000800000800", ("BD2012", 8, 6)),
        ("Z020308000800", ("BD2041", 8, 14)),
    ],
)
def test_document_that_is_not_what_it_says_of_itself_is_refused_as_a_whole(
    trailer: str, place: tuple[str, int, int]
) -> None:
    (draft,) = mill(ONE + TWO + trailer + "\n", **FILE)
    assert draft.whole
    assert codes([draft]) == [place]


def test_document_cut_off_before_its_totals_is_refused_as_a_whole() -> None:
    (draft,) = mill(ONE, **FILE)
    assert {code for code, _, _ in codes([draft])} == {"BD2041"}


def test_sum_with_an_amount_that_cannot_be_read_is_not_compared() -> None:
    broken = ONE.replace("T0000030000000300", "T00000300000003x0")
    drafts = mill(broken + TWO + "Z020308000999000800\n", **FILE)
    assert codes(drafts) == [("BD2004", 4, 10)]


def test_document_with_totals_and_nothing_else_has_no_invoice() -> None:
    assert codes(mill("", **FILE)) == [("BD1001", None, None)]


def test_total_within_an_invoice_is_held_against_that_invoice() -> None:
    each = totals('{ of = "lines", within = "invoice", record = "N", at = "2" }')
    drafts = mill(ONE + "N2\n" + TWO + "N2\n", **each)
    assert codes(drafts) == [("BD2040", 9, 2)]
    assert codes(mill(ONE, **each)) == [("BD2041", 4, 18)]


def test_rows_of_one_number_are_one_invoice_also_apart() -> None:
    drafts = read("A-1 3.00 1.00\nA-2 5.00 5.00\n\nA-1 3.00 2.00\n", TABLE)
    assert [draft.values["number"] for draft in drafts] == ["A-2", "A-1"]
    assert [line["net"] for line in drafts[1].lines] == [Decimal(1), Decimal(2)]


def test_row_without_a_number_refuses_the_invoices_beside_it() -> None:
    drafts = read("A-1 3.00 1.00\n    3.00 2.00\nA-2 5.00 5.00\nA-3 1.00 1.00\n", TABLE)
    assert [(draft.values["number"], len(draft.findings)) for draft in drafts] == [
        ("A-1", 1),
        ("A-2", 1),
        ("A-3", 0),
    ]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("    1.00\nA-1 1.00 1.00\n", ["A-1"]),
        ("A-1 1.00 1.00\n    1.00\n", ["A-1"]),
        ("    1.00\n", [None]),
        ("A-1 1.00 1.00\nA-1 1\nA-2 1.00 1.00\n", ["A-1", "A-2"]),
    ],
)
def test_row_in_doubt_refuses_whatever_it_may_be_of(text: str, held: list[str | None]) -> None:
    guideline = TABLE.replace('"fixed"', '"fixed", length = 13') if "A-1 1\n" in text else TABLE
    drafts = read(text, guideline)
    assert [draft.values.get("number") for draft in drafts if draft.findings] == held


def test_table_may_end_with_a_trailer_that_counts() -> None:
    said = TABLE + '[records]\ntotals = [{ of = "invoices", record = "SUM", at = "5-6" }]\n'
    assert codes(read("A-1 3.00 3.00\nSUM 1\n", said)) == []
    assert codes(read("A-1 3.00 3.00\nSUM 2\n", said)) == [("BD2040", 2, 5)]


def test_table_with_no_rows_is_refused() -> None:
    assert codes(read("\n", TABLE)) == [("BD1001", None, None)]


def test_more_records_or_invoices_than_the_limits_are_refused() -> None:
    text = "A-1 1.00 1.00\nA-2 1.00 1.00\nA-2 1.00 1.00\n"
    for limits in (Limits(rows=2), Limits(records=1)):
        assert codes(read(text, TABLE, limits))[0][0] == "BD2022"
    assert codes(read(ONE + TWO, MILL, Limits(rows=5)))[-1][0] == "BD2022"


LENGTHED = MILL.replace('kind = "1"', 'kind = "1", length = 17, line_ends = false')


def strung(text: str) -> str:
    return "".join(f"{line:<17}" for line in text.splitlines())


@pytest.mark.parametrize("encoding", ["cp037", "cp1252", "utf-8", "utf-16-le"])
def test_records_may_stand_one_after_another_without_line_ends(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guideline = LENGTHED.replace("length = 17", f'encoding = "{encoding}", length = 17')
    content = (strung(ONE) + " " * 17 + strung(TWO) + "\n").encode(encoding)
    for block in (7, 100, 10_000):
        monkeypatch.setattr(stream, "BLOCK", block)
        monkeypatch.setattr("billdrop.readers.fixed.records.BLOCK", block)
        one, two = read(content, guideline)
        assert (one.values["net"], two.values["net"]) == (Decimal(3), Decimal(5))
        assert (one.findings, two.findings, two.first_line) == ([], [], 6)


def test_bytes_that_are_no_text_are_refused_at_their_record() -> None:
    text = strung(ONE).encode()
    (draft,) = read(text[:40] + b"\xff" + text[41:], LENGTHED)
    assert (codes([draft]), draft.whole) == ([("BD1002", 3, 7)], True)
    drafts = read(text[:40] + b"\0" + text[41:], LENGTHED)
    assert codes(drafts)[-1] == ("BD1003", 3, 7)
    assert drafts[-1].whole


def test_last_record_that_is_cut_short_refuses_its_invoice() -> None:
    drafts = read(strung(ONE).encode()[:-3], LENGTHED)
    assert ("BD2042", 4, 15) in codes(drafts)


def test_kind_may_be_the_longest_that_a_record_begins_with_at_any_column() -> None:
    guideline = MILL.replace('kind = "1"', 'kind = "3-"')
    for old, new in (('"H"', '"HD"'), ('"T"', '"HDT"'), ('"2-4"', '"6-8"'), ('"2-9"', '"6-13"')):
        guideline = guideline.replace(old, new)
    (draft,) = read("  HD A-1\n  HDT00000300\n", guideline)
    assert (draft.values["number"], draft.values["net"]) == ("A-1", Decimal("3.00"))
    assert codes(read("  HD A-1\n  XY\n", guideline))[1:] == [("BD2009", 2, 1)]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('number = { at = "2-4" }', 'number = { at = "0-4" }', "fields.number.at"),
        ('number = { at = "2-4" }', 'number = { at = "4-2" }', "fields.number.at"),
        (
            'number = { at = "2-4" }',
            'number = { at = "2-4", where = { "x" = "1" } }',
            "fields.number.where.x",
        ),
        ('name = { at = "2-6" }', 'quantity = { value = "x" }', "lines.fields.quantity.value"),
        ('name = { at = "2-6" }', 'tax = { value = "3 EUR" }', "lines.fields.tax.value"),
    ],
)
def test_guideline_that_cannot_be_used_is_refused_with_its_key(
    old: str, new: str, path: str
) -> None:
    with pytest.raises(GuidelineError) as caught:
        mill("", **{old: new})
    assert caught.value.facts["path"] == path


def test_constant_and_extra_fields_are_taken() -> None:
    said = {'name = { at = "2-6" }': 'name = { at = "2-6" }\nunit = { value = "t" }'}
    (draft,) = read(ONE, MILL.replace(*next(iter(said.items()))) + '[extra]\nday = { at = "5-" }\n')
    assert draft.lines[0]["unit"] == "t"
    assert draft.values["extra.day"] == "20261122"


GUIDE = compile_guide(
    MILL.replace(
        "totals = []",
        'totals = [{ of = "invoices", record = "Z", at = "2-3" }, { of = "total", record = "Z", at = "4-11", decimals = 2 }, { of = "lines", record = "Z", at = "12-13" }]',
    ).replace("version = 1", 'version = 1\nunclaimed = "error"'),
    origin="test",
    limits=Limits(),
)
GENUINE = ONE + TWO + "Z020000080003\n"


def accepted(content: bytes) -> Iterator[tuple[str, Decimal, tuple[Decimal | None, ...]]]:
    for index, draft in enumerate(GUIDE.reader.read(content)):
        record = complete(draft, index, GUIDE)
        if record.accepted and record.invoice:
            invoice = record.invoice
            yield invoice.number, invoice.total, tuple(line.net for line in invoice.lines)


TRUE = {("A-1", Decimal(3), (Decimal(1), Decimal(2))), ("A-2", Decimal(5), (Decimal(5),))}


@settings(deadline=None, max_examples=500)
@given(st.integers(0, len(GENUINE) - 1), st.sampled_from("0123456789 xHLTZ\n-\0é"))
def test_altered_character_never_makes_another_amount(at: int, letter: str) -> None:
    altered = GENUINE[:at] + letter + GENUINE[at + 1 :]
    amounts = {(total, nets) for _, total, nets in accepted(altered.encode())}
    assert amounts <= {(total, nets) for _, total, nets in TRUE}


@pytest.mark.parametrize("at", range(len(GENUINE)))
def test_file_that_is_cut_or_lost_a_character_anywhere_records_nothing_else(at: int) -> None:
    whole = at >= len(GENUINE) - 1
    assert set(accepted(GENUINE[:at].encode())) <= (TRUE if whole else set())
    lost = GENUINE[:at] + GENUINE[at + 1 :]
    amounts = {(total, nets) for _, total, nets in accepted(lost.encode())}
    assert amounts <= {(total, nets) for _, total, nets in TRUE}


@pytest.mark.parametrize("line", range(GENUINE.count("\n")))
def test_line_that_is_dropped_or_doubled_is_noticed(line: int) -> None:
    lines = GENUINE.splitlines(keepends=True)
    assert set(accepted("".join(lines[:line] + lines[line + 1 :]).encode())) == set()
    doubled = set(accepted("".join(lines[: line + 1] + lines[line:]).encode()))
    assert doubled <= TRUE


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=80) | st.text(alphabet="HLT019-A \n", max_size=80).map(str.encode))
def test_no_bytes_stop_the_reader(content: bytes) -> None:
    for guideline in (MILL, TABLE, LENGTHED):
        for draft in read(content, guideline):
            assert draft.first_line <= draft.last_line
            draft.spans()
