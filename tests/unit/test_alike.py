"""Which invoices look alike, and which of those are known to be two."""

import pytest

from billdrop.books.alike import Told, apart
from billdrop.books.decide import SEPARATOR
from billdrop.books.likeness import likeness, squeezed


def told(identity: str = "42", guideline: str = "ubl", **seller: str) -> Told:
    return Told(identity, "inbox/acme/a@1", guideline, **seller)


def like(number: str, total: str = "1.00", series: str = "", customer: str = "acme") -> int:
    return likeness(customer, number, "2026-11-20", "EUR", total, series)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (like("42"), like("0042")),
        (like("42", "1.0"), like("42", "1")),
        (like("42", "100"), like("42", "100.000")),
        (like("f1-42"), like("42", series="f1")),
        (like("12/a"), like("12-a")),
        (like("ä 1"), like("ä1")),
    ],
)
def test_what_is_written_differently_is_alike(one: int, other: int) -> None:
    assert one == other


@pytest.mark.parametrize(
    "other",
    [
        like("43"),
        like("420"),
        like("42", "10"),
        like("42", "-1.00"),
        like("42", customer="brand"),
        like("42", series="f1"),
        likeness("acme", "42", "2026-11-21", "EUR", "1.00"),
        likeness("acme", "42", "2026-11-20", "SEK", "1.00"),
    ],
)
def test_what_is_another_value_is_not_alike(other: int) -> None:
    assert other != like("42")


def test_numbers_without_letters_and_digits_are_alike_only_as_they_are() -> None:
    assert like("--") != like("///")
    assert like("0") != like("--")
    assert not squeezed("--")


@pytest.mark.parametrize(
    ("mine", "theirs", "are_two"),
    [
        ({}, {}, False),
        ({"seller": "Nordlicht AB"}, {}, False),
        ({"seller": "Nordlicht AB"}, {"seller_tax_id": "SE556000000001"}, False),
        ({"seller": "Nordlicht AB"}, {"seller": "NORDLICHT A.B."}, False),
        ({"seller": "Acme, Inc."}, {"seller": "ACME Incorporated"}, False),
        ({"seller": "Nordlicht AB"}, {"seller": "Südlicht AB"}, True),
        ({"seller": "--"}, {"seller": "Südlicht AB"}, False),
        ({"seller_tax_id": "DE123456789"}, {"seller_tax_id": "123 456 789"}, False),
        ({"seller_tax_id": "DE123456789"}, {"seller_tax_id": "DE987654321"}, True),
        (
            {"seller_tax_id": "DE1", "seller": "A B"},
            {"seller_tax_id": "DE2", "seller": "A-B"},
            False,
        ),
        (
            {"seller_tax_id": "DE1", "seller": "A B"},
            {"seller_tax_id": "DE2", "seller": "a b"},
            False,
        ),
        (
            {"seller_tax_id": "DE1", "seller": "A X"},
            {"seller_tax_id": "DE2", "seller": "A Y"},
            True,
        ),
        ({"seller_id": "4711"}, {"seller_tax_id": "4711"}, False),
        ({"seller_id": "4711"}, {"seller_id": "4712"}, False),
        ({"seller_id": "4711", "seller": "A X"}, {"seller_id": "4712", "seller": "A Y"}, False),
    ],
)
def test_sellers_that_are_stated_and_differ_are_two(
    mine: dict[str, str], theirs: dict[str, str], *, are_two: bool
) -> None:
    one, other = told("1", "x12", **mine), told("2", "ubl", **theirs)
    assert apart(one, other) is are_two
    assert apart(other, one) is are_two


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"seller": "Mueller AG"}, {"seller": "Müller AG"}),
        ({"seller": "MULLER AG"}, {"seller": "Mu\u0308ller AG"}),
        ({"seller": "Soerensen A/S"}, {"seller": "Sørensen ApS"}),
        ({"seller": "AAKESSON AB"}, {"seller": "Åkesson AB"}),
        ({"seller": "Strasse 7 GmbH"}, {"seller": "Straße 7"}),
        ({"seller": "Societe Generale"}, {"seller": "Société Générale SA"}),
        (
            {"seller": "Bolts GmbH", "seller_tax_id": "DE129273398"},
            {"seller": "Bolts GmbH, Kiel", "seller_tax_id": "20/123/45678"},
        ),
        (
            {"seller": "Bolts", "seller_tax_id": "DE129273398"},
            {"seller": "Bolts Kiel", "seller_tax_id": "ATU12345678"},
        ),
        (
            {"seller": "Alp AG", "seller_tax_id": "CHE123456788"},
            {"seller": "Alp Bau AG", "seller_tax_id": "CHE-123.456.788 MWST"},
        ),
        ({"seller_tax_id": "DE129273398"}, {"seller_tax_id": "20/123/45678"}),
        ({"seller": "Bolt GmbH"}, {"seller": "The Bolt GmbH"}),
        ({"seller": "Firma Bolt"}, {"seller": "Bolt & Söhne KG"}),
        ({"seller": "Kiel Bolts"}, {"seller": "Bolts Kiel"}),
        ({"seller": "D.H.L. Freight"}, {"seller": "DHL"}),
        ({"seller": "AcmeBau"}, {"seller": "ACME Bau GmbH"}),
        (
            {"seller": "ACME", "seller_id": "88"},
            {"seller": "Acme-Industries", "seller_id": "4398765000012"},
        ),
        ({"seller_id": "88"}, {"seller_id": "4398765000012"}),
        ({"seller": "The AG"}, {"seller": "THE A.G."}),
        ({"seller": "Газпром нефть"}, {"seller": "GAZPROM NEFT"}),
        ({"seller": "ООО «Газпром нефть»"}, {"seller": "PAO Газпромнефть"}),
        ({"seller": "株式会社東芝"}, {"seller": "TOSHIBA CORPORATION"}),
        ({"seller": "华为技术有限公司"}, {"seller": "華為"}),
        ({"seller": "Ελληνικά Πετρέλαια Α.Ε."}, {"seller": "Hellenic Petroleum S.A."}),
        ({"seller": "Bücher AG"}, {"seller": "B?CHER AG"}),
        ({"seller": "Bücher AG"}, {"seller": "B\ufffdCHER AG"}),
        ({"seller": "Bücher AG"}, {"seller": "BCHER AG"}),
        ({"seller": "Bücher AG"}, {"seller": "B CHER AG"}),
        ({"seller": "Buecherhaus AG"}, {"seller": "B?cher Haus"}),
        ({"seller": "Größe & Söhne"}, {"seller": "GR??E + S?HNE"}),
        ({"seller": "Ärzte Süd"}, {"seller": "?RZTE S?D"}),
        ({"seller": "Łódź Sp. z o.o."}, {"seller": "??D? SP ZOO"}),
        ({"seller": "Газпром нефть"}, {"seller": "??????? ?????"}),
        ({"seller": "Weiß GmbH"}, {"seller": "WEISZ GMBH"}),
        ({"seller": "Weiß GmbH"}, {"seller": "Weis"}),
        ({"seller": "WEIẞ GmbH"}, {"seller": "Weiss"}),
        ({"seller": "Bayerische Motoren Werke AG"}, {"seller": "BMW AG"}),
        ({"seller": "Bayerische Motoren Werke AG"}, {"seller": "BMW Motorrad"}),
        ({"seller": "Volkswagen AG"}, {"seller": "VW AG"}),
        ({"seller": "Österreichische Bundesbahnen"}, {"seller": "ÖBB"}),
        ({"seller": "Société nationale des chemins de fer français"}, {"seller": "S.N.C.F."}),
        ({"seller_tax_id": "CHE-123.456.789 MWST"}, {"seller_tax_id": "CHE-123.456.789 TVA"}),
        ({"seller_tax_id": "NO 123 456 785 MVA"}, {"seller_tax_id": "123456785"}),
        ({"seller_tax_id": "BE0123456789"}, {"seller_tax_id": "BE123456789"}),
        ({"seller_tax_id": "NL001234567B01"}, {"seller_tax_id": "NL001234567B1"}),
        ({"seller_tax_id": "NL001234567B01"}, {"seller_tax_id": "NL001234567B02"}),
        ({"seller_tax_id": "ATU12345678"}, {"seller_tax_id": "AT12345678"}),
        ({"seller_tax_id": "IT01114601006"}, {"seller_tax_id": "IT97103880585"}),
        ({"seller_tax_id": "ITRSSMRA80A01H501U"}, {"seller_tax_id": "IT01114601006"}),
        ({"seller_tax_id": "EL094259216"}, {"seller_tax_id": "GR094259216"}),
        (
            {"seller": "Acme", "seller_tax_id": "FR40303265045"},
            {"seller": "Brand", "seller_id": "30326504500017"},
        ),
        (
            {"seller": "Acme", "seller_tax_id": "BE0123456789"},
            {"seller": "Brand", "seller_tax_id": "BE123456789"},
        ),
    ],
)
def test_a_seller_that_may_be_one_written_differently_is_one(
    mine: dict[str, str], theirs: dict[str, str]
) -> None:
    one, other = told("1", "x12", **mine), told("2", "ubl", **theirs)
    assert not apart(one, other)
    assert not apart(other, one)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"seller": "Acme GmbH"}, {"seller": "Brand GmbH"}),
        ({"seller": "The Acme Company"}, {"seller": "The Brand Company"}),
        ({"seller": "Müller AG"}, {"seller": "Möller AG"}),
        ({"seller": "A. Meier"}, {"seller": "A. Schmidt"}),
        ({"seller": "Acme", "seller_id": "1"}, {"seller": "Brand", "seller_id": "2"}),
        (
            {"seller": "Bolts GmbH", "seller_tax_id": "DE 129 273 398"},
            {"seller": "Bolts AG", "seller_tax_id": "DE136695976"},
        ),
        ({"seller_tax_id": "ATU12345678"}, {"seller_tax_id": "ATU87654321"}),
        ({"seller": "Газпром нефть"}, {"seller": "Лукойл"}),
        ({"seller": "ООО «Ромашка»"}, {"seller": "ООО «Василёк»"}),
        ({"seller": "Ελληνικά Πετρέλαια Α.Ε."}, {"seller": "Μυτιληναίος Α.Ε."}),
        ({"seller": "Bücher AG"}, {"seller": "B?CKER AG"}),
        ({"seller": "Weiß GmbH"}, {"seller": "Weinhandel Nord"}),
        ({"seller": "Weiß GmbH"}, {"seller": "Schwarz GmbH"}),
        ({"seller": "Bayerische Motoren Werke AG"}, {"seller": "BASF SE"}),
        ({"seller": "Bayerische Motoren Werke AG"}, {"seller": "DHL"}),
        ({"seller": "Aral"}, {"seller": "Shell"}),
        ({"seller_tax_id": "CHE-123.456.789 MWST"}, {"seller_tax_id": "CHE-123.456.788 TVA"}),
        ({"seller_tax_id": "BE0123456789"}, {"seller_tax_id": "BE0987654321"}),
        ({"seller_tax_id": "NL001234567B01"}, {"seller_tax_id": "NL007654321B01"}),
        ({"seller_tax_id": "FR03303265045"}, {"seller_tax_id": "FR40423265045"}),
        (
            {"seller": "Acme", "seller_tax_id": "IT01114601006"},
            {"seller": "Brand", "seller_tax_id": "IT12345670785"},
        ),
    ],
)
def test_sellers_of_other_names_or_of_two_tax_ids_of_one_country_are_two(
    mine: dict[str, str], theirs: dict[str, str]
) -> None:
    one, other = told("1", "x12", **mine), told("2", "ubl", **theirs)
    assert apart(one, other)
    assert apart(other, one)


def test_one_guideline_tells_its_invoices_apart_by_as_many_fields() -> None:
    wide = f"42{SEPARATOR}nordlicht"
    assert apart(told("42"), told("43"))
    assert apart(told("42"), told("42", "x12"))
    assert not apart(told("42"), told(wide))
    assert not apart(told("42"), told("43", "x12"))
    assert apart(told(wide), told(f"42{SEPARATOR}südlicht"))
