"""Horizontal bars, one scale per currency."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

import click

from billdrop.cli.output import grouped, pad
from billdrop.cli.render import cells, visible

Bar = tuple[str, str, Decimal]
"""Label, currency, amount."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def plot(bars: Sequence[Bar], width: int) -> str:
    """A block of bars for each currency; negative amounts are red and say so by their sign."""
    ordered = sorted(bars, key=lambda bar: bar[1])
    blocks = [
        "\n".join(_block(currency, list(group), width))
        for currency, group in groupby(ordered, key=lambda bar: bar[1])
    ]
    return "\n\n".join(blocks)


def _block(currency: str, bars: Sequence[Bar], width: int) -> Iterator[str]:
    yield click.style(visible(currency), bold=True)
    label = max(cells(visible(name)) for name, _, _ in bars)
    amount = max(len(grouped(value)) for _, _, value in bars)
    room = max(4, width - label - amount - 4)
    largest = max(abs(value) for _, _, value in bars)
    for name, _, value in bars:
        drawn = bar(abs(value), largest, room)
        colour = "red" if value < 0 else "cyan"
        yield "  ".join(
            (
                pad(visible(name), label),
                pad(grouped(value), amount, right=True),
                click.style(drawn, fg=colour),
            )
        )


def bar(value: Decimal, largest: Decimal, room: int) -> str:
    """So many eighths of a cell as the value's share of the largest; what is not zero is seen."""
    if not largest or not value:
        return ""
    eighths = max(1, int(value * room * 8 / largest))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
