"""No amount in another currency is taken, or left out, without a finding: only the tax is stated twice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from billdrop.guidelines.library import Library
from billdrop.model import Record
from billdrop.parsing.reading import parse
from tests.corpus import corpus
from tests.standards.table import library
from tests.standards.verdicts import document, samples

NAMES = ("ubl-invoice", "ubl-credit-note", "cii")
TAX_CURRENCY = re.compile(rb"TaxCurrencyCode>\s*([A-Z]{3})")
AMOUNT = re.compile(rb'<(?:\w+:)?(\w+) currencyID="([A-Z]{3})">([^<]*)<')


@pytest.fixture(scope="module")
def known() -> Library:
    return library()


def amounts(content: bytes, known: Library) -> Iterator[re.Match[bytes]]:
    """Those of which something is read: with another value there the document says something else."""
    right = read(content, known)
    for found in AMOUNT.finditer(content):
        other = read(put(content, found, 3, b"98765.43"), known)
        if not other.accepted or other.invoice != right.invoice:
            yield found


def put(content: bytes, found: re.Match[bytes], group: int, text: bytes) -> bytes:
    return content[: found.start(group)] + text + content[found.end(group) :]


def named(content: bytes) -> bytes:
    """The document, every amount of which names its currency."""
    currency = re.search(rb"InvoiceCurrencyCode>\s*([A-Z]{3})", content)
    if currency is None:
        return content
    return re.sub(rb"<(ram:\w*Amount)>", rb'<\1 currencyID="' + currency[1] + rb'">', content)


def read(content: bytes, known: Library) -> Record:
    return next(iter(parse(document("it.xml", content), known).records))


def taken(content: bytes, known: Library) -> list[str]:
    """The amounts that were accepted in another currency although something is read of them."""
    content = named(content)
    if not read(content, known).accepted:
        return []
    found = TAX_CURRENCY.search(content)
    others = {b"XXX", b"USD", found[1] if found else b"SEK"}
    return [
        f"{each[1].decode()} in {currency.decode()}"
        for each in amounts(content, known)
        for currency in sorted(others - {each[2]})
        if read(put(content, each, 2, currency), known).accepted
    ]


@pytest.mark.parametrize("name", NAMES)
def test_amount_of_an_example_in_another_currency_is_a_finding(name: str, known: Library) -> None:
    guide = known.named(name)
    assert guide is not None
    for example in guide.guideline.examples:
        content = example.text.encode()
        if b"TaxCurrencyCode" not in content:
            content = content.replace(
                b"<ram:InvoiceCurrencyCode>",
                b"<ram:TaxCurrencyCode>SEK</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>",
            )
        assert read(content, known).accepted
        assert not taken(content, known)


@pytest.mark.parametrize("folder", ["xml-ubl", "xml-cii"])
def test_amount_of_a_genuine_invoice_in_another_currency_is_a_finding(
    folder: str, known: Library
) -> None:
    files: list[Path] = [it for it in samples(corpus(folder)) if it.stat().st_size <= 32 * 1024]
    twice = [it for it in files if TAX_CURRENCY.search(it.read_bytes())]
    found = [
        f"{file.name}: {each}"
        for file in (*twice[:6], *files[:10])
        for each in taken(file.read_bytes(), known)
    ]
    assert not found, "\n".join(found)
