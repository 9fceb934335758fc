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
CREDITED = "FactoringAssignmentData/PaymentDetails/Installment/AccountToBeCredited"
UBL = {
    "account": ("cac:PaymentMeans", "cac:CreditAccount/cbc:AccountID"),
    "factor": ("cac:PaymentMeans", "cac:TradeFinancing/cac:FinancingFinancialAccount/cbc:ID"),
    "seller": ("cac:AccountingSupplierParty", "cac:Party/cac:FinancialAccount/cbc:ID"),
}
ELSEWHERE = {
    "facturae factor": ("FileHeader", f"{CREDITED}/IBAN"),
    "facturae number": ("FileHeader", f"{CREDITED}/AccountNumber"),
    **{f"ubl-invoice {where}": place for where, place in UBL.items()},
    **{f"ubl-credit-note {where}": place for where, place in UBL.items()},
}
"""Where else an account to be paid may stand: in which element, and how."""
IDOC = {"idoc-invoic": f"{'E2EDK28':<63}{'DE':<160}{{:<30}}"}
"""A bank of the seller."""
FIRST, OTHER = "DE89370400440532013000", "GB29NWBK60161331926819"
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


def altered_by(name: str, text: str, account: str) -> str:
    """The example with another account."""
    if name in REPEATED:
        return twice(name, text, account, OTHER)
    if name in IDOC:
        return f"{text}{IDOC[name].format(OTHER)}\n{IDOC[name].format(account)}\n"
    element, path = ELSEWHERE[name]
    steps = path.split("/")
    added = "".join([f"<{it}>" for it in steps] + [OTHER] + [f"</{it}>" for it in steps[::-1]])
    assert f"</{element}>" in text
    return text.replace(f"</{element}>", f"{added}</{element}>", 1)


def twice(name: str, text: str, first: str, second: str) -> str:
    """The example, what holds its account repeated with another one."""
    element = REPEATED[name]
    begin = text.rindex(f"<{element}>", 0, text.index(first))
    end = text.index(f"</{element}>", begin) + len(f"</{element}>")
    again = AMOUNT.sub("", text[begin:end].replace(first, second))
    return text[:end] + again + text[end:]


@pytest.mark.parametrize("name", [*REPEATED, *ELSEWHERE, *IDOC])
def test_second_account_of_a_standard_is_kept_and_held(name: str, known: Library) -> None:
    _, text = example(name.partition(" ")[0], known)
    text = f"{text}{IDOC[name].format(FIRST)}\n" if name in IDOC else text
    before = record(text, known).invoice
    assert before is not None
    assert before.payment_account is not None
    assert before.other_accounts == ()
    altered = altered_by(name, text, before.payment_account)
    after = record(altered, known)
    assert after.findings == ()
    assert after.invoice == replace(before, other_accounts=(OTHER,))
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
