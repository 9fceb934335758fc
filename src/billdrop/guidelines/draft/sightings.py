"""Labels in a sample, and the values that stand beside or below them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billdrop.guidelines.draft.evidence import DATE, MONEY, writings
from billdrop.guidelines.draft.letterhead import is_name
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.words import LONGEST, fields_of, squashed
from billdrop.guidelines.fields import INVOICE_FIELDS
from billdrop.readers.layout.cells import Cell
from billdrop.readers.layout.labels import below, right
from billdrop.values.currencies import MINOR_UNITS

PARTIES = ("seller", "buyer")
LINES = 2000
"""So many lines of a sample are looked at."""
WIDEST = 40
"""So many cells of a line are looked at."""
WORDS = 9
"""A label has so many words at most."""
DEEP = 9
"""So many amounts below a label are looked at."""

_ON = r"(?:vom|von|dated|du|del|de|della|from|van|of|issued at|issued on|en date du|le|am|,|-|–|/)"
_JOINED = re.compile(rf"(?P<number>\S+)\s(?P<on>{_ON})\s(?P<date>{DATE.pattern})")
_BROKEN = re.compile(r"(?P<number>\S+)\s(?P<on>vom|dated|du|del)")
_NUMBER = re.compile(r"(?=.*[0-9])(?:[A-Z]{1,4} )?[^\W_][\w./#-]{0,39}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?:\s?[A-Z0-9]){11,30}")
_TAX_ID = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9 ./-]{5,20}")
_DATE = re.compile(DATE.pattern)
_SIGN = re.compile(r"(?:[#№]|\b[Nn]\s?[°º])(?=\w)")
"""What says that a number follows, right before it."""
_WITH_TAX = re.compile(r"(?P<amount>.*\S) (?P<tax>TTC|HT)")
_BELOW = frozenset(
    ("number", "issue_date", "due_date", "total", "net", "tax", "payable", "currency", "seller", "buyer")
)  # fmt: skip
"""What may stand below its label though something else stands beside it."""


class Stated(NamedTuple):
    """A value, and where it stands from its label."""

    field: str
    value: str
    side: str = "right"
    cell: int = 1
    form: str = ""


class Sighting(NamedTuple):
    """A label with a value that it may state."""

    field: str
    label: str
    value: str
    strength: int
    line: int
    """0-based."""
    start: int
    side: str = "right"
    cell: int = 1
    form: str = ""
    colon: bool = False
    """Whether a colon follows the label."""
    alone: bool = False
    """Whether label and value are all of the line."""


class Spot(NamedTuple):
    """The end of a label in a cell of a page."""

    sample: Sample
    at: int
    """The position of the line."""
    row: Sequence[Cell]
    position: int
    """Of the cell in the row."""
    stop: int

    @property
    def line(self) -> str:
        """The line of text."""
        return self.sample.lines[self.at]

    @property
    def colon(self) -> bool:
        """Whether one ends the label, or follows it."""
        return ":" in self.line[max(self.stop - 1, 0) : self.stop + 2]

    @property
    def cell(self) -> Cell:
        """The cell that the label begins."""
        return self.row[self.position]

    def below(self, most: int, count: int = 1) -> Cell | None:
        """The one cell of so many lines below, if there is one."""
        following = iter(self.sample.lines[self.at + 1 : self.at + 1 + most])
        _, found = below(following, self.row, self.position, count)
        return found[0] if len(found) == 1 else None


def sightings(sample: Sample) -> Iterator[Sighting]:
    """Every label that may be one, with the value beside it, or else below."""
    for at, row in enumerate(sample.rows[:LINES]):
        for position in range(min(len(row), WIDEST)):
            yield from _of_cell(sample, at, row, position)


def _of_cell(sample: Sample, at: int, row: Sequence[Cell], position: int) -> Iterator[Sighting]:
    """The labels that begin a cell, the longest that may be one for each field."""
    done: set[str] = set()
    cell, line = row[position], sample.lines[at]
    for stop in _prefixes(cell):
        spot = Spot(sample, at, row, position, stop)
        label = line[cell.start : stop].rstrip(" :\u00a0")
        colon = line[cell.start + len(label) :].lstrip(" .")[:1] == ":"
        for field, strength in fields_of(label):
            if field in done or (not colon and stop < cell.stop and strength < 2):
                continue
            for one in _stated(spot, field):
                done.add(field)
                yield Sighting(
                    one.field,
                    label,
                    one.value,
                    strength,
                    at,
                    cell.start,
                    *one[2:],
                    colon=colon,
                    alone=position == 0 and line[stop:].strip(" :\u00a0") == one.value,
                )


def _prefixes(cell: Cell) -> Iterator[int]:
    """Where a label that begins a cell may end: the longest first."""
    ends = [match.end() for match in re.finditer(r"\S+", cell.text)]
    colons = [match.start() for match in re.finditer(":", cell.text)]
    signs = [match.end() for match in _SIGN.finditer(cell.text)][:1]
    stops = {*ends[:WORDS], *colons[:2], *signs}
    if len(cell.text) > 2 * LONGEST:
        stops = {*ends[:4], *colons[:1]}
    for stop in sorted(stops, reverse=True):
        if squashed(cell.text[:stop]):
            yield cell.start + stop


def _stated(spot: Spot, field: str) -> Iterator[Stated]:
    """The values of a field that a label may state: beside it, or else below."""
    parts = right(spot.line, spot.stop, len(spot.line))
    if field in PARTIES and not spot.colon:
        parts = []
    beside = list(_beside(field, parts))
    yield from beside
    if field == "number" and parts:
        yield from _with_date(spot, parts[0])
    if beside or (parts and field not in _BELOW) or _goes_on(spot):
        return
    if INVOICE_FIELDS[field] == "money":
        yield from _column(field, spot)
    elif (cell := spot.below(5)) and _value(field, cell.text):
        yield Stated(field, cell.text, side="below")


def _column(field: str, spot: Spot) -> Iterator[Stated]:
    """The amount below a label; of several the last, if it is their sum: else none says it more than another."""
    texts: list[str] = []
    while (
        len(texts) < DEEP
        and (cell := spot.below(5 + DEEP, len(texts) + 1))
        and _value(field, cell.text)
    ):
        texts.append(cell.text)
    if len(texts) == 1:
        yield Stated(field, texts[0], side="below")
    elif texts and _adds_up(texts):
        yield Stated(field, texts[-1], side="below", cell=-1)


def _adds_up(texts: Sequence[str]) -> bool:
    """Whether the last amount is the sum of the others, all with as many decimals."""
    numbers = [re.sub(r"[^0-9.,]", "", it) for it in texts]
    if len({len(re.split("[.,]", it)[-1]) for it in numbers if re.search("[.,]", it)}) > 1:
        return False
    units = [
        int(re.sub("[.,]", "", number)) * (-1 if re.search("[-−(]", text) else 1)
        for number, text in zip(numbers, texts, strict=True)
    ]
    return sum(units[:-1]) == units[-1]


def _goes_on(spot: Spot) -> bool:
    """Whether more than the label stands in its cell."""
    return bool(spot.line[spot.stop : spot.cell.stop].strip(" :"))


def _beside(field: str, parts: Sequence[Cell]) -> Iterator[Stated]:
    """The value right of a label."""
    kind = INVOICE_FIELDS[field]
    if kind == "money":
        yield from _amount(field, parts[:8])
        closed = _WITH_TAX.fullmatch(parts[0].text) if parts else None
        if closed and _value(field, closed["amount"]):
            yield Stated(field, closed["amount"], form=f"{{}} {closed['tax']}")
    elif parts and _value(field, parts[0].text):
        yield Stated(field, parts[0].text)
    elif kind == "date" and parts:
        begun = _DATE.match(parts[0].text)
        rest = parts[0].text[begun.end() :] if begun else ""
        if begun and writings(begun[0]) and rest.startswith(" "):
            yield Stated(field, begun[0], form="{} {_:text}")


def _amount(field: str, parts: Sequence[Cell]) -> Iterator[Stated]:
    """The last of the amounts right of a label; the base of a tax stands before it."""
    found = [which for which, part in enumerate(parts) if _value(field, part.text)]
    others = [it for it in parts[: found[0]] if not _value("currency", it.text)] if found else []
    if not found or others:
        return
    last = found[-1]
    cell = -1 if len(found) > 1 and last == len(parts) - 1 else last + 1
    yield Stated(field, parts[last].text, cell=cell)


def _with_date(spot: Spot, part: Cell) -> Iterator[Stated]:
    """A number and a date after one label: `Invoice No. 7 dated 1 May 2026`, perhaps on two lines."""
    joined = _JOINED.fullmatch(part.text)
    if joined and _NUMBER.fullmatch(joined["number"]) and writings(joined["date"]):
        on = joined["on"]
        yield Stated("number", joined["number"], form=f"{{}} {on} {{_:date}}")
        yield Stated("issue_date", joined["date"], form=f"{{_:word}} {on} {{}}")
        return
    broken = _BROKEN.fullmatch(part.text)
    if broken and _NUMBER.fullmatch(broken["number"]):
        yield Stated("number", broken["number"], form=f"{{}} {broken['on']}")
        cell = spot.below(3)
        if cell and writings(cell.text):
            yield Stated("issue_date", cell.text, side="below")


def _value(field: str, text: str) -> str:
    """The text where it can be a value of the field; nothing where it cannot."""
    kind = INVOICE_FIELDS[field]
    if kind == "date":
        fits = bool(writings(text))
    elif kind == "money":
        money = MONEY.fullmatch(text)
        fits = bool(money) and not writings(text) and not text.endswith("%")
    elif kind == "currency":
        fits = text in MINOR_UNITS
    else:
        fits = _fits_text(field, text)
    return text if fits else ""


def _fits_text(field: str, text: str) -> bool:
    if field in ("number", "order_ref", "customer_id"):
        return bool(_NUMBER.fullmatch(text)) and not writings(text)
    if field == "payment_account":
        return bool(_IBAN.fullmatch(text))
    if field == "seller_tax_id":
        return bool(_TAX_ID.fullmatch(text)) and not writings(text)
    return is_name(text)
