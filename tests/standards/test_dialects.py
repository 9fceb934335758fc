"""What national rules and profiles allow is read, and what they leave open is not guessed."""

import base64
from decimal import Decimal

import pytest

from billdrop.guidelines.library import Library
from billdrop.model import Finding, Invoice, Severity
from billdrop.parsing.reading import parse
from tests.standards.table import library
from tests.standards.test_what_is_no_invoice import changed, sample
from tests.standards.verdicts import document


@pytest.fixture(scope="module")
def known() -> Library:
    return library()


def taken(text: str, known: Library) -> Invoice:
    """The one invoice of a text, which has to be accepted."""
    (record,) = parse(document("some", text.encode()), known).records
    assert record.accepted, record.findings
    assert record.invoice is not None
    return record.invoice


def errors(content: bytes, known: Library) -> list[Finding]:
    """What is wrong with a document of which nothing is recorded."""
    read = parse(document("some", content), known)
    assert not any(record.accepted for record in read.records)
    found = [*read.findings, *(one for record in read.records for one in record.findings)]
    return [one for one in found if one.severity is Severity.ERROR]


def without(text: str, begin: str, end: str) -> str:
    """The text without all from the first `begin` to the last `end`."""
    return text[: text.index(begin)] + text[text.rindex(end) + len(end) :]


def test_profile_basic_wl_has_charges_by_rate_and_no_lines(known: Library) -> None:
    line = "ram:IncludedSupplyChainTradeLineItem>"
    read = taken(without(sample("cii"), f"<{line}", f"</{line}"), known)
    assert (read.total, read.lines, len(read.charges)) == (Decimal("130.90"), (), 1)


def test_profile_minimum_has_no_place_for_what_was_paid(known: Library) -> None:
    text = sample("factur-x-minimum")
    (record,) = parse(document("some", text.encode()), known).records
    assert record.accepted
    assert [(one.code, one.severity) for one in record.findings] == [("BD2052", Severity.WARNING)]
    other = text.replace(":minimum<", ":basicwl<")
    assert [one.code for one in errors(other.encode(), known)] == ["BD2052"]


def test_oioubl_says_what_taxes_amount_to_where_others_say_net(known: Library) -> None:
    text = sample("oioubl-invoice")
    older = without(text, "    <cbc:TaxExclusiveAmount", "1125.00</cbc:TaxInclusiveAmount>")
    assert taken(older, known).total == taken(text, known).total == Decimal("1125.00")
    codes = {one.code for one in errors(text.replace("OIOUBL-2.02", "BII2").encode(), known)}
    assert codes >= {"BD2014", "BD2050"}


def test_oioubl_adds_duties_to_the_tax(known: Library) -> None:
    end = "</cac:TaxTotal>\n  <cac:LegalMonetaryTotal>"
    duty = (
        '</cac:TaxTotal><cac:TaxTotal><cbc:TaxAmount currencyID="DKK">10.00</cbc:TaxAmount><cac:TaxSubtotal>'
        '<cbc:TaxableAmount currencyID="DKK">10.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="DKK">10.00'
        "</cbc:TaxAmount><cac:TaxCategory><cbc:ID>Excise</cbc:ID></cac:TaxCategory></cac:TaxSubtotal>"
    )
    text = changed("oioubl-invoice", (end, duty + end)).replace(">1125.00<", ">1135.00<")
    assert taken(text, known).tax == Decimal("235.00")


def test_claims_of_third_parties_are_payable_beside_the_invoice(known: Library) -> None:
    text = sample("xrechnung-third-party")
    (record,) = parse(document("some", text.encode()), known).records
    assert record.accepted
    assert [(one.code, one.severity) for one in record.findings] == [("BD2052", Severity.WARNING)]
    plain = text.replace(":extension:", ":standard:")
    assert [one.code for one in errors(plain.encode(), known)] == ["BD2052"]


@pytest.mark.parametrize("name", ["cfdi-3-3", "cfdi-4-0"])
def test_cfdi_adds_local_taxes_to_the_tax(name: str, known: Library) -> None:
    """Lodging is taxed by most states of Mexico, in a complement of its own."""
    local = (
        '<i:ImpuestosLocales xmlns:i="http://www.sat.gob.mx/implocal" TotaldeRetenciones="0.00" TotaldeTraslados="27.00">'
        '<i:TrasladosLocales ImpLocTrasladado="ISH" TasadeTraslado="3.00" Importe="27.00"/></i:ImpuestosLocales>'
    )
    begin = "<cfdi:Complemento>"
    read = taken(changed(name, (begin, begin + local), ('Total="954.00"', 'Total="981.00"')), known)
    assert (read.tax, read.taxes[-1].category) == (Decimal("171.00"), "ISH")


def test_total_of_ubl_that_is_not_stated_is_net_and_tax_and_payable_denies_it(
    known: Library,
) -> None:
    total = '<cbc:TaxInclusiveAmount currencyID="EUR">225.00</cbc:TaxInclusiveAmount>'
    text = changed("ubl-invoice", (total, ""))
    assert taken(text, known).total == Decimal("225.00")
    wrong = text.replace(">200.00</cbc:PayableAmount>", ">210.00</cbc:PayableAmount>")
    assert [one.code for one in errors(wrong.encode(), known)] == ["BD2052"]
    payable = '<cbc:PayableAmount currencyID="EUR">200.00</cbc:PayableAmount>'
    assert [one.field for one in errors(text.replace(payable, "").encode(), known)] == ["payable"]


STATUS = (
    "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>1</cbc:ID><cbc:DocumentStatusCode>"
    "{}</cbc:DocumentStatusCode></cac:InvoiceDocumentReference></cac:BillingReference>"
)


@pytest.mark.parametrize("name", ["ubl-invoice", "ubl-credit-note"])
def test_lines_that_group_or_inform_are_no_lines(name: str, known: Library) -> None:
    text = sample(name)
    end = "</cac:CreditNoteLine>" if "credit" in name else "</cac:InvoiceLine>"
    begin = end.replace("/", "")
    line = text[text.index(begin) : text.index(end) + len(end)]
    place = "</cbc:LineExtensionAmount>"
    marked = [
        line.replace(place, place + STATUS.format(status), 1)
        for status in ("GROUP", "DETAIL", "INFORMATION")
    ]
    assert len(taken(text.replace(line, "".join(marked)), known).lines) == 1


SPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


def enveloped(*texts: str) -> str:
    """Documents in the envelope of Peppol."""
    header = (
        "<s:StandardBusinessDocumentHeader><s:HeaderVersion>1.0</s:HeaderVersion>"
        "<s:Sender><s:Identifier>0192:987654321</s:Identifier></s:Sender></s:StandardBusinessDocumentHeader>"
    )
    bare = "\n".join(text.strip().partition("?>")[2] for text in texts)
    return (
        f'<s:StandardBusinessDocument xmlns:s="{SPACE}">{header}{bare}</s:StandardBusinessDocument>'
    )


@pytest.mark.parametrize(
    "name", ["ubl-invoice", "ubl-credit-note", "oioubl-invoice", "xrechnung-third-party", "cii"]
)
def test_document_in_an_envelope_is_read_as_if_it_stood_alone(name: str, known: Library) -> None:
    text = sample(name)
    alone, inside = taken(text, known), taken(enveloped(text), known)
    for field in ("number", "net", "tax", "total", "payable", "seller", "taxes", "extra"):
        assert getattr(inside, field) == getattr(alone, field)


def test_envelope_of_several_invoices_has_a_record_of_each(known: Library) -> None:
    text = sample("ubl-invoice")
    other = text.replace("2026-0815", "2026-0816")
    read = parse(document("some", enveloped(text, other).encode()), known)
    numbers = [it.invoice.number for it in read.records if it.accepted and it.invoice]
    assert numbers == ["2026-0815", "2026-0816"]


def test_what_is_wrong_in_an_envelope_is_told_where_it_stands(known: Library) -> None:
    text = enveloped(sample("ubl-invoice").replace(">225.00<", ">226.00<"))
    (found,) = [it for it in errors(text.encode(), known) if it.code == "BD2014"]
    line = 1 + text[: text.index(">226.00<")].count("\n")
    assert (found.line, found.length, "226.00" in found.excerpt) == (line, 6, True)


def test_envelope_of_different_things_is_refused(known: Library) -> None:
    """What else it encloses could be an invoice as well: none is left out in silence."""
    text = enveloped(sample("ubl-invoice"), sample("ubl-credit-note"))
    assert {one.code for one in errors(text.encode(), known)} >= {"BD2003"}


def test_fatturapa_without_a_summary_of_taxes_is_refused(known: Library) -> None:
    text = without(sample("fatturapa"), "<DatiRiepilogo>", "</DatiRiepilogo>")
    assert {one.field for one in errors(text.encode(), known)} == {"net", "tax"}


def fattura(*changes: tuple[str, str]) -> str:
    """The first body of the example alone, without what is paid, with some of it written otherwise."""
    text = sample("fatturapa")
    first, second = text.index("<FatturaElettronicaBody>"), text.rindex("<FatturaElettronicaBody>")
    assert first < second
    body = text[first:second]
    if "<DatiPagamento>" in body:
        body = without(body, "<DatiPagamento>", "</DatiPagamento>")
    for old, new in changes:
        assert old in body, old
        body = body.replace(old, new, 1)
    end = "</FatturaElettronicaBody>"
    return text[:first] + body + text[text.rindex(end) + len(end) :]


def test_fatturapa_rounds_a_base_beside_its_lines(known: Library) -> None:
    """The base is what its lines add up to, and what rounds it."""
    rounded = "<ImponibileImporto>1040.00</ImponibileImporto>"
    text = fattura(
        ("<PrezzoTotale>1000.00<", "<PrezzoTotale>999.65<"),
        (rounded, f"<Arrotondamento>0.35</Arrotondamento>{rounded}"),
    )
    read = taken(text, known)
    assert (read.net, read.lines[-1].net) == (Decimal("1040.00"), Decimal("0.35"))
    assert [one.code for one in errors(text.replace(">0.35<", ">0.45<").encode(), known)] == [
        "BD2013"
    ]


def test_fatturapa_may_write_amounts_of_lines_with_eight_decimals(known: Library) -> None:
    text = fattura(("<PrezzoTotale>1000.00<", "<PrezzoTotale>1000.00120456<"))
    assert taken(text, known).lines[0].net == Decimal("1000.00120456")
    more = text.replace("1000.00120456", "1000.00120456001")
    assert [one.code for one in errors(more.encode(), known)] == ["BD2028"]


@pytest.mark.parametrize("name", ["cfdi-3-3", "cfdi-4-0"])
def test_cfdi_may_write_amounts_of_lines_with_six_decimals(name: str, known: Library) -> None:
    prices = (
        'ValorUnitario="250.00" Importe="1000.00"',
        'ValorUnitario="250" Importe="999.999996"',
    )
    assert taken(changed(name, prices), known).lines[0].net == Decimal("999.999996")


def test_total_of_an_invoice_has_four_decimals_at_most(known: Library) -> None:
    text = changed("ubl-invoice", (">225.00</cbc:TaxInclusive", ">225.00001</cbc:TaxInclusive"))
    assert {one.code for one in errors(text.encode(), known)} >= {"BD2028"}


def test_fatturapa_with_a_discount_in_percent_alone_is_refused(known: Library) -> None:
    """It may be of the net or of the total; the standard does not say."""
    total = "<ImportoTotaleDocumento>"
    discount = (
        "<ScontoMaggiorazione><Tipo>SC</Tipo><Percentuale>10.00</Percentuale></ScontoMaggiorazione>"
    )
    (found,) = errors(fattura((total, discount + total)).encode(), known)
    assert (found.code, found.field, "in percent alone" in found.message) == (
        "BD2073",
        "extra.percent",
        True,
    )


def test_total_that_leaves_out_what_is_withheld_is_told_as_that(known: Library) -> None:
    left = ("<ImportoTotaleDocumento>1268.80<", "<ImportoTotaleDocumento>1068.80<")
    (found,) = errors(fattura(left).encode(), known)
    assert found.code == "BD2014"
    assert "what is left of it after `withheld`" in found.hint
    (other,) = errors(fattura((left[0], "<ImportoTotaleDocumento>1068.90<")).encode(), known)
    assert "withheld" not in other.hint


def test_namespace_that_is_no_uri_is_a_name_like_any_other(known: Library) -> None:
    """As programs write it that quote it twice; XML allows it, and what breaks XML is refused still."""
    text = fattura(("<TipoDocumento>", "<TipoDocumento>"))
    odd = text.replace(
        'versione="FPR12"', 'versione="FPR12" xmlns:ds="http://w3.org/xmldsig#&quot;"'
    )
    (record,) = parse(document("odd", odd.encode()), known).records
    assert record.accepted
    assert record.spans is not None
    assert record.spans()["total"].text == "1268.80"
    broken = odd.replace("</Divisa>", "")
    assert [one.code for one in errors(broken.encode(), known)] == ["BD1010"]


SIGNED = bytes.fromhex("30820a3706092a864886f70d010702a0820a28") + b"\0" * 60


@pytest.mark.parametrize(
    "content",
    [
        SIGNED,
        base64.encodebytes(SIGNED),
        b"-----BEGIN PKCS7-----\n" + base64.encodebytes(SIGNED),
    ],
)
def test_signed_envelope_is_told_with_the_way_to_open_it(content: bytes, known: Library) -> None:
    (found,) = errors(content, known)
    assert (found.code, "(PKCS#7, .p7m)" in found.message) == ("BD1003", True)
    assert "openssl cms -verify" in found.hint


def test_text_that_looks_like_base64_is_no_envelope(known: Library) -> None:
    (found,) = errors(b"A" * 100, known)
    assert found.code == "BD2001"


def test_gobl_leaves_informative_taxes_out_of_the_tax(known: Library) -> None:
    category = '{"code": "VAT",'
    told = (
        '{"code": "ISS", "informative": true, "rates": [{"base": "1620.00", "percent": "5%",'
        ' "amount": "81.00"}], "amount": "81.00"}, '
    )
    read = taken(changed("gobl", (category, told + category)), known)
    assert [one.amount for one in read.taxes] == [Decimal("340.20")]
    counted = told.replace("true", "false")
    found = errors(changed("gobl", (category, counted + category)).encode(), known)
    assert {one.code for one in found} == {"BD2053"}


def test_gobl_rounds_the_tax_and_each_share_beside_it(known: Library) -> None:
    """Half a cent for each share, and no more."""
    shares = '"rates": [{{"base": "82.64", "percent": "21.0%", "amount": "17.36"}}, {{"base": "8.26", "percent": "21.0%", "amount": "{}"}}], "amount": "19.09"'
    rate = '"rates": [{"base": "100.00", "percent": "10.0%", "amount": "10.00"}], "amount": "10.00"'
    amounts = (
        (
            '"sum": "110.00", "tax_included": "10.00", "total": "100.00"',
            '"sum": "110.00", "total": "90.91"',
        ),
        ('"sum": "10.00"}', '"sum": "19.09"}'),
        ('"tax": "10.00"', '"tax": "19.09"'),
    )
    text = changed("gobl-tax-included", (rate, shares.format("1.74")), *amounts)
    text = text.replace('"total_with_tax"', '"tax_included": "19.09", "total_with_tax"')
    assert taken(text, known).tax == Decimal("19.09")
    found = errors(text.replace('"1.74"', '"1.75"').encode(), known)
    assert {one.code for one in found} == {"BD2053", "BD2054"}


def test_ebinterface_keeps_deposits_below_the_line_out_of_the_invoice(known: Library) -> None:
    item = (
        "<BelowTheLineItem><Description>Pfand</Description><LineItemAmount>4.00</LineItemAmount>"
        "</BelowTheLineItem></Details>"
    )
    below = changed("ebinterface-6-1", ("</Details>", item), (">100.00</Pay", ">104.00</Pay"))
    read = taken(below, known)
    assert (read.total, read.payable) == (Decimal("151.00"), None)
    assert (read.extra["below_the_line"], read.extra["payable_with_it"]) == ("4.00", "104.00")
    plain = changed("ebinterface-6-1", (">100.00</Pay", ">104.00</Pay"))
    assert [one.code for one in errors(plain.encode(), known)] == ["BD2052"]


def test_ebinterface_may_leave_out_a_tax_of_nothing_and_no_other(known: Library) -> None:
    rates = (">10</TaxPercent><TaxAmount>5.00</TaxAmount>", ">{}</TaxPercent>")
    line = (">10</TaxPercent></TaxItem><LineItem", ">{}</TaxPercent></TaxItem><LineItem")
    totals = ((">151.00<", ">146.00<"), (">100.00</Pay", ">95.00</Pay"))
    for rate, read in (("0", True), ("0.00", True), ("10", False)):
        changes = [(old, new.format(rate)) for old, new in (line, rates)]
        text = changed("ebinterface-6-1", *changes, *totals)
        if read:
            assert taken(text, known).taxes[-1].amount == 0
        else:
            assert "taxes[1].amount" in {one.field for one in errors(text.encode(), known)}


@pytest.mark.parametrize(("name", "prefix"), [("ebinterface-6-1", ""), ("ebinterface-4-0", "eb:")])
def test_ebinterface_adds_other_taxes_to_the_tax(name: str, prefix: str, known: Library) -> None:
    end = f"</{prefix}Tax>\n"
    other = f"<{prefix}OtherTax><{prefix}Comment>Biersteuer</{prefix}Comment><{prefix}Amount>3.00</{prefix}Amount></{prefix}OtherTax>"
    text = changed(name, (end, other + end), (">151.00<", ">154.00<"))
    assert taken(text.replace(">100.00</Pay", ">103.00</Pay"), known).tax == Decimal("24.00")


@pytest.mark.parametrize("version", ["4-0", "4-1", "4-2", "4-3", "5-0", "6-0", "6-1"])
def test_ebinterface_of_every_version_knows_its_types(version: str, known: Library) -> None:
    text = changed(
        f"ebinterface-{version}", ('DocumentType="Invoice"', 'DocumentType="CreditMemo"')
    )
    assert taken(text, known).type_code == "381"
    (found,) = errors(text.replace('"CreditMemo"', '"Mahnung"').encode(), known)
    assert (found.code, found.field) == ("BD2070", "type_code")
