"""The reader of X12: separators, envelopes, and what an 810 comes to."""

from decimal import Decimal
from itertools import pairwise

import pytest

from billdrop.guidelines.standards import shown
from billdrop.model import Severity
from tests.unit.readers.edi.made import (
    BILL,
    HEAD,
    changed,
    errors,
    findings,
    guide,
    invoice,
    parsed,
    records,
    x12,
)


def test_bill_has_number_date_seller_order_and_lines() -> None:
    made = invoice(x12(BILL))
    assert (made.number, made.issue_date.isoformat(), made.currency) == ("A-1", "2026-03-02", "USD")
    assert (made.seller, made.order_ref, made.type_code) == ("Bolts Inc", "PO-7", "380")
    assert (made.total, made.net, made.tax) == (Decimal("24.50"), Decimal("24.50"), None)
    assert [(it.id, it.item_id, it.net) for it in made.lines] == [
        ("1", "B-1", Decimal("4.50")),
        ("2", "B-2", Decimal("20.00")),
    ]


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "\n", "\r\n", "\x1c", "~\n  ", "~ \r\n\t"])
def test_segments_may_end_with_a_mark_a_line_or_both(end: str) -> None:
    assert invoice(x12(BILL, end=end)).total == Decimal("24.50")


def test_last_segment_needs_no_line_end() -> None:
    assert invoice(x12(BILL, end="~\n").rstrip("\n")).total == Decimal("24.50")


def test_separators_are_those_of_the_interchange() -> None:
    content = x12(BILL).translate(str.maketrans("*~>", "|'^"))
    assert invoice(content).seller == "Bolts Inc"


def test_elements_of_isa_may_have_lost_their_padding() -> None:
    assert invoice(x12(BILL).replace("          ", " ").replace("SELLER   ", "S")).number == "A-1"


def test_lines_may_be_broken_at_any_column() -> None:
    content = x12(BILL)
    wrapped = "\r\n".join(content[at : at + 20] for at in range(0, len(content), 20))
    assert invoice(wrapped).lines[1].net == Decimal("20.00")


@pytest.mark.parametrize("end", ["~", "~\n", "~ "])
def test_set_without_a_group_is_refused_however_segments_end(end: str) -> None:
    text = x12(BILL, end=end)
    start, stop = text.index("GS*"), text.index("ST*")
    text = (text[:start] + text[stop:]).replace(f"GE*1*7{end}", "")
    assert errors(text) == ["BD2060"]


def test_byte_order_mark_and_blank_lines_before_are_passed_over() -> None:
    assert invoice(b"\xef\xbb\xbf\r\n" + x12(BILL).encode()).number == "A-1"


def test_source_line_is_where_the_line_begins() -> None:
    (record,) = records(x12(BILL, end="~\n"))
    assert record.invoice is not None
    assert [line.source_line for line in record.invoice.lines] == [6, 7]
    assert (record.first_line, record.last_line) == (3, 10)
    (record,) = records(x12(BILL, end="~\n\n"))
    assert record.invoice is not None
    assert [line.source_line for line in record.invoice.lines] == [11, 13]


def test_every_value_knows_where_it_stands() -> None:
    (record,) = records(x12(BILL, end="~\n"))
    assert record.spans is not None
    spans = record.spans()
    assert (spans["total"].line, spans["total"].column, spans["total"].text) == (8, 5, "2450")
    assert (spans["lines[1].unit_price"].line, spans["lines[1].unit_price"].text) == (7, "10")
    assert spans["number"].column == 14
    assert not [path for path in spans if "#" in path]


def test_several_sets_of_several_groups_and_interchanges_are_read() -> None:
    second = x12(changed(BILL, BIG="BIG*20260303*A-2"), changed(BILL, BIG="BIG*20260304*A-3"))
    other = second.translate(str.maketrans("*~", "|'"))
    made = records(x12(BILL) + "\n" + second + "\r\n" + other.replace("A-", "B-"))
    numbers = [record.invoice.number for record in made if record.invoice]
    assert numbers == ["A-1", "A-2", "A-3", "B-2", "B-3"]
    assert not [record for record in made if record.findings]


@pytest.mark.parametrize(
    ("big", "total", "code", "counts"),
    [
        ("BIG*20260302*A-1*****CR", "2450", "381", "24.50"),
        ("BIG*20260302*A-1*****CN", "2450", "381", "24.50"),
        ("BIG*20260302*A-1*****DR", "2450", "383", "24.50"),
        ("BIG*20260302*A-1*****CC", "2450", "381", "24.50"),
        ("BIG*20260302*A-1*****DI", "2450", "380", "24.50"),
    ],
)
def test_type_of_the_transaction_says_what_it_is(
    big: str, total: str, code: str, counts: str
) -> None:
    made = invoice(x12(changed(BILL, BIG=big, TDS=f"TDS*{total}")))
    assert (made.type_code, made.total) == (code, Decimal(counts))


def test_credit_memo_with_negative_amounts_is_turned() -> None:
    bill = (
        "BIG*20260302*A-1*****CR", "IT1*1*-2*EA*10", "IT1*2*1*EA*-5", "TDS*-2600",
        "TXI*ST*-1.00", "CTT*2",
    )  # fmt: skip
    made = invoice(x12(bill))
    assert (made.total, made.net, made.tax) == (Decimal(26), Decimal(25), Decimal(1))
    assert [(it.quantity, it.unit_price, it.net) for it in made.lines] == [
        tuple(map(Decimal, it)) for it in ((2, 10, 20), (1, 5, 5))
    ]
    assert made.taxes[0].amount == 1


@pytest.mark.parametrize(
    ("more", "total", "net", "tax"),
    [
        (["TXI*ST*1.25"], "2575", "24.50", "1.25"),
        (["TXI*ST*1.00", "TXI*CT*0.25"], "2575", "24.50", "1.25"),
        (["TXI*ST*1.25*****I"], "2450", "24.50", None),
        (["SAC*C*D240***300~"], "2750", "27.50", None),
        (["SAC*A*C300***300"], "2150", "21.50", None),
        (["ITA*A*****200*300"], "2150", "21.50", None),
        (["SAC*C*H850***125"], "2575", "24.50", "1.25"),
        (["SAC*N*D240***300"], "2450", "24.50", None),
        (["SAC*A*C310***450"], "2450", "24.50", None),
        (["SAC*A*C310***450"], "2000", "20.00", None),
        (["SAC*C*D240****Z*5"], "2450", "24.50", None),
    ],
)
def test_total_is_the_lines_with_allowances_charges_and_tax(
    more: list[str], total: str, net: str, tax: str | None
) -> None:
    more = [one.rstrip("~") for one in more]
    bill = (*BILL[:4], f"TDS*{total}", *more, "CTT*2")
    made = invoice(x12(bill))
    assert (made.net, made.tax) == (Decimal(net), None if tax is None else Decimal(tax))


def lines(*more: tuple[str, ...], total: str, summary: tuple[str, ...] = ()) -> str:
    """A bill of one line for each, with what stands after it."""
    body = [one for line in more for one in line]
    return x12(("BIG*20260302*A-1", *body, f"TDS*{total}", *summary))


def test_allowances_and_charges_of_lines_count_in_their_net() -> None:
    content = lines(
        ("IT1**1*EA*100", "SAC*A*C300***1000", "SAC*C*D240***250", "ITA*C*****1*50"),
        ("IT1**1*EA*10", "TXI*ST*1"),
        total="10350",
    )
    made = invoice(content)
    assert [(it.net, it.allowance, it.charge) for it in made.lines] == [
        (Decimal("92.50"), Decimal("10.00"), Decimal("2.50")),
        (Decimal("10.00"), None, None),
    ]
    assert (made.net, made.tax, made.line_net) == (
        Decimal("102.50"),
        Decimal(1),
        Decimal("102.50"),
    )


def test_summary_may_sum_up_what_the_lines_say() -> None:
    content = lines(
        ("IT1**1*EA*100", "SAC*C*D240***250", "TXI*ST*8"),
        ("IT1**1*EA*10", "SAC*C*D240***150", "TXI*ST*1"),
        total="12300",
        summary=("TXI*ST*9", "SAC*C*D240***400"),
    )
    made = invoice(content)
    assert (made.net, made.tax, made.line_net) == (
        Decimal("114.00"),
        Decimal(9),
        Decimal("110.00"),
    )
    assert [it.charge for it in made.lines] == [None, None]


def test_discount_of_lines_may_be_taken_off_after_the_total() -> None:
    content = lines(("IT1**1*EA*100", "SAC*A*C310***1000", "SAC*A*C300***500"), total="9500")
    made = invoice(content)
    assert (made.net, made.lines[0].allowance) == (Decimal("95.00"), Decimal("5.00"))


@pytest.mark.parametrize(("total", "net"), [("302", "3.02"), ("301", "3.01")])
def test_each_line_is_rounded_or_their_sum(total: str, net: str) -> None:
    content = lines(("IT1**1*EA*1.505",), ("IT1**1*EA*1.505",), total=total)
    made = invoice(content)
    assert made.net == Decimal(net)
    assert [it.net for it in made.lines] == [Decimal("1.51"), Decimal("1.51")]


@pytest.mark.parametrize(
    ("basis", "total"), [("HP", "100"), ("TP", "10"), ("PE", "10000"), ("", "10000")]
)
def test_price_may_be_for_many_units(basis: str, total: str) -> None:
    assert invoice(lines((f"IT1**10*EA*10*{basis}",), total=total)).total == Decimal(total) / 100


def test_invoice_without_prices_has_its_total_alone() -> None:
    made = invoice(lines(("IT1*1",), total="500"))
    assert (made.net, made.lines[0].net, made.total) == (None, None, Decimal(5))
    assert invoice(x12(("BIG*20260302*A-1", "TDS*500", "TXI*ST*1"))).tax == 1


def test_net_that_the_guideline_says_where_to_find_is_not_worked_out() -> None:
    more = '[fields]\nnet = { path = "AMT[1]02" }\ntax = { path = "AMT[T]02" }\n'
    bill: tuple[str, ...] = (*BILL[:5], "AMT*1*20.50", "AMT*T*4", "CTT*2")
    made = invoice(x12(bill), more)
    assert (made.net, made.tax) == (Decimal("20.50"), Decimal(4))
    stated = '[lines.fields]\nnet = { path = "IT1[08=NT]09" }\n'
    bill = ("BIG*20260302*A-1", "IT1*1*1*EA*5**VP*X*NT*5.00", "TDS*500")
    assert invoice(x12(bill), stated).lines[0].net == Decimal("5.00")
    tax = '[fields]\ntax = { path = "AMT[T]02" }\n'
    assert invoice(x12((*BILL[:4], "TDS*2850", "AMT*T*4.00", "CTT*2")), tax).net == Decimal("24.50")


def test_amounts_have_the_decimals_that_a_field_declares() -> None:
    more = '[fields]\ntotal = { path = "TDS01", decimals = 0 }\n'
    assert invoice(x12(changed(BILL, TDS="TDS*24.50")), more).total == Decimal("24.50")
    more = '[fields]\ntotal = { path = "TDS01", decimals = 3 }\n'
    assert invoice(x12(changed(BILL, TDS="TDS*24500")), more).total == Decimal("24.500")


@pytest.mark.parametrize(
    ("tag", "segment", "code", "column"),
    [
        ("TDS", "TDS*24.50", "BD2004", 5),
        ("TDS", "TDS*24x50", "BD2004", 5),
        ("TDS", f"TDS*{'9' * 31}", "BD2021", 5),
        ("TDS", f"TDS*{'9' * 20}", "BD2028", 5),
        ("IT1", "IT1*1*3,0*EA*1.50", "BD2012", 7),
        ("IT1", f"IT1*1*3*EA*1.{'3' * 12}", "BD2028", 12),
        ("BIG", "BIG*20260231*A-1", "BD2005", 5),
        ("N1", "CUR*SE*USX", "BD2010", 8),
    ],
)
def test_value_that_is_none_is_shown_where_it_stands(
    tag: str, segment: str, code: str, column: int
) -> None:
    found = findings(x12(changed(BILL, **{tag: segment}), end="~\n"))[0]
    assert (found.code, found.column) == (code, column)
    assert "segment " in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("tag", "segment", "path"),
    [
        ("TDS", "TDS*2451", "total"),
        ("IT1", "IT1*1*4*EA*1.50", "total"),
        ("CTT", "CTT*3", "lines"),
        ("IT1", "IT1*1*3*EA", "lines[0].unit_price"),
        ("IT1", "IT1*1**EA*1.50", "lines[0].quantity"),
        ("IT1", "IT1*1*3**1.50", "lines[0].unit"),
        ("BIG", "BIG*20260302", "number"),
        ("TDS", "TDS", "total"),
    ],
)
def test_bill_that_denies_itself_is_refused(tag: str, segment: str, path: str) -> None:
    found = [it.field for it in findings(x12(changed(BILL, **{tag: segment})))]
    assert path in found


def test_charge_without_amount_or_percentage_is_refused() -> None:
    bill = (*BILL[:5], "SAC*C*D240", "CTT*2")
    (found,) = findings(x12(bill))
    assert (found.code, found.field) == ("BD2003", "charges[0].amount")


def test_value_that_differs_where_it_is_there_twice_is_an_error() -> None:
    bill = (*BILL[:5], "TDS*2550", "CTT*2")
    found = findings(x12(bill))
    assert (found[0].code, found[0].field) == ("BD2007", "total")
    assert invoice(x12((*BILL[:5], "TDS*2450", "CTT*2"))).total == Decimal("24.50")


def test_segment_out_of_place_is_a_warning_or_what_the_guideline_says() -> None:
    (found,) = findings(x12((*BILL, "ZZZ*1")))
    assert (found.code, found.severity) == ("BD2062", Severity.WARNING)
    assert findings(x12((*BILL, "ZZZ*1")), 'unclaimed = "ignore"\n') == []
    assert errors(x12((*BILL, "ZZZ*1")), 'unclaimed = "error"\n') == ["BD2062"]


def test_line_out_of_place_is_an_error() -> None:
    assert "BD2062" in errors(x12((*BILL, "IT1*3*1*EA*5")))


def test_many_segments_out_of_place_are_counted() -> None:
    found = findings(x12((*BILL, *["ZZZ*1"] * 250)))
    assert len(found) == 101
    assert "150 more" in found[-1].message


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("SE*8*", "SE*9*", "BD2040"),
        ("SE*8*", "SE*x*", "BD2040"),
        ("SE*8*0001", "SE*8*0002", "BD2061"),
        ("SE*8*0001", "SE*8", "BD2061"),
        ("SE*8*0001~", "", "BD2060"),
        ("ST*810*0001~", "", "BD2060"),
        ("GE*1*", "GE*2*", "BD2040"),
        ("GE*1*7~", "", "BD2060"),
        ("GS*IN*S*B*20260302*0815*7*X*004010~", "", "BD2060"),
        ("IEA*1*", "IEA*3*", "BD2040"),
        ("IEA*1*000000007~", "", "BD2060"),
        ("ST*810*", "ST*850*", "BD2064"),
        ("ST*810*0001", "ST", "BD2064"),
    ],
)
def test_broken_envelope_is_an_error_where_it_is_broken(old: str, new: str, code: str) -> None:
    content = x12(BILL)
    assert content.count(old) == 1
    found = findings(content.replace(old, new))
    assert code in [it.code for it in found if it.severity is Severity.ERROR]
    assert all(it.line == 1 and it.column and it.hint for it in found)


@pytest.mark.parametrize(("old", "new"), [("GE*1*7", "GE*1*8"), ("IEA*1*000000007", "IEA*1*7")])
def test_reference_of_group_or_interchange_that_differs_is_a_warning(old: str, new: str) -> None:
    (record,) = records(x12(BILL).replace(old, new))
    assert record.accepted
    assert [(it.code, it.severity) for it in record.findings] == [("BD2061", Severity.WARNING)]


def test_difference_of_an_interchange_without_invoices_is_an_error() -> None:
    content = x12().replace("IEA*1*000000007", "IEA*1*8")
    assert [it.code for it in findings(content)] == ["BD2061"]


def test_set_that_is_cut_off_does_not_hold_back_the_one_before() -> None:
    content = x12(BILL, changed(BILL, BIG="BIG*20260302*A-2"))
    made = records(content[: content.rindex("TDS")])
    assert [record.accepted for record in made] == [True, False, False, False]
    assert {it.code for record in made[1:] for it in record.findings} == {"BD2060"}


def test_segments_outside_of_a_set_are_reported() -> None:
    content = x12(BILL).replace("ST*810", "TA1*1~ ~ST*810").replace("GE*1", "ZZZ~GE*1")
    made = records(content)
    assert [record.accepted for record in made] == [False, True, False]
    assert {it.code for record in made[::2] for it in record.findings} == {"BD2060"}


def test_group_outside_of_an_interchange_is_reported() -> None:
    content = x12(BILL)
    assert "BD2060" in errors(content + content[content.index("GS*") : content.index("IEA")])


def test_empty_segments_count_nothing() -> None:
    assert invoice(x12(BILL).replace("TDS", "~TDS")).total == Decimal("24.50")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"ISA", "BD2063"),
        (b"ISA*00*", "BD2063"),
        (b"ISAx00x" + b"x1" * 20, "BD2063"),
        (x12(BILL).replace(">", "*").encode(), "BD2063"),
        (x12(BILL).replace("Bolts", "B\0lts").encode(), "BD1003"),
        (x12(BILL).replace("Bolts", "Bölts").encode("latin-1"), "BD1002"),
    ],
)
def test_document_that_is_no_interchange_is_refused_as_a_whole(content: bytes, code: str) -> None:
    (found,) = parsed(content, name="x12-810").findings
    assert (found.code, bool(found.hint)) == (code, True)


def test_encoding_is_what_the_guideline_says() -> None:
    content = x12(BILL).replace("Bolts", "Bölts").encode("latin-1")
    more = 'input = { reader = "x12", encoding = "latin-1" }\n'
    assert invoice(content, more).seller == "Bölts Inc"


def test_altered_digit_of_any_amount_is_refused() -> None:
    bill = (*BILL[:4], "TDS*2875", "TXI*ST*1.25", "SAC*C*D240***300", "CTT*2")
    content = x12(bill)
    begin, stop = content.index("IT1"), content.index("CTT")
    for at in range(begin, stop):
        field = content[: at + 1].rpartition("*")[0].rpartition("~")[2].count("*")
        tag = content[:at].rpartition("~")[2][:3]
        amount = (tag, field) in {("IT1", 1), ("IT1", 3), ("TDS", 0), ("TXI", 1), ("SAC", 4)}
        if amount and content[at].isdigit():
            other = str((int(content[at]) + 1) % 10)
            assert errors(content[:at] + other + content[at + 1 :]), content[at - 8 : at + 1]


def test_interchange_that_ends_anywhere_is_refused_or_whole() -> None:
    content = x12(BILL)
    for at in range(len(content)):
        made = parsed(content[:at], name="x12-810")
        whole = at > content.index("IEA*1")
        assert whole or made.findings or any(not it.accepted for it in made.records), at


def test_header_is_an_interchange_of_106_characters() -> None:
    assert len(HEAD) == 105
    assert all(one != other for one, other in pairwise(BILL))


def test_empty_segment_that_is_counted_is_counted_wrongly() -> None:
    content = x12(BILL).replace("TDS", "~TDS").replace("SE*8*", "SE*9*")
    assert errors(content) == ["BD2040"]


def test_tax_of_lines_adds_to_that_of_the_summary_where_the_total_says_so() -> None:
    content = lines(("IT1**1*EA*100", "TXI*ST*8"), total="10900", summary=("TXI*CT*1",))
    made = invoice(content)
    assert made.tax == Decimal(9)
    assert [share.amount for share in made.taxes] == [Decimal(1), Decimal(8)]


@pytest.mark.parametrize(
    ("total", "more", "found"),
    [
        ("2450", (), []),
        ("2550", (), ["BD2014"]),
        ("2650", ("SAC*C*D240***200",), []),
        ("2450", ("SAC*C*D240***200",), ["BD2014"]),
    ],
)
def test_line_of_text_alone_leaves_the_total_held_against_the_others(
    total: str, more: tuple[str, ...], found: list[str]
) -> None:
    bill = (*BILL[:4], "IT1*3", "PID*F****Ordered by A. Miller", *more, f"TDS*{total}", "CTT*3")
    assert errors(x12(bill)) == found


@pytest.mark.parametrize(
    ("total", "tax"), [("2850", "1"), ("2950", "2"), ("2750", None), ("3150", "2")]
)
def test_tax_behind_a_charge_counts_where_the_total_says_so(total: str, tax: str | None) -> None:
    behind = ("SAC*C*D240***300", "TXI*ST*1")
    summary = {"2850": behind, "2750": behind, "2950": ("TXI*ST*1", *behind)}
    bill = (
        *BILL[:4],
        f"TDS*{total}",
        *summary.get(total, (*behind, "SAC*C*G830***200", *behind[1:])),
        "CTT*2",
    )
    made = invoice(x12(bill))
    assert made.tax == (Decimal(tax) if tax else None)
    assert [it.amount for it in made.taxes] == ([Decimal(1), Decimal(1)] if total == "2950" else [])


def test_zeros_after_the_decimals_that_fit_are_no_fault() -> None:
    bill = changed(BILL, IT1=f"IT1*1*3*EA*1.50{'0' * 15}**VP*B-1")
    assert invoice(x12(bill)).lines[0].net == Decimal("4.50")


def test_element_of_components_is_taken_as_a_whole() -> None:
    for _ in range(2):
        assert invoice(x12(changed(BILL, N1="N1*SE*Bolts>Inc"))).seller == "Bolts>Inc"


def test_reader_says_nothing_more_of_what_is_no_interchange() -> None:
    reader = guide("x12-810").reader
    for content in (b"\xff", b"ISA", b"ISA*00*"):
        (draft,) = reader.read(content)
        assert draft.whole


def test_document_says_of_which_standard_it_is() -> None:
    content = x12(BILL)
    wrapped = "\n".join(content[at : at + 10] for at in range(0, len(content), 10))
    for text in (content, content.replace("          ", " "), wrapped, "\ufeff " + content):
        assert shown(text.encode()) == "810"
    for text in (
        "ISA",
        "ISAx00",
        "ISA*00*1",
        content[:110],
        "INV 1",
        content.replace("ST*", "XX*"),
    ):
        assert shown(text.encode()) == ""


@pytest.mark.parametrize("sac", ["SAC*X*D240***300", "SAC3C*D240***300"])
def test_sac_that_says_not_what_it_is_is_refused(sac: str) -> None:
    assert "BD2062" in errors(x12((*BILL[:5], sac, "CTT*2")))
    assert "BD2062" in errors(x12((*BILL[:4], sac, *BILL[4:])))
