"""Names of parties in a sample, and the letterhead: what it shows of who sends it."""

import re
from collections.abc import Iterator, Sequence

from billdrop.guidelines.draft.evidence import DATE
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.words import fields_of, squashed

LINES = 12
"""So many lines with text may be the letterhead."""
WORDS = 6
"""A name without the form of a company has no more."""

_FORMS = "GmbH|mbH|AG|KG|KGaA|OHG|UG|GbR|e.K.|e.V.|e.G.|a.G.|SE|Ltd|Limited|LLP|plc|Inc|LLC|Corp|Corporation|Company|& Co|Sarl|SAS|S.A.S.|S.A.|Srl|S.r.l.|SpA|S.p.A.|S.L.|S.L.U.|B.V.|BV|N.V.|NV|Lda|Ltda|A/S|ApS|AB|Oy|Sp. z o.o.|s.r.o.|Kft|Pty"  # fmt: skip
_ANY_FORM = "|".join(
    re.escape(it) for form in _FORMS.split("|") for it in dict.fromkeys((form, form.upper()))
)
_FORM = re.compile(rf"(?<!\w)(?:{_ANY_FORM})(?!\w)")
_TITLE = re.compile(
    r"invoice|rechnung|facture|factura|fattura|factuur|fatura|creditnote|gutschrift|statement|receipt"
    r"|^(?:bill|original|copy|kopie|duplicate|duplikat|page[0-9]*|seite[0-9]*)$"
)
"""What the title of a document has, and no name."""
_TITLED = re.compile(
    r"(tax|vat|commercial|sales)?invoice|rechnung|facture|factura|fattura|factuur|fatura|faktura"
)
_GREETED = re.compile(r"(?:an|firma|herrn?|frau|to|mr|mrs|ms|dear|attn)\b", re.IGNORECASE)
"""What a line begins with that speaks to somebody, or stands above whom it speaks to."""


def is_name(text: str) -> bool:
    """Whether the text can be the name of a party."""
    letters, digits = (sum(map(kind, text)) for kind in (str.isalpha, str.isdigit))
    return (
        len(text) > 2
        and text[0].isalnum()
        and letters > 2 * digits
        and not any(it in text for it in ":@●•|…")
        and not DATE.search(text)
    )


def letterheads(samples: Sequence[Sample]) -> list[str]:
    """What may be the letterhead of all samples, the likeliest first."""
    first, *rest = (list(dict.fromkeys(_names(it))) for it in samples)
    return [it for it in first if all(it in mine for mine in rest)]


def titles(samples: Sequence[Sample]) -> list[str]:
    """The lines that are the title of a document and nothing else, in all samples."""
    first, *rest = ([it.strip() for it in sample.lines] for sample in samples)
    found = dict.fromkeys(it for it in first if _TITLED.fullmatch(squashed(it)))
    return [it for it in found if all(it in mine for mine in rest)]


def _names(sample: Sample) -> Iterator[str]:
    """Companies by their form, in order; where there is none, the first line if it can be a name."""
    rows = [row for row in sample.rows if row][:LINES]
    spoken = {at + 1 for at, row in enumerate(rows) if _GREETED.match(row[0].text)}
    found = [
        cell.text
        for at, row in enumerate(rows)
        for cell in row
        if _FORM.search(cell.text) and is_name(cell.text) and at not in spoken
    ]
    yield from found
    for cell in rows[0][:1] if rows and not found else []:
        if _is_bare_name(cell.text):
            yield cell.text


def _is_bare_name(text: str) -> bool:
    """Whether a first line is a name, though no form of a company says so."""
    few = len(text.split()) <= WORDS and text[-1] not in ".,;!?"
    titled = _TITLE.search(squashed(text)) or fields_of(text) or _GREETED.match(text)
    return is_name(text) and few and text[0].isupper() and not titled
