"""The reader of EDIFACT: separators, released characters, encodings, dates, envelopes, and what is worked out."""

from decimal import Decimal

import pytest

from billdrop.guidelines.standards import shown
from billdrop.model import Severity
from tests.unit.readers.edi.made import (
    NOTE,
    changed,
    edifact,
    errors,
    findings,
    guide,
    invoice,
    parsed,
    records,
)


def test_invoice_has_number_date_seller_currency_and_lines() -> None:
    made = invoice(edifact(NOTE))
    assert (made.number, made.issue_date.isoformat(), made.currency) == ("R-1", "2026-03-02", "EUR")
    assert (made.seller, made.seller_id, made.type_code) == ("Schrauben AG", "401", "380")
    assert (made.total, made.tax) == (Decimal("5.36"), Decimal("0.86"))
    assert (made.net, made.line_net) == (Decimal("4.50"), Decimal("4.50"))
    (line,) = made.lines
    assert (line.quantity, line.unit, line.unit_price, line.net) == (
        Decimal(3),
        "PCE",
        Decimal("1.50"),
        Decimal("4.50"),
    )


@pytest.mark.parametrize("end", ["'", "'\n", "'\r\n", "'\n\n", "' \n "])
@pytest.mark.parametrize("una", ["", "UNA:+.? '", "UNA:+,? '\r\n", "UNA:+.?*'"])
def test_una_and_line_ends_may_be_there_or_not(una: str, end: str) -> None:
    assert invoice(edifact(NOTE, una=una, end=end)).total == Decimal("5.36")


def test_separators_are_those_of_una() -> None:
    content = edifact(NOTE, una="").translate(str.maketrans("+:'", "*=~"))
    assert invoice(f"UNA=*.? ~{content}").seller == "Schrauben AG"


@pytest.mark.parametrize("width", [7, 15, 80])
def test_lines_may_be_broken_at_any_column(width: int) -> None:
    content = edifact(NOTE)
    rest = content[9:]
    lines = [content[:9], *(rest[at : at + width] for at in range(0, len(rest), width))]
    assert invoice("\n".join(lines)).total == Decimal("5.36")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("S?+B", "S+B"),
        ("What??", "What?"),
        ("Land?'s", "Land's"),
        ("a?:b", "a:b"),
        ("?a", "a"),
        ("x??'", "x?"),
    ],
)
@pytest.mark.parametrize("end", ["'", "'\n"])
def test_released_character_is_plain_text(written: str, meant: str, end: str) -> None:
    note = changed(
        NOTE,
        NAD=f"NAD+SU+401::9++{written.removesuffix(chr(39)) if written.endswith(chr(39)) and not written.endswith('?' + chr(39)) else written}",
    )
    content = edifact(note, end=end)
    (record,) = records(content)
    assert record.invoice is not None
    assert record.invoice.seller == meant
    assert record.spans is not None
    assert record.spans()["total"].text == "5.36"


def test_release_character_may_be_none() -> None:
    note = changed(NOTE, NAD="NAD+SU+401::9++Who?")
    assert invoice(edifact(note, una="UNA:+.  '")).seller == "Who?"


@pytest.mark.parametrize(
    ("syntax", "encoding"),
    [
        ("UNOC:3", "latin-1"),
        ("UNOD:3", "iso8859-2"),
        ("UNOY:4", "utf-8"),
        ("UNOA:1", "utf-8"),
        ("UNOX:3", "utf-8"),
    ],
)
def test_encoding_is_that_of_the_syntax_identifier(syntax: str, encoding: str) -> None:
    name = "Bolts" if syntax == "UNOX:3" else "Müller"
    note = changed(NOTE, NAD=f"NAD+SU+401::9++{name}")
    assert invoice(edifact(note, unb=syntax).encode(encoding)).seller == name


def test_encoding_of_the_guideline_takes_its_place() -> None:
    note = changed(NOTE, NAD="NAD+SU+401::9++Müller")
    content = edifact(note, unb="UNOA:1").encode("latin-1")
    (found,) = parsed(content).findings
    assert (found.code, found.line, found.column) == ("BD1002", 1, content.index(b"\xfc") + 1)
    more = 'input = { reader = "edifact", encoding = "latin-1" }\n'
    assert invoice(content, more).seller == "Müller"


def test_byte_order_mark_says_utf_8_whatever_the_syntax_identifier() -> None:
    note = changed(NOTE, NAD="NAD+SU+401::9++Müller")
    assert invoice(b"\xef\xbb\xbf" + edifact(note).encode()).seller == "Müller"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260302:102", "2026-03-02"),
        ("202603020815:203", "2026-03-02"),
        ("20260302081530:204", "2026-03-02"),
        ("260302:101", "2026-03-02"),
        ("2603020815:201", "2026-03-02"),
        ("020326:2", "2026-03-02"),
        ("030226:3", "2026-03-02"),
        ("02032026:4", "2026-03-02"),
        ("202603020815UTC:303", "2026-03-02"),
        ("202603020000:102", "2026-03-02"),
        ("20260302", "2026-03-02"),
    ],
)
def test_date_has_the_format_that_stands_after_it(text: str, day: str) -> None:
    assert invoice(edifact(changed(NOTE, DTM=f"DTM+137:{text}"))).issue_date.isoformat() == day


@pytest.mark.parametrize(
    "text", ["20260231:102", "2026:102", "202603029999:102", "20260302:999", "x:102"]
)
def test_date_that_is_none_in_its_format_is_refused(text: str) -> None:
    found = findings(edifact(changed(NOTE, DTM=f"DTM+137:{text}")))[0]
    assert (found.code, found.field) == ("BD2005", "issue_date")


@pytest.mark.parametrize("una", ["UNA:+.? '", "UNA:+,? '"])
@pytest.mark.parametrize("amount", ["5,36", "5.36"])
def test_decimal_mark_is_a_comma_or_a_point(una: str, amount: str) -> None:
    content = edifact(NOTE, una=una).replace("MOA+77:5.36", f"MOA+77:{amount}")
    assert invoice(content).total == Decimal("5.36")


def test_digit_before_the_mark_may_be_missing() -> None:
    assert invoice(edifact(NOTE).replace("124:0.86", "124:.86")).tax == Decimal("0.86")


@pytest.mark.parametrize(
    "amount", ["5.3.6", "1,005.36", "5 36", "+5.36", "5.36-", "5.", "5.36E0", "٥"]
)
def test_amount_that_is_none_is_refused(amount: str) -> None:
    content = edifact(NOTE, unb="UNOY:4").replace(
        "MOA+77:5.36", f"MOA+77:{amount.replace('+', '?+')}"
    )
    assert findings(content)[0].code == "BD2004"


@pytest.mark.parametrize(
    ("cux", "moa", "codes"),
    [
        ("CUX+2:EUR", "5.36:EUR", []),
        ("", "5.36:EUR", []),
        ("CUX+2:EUR", "5.36:USD", ["BD2011"]),
        ("CUX+2:EUR", "5.36:XXQ", ["BD2010"]),
        ("", "5.36", ["BD2010"]),
    ],
)
def test_all_amounts_of_an_invoice_have_one_currency(cux: str, moa: str, codes: list[str]) -> None:
    note = tuple(one.replace("77:5.36", f"77:{moa}") for one in changed(NOTE, CUX=cux))
    assert errors(edifact(note)) == codes


def test_currency_may_stand_at_a_later_place_of_cux() -> None:
    assert (
        invoice(edifact(changed(NOTE, CUX="CUX+1:EUR")).replace("5.36", "5.36:EUR")).currency
        == "EUR"
    )


def test_allowances_and_charges_count_in_net() -> None:
    note = (
        *NOTE[:10],
        "MOA+77:6.55", "MOA+79:4.50", "MOA+124:1.05",
        "TAX+7+VAT+++:::19+S", "MOA+125:5.50", "MOA+124:1.05",
        "ALC+A++++:::Bonus", "MOA+204:0.50",
        "ALC+C+++", "PCD+3:10",
        "ALC+C++++FC", "MOA+8:1.50",
    )  # fmt: skip
    made = invoice(edifact(note))
    assert (made.net, made.tax) == (Decimal("5.50"), Decimal("1.05"))
    assert [(it.reason, it.amount) for it in made.allowances] == [("Bonus", Decimal("0.50"))]
    assert [(it.reason, it.amount) for it in made.charges] == [("FC", Decimal("1.50"))]
    assert (made.taxes[0].rate, made.taxes[0].category) == (Decimal(19), "S")


def test_total_of_charges_less_allowances_counts_where_nothing_else_says_so() -> None:
    note: tuple[str, ...] = (
        *NOTE[:10],
        "MOA+77:6.00",
        "MOA+79:4.50",
        "MOA+131:0.64",
        "MOA+124:0.86",
    )
    made = invoice(edifact(note))
    assert (made.net, made.allowance, made.charge) == (
        Decimal("5.14"),
        None,
        Decimal("0.64"),
    )
    note = (
        *NOTE[:10],
        "MOA+77:6.00",
        "MOA+79:4.50",
        "MOA+131:9.00",
        "MOA+124:0.86",
        "MOA+259:0.64",
        "ALC+C++++FC",
        "MOA+8:0.64",
    )
    assert invoice(edifact(note)).net == Decimal("5.14")


def test_tax_of_the_shares_is_the_tax_where_none_is_stated() -> None:
    note = (*NOTE[:12], "TAX+7+VAT+++:::19+S", "MOA+125:4.50", "MOA+124:0.86")
    assert invoice(edifact(note)).tax == Decimal("0.86")


def test_net_of_lines_is_worked_out_where_it_is_not_stated() -> None:
    note = tuple(one for one in NOTE if one[:7] not in ("MOA+203", "MOA+79:"))
    made = invoice(edifact(note))
    assert (made.lines[0].net, made.net, made.line_net) == (Decimal("4.50"), Decimal("4.50"), None)
    bare = tuple(one for one in note if not one.startswith("PRI"))
    assert invoice(edifact(bare)).net is None
    assert invoice(edifact((*NOTE[:4], "UNS+S", "MOA+77:5.36"))).lines == ()


def test_price_may_be_for_many_units() -> None:
    assert invoice(edifact(NOTE).replace("AAA:1.50", "AAA:150:::100")).lines[0].price_base == 100
    assert invoice(edifact(NOTE).replace("AAA:1.50", "AAA:1.50:::1")).lines[0].net == Decimal(
        "4.50"
    )


def test_allowance_of_a_line_is_in_its_price_or_is_not() -> None:
    more = ("ALC+A", "MOA+204:0.50")
    note = (*NOTE[:8], *more, *NOTE[8:])
    assert invoice(edifact(note)).lines[0].allowance is None
    made = invoice(
        edifact(note)
        .replace("AAA:1.50", "AAA:1.66")
        .replace("4.50", "4.48")
        .replace("5.36", "5.34")
    )
    assert made.lines[0].allowance == Decimal("0.50")


def test_what_is_given_back_has_a_negative_quantity() -> None:
    note = tuple(
        one.replace("4.50", "-4.50").replace("5.36", "-5.36").replace("0.86", "-0.86")
        for one in NOTE
    )
    made = invoice(edifact(note))
    assert (made.lines[0].quantity, made.lines[0].net) == (Decimal(-3), Decimal("-4.50"))


def test_line_of_a_line_counts_nothing() -> None:
    note = (*NOTE[:8], "LIN+2++4712:EN+1:1", "QTY+47:1:PCE", "MOA+203:9", "PRI+AAA:x", *NOTE[8:])
    assert len(invoice(edifact(note)).lines) == 1


def test_reference_belongs_to_the_party_before_it() -> None:
    note: tuple[str, ...] = (*NOTE[:2], "RFF+VA:1", "NAD+BY+2", "RFF+VA:B", *NOTE[2:4], *NOTE[4:])
    note = (*note[:6], "RFF+VA:S", *note[6:])
    made = invoice(edifact(note))
    assert (made.buyer_tax_id, made.seller_tax_id) == ("B", "S")


def test_every_value_knows_where_it_stands() -> None:
    note = (*NOTE, "TAX+7+VAT", "TAX+7+VAT+++:::19+S", "MOA+124:0.86")
    (record,) = records(edifact(note, una="UNA:+.? '\n", end="'\n"))
    assert record.spans is not None
    spans = record.spans()
    assert (spans["net" if "net" in spans else "line_net"].text, spans["total"].line) == (
        "4.50",
        14,
    )
    assert (spans["taxes[0].amount"].line, spans["taxes[0].amount"].column) == (19, 9)
    assert (spans["issue_date"].text, spans["seller"].column) == ("20260302", 16)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("UNT+15+", "UNT+14+", "BD2040"),
        ("UNT+15+1", "UNT+15+2", "BD2061"),
        ("UNT+15+1'", "", "BD2060"),
        ("UNH+1+INVOIC:D:96A:UN'", "", "BD2060"),
        ("UNZ+1+", "UNZ+2+", "BD2040"),
        ("UNZ+1+7'", "", "BD2060"),
        ("UNB+UNOC:3+1+2+260302:0815+7'", "", "BD2060"),
        ("INVOIC:D", "ORDERS:D", "BD2064"),
        ("UNH+1+INVOIC:D:96A:UN", "UNH+1", "BD2064"),
        ("CNT+2:1", "CNT+2:2", "BD2040"),
        ("CNT+2:1", "CNT+2:x", "BD2012"),
        ("BGM+380+R-1+9'", "", "BD2003"),
    ],
)
def test_broken_envelope_is_an_error_where_it_is_broken(old: str, new: str, code: str) -> None:
    content = edifact(NOTE)
    assert content.count(old) == 1
    found = findings(content.replace(old, new))
    assert code in [it.code for it in found if it.severity is Severity.ERROR]
    assert all(it.line == 1 and it.column and it.hint for it in found)


def test_reference_of_the_interchange_that_differs_is_a_warning() -> None:
    (record,) = records(edifact(NOTE).replace("UNZ+1+7", "UNZ+1+8"))
    assert [(it.code, it.severity) for it in record.findings] == [("BD2061", Severity.WARNING)]


def test_groups_are_counted_by_the_interchange() -> None:
    content = edifact(NOTE, changed(NOTE, BGM="BGM+381+R-2+9"))
    grouped = content.replace("UNH+1", "UNG+INVOIC+1+2+260302:0815+5+UN+D:96A'UNH+1", 1)
    grouped = grouped.replace("UNZ+2", "UNE+2+5'UNZ+1")
    numbers = [record.invoice.number for record in records(grouped) if record.invoice]
    assert numbers == ["R-1", "R-2"]
    assert errors(grouped.replace("UNE+2+5", "UNE+1+5")) == ["BD2040"]


def test_single_message_in_a_group_is_read() -> None:
    content = edifact(NOTE).replace("UNH+1", "UNG+INVOIC+1+2+260302:0815+5+UN+D:96A'UNH+1", 1)
    assert invoice(content.replace("UNZ+1", "UNE+1+5'UNZ+1")).number == "R-1"


def test_interchange_after_another_has_its_own_separators() -> None:
    other = edifact(changed(NOTE, BGM="BGM+380+R-2+9"), una="").translate(str.maketrans("+'", "*~"))
    made = records(
        f"{edifact(NOTE)}\n{edifact(changed(NOTE, BGM='BGM+380+R-3'))}\nUNA:*.? ~{other}"
    )
    assert [record.invoice.number for record in made if record.invoice] == ["R-1", "R-3", "R-2"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"UNA++.? 'UNB+UNOC:3'", "BD2063"),
        (b"UNAa+.? 'UNB+UNOC:3'", "BD2063"),
        (b"UNB+UNOC:3+\0", "BD1003"),
    ],
)
def test_document_that_is_no_interchange_is_refused_as_a_whole(content: bytes, code: str) -> None:
    (found,) = parsed(content, name="edifact-invoic").findings
    assert (found.code, bool(found.hint)) == (code, True)


@pytest.mark.parametrize("content", [b"UNB", b"UNB+", b"   ", b"UNB+UNOC:3'", b"UNA:+.? '"])
def test_interchange_without_a_message_says_so(content: bytes) -> None:
    made = parsed(content, name="edifact-invoic")
    assert made.findings or any(record.findings for record in made.records)


def test_proforma_may_be_refused_by_the_guideline() -> None:
    more = '[fields]\ntype_code = { path = "BGM01-1", refuse = { 325 = "a proforma invoice" } }\n'
    assert invoice(edifact(NOTE), more).type_code == "380"
    found = findings(edifact(changed(NOTE, BGM="BGM+325+R-1")), more)
    assert "proforma" in found[0].message


def test_document_says_of_which_standard_it_is() -> None:
    content = edifact(NOTE)
    bare = content[content.index("UNH") :]
    wrapped = "UNA:+.? '" + "\n".join(content[9:][at : at + 10] for at in range(0, 300, 10))
    for text in (content, content[9:], bare, wrapped, "\ufeff\n" + content):
        assert shown(text.encode()) == "INVOIC"
    for text in ("UNB", "UNITED", "UNH+1", "UNA:+.? 'XXX"):
        assert shown(text.encode()) == ""


def test_reader_says_nothing_more_of_what_is_no_interchange() -> None:
    reader = guide("edifact-invoic").reader
    for content in (b"UNB+UNOC:3+\0", b"UNB+UNOY:4+\xff", b"UNA++.? '"):
        (draft,) = reader.read(content)
        assert draft.whole


def test_released_end_of_a_segment_may_stand_where_a_block_ends() -> None:
    text = "x?'" * 90_000
    for end in ("'", "'\n"):
        note = (*NOTE[:2], f"FTX+AAI+++{text}", *NOTE[2:])
        assert invoice(edifact(note, end=end)).total == Decimal("5.36")


def test_currency_of_amounts_alone_is_known_of_a_known_shape_too() -> None:
    note = tuple(one.replace("5.36", "5.36:EUR") for one in changed(NOTE, CUX=""))
    for _ in range(2):
        assert invoice(edifact(note)).currency == "EUR"


def test_total_payment_amount_is_a_total_and_what_is_to_be_paid() -> None:
    made = invoice(edifact((*NOTE[:10], "MOA+139:5.36", *NOTE[11:])))
    assert (made.total, made.payable) == (Decimal("5.36"), Decimal("5.36"))


@pytest.mark.parametrize(
    ("segments", "line"),
    [
        ((*NOTE[:8], *NOTE[9:]), 12),
        ((*NOTE[:10], *NOTE[11:], "TAX+7+VAT+++:::19+S", "MOA+77:5.36"), 16),
    ],
    ids=["no UNS before it", "behind a tax"],
)
def test_total_that_stands_elsewhere_is_named(segments: tuple[str, ...], line: int) -> None:
    found = [it for it in findings(edifact(segments, end="'\n")) if it.field == "total"]
    assert [(it.code, it.line) for it in found] == [("BD2062", line)]
    assert found[0].message.startswith("`MOA+77` states no total here (segment ")
    assert "behind `UNS`" in found[0].hint


def test_a_message_without_any_total_says_that_it_is_missing() -> None:
    found = findings(edifact((*NOTE[:10], *NOTE[11:], "XX+")))
    assert [it.code for it in found if it.field == "total"] == ["BD2003"]


TEXTS = ("LIN+1", "FTX+GEN+++Ordered by A. Miller", *(it for it in NOTE[4:8]))


@pytest.mark.parametrize(("total", "found"), [("5.36", []), ("6.36", ["BD2014"])])
def test_line_of_text_alone_leaves_the_total_held_against_the_others(
    total: str, found: list[str]
) -> None:
    summary = ("UNS+S", "CNT+2:2", f"MOA+9:{total}", "MOA+176:0.86")
    assert errors(edifact((*NOTE[:4], *TEXTS, *summary))) == found


def test_sum_of_charges_in_the_summary_is_no_charge_of_its_own() -> None:
    note = (*NOTE[:4], "ALC+C++++FC", "MOA+23:0.64", *NOTE[4:10], "MOA+77:6.00", "MOA+125:5.14")
    summary = ("MOA+124:0.86", "ALC+C++++FC", "MOA+131:0.64")
    made = invoice(edifact((*note, *summary)))
    assert [it.amount for it in made.charges] == [Decimal("0.64")]
    alone = (*note[:4], *note[6:], *summary)
    assert errors(edifact(alone)) == ["BD2013"]


REDUCED = (*NOTE[:6], "MOA+203:4.05", "PRI+AAB:1.50", "ALC+A", "PCD+1:{}", "UNS+S", "MOA+77:4.05")


@pytest.mark.parametrize(
    ("rate", "found", "allowance"),
    [("10", [], "0.45"), ("9", ["BD2018"], None), ("ten", ["BD2018"], None)],
)
def test_percentage_alone_is_the_allowance_of_a_line_that_comes_to_its_net_with_it(
    rate: str, found: list[str], allowance: str | None
) -> None:
    (record,) = records(edifact([one.format(rate) for one in REDUCED]))
    assert [it.code for it in record.findings] == found
    assert record.invoice is not None
    (line,) = record.invoice.lines
    assert line.allowance == (None if allowance is None else Decimal(allowance))
