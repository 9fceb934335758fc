"""From bytes to invoices and findings: nothing is lost, nothing is guessed, nothing is raised."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import billdrop
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.library import Library
from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.model import Guideline
from billdrop.model import Document, DocumentRef, Finding, GuidelineRef, Parsed, Record, Span
from billdrop.parsing import reading
from billdrop.parsing.reading import EAGER, Reread, complete, parse, read
from billdrop.readers import Draft, Limits
from billdrop.readers.labelled import build

BUILTIN = Path(billdrop.__file__).parent / "guidelines" / "builtin" / "docproc.toml"
DOCPROC = compile_guide(BUILTIN.read_text(), origin=str(BUILTIN), limits=Limits())
SAMPLE = b"""\
******************************************************************
                             Invoice
******************************************************************
Customer-ID: sm-LK0080145
Inv-ID: inv-00001
Dated: Mar 31 2018
From: Space Mechanics Inc.
To: Starfleet Interplanatory HQ
Amount: 7650
SGST: 500
Total: 8150
InWords: Space Rupees Eight thousand one hundred fifty only

Items
1) Matter antimatter fusion controller, 2000, 200
2) External inertial damper, 3100, 180
3) Type X phaser, 500, 35
4) 2MW Fusion reactor, 1200, 85
5) Transporter base dial, 850
"""
FIELDS = {"number": {"label": "No"}, "issue_date": {"label": "Date"}, "total": {"label": "Total"}}
TEXT = b"No: 1\nDate: 2026-01-01\nTotal: 5\n"


def document(content: bytes | None, size: int = 0) -> Document:
    return Document(
        ref=DocumentRef(bucket="inbox", key="acme/a.txt", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content or b"").digest(),
        size=size or len(content or b""),
        content=content,
    )


def guide(**given_keys: Any) -> Guide:
    keys = {
        "guideline": "g",
        "version": 1,
        "input": {"reader": "labelled"},
        "locale": {"currency": "EUR"},
        "fields": FIELDS,
        **given_keys,
    }
    guideline = Guideline.model_validate(keys)
    ref = GuidelineRef(name="g", version=1, digest="", text="")
    reader = build(guideline, Limits())
    return Guide(ref=ref, guideline=guideline, made=lambda: reader)


def records(content: bytes, **given_keys: Any) -> list[Record]:
    parsed = read(document(content), guide(**given_keys))
    assert parsed.findings == ()
    return list(parsed.records)


def one(content: bytes, **given_keys: Any) -> Record:
    (record,) = records(content, **given_keys)
    return record


def codes(answer: Record | Parsed) -> list[str]:
    return [finding.code for finding in answer.findings]


class Odd:
    """A reader that answers what it is told, or breaks."""

    def __init__(self, *drafts: Draft | Exception) -> None:
        self.drafts = drafts

    def read(self, content: bytes) -> Iterator[Draft]:
        for draft in self.drafts:
            if isinstance(draft, Exception):
                raise draft
            yield draft


def odd(*drafts: Draft | Exception) -> Guide:
    known, reader = guide(), Odd(*drafts)
    return Guide(ref=known.ref, guideline=known.guideline, made=lambda: reader)


def draft(number: str, **given_keys: Any) -> Draft:
    values = {"number": number, **one_values()} if number else {}
    keys = {"first_line": 1, "last_line": 1, "values": values, "lines": [], "findings": []}
    return Draft(**{**keys, "spans": dict, **given_keys})


def one_values() -> dict[str, Any]:
    found = next(iter(guide().reader.read(TEXT))).values
    return {"issue_date": found["issue_date"], "total": found["total"]}


def test_sample_is_read_whole() -> None:
    parsed = read(document(SAMPLE), DOCPROC)
    (record,) = parsed.records
    assert parsed.findings == record.findings == ()
    assert record.accepted
    invoice = record.invoice
    assert invoice is not None
    assert (invoice.number, invoice.currency, str(invoice.total)) == ("inv-00001", "INR", "8150")
    assert [str(line.tax) for line in invoice.lines] == ["200", "180", "35", "85", "None"]
    assert record.spans is not None
    assert record.spans()["lines[4].net"] == Span(19, 27, "850")
    assert parsed.guideline == DOCPROC.ref


def amounts_of_sample() -> list[int]:
    """Where the digits of net, tax, total and the amounts of the lines stand in the sample."""
    (record,) = read(document(SAMPLE), DOCPROC).records
    starts = [0]
    for line in SAMPLE.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    assert record.spans is not None
    return [
        starts[span.line - 1] + span.column - 1 + at
        for path, span in record.spans().items()
        if path.rpartition(".")[2] in ("net", "tax", "total")
        for at in range(len(span.text))
    ]


@given(st.sampled_from(amounts_of_sample()), st.sampled_from(b"0123456789"))
def test_changed_digit_in_an_amount_is_always_refused(place: int, digit: int) -> None:
    content = bytearray(SAMPLE)
    same = content[place] == digit
    content[place] = digit
    (record,) = read(document(bytes(content)), DOCPROC).records
    assert record.accepted == same


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(b"")
@example(b"\n")
@example(SAMPLE[:200])
def test_no_bytes_raise(content: bytes) -> None:
    parsed = read(document(content), DOCPROC)
    for record in parsed.records:
        assert record.invoice is None or record.spans is not None
        assert record.spans is None or isinstance(record.spans(), dict)
    assert "BD2099" not in codes(parsed)


LINES = st.sampled_from(SAMPLE.decode().split("\n")) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=20
)


@given(st.lists(LINES, max_size=30))
def test_every_line_is_in_a_span_or_furniture_or_in_a_finding(lines: list[str]) -> None:
    parsed = read(document("\n".join(lines).encode()), DOCPROC)
    known = {"Invoice", "Items"}
    seen: set[int | None] = {finding.line for finding in parsed.findings}
    covered = 0
    for record in parsed.records:
        assert record.first_line == covered + 1
        covered = record.last_line
        seen |= {finding.line for finding in record.findings}
        seen |= {span.line for span in (record.spans() if record.spans else {}).values()}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        empty = text.endswith(":") or not text.strip("*=-_#~+|. ")
        again = any(line == other for other in lines[: number - 1])
        assert number in seen or empty or again or text.title() in known or parsed.findings


def test_oversized_document_is_bd1004() -> None:
    for parsed in (read(document(None, 9), DOCPROC), parse(document(None, 9), Library((DOCPROC,)))):
        assert codes(parsed) == ["BD1004"]
        assert "9 bytes" in parsed.findings[0].message


def test_empty_document_is_bd1001() -> None:
    for content in (b"", b" \n\n"):
        assert codes(read(document(content), DOCPROC)) == ["BD1001"]
    assert codes(parse(document(b""), Library((DOCPROC,)))) == ["BD1001"]


def test_document_is_read_by_the_guideline_that_recognises_it() -> None:
    library = Library((DOCPROC,))
    assert parse(document(SAMPLE), library).guideline == DOCPROC.ref
    parsed = parse(document(b"hello"), library)
    assert (parsed.guideline, codes(parsed)) == (None, ["BD2001"])


def test_what_is_wrong_with_the_whole_document_is_no_record() -> None:
    parsed = read(document(SAMPLE + b"\xff"), DOCPROC)
    assert codes(parsed) == ["BD1002"]
    assert list(parsed.records) == []


def test_settings_of_the_guideline_go_with_the_document() -> None:
    parsed = read(
        document(TEXT), guide(identity=["number", "seller"], corrections="latest", atomic=True)
    )
    assert (parsed.identity, parsed.corrections, parsed.atomic) == (
        ("number", "seller"),
        "latest",
        True,
    )


def test_error_of_a_reader_is_bd2099_with_its_name() -> None:
    parsed = read(document(b"x"), odd(draft("1"), ValueError("boom")))
    (finding,) = parsed.findings
    assert finding.code == "BD2099"
    assert "ValueError in read, line" in finding.message
    assert list(parsed.records) == []


def test_want_of_memory_is_no_fault_of_the_document() -> None:
    large = document(b"x" * (EAGER + 1))
    with pytest.raises(MemoryError):
        read(document(b"x"), odd(MemoryError()))
    with pytest.raises(MemoryError):
        read(large, odd(MemoryError()))
    with pytest.raises(MemoryError):
        list(read(large, odd(draft("1"), MemoryError())).records)


def test_large_document_is_read_again_on_each_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "EAGER", 1_000)
    content = SAMPLE * 3
    parsed = read(document(content), DOCPROC)
    assert isinstance(parsed.records, Reread)
    first, again = (next(iter(parsed.records)) for _ in range(2))
    assert first.invoice == again.invoice
    assert first.index == 0
    count = sum(record.accepted for record in parsed.records)
    assert count == content.count(b"Inv-ID")


def test_large_document_that_is_no_text_is_refused_whole() -> None:
    parsed = read(document(b"\0" * (EAGER + 1)), DOCPROC)
    assert codes(parsed) == ["BD1003"]
    assert list(parsed.records) == []


def test_error_within_a_large_document_refuses_all_of_it_as_in_a_small_one() -> None:
    spoilt = draft("", findings=[Finding(code="BD1002", message="no text")], whole=True)
    for size in (1, EAGER + 1):
        given = document(b"x" * size)
        for error, code in ((ValueError(), "BD2099"), (spoilt, "BD1002")):
            for drafts in ((error,), (draft("1"), error)):
                parsed = read(given, odd(*drafts))
                assert codes(parsed) == [code]
                assert list(parsed.records) == []


def test_error_after_all_was_looked_at_is_the_last_record() -> None:
    large, spoilt = document(b"x" * (EAGER + 1)), Finding(code="BD1002", message="no text")
    for error, code in ((ValueError(), "BD2099"), (draft("", findings=[spoilt]), "BD1002")):
        parsed = read(large, odd(draft("1", alike=False), error))
        assert [codes(record) for record in parsed.records] == [[], [code]]


def twice(first: bytes, second: bytes, **given_keys: Any) -> list[list[str]]:
    content = b"Invoice\n" + first + b"Invoice\n" + second
    return [codes(it) for it in records(content, records={"start": "Invoice"}, **given_keys)]


def test_same_number_with_other_content_refuses_both() -> None:
    other = TEXT.replace(b"5", b"6")
    assert twice(TEXT, other) == [["BD2020"], ["BD2020"]]
    assert (
        twice(TEXT.replace(b": 1\n", b": ab  C\n"), other.replace(b": 1\n", b": AB c\n"))
        == [["BD2020"]] * 2
    )
    assert twice(TEXT, TEXT.replace(b"No: 1", b"No: 2")) == [[], []]


def test_same_number_with_the_same_content_is_no_matter() -> None:
    assert twice(TEXT, b"\n" + TEXT) == [[], []]


def test_identity_may_be_more_than_the_number() -> None:
    fields = FIELDS | {"seller": {"label": "Seller"}}
    answer = twice(
        TEXT + b"Seller: a\n", TEXT + b"Seller: b\n", fields=fields, identity=["number", "seller"]
    )
    assert answer == [[], []]


def test_twins_without_places_are_refused_at_their_first_line() -> None:
    twins = draft("1"), draft("1", values={"number": "1", **one_values(), "seller": "x"})
    found = list(read(document(b"x"), odd(*twins)).records)
    assert [codes(record) for record in found] == [["BD2020"], ["BD2020"]]


def test_constants_are_what_the_layout_never_prints() -> None:
    fields = {
        **FIELDS,
        "seller": {"value": "Acme"},
        "type_code": {"value": "credit", "map": {"credit": "381"}},
    }
    invoice = one(TEXT, fields=fields, extra={"branch": {"value": "Ulm"}}).invoice
    assert invoice is not None
    assert (invoice.seller, invoice.type_code, invoice.extra) == ("Acme", "381", {"branch": "Ulm"})


def test_sums_are_worked_out_in_the_order_they_need() -> None:
    fields = {
        "number": {"label": "No"},
        "issue_date": {"label": "Date"},
        "total": {"sum": ["net", "tax"]},
        "net": {"sum": ["lines.net"]},
        "tax": {"label": "Tax"},
    }
    lines = {"start": "Items", "row": "{name} {net}"}
    content = b"No: 1\nDate: 2026-01-01\nTax: 1\nItems\na 2.50\nb 2\n"
    invoice = one(content, fields=fields, lines=lines).invoice
    assert invoice is not None
    assert (str(invoice.net), str(invoice.total)) == ("4.50", "5.50")
    record = one(content.replace(b"Tax", b"Tux"), fields=fields, lines=lines)
    assert codes(record) == ["BD2009", "BD2003"]


def test_missing_values_are_bd2003_at_the_end_of_the_record() -> None:
    fields = {**FIELDS, "buyer": {"label": "To", "required": True}}
    record = one(
        b"No: 1\nSumme 5",
        fields=fields,
        extra={"po": {"label": "PO", "required": True}},
        unclaimed="ignore",
    )
    assert [finding.field for finding in record.findings] == [
        "issue_date",
        "total",
        "buyer",
        "extra.po",
    ]
    assert {finding.code for finding in record.findings} == {"BD2003"}
    assert {(finding.line, finding.column) for finding in record.findings} == {(2, 8)}
    assert record.invoice is None


def test_unreadable_value_is_not_missing_too() -> None:
    assert codes(one(TEXT.replace(b"5", b"x"))) == ["BD2004"]


def test_lines_may_be_required() -> None:
    lines = {"start": "Items", "row": "{name} {net}", "required": True}
    assert codes(one(TEXT, lines=lines)) == ["BD2003"]
    assert codes(one(TEXT + b"Items\nhello\n", lines=lines)) == ["BD2008"]


def test_sums_of_lines_are_not_checked_when_a_line_could_not_be_read() -> None:
    fields = {**FIELDS, "net": {"label": "Net"}, "tax": {"label": "Tax"}}
    lines = {"start": "Items", "row": "{name} {net}"}
    record = one(TEXT + b"Net: 9\nTax: 1\nItems\na 5\nb 4x\n", fields=fields, lines=lines)
    assert codes(record) == ["BD2014", "BD2004"]


def test_currency_is_stated_or_in_words_or_constant_or_the_default() -> None:
    locale = {"currency": "EUR", "currencies": {"rupees": "INR"}}
    fields = {**FIELDS, "in_words": {"label": "Words"}}
    words = TEXT + b"Words: five rupees\n"

    def currency(content: bytes, **given_keys: Any) -> str:
        record = one(content, **{"locale": locale, "fields": fields, **given_keys})
        assert record.findings == ()
        assert record.invoice is not None
        return record.invoice.currency

    assert currency(TEXT) == "EUR"
    assert currency(TEXT.replace(b"5", b"5 USD")) == "USD"
    assert currency(words) == "INR"
    assert currency(TEXT, fields={**fields, "currency": {"value": "CHF"}}) == "CHF"


def test_currencies_that_differ_are_bd2011() -> None:
    fields = {**FIELDS, "in_words": {"label": "Words"}}
    words = TEXT.replace(b"5", b"5 USD") + b"Words: five EUR\n"
    record = one(words, fields=fields)
    assert codes(record) == ["BD2011"]
    assert (record.findings[0].line, record.findings[0].column) == (4, 8)
    assert codes(
        one(TEXT.replace(b"5", b"5 USD"), fields={**FIELDS, "currency": {"value": "EUR"}})
    ) == ["BD2011"]


def test_no_currency_at_all_is_bd2010() -> None:
    assert codes(one(TEXT, locale={})) == ["BD2010"]
    fields = {**FIELDS, "currency": {"label": "Cur"}}
    assert codes(one(TEXT + b"Cur: Florin\n", locale={}, fields=fields)) == ["BD2010"]


def test_checks_warn_or_refuse_as_the_guideline_says() -> None:
    fields = {**FIELDS, "net": {"label": "Net"}, "tax": {"label": "Tax"}}
    content = TEXT + b"Net: 5\nTax: 1\n"
    refused = one(content, fields=fields)
    assert (codes(refused), refused.accepted) == (["BD2014"], False)
    warned = one(content, fields=fields, checks={"total": "warn"})
    assert (codes(warned), warned.accepted) == (["BD2014"], True)
    assert codes(one(content, fields=fields, checks={"total": "off"})) == []


def test_check_shows_the_line_it_is_about() -> None:
    content = SAMPLE.replace(b"8150", b"9999")
    (record,) = read(document(content), DOCPROC).records
    assert [(f.code, f.line, f.column, f.excerpt) for f in record.findings] == [
        ("BD2014", 11, 8, "Total: 9999"),
        ("BD2015", 12, 10, "InWords: Space Rupees Eight thousand one hundred fifty only"),
    ]


def test_finding_without_the_line_at_hand_shows_the_value() -> None:
    fields = {"net": 1, "tax": 1, **one_values()}
    spans = {"total": Span(7, 30, "5")}
    given_draft = draft("1", values={"number": "1", **fields}, spans=lambda: spans)
    (finding,) = complete(given_draft, 3, guide()).findings
    assert (finding.code, finding.line, finding.column, finding.excerpt) == ("BD2014", 7, 30, "5")


def test_many_guidelines_do_not_fill_the_memory() -> None:
    for _ in range(300):
        assert complete(draft("1"), 0, guide()).accepted


@pytest.mark.parametrize("size", [10, EAGER + 1])
def test_a_reader_that_gives_nothing_is_a_finding_and_never_nothing(size: int) -> None:
    parsed = read(document(b"x" * size), odd())
    assert [found.code for found in parsed.findings] == ["BD2099"]


def test_what_a_guide_has_learnt_is_kept_however_many_others_are_read_with() -> None:
    mine = guide()
    parsed = read(document(TEXT), mine)
    learnt = mine.kept[0]
    for _ in range(300):
        read(document(TEXT), guide())
    assert mine.kept[0] is learnt
    again = read(document(TEXT), mine)
    assert [one.invoice for one in again.records] == [one.invoice for one in parsed.records]
