"""What must hold where an invoice states taxes, allowances, charges and what is payable."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from billdrop.checks import CHECKS, Fault
from billdrop.checks.agree import LOOKED_AT, looked_at
from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.model import Checks, Guideline, Locale
from billdrop.model import Adjustment, Finding, Invoice, Line, TaxShare
from billdrop.parsing.completing import completed, plan
from billdrop.parsing.reading import complete
from billdrop.readers import Draft, Limits


def d(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def share(amount: str, base: str | None, category: str | None, rate: str | None) -> TaxShare:
    return TaxShare(amount=Decimal(amount), base=d(base), category=category, rate=d(rate))


def line(net: str, category: str | None = "S", rate: str | None = "19", **more: str) -> Line:
    numbers: dict[str, Any] = {name: Decimal(value) for name, value in more.items()}
    return Line(net=Decimal(net), tax_category=category, tax_rate=d(rate), **numbers)


FULL = Invoice(
    number="1",
    issue_date=date(2026, 3, 1),
    currency="EUR",
    line_net=Decimal("110.00"),
    allowance=Decimal("15.00"),
    charge=Decimal("5.00"),
    net=Decimal("100.00"),
    tax=Decimal("15.40"),
    total=Decimal("115.40"),
    prepaid=Decimal("15.00"),
    rounding=Decimal("-0.40"),
    payable=Decimal("100.00"),
    taxes=(share("14.00", "80.00", "S", "17.5"), share("1.40", "20.00", "S", "7")),
    allowances=(
        Adjustment(amount=Decimal("10.00"), tax_category="S", tax_rate=Decimal("17.50")),
        Adjustment(amount=Decimal("5.00"), tax_category="S", tax_rate=Decimal(7)),
    ),
    charges=(Adjustment(amount=Decimal("5.00"), tax_category="S", tax_rate=Decimal("7.0")),),
    lines=(line("90.00", "S", "17.5"), line("20.00", "S", "7"), Line(name="free of charge")),
)


def having(**changed: Any) -> Invoice:
    return replace(
        FULL, **{name: d(it) if isinstance(it, str) else it for name, it in changed.items()}
    )


def only(**stated: Any) -> Invoice:
    values = {name: d(it) if isinstance(it, str) else it for name, it in stated.items()}
    if "type_code" in stated:
        values["type_code"] = stated["type_code"]
    bare: dict[str, Any] = {
        "number": "1",
        "issue_date": date(2026, 3, 1),
        "currency": "EUR",
        "total": Decimal(0),
    }
    return Invoice(**bare | values)


def found(
    name: str,
    invoice: Invoice,
    checks: Checks = Checks(),  # noqa: B008  frozen
) -> tuple[Fault, ...]:
    return CHECKS[name](Locale(), checks)(invoice, checks.tolerance)


def test_invoice_that_states_everything_and_agrees_has_no_fault() -> None:
    assert {name: found(name, FULL) for name in CHECKS} == dict.fromkeys(CHECKS, ())


AMOUNTS = (
    "total",
    "net",
    "tax",
    "payable",
    "line_net",
    "allowance",
    "charge",
    "prepaid",
    "rounding",
)


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("change", ["0.01", "-0.01", "10", "-30"])
def test_no_amount_of_the_invoice_can_be_altered_unseen(name: str, change: str) -> None:
    altered = replace(FULL, **{name: getattr(FULL, name) + Decimal(change)})
    assert any(found(check, altered) for check in CHECKS)


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("taxes", "amount"),
        ("taxes", "base"),
        ("taxes", "rate"),
        ("allowances", "amount"),
        ("charges", "amount"),
        ("lines", "net"),
        ("lines", "tax_rate"),
    ],
)
@pytest.mark.parametrize("change", ["0.1", "-0.1", "10"])
def test_no_amount_of_a_part_can_be_altered_unseen(group: str, name: str, change: str) -> None:
    for index, part in enumerate(getattr(FULL, group)):
        if getattr(part, name) is not None:
            parts = list(getattr(FULL, group))
            parts[index] = replace(part, **{name: getattr(part, name) + Decimal(change)})
            altered = replace(FULL, **{group: tuple(parts)})
            assert any(found(check, altered) for check in CHECKS), (group, index)


@pytest.mark.parametrize(
    ("name", "invoice", "code", "field", "message"),
    [
        ("lines_net", having(line_net="111"), "BD2013", "line_net",
         "line_net 111 is not the sum of its 2 lines, 110.00"),
        ("lines_net", having(line_net=None, net="101"), "BD2013", "net",
         "net 101 is not the sum of its 2 lines, 110.00 - allowance 15.00 + charge 5.00 = 100.00"),
        ("lines_net", only(net="12", lines=(line("10"),)), "BD2013", "net",
         "net 12 is not the sum of its only line, 10"),
        ("net", having(net="101"), "BD2050", "net",
         "net 101 is not line_net 110.00 - allowance 15.00 + charge 5.00 = 100.00"),
        ("allowances", having(allowance="16"), "BD2051", "allowance",
         "allowance 16 is not the sum of its 2 allowances, 15.00"),
        ("allowances", having(charge="6"), "BD2051", "charge",
         "charge 6 is not the sum of its 1 charges, 5.00"),
        ("taxes", having(tax="15.41"), "BD2053", "tax", "tax 15.41 is not the sum of its 2 shares, 15.40"),
        ("taxes", only(taxes=(share("19.02", "100", "S", "19"),)), "BD2054", "taxes[0].amount",
         "taxes[0]: amount 19.02 is not 19 % of 100 = 19.00"),
        ("bases", having(net="101"), "BD2055", "net", "net 101 is not the sum of what is taxed, 100.00"),
        ("bases", having(taxes=(share("0", "100", "Z", "0"),)), "BD2055", "taxes[0].base",
         "taxes[0]: at Z 0 %, 100 is taxed, and the lines add up to 0"),
        ("bases", having(taxes=(share("0", "100", None, None),)), "BD2055", "taxes[0].base",
         "taxes[0]: at 0 %, 100 is taxed, and the lines add up to 0"),
        ("total", only(line_net="10", tax="1", total="12"), "BD2014", "total",
         "total 12 is not net 10 + tax 1 = 11"),
        ("total", only(taxes=(share("1", "10", None, None),), total="12"), "BD2014", "total",
         "total 12 is not net 10 + tax 1 = 11"),
        ("payable", having(payable="99"), "BD2052", "payable",
         "payable 99 is not total 115.40 - prepaid 15.00 + rounding -0.40 = 100.00"),
        ("payable", only(total="10", payable="9"), "BD2052", "payable", "payable 9 is not total 10"),
        ("payable", only(total="10", payable="9", withheld="2"), "BD2052", "payable",
         "payable 9 is not total 10 - withheld 2 = 8"),
        ("line_amount", only(lines=(line("9", quantity="20", unit_price="50", price_base="100"),)), "BD2018",
         "lines[0].net", "lines[0]: net 9 is not 20 times 50 for 100"),
        ("line_amount", only(lines=(line("9", quantity="2", unit_price="5", allowance="2", charge="3"),)), "BD2018",
         "lines[0].net", "lines[0]: net 9 is not 2 times 5 - allowance 2 + charge 3"),
        ("line_tax", only(lines=(line("100", tax="20.00"),)), "BD2056", "lines[0].tax",
         "lines[0]: tax 20.00 is not 19 % of net 100 = 19.00"),
        ("credit", only(total="-10", type_code="381"), "BD2057", "total",
         "the credit note gives back less than nothing: it will add 10 to the expenses"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said_with_both_sides(
    name: str, invoice: Invoice, code: str, field: str, message: str
) -> None:
    (fault,) = found(name, invoice)
    assert (fault.code, fault.field, fault.message) == (code, field, message)
    assert fault.hint


ROUNDED = share("757.41", "3986.34", "S", "19")
"""As a public sample of XRechnung has it: 757.4046, and the sum of rounded lines is a cent more."""


@pytest.mark.parametrize(
    ("name", "invoice"),
    [
        ("taxes", only(taxes=(ROUNDED,))),
        ("taxes", only(taxes=(share("19", None, "S", "19"), share("3", "10", None, None)))),
        ("taxes", only(tax="5")),
        ("bases", only(net="10", taxes=(share("1", None, None, None),))),
        ("bases", only(taxes=(share("0", "10", "S", "0"),), lines=(line("9", None, None),))),
        ("bases", only(taxes=(share("0", "9", "S", "0"),), lines=(line("9", None, "0.0"),))),
        ("bases", only(taxes=(share("0", "9", "E", None),), lines=(line("9", "E", "0"),))),
        ("bases", only(taxes=(share("0", "9", "S", "0"),), lines=(line("10"),), allowance=Decimal(1))),
        ("bases", only(taxes=(share("0", "9", "S", "0"),), lines=(line("8"),), charge=Decimal(1))),
        ("lines_tax", only(tax="5", allowance="1", lines=(line("9", tax="9"),))),
        ("lines_net", only(net="9", allowances=(Adjustment(amount=Decimal(1)),), lines=(line("10"),))),
        ("lines_net", only(net="11", charges=(Adjustment(amount=Decimal(1)),), lines=(line("10"),))),
        ("lines_net", only(taxes=(share("0", "10", None, None),), lines=(line("10"),))),
        ("total", only(total="11", taxes=(share("1", "10", None, None),))),
        ("allowances", only(allowance="3", charges=(Adjustment(amount=Decimal(1)),))),
        ("payable", only(total="10")),
        ("payable", only(total="10", withheld="2", payable="8")),
        ("line_amount", only(lines=(line("1.39", quantity="5", unit_price="27.73", price_base="100"),))),
        ("line_amount", only(lines=(line("11", quantity="2", unit_price="5", allowance="2", charge="3"),))),
        ("line_tax", only(lines=(line("0.03", tax="0.01"), line("1")))),
        ("credit", only(total="-10")),
        ("credit", only(total="10", type_code="381")),
    ],
)  # fmt: skip
def test_what_standards_allow_has_no_fault(name: str, invoice: Invoice) -> None:
    assert found(name, invoice) == ()


def test_withheld_tax_and_rounding_can_be_in_the_total_already() -> None:
    inside = Checks(withheld="total", rounding="total")
    invoice = only(
        net="100", tax="21", withheld="15", rounding="0.01", total="106.01", payable="106.01"
    )
    assert found("total", invoice, inside) == found("payable", invoice, inside) == ()
    (fault,) = found("total", replace(invoice, total=Decimal(106)), inside)
    assert fault.message == (
        "total 106 is not net 100 + tax 21 + rounding 0.01 - withheld 15 = 106.01"
    )
    assert len(found("total", invoice)) == len(found("payable", invoice)) == 1


GUIDELINE = """
guideline = "g"
version = 1
input = { reader = "labelled" }
credit_notes = "negative"

[fields]
number = { label = "No" }
issue_date = { label = "Date" }
type_code = { label = "Type" }
total = { label = "Total" }
currency = { value = "EUR" }
%s
"""
TEXT = b"No: 1\nDate: 2026-03-01\nType: 381\nTotal: -12.50\n"


def read(text: bytes, guideline: str = GUIDELINE % "") -> tuple[Invoice, tuple[Finding, ...]]:
    guide = compile_guide(guideline, origin="g.toml", limits=Limits())
    (draft,) = guide.reader.read(text)
    record = complete(draft, 0, guide)
    assert record.invoice is not None
    return record.invoice, record.findings


def test_credit_note_printed_with_a_minus_states_what_it_gives_back() -> None:
    assert read(TEXT)[0].total == Decimal("12.50")
    assert read(TEXT.replace(b"381", b"380"))[0].total == Decimal("-12.50")
    assert read(TEXT, (GUIDELINE % "").replace('"negative"', '"positive"'))[0].total == -Decimal(
        "12.50"
    )


def test_credit_note_with_another_sign_than_is_declared_is_recorded_with_a_warning() -> None:
    invoice, (finding,) = read(TEXT.replace(b"-12.50", b"12.50"))
    assert (invoice.total, finding.code) == (Decimal("-12.50"), "BD2057")
    assert (finding.line, finding.column) == (4, 8)


def test_agreement_is_no_shortcut_where_more_is_stated() -> None:
    def made(fields: str) -> Guideline:
        text = GUIDELINE % fields
        return compile_guide(text, origin="g.toml", limits=Limits()).guideline

    assert looked_at(made("")) == LOOKED_AT
    assert looked_at(made('allowance = { label = "Discount" }')) == ()


def test_checks_of_lines_are_left_out_where_a_line_could_not_be_read() -> None:
    guideline = compile_guide(GUIDELINE % "", origin="g.toml", limits=Limits()).guideline
    values = {"number": "1", "issue_date": date(2026, 3, 1), "total": Decimal(1), "net": Decimal(1)}
    broken = Finding(code="BD2008", message="row", line=3, field="lines")
    draft = Draft(
        first_line=1,
        last_line=9,
        values=values,
        lines=[{"net": Decimal(5)}],
        spans=dict,
        findings=[broken],
    )
    assert [found.code for found in completed(draft, 0, plan(guideline)).findings] == ["BD2008"]
