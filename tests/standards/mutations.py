"""Invoices altered as they are on the way: a digit, a line, a separator, the end, the encoding."""

import random
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from billdrop.guidelines.library import Library
from billdrop.model import Invoice, Line, Record, Severity
from billdrop.parsing.reading import parse
from tests.standards.verdicts import document

AMOUNTS = (
    "total", "net", "tax", "payable", "line_net", "allowance", "charge", "prepaid", "rounding", "withheld",
)  # fmt: skip
CENT = Decimal("0.01")
"""Lines of more digits than their sum are denied by no less."""
SEPARATORS = b"|;:,+*'~<>\"={}[]/\n\t "


class Altered(Struct, frozen=True, kw_only=True):
    """A document and what was done to it."""

    what: str
    content: bytes


class Slip(Struct, frozen=True, kw_only=True):
    """An altered document whose amounts were taken for right although the document denies them."""

    what: str
    difference: str


def digits(content: bytes, record: Record) -> Iterator[Altered]:
    """Every amount of the invoice, one digit of it changed."""
    lines = content.split(b"\n")
    for path, span in (record.spans() if record.spans else {}).items():
        if not _is_amount(path) or not 0 < span.line <= len(lines):
            continue
        for place, letter in enumerate(span.text):
            if letter.isdigit():
                other = str((int(letter) + 1) % 10)
                text = span.text[:place] + other + span.text[place + 1 :]
                changed = _replaced(lines[span.line - 1], span.column, span.text, text)
                if changed is not None:
                    new = [*lines[: span.line - 1], changed, *lines[span.line :]]
                    yield Altered(what=f"{path} {text}", content=b"\n".join(new))


def others(content: bytes, seed: int, count: int) -> Iterator[Altered]:
    """Lines dropped and doubled, separators swapped, the end cut off, other encodings."""
    chance = random.Random(seed)
    lines = content.split(b"\n")
    for place in _some(chance, len(lines), count):
        yield Altered(
            what=f"no line {place + 1}", content=b"\n".join(lines[:place] + lines[place + 1 :])
        )
        yield Altered(
            what=f"line {place + 1} twice", content=b"\n".join(lines[: place + 1] + lines[place:])
        )
    marks = [at for at, byte in enumerate(content) if byte in SEPARATORS]
    for place in _some(chance, len(marks), count):
        mark = bytes([chance.choice(SEPARATORS)])
        at = marks[place]
        yield Altered(what=f"{mark!r} at {at}", content=content[:at] + mark + content[at + 1 :])
        yield Altered(what=f"nothing at {at}", content=content[:at] + content[at + 1 :])
    for at in _some(chance, len(content), count):
        yield Altered(what=f"cut at {at}", content=content[:at])
    yield from _encoded(content)


def _encoded(content: bytes) -> Iterator[Altered]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    for name in ("utf-16", "utf-16-be", "utf-8-sig", "cp037", "utf-7"):
        yield Altered(what=name, content=text.encode(name, "replace"))


def _some(chance: random.Random, size: int, count: int) -> list[int]:
    return chance.sample(range(size), min(size, count))


def _is_amount(path: str) -> bool:
    name = path.rpartition(".")[2]
    return path in AMOUNTS or (
        "[" in path and name in ("net", "tax", "amount", "base", "quantity", "unit_price")
    )


def _replaced(line: bytes, column: int, old: str, new: str) -> bytes | None:
    """The line with another text there; nothing where the text stands otherwise in its bytes."""
    for encoding in ("utf-8", "latin-1"):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text[column - 1 :].startswith(old):
            return (text[: column - 1] + new + text[column - 1 + len(old) :]).encode(encoding)
    return None


def slip(altered: Altered, whole: Record, library: Library) -> Slip | None:
    """
    What was taken for right and is not, where the right invoice has what denies it.

    What is not stated any more is not altered; lines that nothing introduces are reported as unclaimed.
    Where no total is printed, a warning that the payable is another one tells it.
    """
    right = whole.invoice
    assert right is not None
    printed = frozenset(whole.spans() if whole.spans else ())
    read = parse(document("altered.txt", altered.content), library)
    if any(found.severity is Severity.ERROR for found in read.findings):
        return None
    taken = [record for record in read.records if record.accepted and record.invoice]
    for record in taken:
        invoice = record.invoice
        assert invoice is not None
        told = "total" not in printed and any(one.field == "payable" for one in record.findings)
        for name, why in () if told else denied(right, printed):
            if getattr(invoice, name) not in (None, getattr(right, name)):
                fact = (
                    f"{name} {getattr(invoice, name)}, not {getattr(right, name)}; {why} denies it"
                )
                return Slip(what=altered.what, difference=fact)
        apart = abs(sum_of(invoice.lines) - sum_of(right.lines))
        if invoice.lines and lines_denied(right) and apart >= CENT:
            return Slip(what=altered.what, difference="the lines add up to something else")
    return None


def denied(right: Invoice, printed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """
    The amounts of an invoice that it states in more than one way.

    A total that is worked out is none; what is payable denies what it was worked out of, where they
    agree before anything is altered.
    """
    owed = right.total - (right.withheld or Decimal(0))
    if "total" not in printed and not ("payable" in printed and right.payable == owed):
        return
    if right.net is not None and right.tax is not None:
        yield "total", "net + tax"
        yield "net", "total - tax"
        yield "tax", "total - net"
    elif right.net is not None and lines_denied(right):
        yield "net", "the sum of the lines"


def lines_denied(right: Invoice) -> bool:
    """Whether every line states an amount and the invoice their sum."""
    stated = [line.net for line in right.lines]
    return bool(stated) and None not in stated and (right.line_net or right.net) is not None


def sum_of(lines: tuple[Line, ...]) -> Decimal:
    """Of what the lines state."""
    return sum((line.net for line in lines if line.net is not None), Decimal(0))
