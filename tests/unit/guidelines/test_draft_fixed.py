"""Records of fixed width are said to be what they are; drafts say no more than they have to."""

import pytest

from billdrop.errors import UsageError
from billdrop.guidelines.draft import draft
from tests.unit.guidelines.drafting import drafted

RECORDS = """\
HDRKORNMUEHLE EXPORT  20261112
INVF-0001    20261110Baeckerei Sonne
POSWeizenmehl 550      00250000001200000030000
POSRoggenmehl          00100000001050000010500
SUM000040500000002835000043335
INVF-0002    20261111Cafe Mond
POSDinkelmehl          00020000002000000004000
SUM000004000000000280000004280
END0002
"""
POLISH = """\
Hurtownia Kowalski Sp. z o.o.
NIP: 6762466740
Faktura VAT nr: FV/2026/11/0042
Data wystawienia: 12.11.2026
Wartość netto: 114,00 PLN
Kwota VAT 23%: 26,22 PLN
Do zapłaty: 140,22 PLN
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_records_of_fixed_width_are_not_drafted_and_the_way_is_named(end: str) -> None:
    with pytest.raises(UsageError, match="records of fixed width") as refusal:
        draft([("korn.txt", RECORDS.replace("\n", end).encode())])
    assert "docs/guidelines.md" in (refusal.value.hint or "")


def test_text_with_long_identifiers_is_no_record_of_fixed_width() -> None:
    made = drafted(f"{POLISH}REF 00000000000000000001\nREF 00000000000000000002\n")
    assert made.recognised


def test_language_is_written_where_months_are_spelt_and_nowhere_else() -> None:
    assert "language" not in drafted(POLISH).text
    spelt = drafted("Rechnung Nr.: 7\nRechnungsdatum: 3. März 2026\nGesamtbetrag: 9,50 EUR\n")
    assert 'language = "de"' in spelt.text
