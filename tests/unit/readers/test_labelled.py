"""The labelled reader: what bytes are a text, which lines it takes, and what it refuses to be built of."""

from typing import Any

import pytest

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Guideline
from billdrop.model import Finding
from billdrop.readers import Draft, Limits
from billdrop.readers.labelled import build
from billdrop.readers.labelled.stretch import SHOWN

FIELDS = {"number": {"label": "No"}, "issue_date": {"label": "Date"}, "total": {"label": "Total"}}
LINES = {"start": "Items", "row": "{id:int}) {name}, {net}"}
TEXT = b"No: 1\nDate: 2026-01-01\nTotal: 5\n"


def guideline(**given: Any) -> Guideline:
    keys = {"guideline": "g", "version": 1, "input": {}, "fields": FIELDS, **given}
    keys["input"] = {"reader": "labelled", **keys["input"]}
    return Guideline.model_validate(keys)


def drafts(content: bytes, limits: Limits = Limits(), **given: Any) -> list[Draft]:  # noqa: B008  frozen
    return list(build(guideline(**given), limits).read(content))


def one(content: bytes, limits: Limits = Limits(), **given: Any) -> Draft:  # noqa: B008  frozen
    (draft,) = drafts(content, limits, **given)
    return draft


def only(draft: Draft) -> Finding:
    (finding,) = draft.findings
    return finding


def codes(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings]


def test_byte_that_is_not_in_the_encoding_is_bd1002_with_its_place() -> None:
    finding = only(one(TEXT + b"Na\xc3\xafve \xff: 1\n"))
    assert (finding.code, finding.line, finding.column) == ("BD1002", 4, 7)
    assert finding.excerpt[finding.offset] == "\ufffd"


def test_control_byte_is_bd1003_with_its_place() -> None:
    finding = only(one(TEXT + b"ab\0c"))
    assert (finding.code, finding.line, finding.column) == ("BD1003", 4, 3)
    assert finding.excerpt == "ab␀c"


def test_line_over_the_limit_is_bd1005() -> None:
    assert only(one(TEXT + b"x" * 101, Limits(line_chars=100))).code == "BD1005"
    assert one(TEXT + b"x" * 100, Limits(line_chars=100), unclaimed="ignore").findings == []


@pytest.mark.parametrize("content", [b"\n", b"  \n\t\r\n", b"\x1a", b"\xef\xbb\xbf"])
def test_blank_document_is_bd1001(content: bytes) -> None:
    assert only(one(content)).code == "BD1001"


def test_document_of_rulers_only_is_an_invoice_that_says_nothing() -> None:
    draft = one(b"-----\n=====\n")
    assert (draft.values, draft.findings, draft.last_line) == ({}, [], 2)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-32", "cp037"])
def test_same_text_is_read_alike_in_every_encoding(encoding: str) -> None:
    content = TEXT.decode().encode(encoding)
    draft = one(content, input={"encoding": encoding})
    assert draft.values["number"] == "1"
    assert draft.findings == []


def test_byte_order_mark_is_passed_over() -> None:
    draft = one(b"\xef\xbb\xbf" + TEXT)
    assert draft.values["number"] == "1"
    assert draft.spans()["number"].column == 5


def test_end_of_file_mark_of_dos_is_no_line() -> None:
    assert one(TEXT + b"\x1a").findings == []


def test_value_over_the_limit_is_bd2027() -> None:
    limits = Limits(value_chars=10)
    finding = only(
        one(
            TEXT + b"Seller: 12345678901\n", limits, fields=FIELDS | {"seller": {"label": "Seller"}}
        )
    )
    assert (finding.code, finding.field, finding.column) == ("BD2027", "seller", 9)
    content = TEXT + b"Items\n1) 12345678901, 5\n2) short, 5\n   and so on\n"
    draft = one(content, limits, lines=LINES | {"wrapped": "indent"})
    assert codes(draft) == ["BD2027", "BD2027"]
    assert [finding.field for finding in draft.findings] == ["lines[0].name", "lines[1].name"]
    assert draft.lines[0] == {"id": "1", "net": 5, "source_line": 5}


def test_text_that_may_be_missing_is_absent() -> None:
    lines = {"start": "Items", "row": "{id:int}) {net}[ {name}][, {unit:word}]"}
    draft = one(TEXT + b"Items\n1) 5\n2) 5 a, b\n", lines=lines)
    assert draft.lines == [
        {"id": "1", "net": 5, "source_line": 5},
        {"id": "2", "net": 5, "name": "a", "unit": "b", "source_line": 6},
    ]


def test_continuation_of_an_item_without_name_is_its_name() -> None:
    lines = {"start": "Items", "row": "{id:int}) {net}[ {name}]", "wrapped": "indent"}
    draft = one(TEXT + b"Items\n  1) 5\n     a  b\n     c\n", lines=lines)
    assert draft.lines == [{"id": "1", "net": 5, "name": "a b c", "source_line": 5}]


def test_indented_line_that_is_not_right_below_an_item_is_none_of_it() -> None:
    lines = LINES | {"wrapped": "indent"}
    draft = one(TEXT + b"Items\n  lost\n1) a, 5\n\n  lost\n", lines=lines)
    assert codes(draft) == ["BD2008", "BD2008"]
    draft = one(TEXT + b"Items\n  1) a, 5\n  2) b, 5\n 3) c, 5\n", lines=lines)
    assert len(draft.lines) == 3


def test_unindented_label_ends_the_items_and_an_indented_one_may_be_a_row() -> None:
    lines = {"start": "Items", "row": "{name} {net}"}
    content = b"No: 1\nItems\na 5\n  Total: 6\nTotal: 7\nTotal 8\n"
    draft = one(content, lines=lines)
    assert [line["name"] for line in draft.lines] == ["a", "Total:"]
    assert draft.values["total"] == 7
    assert codes(draft) == ["BD2009"]
    assert draft.findings[0].line == 6


def test_declared_end_alone_ends_the_items() -> None:
    lines = {"start": "Items", "row": "{name} {net}", "end": "End"}
    content = b"Items\nNo: 5\nDate: 2026-01-01\nEnd\nNo: 7\nEnd\n"
    draft = one(content, lines=lines)
    assert draft.lines == [{"name": "No:", "net": 5, "source_line": 2}]
    assert draft.values["number"] == "7"
    assert str(draft.values["issue_date"]) == "2026-01-01"
    assert draft.findings == []


def test_one_ruler_may_begin_and_end_the_items() -> None:
    lines = {"start": "-----", "row": "{name} {net}", "end": "-----"}
    draft = one(b"No: 1\n-----\na 5\n-----\nDate: 2026-01-01\n", lines=lines)
    assert len(draft.lines) == 1
    assert draft.findings == []


def test_label_may_begin_or_end_the_items() -> None:
    lines = {"start": "Items:", "row": "{name} {net}", "end": "Total:"}
    draft = one(b"No: 1\nItems: all\na 5\nTotal: 5\nDate: 2026-01-01\n", lines=lines)
    assert len(draft.lines) == 1
    assert draft.values["total"] == 5
    assert draft.findings == []


def test_section_ends_the_items() -> None:
    fields = FIELDS | {"buyer": {"label": "Name", "section": "buyer"}}
    draft = one(
        b"Items\n1) a, 5\nBuyer\nName: x\n", lines=LINES, sections={"buyer": "Buyer"}, fields=fields
    )
    assert draft.values == {"buyer": "x"}
    assert draft.findings == []


def test_rows_without_a_start_stand_anywhere() -> None:
    draft = one(
        b"1) a, 5\nNo: 1\n2) b, 6\nhello\nTotal: 5\n", lines={"row": "{id:int}) {name}, {net}"}
    )
    assert [line["net"] for line in draft.lines] == [5, 6]
    assert draft.values == {"number": "1", "total": 5}
    assert codes(draft) == ["BD2009"]


def test_section_does_not_end_rows_that_stand_anywhere() -> None:
    lines = {"row": "{id:int}) {name}, {net}"}
    draft = one(b"Goods\n1) a, 5\n", lines=lines, sections={"goods": "Goods"})
    assert len(draft.lines) == 1
    assert draft.findings == []


def test_known_line_is_no_item_whatever_its_case_and_blanks() -> None:
    lines = {"start": "Items", "row": "{name}", "end": ["End", "The end"]}
    for end in (b"End   ", b"END", b"  end", b"the   END", b"*" * 400, b" " * 400 + b"END"):
        draft = one(b"No: 1\nItems\na\n" + end + b"\nEND\nTotal: 5\n", lines=lines)
        assert [line["name"] for line in draft.lines] == ["a"]
        assert draft.findings == []


def test_line_that_nearly_fits_names_the_value_or_else_the_line() -> None:
    lines = {
        "start": "Items",
        "row": ["{id:int}) {name}, {quantity}, {net}", "{id:int}. {name} {net}"],
    }
    draft = one(b"Items\n1) a, 5x, 6\n2) b, y5, 6\n3x) c, 5, 6\n4. d\n5. e 5x\n", lines=lines)
    assert [(f.code, f.line, f.column, f.field) for f in draft.findings] == [
        ("BD2012", 2, 7, "lines[0].quantity"),
        ("BD2012", 3, 7, "lines[0].quantity"),
        ("BD2008", 4, 1, "lines[0]"),
        ("BD2008", 5, 1, "lines[0]"),
        ("BD2004", 6, 6, "lines[0].net"),
    ]


def test_currency_beside_an_item_is_the_currency_of_the_invoice() -> None:
    draft = one(b"Items\n1) a, 5 EUR\n2) b, 5 USD\n3) c, 5\n", lines=LINES)
    assert draft.values == {"currency": "EUR"}
    assert [line.get("net") for line in draft.lines] == [5, 5, 5]
    finding = only(draft)
    assert (finding.code, finding.field, finding.line, finding.column) == (
        "BD2011",
        "lines[1].net",
        3,
        7,
    )
    assert draft.spans()["currency"].line == 2


def test_unclaimed_lines_are_counted_when_they_are_many() -> None:
    content = TEXT + b"hello\n" * (SHOWN + 50)
    draft = one(content, unclaimed="error")
    assert len(draft.findings) == SHOWN + 1
    assert draft.findings[-1].message.startswith("50 more lines between line 104 and line 153")


def test_unclaimed_lines_may_be_ignored() -> None:
    assert one(TEXT + b"hello\n" * 300, unclaimed="ignore").findings == []


def test_more_invoices_than_the_limit_are_bd2022() -> None:
    limits = Limits(records=2)
    answers = drafts((b"Invoice\n" + TEXT) * 4, limits, records={"start": "Invoice"})
    assert [codes(draft) for draft in answers] == [[], [], ["BD2022"]]
    content = (b"Invoice\nItems\n1) a, 5\n2) b, 6\n") * 2
    answers = drafts(content, Limits(rows=3), records={"start": "Invoice"}, lines=LINES)
    assert [codes(draft) for draft in answers] == [[], ["BD2022"]]


def test_invoices_of_a_large_document_keep_their_lines_and_places() -> None:
    count = 9000
    content = b"".join(
        b"---\nInvoice\nNo: %d\nTotal: %d.5\nfoo\n\n" % (at, at) for at in range(count)
    )
    content += b"x" * 2000
    answers = drafts(content, records={"start": "Invoice"})
    assert len(answers) == count
    for at, draft in enumerate(answers):
        assert draft.first_line == (6 * at or 1)
        assert draft.spans()["total"].line == 6 * at + 4
        assert draft.text is not None
        assert draft.text(6 * at + 4) == f"Total: {at}.5"
        assert draft.text(6 * at + 4 + 100) == ""
        assert draft.findings[0].line == 6 * at + 5


def test_two_readings_at_once_do_not_disturb_each_other() -> None:
    reader = build(guideline(records={"start": "Invoice"}), Limits())
    content = b"Invoice\nNo: 1\nInvoice\nNo: 2\n"
    one_by_one = zip(reader.read(content), reader.read(content), strict=True)
    assert [(a.values, b.values) for a, b in one_by_one] == [
        ({"number": "1"}, {"number": "1"}),
        ({"number": "2"}, {"number": "2"}),
    ]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"input": {"separator": []}}, "input.separator"),
        ({"input": {"encoding": "nope"}}, "input.encoding"),
        ({"input": {"encoding": "rot13"}}, "input.encoding"),
        ({"input": {"encoding": "utf-7"}}, "input.encoding"),
        ({"fields": {"number": {"label": ":"}}}, "fields.number.label"),
        ({"fields": {"number": {"label": "a: b"}}}, "fields.number.label"),
        ({"fields": {"number": {"label": "A"}, "seller": {"label": "a"}}}, "fields.seller.label"),
        ({"fields": {"number": {"label": "A", "section": "x"}}}, "fields.number.section"),
        ({"fields": {"issue_date": {"value": "x"}}}, "fields.issue_date.value"),
        ({"fields": {"total": {"value": "5 EUR"}}}, "fields.total.value"),
        ({"lines": {"start": "Items"}}, "lines.row"),
    ],
)
def test_guideline_that_cannot_be_used_is_refused_with_the_key(
    given: dict[str, Any], path: str
) -> None:
    with pytest.raises(GuidelineError) as error:
        build(guideline(**given), Limits())
    assert error.value.error_code == "BD4004"
    assert error.value.facts["path"] == path
    assert error.value.message.startswith(f"{path}: ")


def test_refused_row_names_which_of_several() -> None:
    with pytest.raises(GuidelineError, match=r"lines\.row\[1\]: "):
        build(guideline(lines={"row": ["{name} {net}", "{oops}"]}), Limits())
