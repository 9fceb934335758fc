"""Whether the amounts of invoices agree with each other, column by column."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from billdrop.bulk.columns import Told
from billdrop.bulk.filled import Source
from billdrop.bulk.values import close
from billdrop.bulk.words import Flags, Ints, Text
from billdrop.model import CREDIT_NOTES

STATED = ("number", "issue_date", "currency", "net", "tax", "total")
"""Where one of them is blank, what takes its place is worked out the exact way."""
_FARTHEST = float(1 << 60)

Decimals = Callable[[int], int | None]
"""With how many decimals the net of a line is written, by its row; None: that is not plain."""


class Checked(NamedTuple):
    """Some invoices whose amounts are added up and compared."""

    before: int
    """How many came before."""
    firsts: Ints
    """The first line of each in the document."""
    lasts: Ints
    starts: Ints
    """Where the lines of each begin among all of them, and where those of the last end."""
    places: Ints
    """The line in the document, of each line."""
    text: Text
    source: Source
    heads: dict[str, Told]
    """By field, of each invoice."""
    lines: dict[str, Told]
    """By field, of each line."""
    wrong: Flags
    """The invoices that are not plainly right."""


def wrong_heads(heads: Mapping[str, Told], source: Source) -> Flags:
    """The invoices that do not state what they must, or two things that contradict each other."""
    wrong = np.zeros(len(heads["number"].nothing), np.bool_)
    for told in heads.values():
        wrong[told.bad] = True
    for name in STATED:
        if name in heads:
            wrong |= heads[name].nothing
    if "type_code" in heads:
        kind = heads["type_code"]
        wrong |= kind.nothing | source.among(kind.piece, CREDIT_NOTES)
    if "due_date" in heads and "issue_date" in heads:
        due = heads["due_date"]
        issued = heads["issue_date"].piece
        wrong |= ~due.nothing & source.precede(due.piece, issued)
    return wrong


def unequal(heads: Mapping[str, Told], lines: Mapping[str, Told], starts: Ints) -> Flags:
    """The invoices that do not agree with their lines, or have none."""
    sums = {name: added(lines[name], starts) for name in ("net", "tax") if name in lines}
    net, total = amounts(heads["net"]), amounts(heads["total"])
    tax = amounts(heads["tax"]) if "tax" in heads else sums.get("tax")
    wrong: Flags = (net != sums["net"]) | (starts[1:] == starts[:-1])
    if tax is None:
        wrong |= net != total
        return wrong
    if "tax" in sums:
        wrong |= tax != sums["tax"]
    wrong |= net + tax != total
    return wrong


def disagreeing(lines: Mapping[str, Told], written: Decimals) -> Ints:
    """The lines whose quantity times price is not their net."""
    quantity, price = amounts(lines["quantity"]), amounts(lines["unit_price"])
    told = lines["net"]
    net, decimals = amounts(told), told.decimals
    assert decimals is not None, "it is an amount"
    far = np.abs(quantity.astype(np.float64) * price) > _FARTHEST
    difference = np.abs(quantity * price - net * 10_000)
    room = np.int64(10) ** (8 - np.maximum(decimals, 0))
    apart = far | (2 * difference > np.where(decimals < 0, 0, room))
    kept = [
        row
        for row in np.flatnonzero(apart).tolist()
        if not close(int(quantity[row]), int(price[row]), int(net[row]), written(row))
    ]
    return np.array(kept, np.int64)


def amounts(told: Told) -> Ints:
    """In 0.0001."""
    assert told.amounts is not None, "it is an amount"
    return told.amounts


def added(told: Told, starts: Ints) -> Ints:
    """The sums of the lines of each invoice: of none 0."""
    return between(amounts(told), starts)


def between(values: Ints, starts: Ints) -> Ints:
    """What each stretch adds up to; that of all may be beyond 64 bits, as long as no stretch is."""
    so_far = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=so_far[1:])
    found: Ints = np.diff(so_far[starts])
    return found
