"""What is no invoice is recorded by no standard: tests, types that nobody knows, signs and dates that are not sure."""

from importlib import resources

import pytest

from billdrop.guidelines.library import Library
from billdrop.guidelines.load import compile_guide
from billdrop.model import Finding, Record
from billdrop.parsing.reading import parse
from billdrop.readers import Limits
from tests.standards.table import library
from tests.standards.verdicts import document


@pytest.fixture(scope="module")
def known() -> Library:
    return library()


def sample(name: str) -> str:
    file = resources.files("billdrop.guidelines") / "builtin" / f"{name}.toml"
    guide = compile_guide(file.read_text("utf-8"), origin=file.name, limits=Limits())
    text = guide.guideline.examples[0].text
    before, nothing = NOTHING.get(name, ("", ""))
    return text.replace(before, nothing + before) if before else text


NOTHING = {
    "ubl-credit-note": (
        "<cac:TaxTotal>",
        (
            "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
            '<cbc:Amount currencyID="EUR">0.00</cbc:Amount></cac:AllowanceCharge>'
        ),
    ),
    "zugferd-1": (
        "</ram:ApplicableSupplyChainTradeSettlement>",
        (
            "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator>"
            '</ram:ChargeIndicator><ram:ActualAmount currencyID="EUR">0.00</ram:ActualAmount>'
            "</ram:SpecifiedTradeAllowanceCharge>"
        ),
    ),
}
"""Allowances and charges of nothing, where an example has none, and what they stand before."""


def changed(name: str, *changes: tuple[str, str]) -> str:
    """The example of a standard, with some of it written otherwise."""
    text = sample(name)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def records(text: str, known: Library) -> list[Record]:
    return list(parse(document("some", text.encode()), known).records)


def fields(text: str, known: Library) -> set[str | None]:
    """What of a refused document is wrong."""
    assert not any(record.accepted for record in records(text, known))
    return {one.field for record in records(text, known) for one in record.findings}


def refused(text: str, known: Library) -> Finding:
    """Why nothing of a document is recorded."""
    read = parse(document("some", text.encode()), known)
    assert not any(record.accepted for record in read.records)
    return next(one for record in read.records for one in record.findings)


TYPES = {
    "ubl-invoice": ("InvoiceTypeCode>380<", "InvoiceTypeCode>{}<"),
    "ubl-credit-note": ("CreditNoteTypeCode>381<", "CreditNoteTypeCode>{}<"),
    "cii": ("ram:TypeCode>380<", "ram:TypeCode>{}<"),
    "zugferd-1": ("ram:TypeCode>380<", "ram:TypeCode>{}<"),
    "fatturapa": ("TipoDocumento>TD06<", "TipoDocumento>{}<"),
    "fatturapa-simplified": ("TipoDocumento>TD07<", "TipoDocumento>{}<"),
    "facturae": ("InvoiceClass>OO<", "InvoiceClass>{}<"),
    "gobl": ('"type": "standard"', '"type": "{}"'),
    "cfdi-3-3": ('TipoDeComprobante="I"', 'TipoDeComprobante="{}"'),
    "cfdi-4-0": ('TipoDeComprobante="I"', 'TipoDeComprobante="{}"'),
}


@pytest.mark.parametrize("code", ["GUTS", "TD99", "cr", "*", "38", "3800"])
@pytest.mark.parametrize("name", TYPES)
def test_type_that_nobody_knows_is_refused_with_those_that_are_known(
    name: str, code: str, known: Library
) -> None:
    old, new = TYPES[name]
    text = changed(name, (old, new.format(code))).replace(">TD04<", f">{code}<")
    found = refused(text, known)
    assert (found.code, found.field) == ("BD2070", "type_code")
    assert f"type_code: `{code}` is none of the" in found.message
    assert "known are `" in found.hint
    assert found.line is not None
    assert code in found.excerpt


@pytest.mark.parametrize("code", ["GUTS", "380 ", "INV"])
def test_type_of_an_idoc_that_nobody_knows_is_refused(code: str, known: Library) -> None:
    text = changed("idoc-invoic", ("INVO0090001234", f"{code:4}0090001234"))
    found = refused(text, known)
    assert (found.code, found.field, found.column) == ("BD2070", "type_code", 143)
    assert "known are `INVO`, `CRME`" in found.hint


@pytest.mark.parametrize("name", ["ubl-invoice", "cii"])
@pytest.mark.parametrize("code", ["381", "384", "389", "875", "751"])
def test_types_that_en_16931_knows_are_taken(name: str, code: str, known: Library) -> None:
    old, new = TYPES[name]
    (record,) = records(changed(name, (old, new.format(code))), known)
    assert record.accepted
    assert record.invoice is not None
    assert record.invoice.type_code == code


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("ubl-invoice", "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"),
        ("gobl", '"type": "standard",'),
    ],
)
def test_type_that_is_not_stated_is_an_invoice(name: str, element: str, known: Library) -> None:
    (record,) = records(changed(name, (element, "")), known)
    assert record.accepted


def test_request_to_pay_what_is_past_due_is_no_invoice(known: Library) -> None:
    found = refused(changed("ubl-invoice", ("TypeCode>380<", "TypeCode>71<")), known)
    assert (found.code, found.hint) == ("BD2070", "send the invoice itself")


def context(name: str, said: str) -> str:
    """An example whose context says whether it is a test."""
    outer, begins = {
        "cii": ("ExchangedDocumentContext", "<rsm:ExchangedDocument>"),
        "zugferd-1": ("SpecifiedExchangedDocumentContext", "<rsm:HeaderExchangedDocument>"),
    }[name]
    mark = f"<ram:TestIndicator><udt:Indicator>{said}</udt:Indicator></ram:TestIndicator>"
    return changed(name, (begins, f"<rsm:{outer}>{mark}</rsm:{outer}>{begins}"))


@pytest.mark.parametrize("name", ["cii", "zugferd-1"])
def test_test_is_refused_and_what_is_none_is_read(name: str, known: Library) -> None:
    for said in ("true", "1"):
        found = refused(context(name, said), known)
        assert (found.code, found.line) == ("BD2070", 5 if name == "cii" else found.line)
        assert f"`{said}` is the mark of a test" in found.message
    assert refused(context(name, "maybe"), known).code == "BD2073"
    for said in ("false", "0"):
        (record,) = records(context(name, said), known)
        assert record.accepted
        assert record.invoice is not None
        assert not record.invoice.extra


SIGNS = [
    ("ubl-invoice", "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>"),
    ("ubl-credit-note", "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>"),
    ("cii", "<udt:Indicator>true</udt:Indicator>"),
    ("zugferd-1", "<udt:Indicator>true</udt:Indicator>"),
]


@pytest.mark.parametrize("said", ["TRUE", "yes", "2", "falsch", None])
@pytest.mark.parametrize(("name", "sign"), SIGNS)
def test_sign_of_an_allowance_or_a_charge_that_nobody_knows_is_found(
    name: str, sign: str, said: str | None, known: Library
) -> None:
    word = "true" if "true" in sign else "false"
    written = "" if said is None else sign.replace(f">{word}<", f">{said}<")
    found = refused(changed(name, (sign, written)), known)
    assert (found.code, found.field) == ("BD2073", "extra.sign")
    assert "no sign of an allowance" in found.message


@pytest.mark.parametrize(("name", "sign"), SIGNS)
def test_signs_may_be_digits(name: str, sign: str, known: Library) -> None:
    digits = sign.replace(">false<", ">0<").replace(">true<", ">1<")
    text = sample(name).replace(sign, digits)
    (record,) = records(text, known)
    assert record.accepted


def test_sign_of_an_allowance_of_a_line_is_looked_at(known: Library) -> None:
    text = sample("ubl-invoice")
    before, line, after = text.partition("<cac:InvoiceLine>")
    found = refused(before + line + after.replace(">false<", ">nein<", 1), known)
    assert (found.code, "`nein`" in found.message) == ("BD2073", True)
    where = "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
    odd = (
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>nein"
        "</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>1</ram:ActualAmount>"
        "</ram:SpecifiedTradeAllowanceCharge>"
    )
    found = refused(changed("cii", (where, odd + where)), known)
    assert (found.code, "`nein`" in found.message) == ("BD2073", True)


@pytest.mark.parametrize("name", ["cii", "zugferd-1"])
@pytest.mark.parametrize(
    ("format_", "date"),
    [
        ("101", "261119"),
        ("101", "20261119"),
        ("203", "202611190000"),
        ("610", "202611"),
    ],
)
def test_date_in_another_format_than_yyyymmdd_is_found(
    name: str, format_: str, date: str, known: Library
) -> None:
    text = sample(name)
    begins = text.index('format="102">') + len('format="102">')
    text = text[:begins] + date + text[begins + 8 :]
    text = text.replace('format="102"', f'format="{format_}"', 1)
    found = refused(text, known)
    assert (found.code, found.field) == ("BD2073", "extra.date_format")
    assert f"`{format_}` is no format of a whole date" in found.message
    assert found.hint.startswith("known are `102`")


@pytest.mark.parametrize("name", ["cii", "zugferd-1"])
def test_date_without_a_format_is_read_as_its_digits_say(name: str, known: Library) -> None:
    (record,) = records(sample(name).replace(' format="102"', ""), known)
    assert record.accepted


@pytest.mark.parametrize(
    ("name", "begin", "end"),
    [
        ("ubl-invoice", "<cac:InvoiceLine>", "</cac:InvoiceLine>"),
        ("ubl-credit-note", "<cac:CreditNoteLine>", "</cac:CreditNoteLine>"),
    ],
)
def test_ubl_without_lines_or_without_a_net_is_found(
    name: str, begin: str, end: str, known: Library
) -> None:
    text = sample(name)
    before, after = text[: text.index(begin)], text[text.rindex(end) + len(end) :]
    assert "lines" in fields(before + after, known)
    amount = text[text.index("<cbc:TaxExclusiveAmount") :].partition("\n")[0]
    assert "net" in fields(text.replace(amount, ""), known)


@pytest.mark.parametrize("name", ["cii", "zugferd-1"])
def test_cii_of_a_total_alone_is_found(name: str, known: Library) -> None:
    text = sample(name)
    amount = text[text.index("<ram:TaxBasisTotalAmount") :].partition("</ram:TaxBasisTotalAmount>")
    assert refused(text.replace("".join(amount[:2]), ""), known).field == "net"


def test_idoc_of_a_total_alone_is_found(known: Library) -> None:
    rows = sample("idoc-invoic").splitlines(keepends=True)
    alone = [row for row in rows if not row.startswith("E2EDP")]
    assert refused("".join(alone), known).field == "lines"
    without_net = [row for row in rows if not (row.startswith("E2EDS01") and row[63:66] == "010")]
    assert refused("".join(without_net), known).field == "net"
