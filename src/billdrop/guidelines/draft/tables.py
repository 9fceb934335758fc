"""Drafts of delimited text: cells by the heads of their columns."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from billdrop.guidelines.draft.choosing import amount_of
from billdrop.guidelines.draft.evidence import USUAL, Marks, marks_of, writings
from billdrop.guidelines.draft.parties import NO_SELLER
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sketch import Sketch
from billdrop.guidelines.draft.texts import set_currency, set_dates
from billdrop.guidelines.draft.words import describes, fields_of, head_of, squashed
from billdrop.values.currencies import MINOR_UNITS

OF_SUMS = ("line_net", "charge", "allowance")
"""Fields of the invoice that no column is taken for: most are those of lines."""
_DOCUMENT = re.compile(
    r"(?:beleg|rechnungs?|invoice|inv|document|doc|bill|facture|factura|fattura|factuur)[\s_-]+",
    re.IGNORECASE,
)
DELIMITERS = ";\t|,"
NEEDED = ("number", "issue_date", "total")
SKIPPED = 3
"""So many lines may stand before the heads."""
ROWS = 500
"""So many rows are looked at."""
UNKNOWN = "?"
"""What stands in a draft for a column that was not found: no header has it."""
_CODE = re.compile(rf" (?:in )?({'|'.join(sorted(USUAL))})$", re.IGNORECASE)


class Table(NamedTuple):
    """Cells, and how they are kept apart."""

    delimiter: str
    heads: list[str]
    rows: list[list[str]]
    skipped: int = 0
    """Lines before the heads."""
    line_end: str = ""


def table_of(sample: Sample) -> Table | None:
    """The table of a text whose every line has the same cells, under heads; None for any other text."""
    lines = [line.rstrip() for line in sample.whole_lines if line.strip()][:ROWS]
    end = "[]" if lines and all(line.endswith("[]") for line in lines) else ""
    for skipped in range(min(SKIPPED + 1, len(lines) - 1)):
        for delimiter in DELIMITERS:
            bare = [line.removesuffix(end) for line in lines[skipped:]]
            heads, *rows = csv.reader(bare, delimiter=delimiter, quoting=_quoting(end))
            if len(heads) > 2 and _is_table(heads, rows):
                return Table(delimiter, heads, rows, skipped, end)
    return None


def _quoting(end: str) -> Literal[0, 3]:
    """Where a mark ends the lines, quotes are letters like others."""
    return csv.QUOTE_NONE if end else csv.QUOTE_MINIMAL


def _is_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    named = all(head.strip() and not writings(head.strip()) for head in heads)
    whole = all(len(row) == len(heads) for row in rows)
    return named and whole and len({*heads}) == len(heads) and _known(heads)


def _known(heads: Sequence[str]) -> bool:
    """Whether the heads are those of invoices."""
    found = {field for head in heads for field, _ in fields_of(_spaced(head))}
    return len(found & {*NEEDED, "net", "tax", "currency"}) >= 2


def _spaced(head: str) -> str:
    """The words of a head, without the currency of its amounts."""
    return _CODE.sub("", head.replace("_", " ").strip())


def drafted(samples: Sequence[Sample], sketch: Sketch) -> bool:
    """Draft from tables; false where the samples are none, or differ in their heads."""
    tables = [it for sample in samples if (it := table_of(sample))]
    if len(tables) < len(samples) or any(it.heads != tables[0].heads for it in tables):
        return False
    first = tables[0]
    rows = [row for table in tables for row in table.rows]
    table = Table(first.delimiter, first.heads, rows)
    sketch.input = {"reader": "delimited", "delimiter": table.delimiter}
    if first.line_end:
        sketch.input |= {"quote": "", "line_end": first.line_end}
    if first.skipped:
        sketch.input["skip_rows"] = first.skipped
    if samples[0].encoding != "utf-8":
        sketch.input["encoding"] = samples[0].encoding
        sketch.doubt("input", f"it is no UTF-8, and was read as {samples[0].encoding}")
    text = "\n".join(it.head for it in samples)
    marks = marks_of([cell for row in rows for cell in row], "")
    sketch.locale = {"decimal": marks.decimal, "group": marks.group}
    sketch.doubt("locale", marks.doubt)
    _set_fields(sketch, table, marks)
    if "seller" not in sketch.fields:
        sketch.doubt("seller", f"no column names it; {NO_SELLER}")
    set_dates(
        sketch, list(_dates(sketch, table)), "\n".join(cell for row in rows for cell in row), text
    )
    named = (_CODE.search(head.replace("_", " ").strip()) for head in table.heads)
    set_currency(sketch, "\n".join([text, *(found[1].upper() for found in named if found)]))
    sketch.match = {"contains": [table.delimiter.join(table.heads)]}
    sketch.recognised.insert(
        0, f"a table of {len(table.heads)} columns between `{table.delimiter}`"
    )
    return True


def _dates(sketch: Sketch, table: Table) -> Iterator[tuple[str, str]]:
    """The fields that are dates, each with one."""
    for name, place in sketch.fields.items():
        if name.endswith("_date") and place["column"] != UNKNOWN:
            at = table.heads.index(place["column"])
            yield name, next(row[at].strip() for row in table.rows if writings(row[at].strip()))


def _set_fields(sketch: Sketch, table: Table, marks: Marks) -> None:
    """Fields of the invoice by columns that are the same on all rows of a number; fields of lines by the rest."""
    columns = {head: [row[at].strip() for row in table.rows] for at, head in enumerate(table.heads)}
    taken: dict[str, tuple[int, str]] = {}
    keys = [""] * len(table.rows)
    for head, field, strength in _told(columns):
        fits = _fits(field, columns[head], marks) and (
            field == "number" or _constant(keys, columns[head])
        )
        if strength > taken.get(field, (0, ""))[0] and fits:
            taken[field] = strength, head
            keys = columns[head] if field == "number" else keys
    used = set()
    for field, (strength, head) in taken.items():
        if head in used:
            continue
        used.add(head)
        sketch.fields[field] = {"column": head}
        sketch.recognised.append(f"{field}: column `{head}`")
        if strength < 3:
            sketch.doubt(field, f"the column `{head}` may stand for something else")
    lines = _lines(columns, keys, used, marks)
    _set_currency(sketch, columns, keys, used)
    _mark_amounts(sketch, columns, used, marks)
    _add_amounts(sketch, columns, lines, keys, marks)
    if lines:
        sketch.lines = {"fields": {field: {"column": head} for field, head in lines.items()}}
    for name in NEEDED:
        if name not in sketch.fields:
            sketch.fields[name] = {"column": UNKNOWN}
            sketch.doubt(
                name, "no column for it was recognised; write the head of the one that has it"
            )


def _set_currency(
    sketch: Sketch, columns: dict[str, list[str]], keys: Sequence[str], used: set[str]
) -> None:
    """A column that states nothing but currencies is that of the invoice, whatever its head says."""
    found = [
        head
        for head, cells in columns.items()
        if head not in used and MINOR_UNITS.keys() >= {*cells} and _constant(keys, cells)
    ]
    if "currency" not in sketch.fields and len(found) == 1:
        (head,) = found
        used.add(head)
        sketch.fields["currency"] = {"column": head}
        sketch.recognised.append(f"currency: column `{head}`")
        sketch.doubt("currency", f"the column `{head}` is taken because it has currencies alone")


def _mark_amounts(
    sketch: Sketch, columns: dict[str, list[str]], used: set[str], marks: Marks
) -> None:
    """Name the columns of amounts that nothing reads."""
    left = [
        f"`{head}`"
        for head, cells in columns.items()
        if head not in used
        and any(marks.decimal in cell for cell in cells)
        and all(amount_of(cell, marks) is not None for cell in cells if cell)
    ]
    if left:
        which = f"column{'s' if len(left) > 1 else ''} {', '.join(left)}"
        sketch.doubt("unclaimed", f"nothing reads the {which}: add a field for amounts that count")


def _told(columns: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """The heads, each with a field of the invoice that it may say and how surely; those of numbers first."""
    found = [
        (head, *it)
        for head in columns
        for it in (*fields_of(_spaced(head)), *_of_document(_spaced(head)))
        if it[0] not in OF_SUMS
    ]
    yield from sorted(found, key=lambda it: it[1] != "number")


def _of_document(head: str) -> Iterator[tuple[str, int]]:
    """What a head says that names the document first, such as `Beleg netto`."""
    named = _DOCUMENT.match(head)
    for field, strength in fields_of(head[named.end() :]) if named else ():
        if field in ("net", "tax", "total"):
            yield field, min(strength + 1, 3)


def _constant(keys: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether all rows of one invoice say the same."""
    said: dict[str, str] = {}
    return all(said.setdefault(key, cell) == cell for key, cell in zip(keys, cells, strict=True))


def _fits(field: str, cells: Sequence[str], marks: Marks) -> bool:
    """Whether the cells can be values of the field, one in ten that is amiss left to the reader."""
    stated = [cell for cell in cells if cell]
    if field.endswith("_date"):
        fit = sum(bool(writings(cell)) for cell in stated)
    elif field in ("net", "tax", "total", "payable"):
        fit = sum(amount_of(cell, marks) is not None for cell in stated)
    elif field == "currency":
        fit = sum(cell in MINOR_UNITS for cell in stated)
    else:
        fit = len(stated)
    return bool(stated) and (len(stated) - fit) * 10 <= len(stated)


def _lines(
    columns: dict[str, list[str]], keys: Sequence[str], used: set[str], marks: Marks
) -> dict[str, str]:
    """The columns of lines, where an invoice has several rows."""
    if len(set(keys)) == len(keys):
        return {}
    found: dict[str, str] = {}
    for head, cells in sorted(columns.items(), key=lambda it: not describes(it[0])):
        plain = _spaced(head)
        words = squashed(plain)
        bare = plain[4:].strip() if words.startswith(("line", "item")) and len(words) > 4 else plain
        for field in (*head_of(plain), *head_of(bare)):
            numeric = field not in ("id", "name", "unit")
            if field == "allowance" and any("%" in cell for cell in cells):
                continue
            if (
                head not in used
                and field not in found
                and (not numeric or _fits("net", cells, marks))
            ):
                found[field] = head
                used.add(head)
    return found


def _add_amounts(
    sketch: Sketch,
    columns: dict[str, list[str]],
    lines: dict[str, str],
    keys: Sequence[str],
    marks: Marks,
) -> None:
    """What the amounts of the invoice say of each other, and of the lines."""

    def sums(head: str) -> dict[str, Decimal]:
        added: dict[str, Decimal] = {}
        for key, cell in zip(keys, columns[head], strict=True):
            added[key] = added.get(key, Decimal(0)) + (amount_of(cell, marks) or Decimal(0))
        return added

    if "total" not in sketch.fields and "payable" in sketch.fields:
        sketch.fields["total"] = sketch.fields.pop("payable")
        sketch.doubt("total", "what is to be paid is taken for it")
    if "total" not in sketch.fields and "net" in lines:
        sketch.fields["total"] = {"sum": ["lines.net"]}
        sketch.doubt("total", "no column states it; the lines are added up")
    place = sketch.fields.get("total", {}).get("column")
    if place and not _agrees(sketch, columns, keys, marks):
        ours = dict(zip(keys, (amount_of(cell, marks) for cell in columns[place]), strict=True))
        if "net" not in lines or sums(lines["net"]) != ours:
            sketch.doubt("total", "no other column adds up to it")


def _agrees(
    sketch: Sketch, columns: dict[str, list[str]], keys: Sequence[str], marks: Marks
) -> bool:
    places = [sketch.fields.get(name, {}).get("column") for name in ("net", "tax", "total")]
    if not all(places):
        return False
    rows: Iterator[tuple[str, ...]] = zip(
        *(columns[place] for place in places if place), strict=True
    )
    for row in rows:
        net, tax, total = (amount_of(cell, marks) or Decimal(0) for cell in row)
        if net + tax != total:
            return False
    return True
