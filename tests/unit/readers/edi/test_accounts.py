"""Every account of a message has to be known, whichever way the message is read."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from billdrop.guidelines.policy import Policy
from billdrop.model import Parsed
from billdrop.parsing.reading import read
from billdrop.policy import ruled
from tests.unit.readers.edi.interchanged import fresh, taught
from tests.unit.readers.edi.made import BILL, NOTE, changed, document, edifact, invoice, parsed, x12

KNOWN, OTHER = "DE89370400440532013000", "DE02120300000000202051"
SELLER = {"id": "Schrauben AG", "accounts": [KNOWN]}
POLICY = Policy.model_validate({"sellers": {"known": [SELLER]}})

SEVERAL = {
    "two of one kind": (f"FII+RB+{KNOWN}", f"FII+RB+{OTHER}"),
    "of two kinds": (f"FII+RB+{KNOWN}", f"FII+BF+{OTHER}"),
    "the seller's bank": (f"FII+RB+{KNOWN}", f"FII+RH+{OTHER}"),
    "a payee beside the seller": (f"FII+RB+{KNOWN}", "NAD+PE+9", f"FII+RB+{OTHER}"),
    "whom to remit to": (f"FII+RB+{KNOWN}", "NAD+RE+9", f"FII+RB+{OTHER}"),
    "a financial house": (f"FII+RB+{KNOWN}", "NAD+FH+9", f"FII+RB+{OTHER}"),
    "a bank": (f"FII+RB+{KNOWN}", "NAD+RB+9", f"FII+BF+{OTHER}"),
    "whom to pay": (f"FII+RB+{KNOWN}", "NAD+PW+9", f"FII+RH+{OTHER}"),
    "whoever": (f"FII+RB+{KNOWN}", "NAD+ZZZ+9", f"FII+RB+{OTHER}"),
    "nobody": (f"FII+RB+{KNOWN}", "NAD++9", f"FII+RB+{OTHER}"),
    "a factor": (f"FII+RB+{KNOWN}", "NAD+DL+9", f"FII+RB+{OTHER}"),
    "terms": (f"FII+RB+{KNOWN}", "CUX+2:EUR:4", "PAT+3", f"FII+RB+{OTHER}"),
    "before the seller's": ("NAD+PE+9", f"FII+RB+{OTHER}", "NAD+SU+401", f"FII+RB+{KNOWN}"),
}
ALONE = {
    "issuer": ("NAD+II+9", f"FII+RB+{OTHER}"),
    "payee": ("NAD+PE+9", f"FII+BF+{OTHER}"),
    "whom to remit to": ("NAD+RE+9", f"FII+RB+{OTHER}"),
    "the seller's bank": (f"FII+RH+{OTHER}",),
    "whoever": ("NAD+FH+9", f"FII+RB+{OTHER}"),
}


def note(paid: Sequence[str], number: str = "R-1") -> str:
    """An invoice with these segments after its seller."""
    rest = [one for one in NOTE[3:] if one not in paid]
    return edifact(changed((*NOTE[:3], *paid, *rest), BGM=f"BGM+380+{number}+9"))


def held(made: Parsed) -> list[tuple[str, str]]:
    """What the policy holds."""
    findings = [it for record in ruled(made, [POLICY]).records for it in record.findings]
    assert all(it.held for it in findings)
    return [(it.code, it.field or "") for it in findings]


@pytest.mark.parametrize("paid", SEVERAL.values(), ids=SEVERAL)
def test_an_unknown_account_beside_a_known_one_is_held(paid: Sequence[str]) -> None:
    made = parsed(note(paid))
    (record,) = made.records
    assert record.findings == ()
    assert record.invoice is not None
    assert record.invoice.accounts == {"payment_account": KNOWN, "other_accounts[0]": OTHER}
    assert held(made) == [("BD2508", "other_accounts[0]")]
    assert record.spans is not None
    spans = record.spans()
    assert {path: spans[path].text for path in record.invoice.accounts} == record.invoice.accounts


@pytest.mark.parametrize("paid", ALONE.values(), ids=ALONE)
def test_an_unknown_account_alone_is_held_wherever_it_stands(paid: Sequence[str]) -> None:
    assert held(parsed(note(paid))) == [("BD2508", "payment_account")]


@pytest.mark.parametrize("paid", [*SEVERAL.values(), *ALONE.values()])
def test_a_known_shape_passes_no_account_over(paid: Sequence[str]) -> None:
    known, usual = fresh("edifact-invoic"), note([one.replace(OTHER, KNOWN) for one in paid])
    memory = taught(known, usual.encode())
    assert memory.record(usual.encode()) is not None
    content = note(paid, "R-2").encode()
    quick = memory.record(content)
    read_by_shapes, exact = read(document(content), known), parsed(content)
    assert [it.invoice for it in read_by_shapes.records] == [it.invoice for it in exact.records]
    assert held(read_by_shapes) == held(exact) != []
    if quick is not None:
        assert held(replace(exact, records=(quick,))) == held(exact)


@pytest.mark.parametrize("paid", SEVERAL.values(), ids=SEVERAL)
def test_a_message_of_several_accounts_is_always_read_exactly(paid: Sequence[str]) -> None:
    known, content = fresh("edifact-invoic"), note(paid).encode()
    assert taught(known, content).record(content) is None
    for _ in range(3):
        assert held(read(document(content), known)) == [("BD2508", "other_accounts[0]")]


def test_an_account_that_is_grouped_differently_is_one() -> None:
    made = invoice(note((f"FII+RB+{KNOWN}", "FII+RB+DE89 3704 0044 0532 0130 00")))
    assert made.accounts == {"payment_account": KNOWN}


def test_whatever_a_guideline_says_of_several_each_account_of_x12_counts() -> None:
    more = '[fields]\npayment_account = { path = "REF[11|12]02", several = "same" }'
    made = invoice(x12((*BILL[:1], "REF*11*1", "REF*12*2", "REF*11*1", *BILL[1:])), more)
    assert made.accounts == {"payment_account": "1", "other_accounts[0]": "2"}


@pytest.mark.parametrize(
    "other",
    ["NAD+BY+9", "NAD+IV+9", "NAD+BT+9"],
)
def test_an_account_of_the_buyer_is_none_to_be_paid(other: str) -> None:
    made = invoice(note((f"FII+RB+{KNOWN}", other, f"FII+RB+{OTHER}", f"FII+BB+{OTHER}")))
    assert made.accounts == {"payment_account": KNOWN}


@pytest.mark.parametrize("code", ["RI", "RE", "PE", "BE", "BK", "RB"])
def test_accounts_of_whom_an_810_says_to_pay_are_held(code: str) -> None:
    paid = ("N1*SE*Schrauben AG", "REF*11*customer", f"N1*{code}*9", f"REF*11*{KNOWN}")
    known = parsed(x12((*BILL[:1], *paid, *BILL[1:])))
    assert held(known) == []
    (record,) = known.records
    assert record.invoice is not None
    assert record.invoice.accounts == {"payment_account": KNOWN}
    other = parsed(x12((*BILL[:1], *paid, f"REF*14*{OTHER}", *BILL[1:])))
    assert held(other) == [("BD2508", "other_accounts[0]")]
