"""A second account of an invoice is kept, wherever its standard lets it stand, and has to be known too."""

import re

import pytest
from msgspec.structs import replace

from billdrop.answers.explain import explain
from billdrop.books.columns import INVOICES
from billdrop.books.decide import content_of
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.library import Library
from billdrop.guidelines.policy import Policy
from billdrop.model import Record
from billdrop.parsing.reading import parse
from billdrop.policy import ruled
from billdrop.readers import Limits
from billdrop.way import pipeline
from tests.standards.table import library
from tests.standards.verdicts import document
from tests.unit.rig import Rig

REPEATED = {
    "ubl-invoice": "cac:PayeeFinancialAccount",
    "ubl-credit-note": "cac:PayeeFinancialAccount",
    "cii": "ram:SpecifiedTradeSettlementPaymentMeans",
    "fatturapa": "DettaglioPagamento",
    "facturae": "Installment",
}
"""The element with an account, which may stand several times."""
AMOUNT = re.compile("<ImportoPagamento>[^<]*</ImportoPagamento>")
"""What of it is added up."""
OTHER_ACCOUNTS = [column.name for column in INVOICES].index("other_accounts")


@pytest.fixture(scope="module")
def known() -> Library:
    return library()


def example(name: str, known: Library) -> tuple[Guide, str]:
    guide = known.named(name)
    assert guide is not None
    return guide, guide.guideline.examples[0].text


def record(text: str, known: Library) -> Record:
    """The invoice with an account."""
    made = parse(document("it.xml", text.encode()), known).records
    return next(it for it in made if it.invoice and it.invoice.payment_account)


def twice(name: str, text: str, first: str, second: str) -> str:
    """The example, what holds its account repeated with another one."""
    element = REPEATED[name]
    begin = text.rindex(f"<{element}>", 0, text.index(first))
    end = text.index(f"</{element}>", begin) + len(f"</{element}>")
    again = AMOUNT.sub("", text[begin:end].replace(first, second))
    return text[:end] + again + text[end:]


@pytest.mark.parametrize("name", REPEATED)
def test_second_account_of_a_standard_is_kept_and_held(name: str, known: Library) -> None:
    _, text = example(name, known)
    before = record(text, known).invoice
    assert before is not None
    assert before.payment_account is not None
    assert before.other_accounts == ()
    altered = twice(name, text, before.payment_account, "GB29NWBK60161331926819")
    after = record(altered, known)
    assert after.findings == ()
    assert after.invoice == replace(before, other_accounts=("GB29NWBK60161331926819",))
    assert content_of(after.invoice) != content_of(before)
    seller = {"id": before.seller, "accounts": [before.payment_account]}
    policy = Policy.model_validate({"sellers": {"known": [seller]}})
    for content, codes in ((text, []), (altered, [("BD2508", "other_accounts[0]", True)])):
        held = ruled(parse(document("it.xml", content.encode()), known), [policy])
        told = [it for judged in held.records for it in judged.findings]
        assert [(it.code, it.field, it.held) for it in told] == codes


def test_second_account_is_in_the_books_and_leads_back_to_its_place(known: Library) -> None:
    _, text = example("fatturapa", known)
    altered = twice("fatturapa", text, "IT60X0542811101000000123456", "IT00")
    rig = Rig()
    pipeline.process([rig.upload("a.xml", altered)], rig.way)
    (entry,) = [it for it in rig.ledger.invoices() if it.row[OTHER_ACCOUNTS]]
    assert entry.row[OTHER_ACCOUNTS] == '["IT00"]'
    told = {it.path: it for it in explain(entry, rig.ledger, Limits()).values}
    it = told["other_accounts[0]"]
    assert (it.recorded, it.again) == ("IT00", "IT00")
    assert it.span is not None
    assert it.span.text == "IT00"
