"""Segments as CSV: RFC 4180 in UTF-8 with LF, one record per line, and no cell that a spreadsheet runs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from billdrop.books.columns import FORMATS, INVOICES, LINES, Column, Kind
from billdrop.model import Row, Segment

CHUNK = 256 * 1024
"""Characters gathered before a chunk is handed on."""

BATCH = 512
"""Rows looked at together: whole columns are checked at once, which is what makes it fast."""

TRIGGERS = "=+\\-@＝＋－＠"
"""What begins a formula, as the inside of a character class."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
SURROGATES = re.compile("[\ud800-\udfff]")
RUN = re.compile(f"[\x00-\x1f]|[' \x00-\x1f\x7f-\x9f]*[{TRIGGERS}]")
"""Of a text that may still hold control characters; of another, blanks and quotes go before."""
GUARDED = re.compile(f"'(?=[' ]*[{TRIGGERS}])")

BETWEEN = "|"
FORMULA_BETWEEN = re.compile(rf"\|[' ]*[{TRIGGERS}]")

DECIMAL = r"-?[0-9]+(?:\.[0-9]+)?"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
FORMS: dict[Kind, str] = {
    "money": DECIMAL,
    "number": DECIMAL,
    "integer": r"-?[0-9]+",
    "date": DAY,
    "timestamp": DAY + r"[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|\+00:00)?",
}
"""How the cells of each kind but text must look; they are written as they are, never guarded."""

ONE = {kind: re.compile(form) for kind, form in FORMS.items()}
MANY = {kind: re.compile(rf"{form}(?:\|{form})*+") for kind, form in FORMS.items()}

EMPTY = {None, ""}

Cells = tuple[str | None, ...]

RISKY = re.compile(f'"(?:[\\[\'\\\\ {TRIGGERS}]|s?NaN"|Infinity")')
"""
How a text begins in JSON that may need a guard, or could be taken for the beginning of a row; and
what a number that is none would be written as.
"""


def objects(segment: Segment) -> Iterator[tuple[str, Iterator[bytes]]]:
    """
    The objects of a segment: key and bytes, the same whenever it is asked.

    A segment without lines has a `lines` object too, of the header alone, so that its presence can be proved.
    """
    written = segment.written
    for folder, columns, rows in parts(segment):
        if written is not None:
            texts = written.invoices if folder == "invoices" else written.lines
            yield key(folder, segment), render_texts(columns, texts)
        else:
            yield key(folder, segment), render(columns, rows)


def parts(segment: Segment) -> Iterator[tuple[str, Sequence[Column], Iterable[Row]]]:
    """What goes into each object of a segment: the folder, its columns, its rows."""
    yield "invoices", INVOICES, segment.invoices
    yield "lines", LINES, segment.lines


def key(folder: str, segment: Segment) -> str:
    """Where an object of a segment lies in the destination."""
    return f"{folder}/received={segment.received:%Y-%m-%d}/{segment.name}.csv"


def render(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """
    Header and rows, in chunks of about 256 KiB; at least one chunk.

    A run of control characters or line ends becomes one blank; a text that a spreadsheet would
    run gets a leading `'`. A number or date that is not written as one is a fault: `ValueError`.
    """
    gathered = [",".join(column.name for column in columns)]
    size = 0
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        text = written(columns, batch)
        gathered.append(text)
        size += len(text)
        if size >= CHUNK:
            yield taken(gathered)
            gathered, size = [], 0
    if gathered:
        yield taken(gathered)


def earlier(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[Iterator[bytes]]:
    """The same in each format of before, the last first; none if the rows say what it has no column for."""
    now = FORMATS[-1].invoices if columns is INVOICES else FORMATS[-1].lines
    for format_ in reversed(FORMATS[:-1]):
        width = format_.invoices if columns is INVOICES else format_.lines
        if width < now and not any(any(row[width:]) for row in rows):
            yield render(columns[:width], (row[:width] for row in rows))


def render_texts(columns: Sequence[Column], texts: Sequence[str]) -> Iterator[bytes]:
    """As `render`, of rows that are written already."""
    header = ",".join(column.name for column in columns)
    yield taken([header, *texts[:BATCH]])
    for place in range(BATCH, len(texts), BATCH):
        yield taken(list(texts[place : place + BATCH]))


def unquoted(stored: str, commas: int) -> str | None:
    """
    Cells as CSV, given their JSON with so many commas between them, of which the first is a text.

    None where a cell cannot be written as it is. Of those that can, JSON is CSV but for the quotes,
    the brackets of rows, and `null`. A `[` after a comma is then always the bracket of a row.
    """
    if stored.count(",") != commas or "\\" in stored or RISKY.search(stored):
        return None
    if (not stored.isascii() or "\x7f" in stored) and not stored.isprintable():
        return None
    return stored.replace(",null", ",").replace('"', "")


def one_row(columns: Sequence[Column], cells: Cells) -> str:
    """A row, or some columns of one, as CSV without the line end: what `written` makes of many."""
    pairs = zip(columns, cells, strict=True)
    return ",".join([fit(column, (cell,))[0] if cell else "" for column, cell in pairs])


def taken(gathered: list[str]) -> bytes:
    return ("\n".join(gathered) + "\n").encode()


def written(columns: Sequence[Column], rows: list[Row]) -> str:
    """The rows as CSV, without the last line end."""
    given: list[Cells] = list(zip(*rows, strict=True))
    if len(given) != len(columns):
        raise ValueError(f"a row has {len(given)} cells, the header {len(columns)}")
    cells = [fit(column, cells) for column, cells in zip(columns, given, strict=True)]
    return "\n".join(map(",".join, zip(*cells, strict=True)))


def fit(column: Column, cells: Cells) -> Sequence[str]:
    """The cells of one column as they are written."""
    distinct: set[Any] = set(cells)
    empty = None in distinct
    distinct -= EMPTY
    if not distinct:
        return ("",) * len(cells)
    if column.kind != "text":
        exact(column, distinct)
    elif not harmless(distinct):
        safe = {cell: quoted(cleaned(cell)) for cell in distinct}
        return [safe[cell] if cell else "" for cell in cells]
    return [cell or "" for cell in cells] if empty else cells  # type: ignore[return-value]


def harmless(distinct: set[Any]) -> bool:
    """Whether all of the texts can be written as they are; rarely says no where it could say yes."""
    joined = BETWEEN.join(("", *distinct))
    return (
        joined.isprintable()
        and '"' not in joined
        and "," not in joined
        and not FORMULA_BETWEEN.search(joined)
    )


def exact(column: Column, distinct: set[Any]) -> None:
    joined = BETWEEN.join(distinct)
    if joined.count(BETWEEN) == len(distinct) - 1 and MANY[column.kind].fullmatch(joined):
        return
    wrong = next(cell for cell in distinct if not ONE[column.kind].fullmatch(cell))
    raise ValueError(f"column {column.name}: {wrong!r:.80} is not written as {column.kind}")


def quoted(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"' if "," in text or escaped != text else text


def cleaned(cell: str) -> str:
    """A text in one line and guarded, as the CSV holds it."""
    line = SURROGATES.sub("\ufffd", CONTROLS.sub(" ", cell))
    return guarded(line)


def guarded(text: str) -> str:
    """The text with a leading `'` where a spreadsheet would run it, or blanks and quotes before it."""
    return f"'{text}" if RUN.match(text) else text


def unguarded(cell: str) -> str:
    """The text without the guard: what the typed views show."""
    return cell[1:] if GUARDED.match(cell) else cell
