"""One invoice, sent as SAP writes it and as UBL, counts once whichever comes first."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billdrop.memory import MemoryLedger
from billdrop.model import State
from billdrop.parsing.reading import parse
from tests.standards.table import library
from tests.standards.verdicts import document

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)

UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>90001234</cbc:ID>
  <cbc:IssueDate>2026-11-21</cbc:IssueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity>
    <cbc:RegistrationName>{seller}</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">9.50</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">50.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">50.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">59.50</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">59.50</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID>
    <cbc:LineExtensionAmount currencyID="EUR">50.00</cbc:LineExtensionAmount>
  </cac:InvoiceLine>
</Invoice>
"""


def idoc() -> str:
    """The example of the built-in guideline: 0090001234 of Sonnenblick AG over 59.50 EUR."""
    guide = library().named("idoc-invoic")
    assert guide is not None
    return guide.guideline.examples[0].text


def became(*texts: str) -> tuple[list[State], Decimal]:
    """What becomes of documents that come one after the other, and what is counted."""
    ledger, known = MemoryLedger(), library()
    states = [
        ledger.commit([parse(document(f"{at}.txt", text.encode()), known)], at=AT).outcomes[0].state
        for at, text in enumerate(texts)
    ]
    (total,) = ledger.totals()
    return states, total.total


@pytest.mark.parametrize("swapped", [False, True])
def test_an_idoc_and_the_ubl_of_the_same_invoice_count_once(*, swapped: bool) -> None:
    both = [idoc(), UBL.format(seller="Sonnenblick AG")]
    states, total = became(*(reversed(both) if swapped else both))
    assert states == [State.RECORDED, State.QUARANTINED]
    assert total == Decimal("59.50")


def test_another_seller_with_the_same_number_date_and_total_counts() -> None:
    states, total = became(idoc(), UBL.format(seller="Mondschein KG"))
    assert states == [State.RECORDED, State.RECORDED]
    assert total == Decimal("119.00")
