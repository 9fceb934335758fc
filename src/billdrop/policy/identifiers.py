"""Whether tax identifiers and bank accounts have the form and the check digits of their country."""

from collections.abc import Iterator

COUNTRY = {"EL": "GR", "UK": "GB", "XI": "GB"}
"""Prefixes of tax identifiers that are no code of ISO 3166."""


def tax_id_wrong(text: str, country: str | None) -> str:
    """What is wrong with a tax identifier; nothing for one whose country has no rule we know."""
    from stdnum import get_cc_module

    checked = False
    for code in _countries(text, country):
        module = get_cc_module(code.lower(), "vat")
        if module is not None:
            checked = True
            if module.is_valid(text):
                return ""
    if checked:
        return "is not a tax identifier of its country: its form or a check digit is wrong"
    return "" if country else "names no country that is known, and none is stated"


def _countries(text: str, country: str | None) -> Iterator[str]:
    """The country that is stated, and the one that the identifier begins with."""
    prefix = text.strip()[:2].upper()
    if country:
        yield COUNTRY.get(country.upper(), country)
    if prefix.isascii() and prefix.isalpha():
        yield COUNTRY.get(prefix, prefix)


def account_wrong(text: str) -> str:
    """What is wrong with an IBAN."""
    from stdnum import iban

    return "" if iban.is_valid(text) else "is not an IBAN: its form or a check digit is wrong"
