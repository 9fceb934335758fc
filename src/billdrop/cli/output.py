"""What commands print on stdout: JSON, CSV and tables whose amounts line up."""

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click
import msgspec

from billdrop.books.columns import plain
from billdrop.books.csvfile import guarded
from billdrop.cli.render import cells, cut, visible

_UNSAFE_IN_JSON = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def encoded(value: object) -> str:
    """JSON on one line; what could drive a terminal is escaped, amounts are strings."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def print_json(value: object) -> None:
    """One JSON value."""
    click.echo(encoded(value))


def print_json_list(values: Iterable[object]) -> None:
    """A JSON list, one element a line, written as they come."""
    sys.stdout.write("[")
    for position, value in enumerate(values):
        sys.stdout.write((",\n " if position else "") + encoded(value))
    sys.stdout.write("]\n")


def print_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """RFC 4180 with LF; texts that a spreadsheet would take for a formula get a leading `'`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_guarded(cell) for cell in row])
        if buffer.tell() > 1 << 16:
            sys.stdout.write(buffer.getvalue())
            buffer.seek(0)
            buffer.truncate()
    sys.stdout.write(buffer.getvalue())


def _guarded(cell: object) -> str | None:
    text = _moment(cell) if isinstance(cell, datetime) else plain(cell)
    return guarded(text) if text and isinstance(cell, str) else text


def grouped(amount: Decimal | None) -> str:
    """An amount for people: thousands grouped, its own scale."""
    return "" if amount is None else f"{amount:,f}"


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()
) -> str:
    """
    Columns two spaces apart under a bold header; those named in `right` are aligned to the right.

    On a terminal, lines are cut to its width.
    """
    texts = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(header, *texts, strict=True)]
    sides = [name in right for name in header]
    head, *lines = [_line(row, widths, sides) for row in (header, *texts)]
    if sys.stdout.isatty():
        room = shutil.get_terminal_size((80, 24)).columns
        head, *lines = [cut(line, room) for line in (head, *lines)]
    return "\n".join([click.style(head, bold=True), *lines])


def _line(texts: Sequence[str], widths: Sequence[int], sides: Sequence[bool]) -> str:
    return "  ".join(
        pad(text, width, right=side) for text, width, side in zip(texts, widths, sides, strict=True)
    ).rstrip()


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill with spaces to so many cells of a terminal."""
    space = " " * (width - cells(text))
    return space + text if right else text + space


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        return grouped(value)
    if isinstance(value, datetime):
        return _moment(value)
    return visible("" if value is None else str(value))


def _moment(value: datetime) -> str:
    """In UTC, as the CSV has it."""
    return value.replace(tzinfo=None).isoformat(" ", "milliseconds")


def counted(number: int, noun: str) -> str:
    """`1 invoice`, `2,000 invoices`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def talk(text: str) -> None:
    """A word to the person, not part of the data."""
    click.echo(text, err=True)


def as_objects(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Rows as JSON objects."""
    return (dict(zip(names, row, strict=True)) for row in rows)
