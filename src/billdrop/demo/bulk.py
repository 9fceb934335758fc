"""Many plain, correct documents quickly, worked out from their index alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from billdrop.demo.layouts import docproc_text
from billdrop.demo.texts import EXPORT_HEADER, PARTS, SUPPLIES, english_date, rupees_in_words

FIRST_DAY = date(2024, 1, 1)
DAYS = 1000
"""Issue dates go round in that many days from `FIRST_DAY`."""
A_DAY = 50
"""Invoices that come one after the other are mostly of one day; so many are."""

MAKERS_NOTE = " with mounting kit and calibration certificate in a shipping crate made to order"


def docproc_invoice(index: int, *, lines: int = 5, detail: bool = False) -> bytes:
    """One invoice in the layout `docproc`: about 600 bytes with 5 lines, about 1 KB with `detail`."""
    nets, taxes = amounts(index, lines)
    net, tax = sum(nets), sum(taxes)
    goods = _goods(detail=detail)
    return docproc_text(
        customer_id="sm-LK0080145",
        number=docproc_number(index),
        dated=_english_dates()[index // A_DAY % DAYS],
        parties=("Space Mechanics Inc.", "Starfleet Interplanatory HQ"),
        amounts=(str(net), str(tax), str(net + tax)),
        words=rupees_in_words(net + tax),
        rows=[
            (goods[(index + place) % len(goods)], str(nets[place]), str(taxes[place]))
            for place in range(lines)
        ],
    )


def docproc_number(index: int) -> str:
    """The number of that invoice."""
    return f"inv-{index:07}"


def amounts(index: int, lines: int) -> tuple[list[int], list[int]]:
    """The net amounts and taxes of the lines of that invoice, in whole units or cents."""
    nets = [100 + (index * 7919 + place * 104_729) % 9_900 for place in range(lines)]
    return nets, [net * 18 // 100 for net in nets]


def write_folder(root: Path, count: int, *, lines: int = 5, first: int = 0) -> int:
    """Write `count` one-invoice files in the layout `docproc`; returns their bytes."""
    root.mkdir(parents=True, exist_ok=True)
    written = 0
    for index in range(first, first + count):
        written += (root / f"{docproc_number(index)}.txt").write_bytes(
            docproc_invoice(index, lines=lines)
        )
    return written


def write_delimited(
    path: Path, invoices: int = 200_000, lines_each: int = 5, *, first: int = 0
) -> int:
    """Write one delimited export that the demo's guideline `harbour-export` reads; returns its bytes."""
    with path.open("wb") as file:
        written = file.write(f"{','.join(EXPORT_HEADER)}\n".encode())
        for index in range(first, first + invoices):
            written += file.write("".join(_rows(index, lines_each)).encode())
    return written


def _rows(index: int, lines: int) -> Iterator[str]:
    nets, taxes = amounts(index, lines)
    net, tax = sum(nets), sum(taxes)
    dated = _iso_dates()[index // A_DAY % DAYS]
    head = f"HS-{index:07},{dated},EUR,Harbour Supplies Ltd,Lunar Transit Authority"
    tail = f"{_cents(net)},{_cents(tax)},{_cents(net + tax)}\n"
    goods = _cells()
    for place in range(lines):
        name, price = goods[(index + place) % len(goods)], _cents(nets[place])
        yield f"{head},{name},1,{price},{price},{_cents(taxes[place])},{tail}"


def _cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


@cache
def _goods(*, detail: bool) -> tuple[str, ...]:
    note = MAKERS_NOTE if detail else ""
    return tuple(f"{name}{note}" for name in PARTS)


@cache
def _cells() -> tuple[str, ...]:
    return tuple('"' + name.replace('"', '""') + '"' if "," in name else name for name in SUPPLIES)


@cache
def _english_dates() -> tuple[str, ...]:
    return tuple(english_date(FIRST_DAY + timedelta(days=day)) for day in range(DAYS))


@cache
def _iso_dates() -> tuple[str, ...]:
    return tuple((FIRST_DAY + timedelta(days=day)).isoformat() for day in range(DAYS))
