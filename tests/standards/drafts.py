"""What drafted guidelines read of genuine invoices without a human touch, and what they were unsure of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from billdrop.guidelines.draft import Drafted, draft
from billdrop.guidelines.draft.evidence import DATE, writings
from billdrop.guidelines.draft.words import squashed
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.model import Locale
from billdrop.readers import Limits
from billdrop.values import dates
from tests.standards.verdicts import Known, known_of, samples

FORMATS = {
    "docproc": "labels and an items list",
    "text-kv": "labels with values",
    "ledes": "LEDES 1998B",
    "text-pdftotext": "pages printed as text",
}
"""The folders of the corpus that guidelines are drafted from."""
FIELDS = ("number", "issue_date", "total")


class Miss(Struct, frozen=True, kw_only=True):
    """A value that the draft does not read as it is known."""

    field: str
    known: str
    read: str
    unsure: bool
    """Whether the draft says so."""
    printed: bool
    """Whether the text has the known value at all."""


class Tried(Struct, frozen=True, kw_only=True):
    """What came of one sample."""

    name: str
    misses: tuple[Miss, ...]


def tried(corpus: Path) -> dict[str, list[Tried]]:
    """Every sample of which something is known, by folder."""
    return {
        folder: [one for file in samples(corpus / folder) if (one := _tried(file))]
        for folder in FORMATS
        if (corpus / folder).is_dir()
    }


def _tried(file: Path) -> Tried | None:
    known = [it for it in known_of(file) if it.number or it.issue_date or it.total is not None]
    if not known:
        return None
    content = file.read_bytes()
    made = draft([("sample.txt", content)])
    guide = compile_guide(made.text, origin=file.name, limits=Limits())
    return Tried(name=file.name, misses=tuple(_misses(made, guide, content, known)))


def _misses(made: Drafted, guide: Guide, content: bytes, known: Sequence[Known]) -> Iterator[Miss]:
    unsure = {doubt.field for doubt in made.unsure}
    text = content.decode("utf-8", "replace")
    read = [found.values for found in guide.reader.read(content)]
    for at, wanted in enumerate(known):
        values = read[at] if at < len(read) else {}
        for field in FIELDS:
            stated, got = getattr(wanted, field), values.get(field)
            if stated is not None and stated != got:
                yield Miss(
                    field=field,
                    known=str(stated),
                    read="" if got is None else str(got),
                    unsure=field in unsure,
                    printed=_is_printed(stated, text),
                )


def _is_printed(value: object, text: str) -> bool:
    if isinstance(value, date):
        return value in set(_days(text))
    if isinstance(value, Decimal):
        return re.sub(r"\D", "", f"{value:.2f}") in re.sub(r"[.,' \u00a0]", "", text)
    return squashed(str(value)) in squashed(text)


def _days(text: str) -> Iterator[object]:
    for found in DATE.finditer(text):
        for pattern, language in writings(found[0]):
            yield dates.reader(Locale(dates=[pattern], language=language or "en"))(found[0])


def described(found: Mapping[str, Sequence[Tried]]) -> str:
    """Markdown: the share by format, then what was not right, and whether the draft says so."""
    return "\n".join([*_shares(found), "", *_wrong(found)])


def _shares(found: Mapping[str, Sequence[Tried]]) -> Iterator[str]:
    yield "| format | samples | right without a touch | share |"
    yield "|---|--:|--:|--:|"
    for folder, mine in found.items():
        right = sum(not one.misses for one in mine)
        yield f"| {FORMATS[folder]} | {len(mine)} | {right} | {share(mine):.0%} |"


def share(mine: Sequence[Tried]) -> float:
    """How many of ten, as a part of one."""
    return sum(not one.misses for one in mine) / len(mine)


def _wrong(found: Mapping[str, Sequence[Tried]]) -> Iterator[str]:
    yield "| sample | field | known | read by the draft | the draft says |"
    yield "|---|---|---|---|---|"
    for mine in found.values():
        for one in mine:
            for miss in one.misses:
                said = "unsure" if miss.unsure else "nothing"
                there = "" if miss.printed else ", the text does not have the known one"
                cells = (f"`{one.name}`", miss.field, miss.known, miss.read or "nothing")
                yield f"| {' | '.join(cells)} | {said}{there} |"
