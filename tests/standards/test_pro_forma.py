"""What asks for no payment is no invoice, in every standard that has a type for it."""

import pytest

from billdrop.guidelines.library import Library
from billdrop.parsing.reading import parse
from tests.standards.table import library
from tests.standards.verdicts import document


@pytest.fixture(scope="module")
def known() -> Library:
    return library()


@pytest.mark.parametrize(
    ("name", "invoice", "pro_forma"),
    [
        ("ubl-invoice", "TypeCode>380<", "TypeCode>325<"),
        ("cii", "TypeCode>380<", "TypeCode>325<"),
        ("zugferd-1", "TypeCode>380<", "TypeCode>325<"),
        ("edifact-invoic", "BGM+380", "BGM+325"),
    ],
)
def test_pro_forma_invoice_is_refused(
    name: str, invoice: str, pro_forma: str, known: Library
) -> None:
    guide = known.named(name)
    assert guide is not None
    text = guide.guideline.examples[0].text
    assert invoice in text
    read = parse(document("pro-forma", text.replace(invoice, pro_forma).encode()), known)
    findings = [*read.findings, *(one for each in read.records for one in each.findings)]
    assert "BD2070" in {found.code for found in findings}
    assert not any(record.accepted for record in read.records)
