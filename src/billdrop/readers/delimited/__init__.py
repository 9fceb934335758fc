"""The delimited reader: a row per line, the rows of one invoice told by its number."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import INVOICE_FIELDS, LINE_FIELDS, Field, Guideline, ValueType
from billdrop.model import Finding, Sliced
from billdrop.readers import Draft, Limits, Reader
from billdrop.readers.alike import Alike
from billdrop.readers.delimited.assembly import Assembly, Column, Table
from billdrop.readers.delimited.cells import Dialect, rows
from billdrop.readers.delimited.header import Columns, by_name, by_position
from billdrop.readers.delimited.ignored import sift
from billdrop.readers.delimited.strays import doubt, reason
from billdrop.readers.delimited.survey import Shape, Survey, blank, survey
from billdrop.readers.stream import Block, Row, Unreadable, blocks
from billdrop.readers.tables import constants, each, mapped
from billdrop.values import Convert, Failure, Stated
from billdrop.values.kinds import Kinds, kinds

HELD = 8 * 1024 * 1024
"""Bytes of a document whose records are held, so that one is seen beside the others."""
_MOST = 100
"""How many rows are named when no row can be read."""


def build(guideline: Guideline, limits: Limits) -> Reader:
    """The reader of a guideline with `input.reader = "delimited"`."""
    return Delimited(guideline, limits)


class _Opened(NamedTuple):
    """One pass over a document, its header taken off."""

    rows: Iterator[Row]
    line: int
    """Of the first row after the header."""
    width: int
    columns: Columns


class Laid(NamedTuple):
    """How the columns of one document stand."""

    line: int
    """Of the first row after the header."""
    width: int
    columns: Columns
    assembly: Assembly


class Delimited:
    """Reads in two passes: the first counts the rows of each invoice, the second makes drafts."""

    def __init__(self, guideline: Guideline, limits: Limits) -> None:
        given = guideline.input
        assert given.reader == "delimited"
        self._input, self.limits = given, limits
        self._dialect = Dialect(given.delimiter, given.quote, given.line_end)
        self._fields = _stated(guideline)
        known = kinds(guideline.locale, digits=limits.digits, value_chars=limits.value_chars)
        constants(guideline, known)
        self._converts = _converts(guideline, known)
        self._line_constants = _line_constants(guideline, self._converts)
        self._sift = sift(guideline, limits, given.line_end)
        self._has_lines = guideline.lines is not None
        self._header: tuple[str, Columns] = ("", {})
        self._kept: tuple[tuple[tuple[str, int], ...], Assembly] | None = None

    def read(self, content: Sliced) -> Iterator[Draft]:
        """Drafts as their last rows are read; memory holds the invoices begun and not ended."""
        try:
            yield from self._drafts(content)
        except Unreadable as refusal:
            yield _refused(refusal.findings)

    def opened(self, content: Sliced) -> Laid:
        """How the columns of a document stand; raises `Unreadable`."""
        found = self._open(content)
        return Laid(found.line, found.width, found.columns, self._assembly(found.columns))

    def _drafts(self, content: Sliced) -> Iterator[Draft]:
        first_pass, second_pass = self._open(content), self._open(content)
        shape = Shape(
            width=first_pass.width,
            number=first_pass.columns["number"],
            single=not self._has_lines,
            dialect=self._dialect,
        )
        found = survey(first_pass.rows, shape, self.limits)
        if not found.counts:
            raise Unreadable(*self._nothing(found, second_pass))
        assembly = self._assembly(first_pass.columns)
        alike = self._alike(found, assembly) if len(content) > HELD else None
        for draft in _Grouping(found, assembly, shape).drafts(second_pass.rows):
            if alike is not None:
                draft.alike = draft.values.get("number") in alike
            yield draft

    def _alike(self, found: Survey, assembly: Assembly) -> Alike:
        convert = next(it.convert for it in assembly.table.invoice if it.name == "number")
        values = (convert(key) if convert else key for key in found.counts)
        return Alike(value for value in values if isinstance(value, str))

    def _nothing(self, found: Survey, opened: _Opened) -> list[Finding]:
        """Why a document has no invoice at all."""
        strays = (row for row in opened.rows if row[0] in found.strays)
        reasons = [reason(row, self._dialect, opened.width) for row in islice(strays, _MOST)]
        return reasons or [_empty()]

    def _open(self, content: Sliced) -> _Opened:
        lines = _skipped(blocks(content, self._input.encoding, self.limits), self._input.skip_rows)
        taken = self._sift(rows(lines, self._dialect))
        first = next((row for row in taken if not blank(row[1], self._dialect)), None)
        if first is None:
            raise Unreadable(_empty())
        if not first[2]:
            raise Unreadable(reason(first, self._dialect, 0))
        if self._input.header:
            columns = self._named(first)
            after = first[0] + first[1].count("\n") + 1
            return _Opened(taken, after, len(first[2]), columns)
        columns = by_position(first, self._fields)
        return _Opened(chain([first], taken), first[0], len(first[2]), columns)

    def _named(self, header: Row) -> Columns:
        """Kept, as the second pass and the next document have the same header."""
        if header[1] != self._header[0]:
            self._header = (header[1], by_name(header, self._fields, self._dialect))
        return self._header[1]

    def _assembly(self, columns: Columns) -> Assembly:
        """Kept, as the next document has the same columns."""
        key = tuple(columns.items())
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, self._assembled(columns))
        return self._kept[1]

    def _assembled(self, columns: Columns) -> Assembly:
        made = [Column(path, at, self._converts[path]) for path, at in columns.items()]
        line = [column for column in made if column.name.startswith("lines.")]
        bare = [column._replace(name=column.name.removeprefix("lines.")) for column in line]
        return Assembly(
            Table(
                invoice=tuple(column for column in made if column not in line),
                line=tuple(bare) if self._has_lines else None,
                required=tuple(one for one in bare if self._line(one).required),
                required_where=tuple(
                    (one, other, frozenset(each(texts)))
                    for one in bare
                    for other, texts in self._line(one).required_where.items()
                ),
                line_constants=self._line_constants,
                less={
                    one.name: tuple(self._line(one).less) for one in bare if self._line(one).less
                },
                dialect=self._dialect,
                value_chars=self.limits.value_chars,
            )
        )

    def _line(self, column: Column) -> Field:
        return self._fields[f"lines.{column.name}"]


class _Grouping:
    """Rows to invoices: an invoice is made when its last row has come."""

    def __init__(self, found: Survey, assembly: Assembly, shape: Shape) -> None:
        self._found, self._assembly, self._shape = found, assembly, shape
        self._open: dict[str, list[Row]] = {}

    def drafts(self, taken: Iterator[Row]) -> Iterator[Draft]:
        """Drafts in the order in which their last rows come."""
        width, number, counts = self._shape.width, self._shape.number, self._found.counts
        groups = self._open
        for row in taken:
            cells = row[2]
            key = cells[number].strip() if len(cells) == width else ""
            if not key:
                yield from self._stray(row)
                continue
            group = groups.get(key)
            if group is None:
                groups[key] = group = []
            group.append(row)
            if len(group) == counts[key]:
                yield self._ended(groups.pop(key), key)

    def _stray(self, row: Row) -> Iterator[Draft]:
        stray = self._found.strays.get(row[0])
        if stray is None:
            return
        if stray.alone:
            yield self._assembly.unread(row, stray.numbers[0], self._reason(row))
        for owner in stray.owners:
            group = self._open.setdefault(owner, [])
            group.append(row)
            if len(group) == self._found.counts[owner]:
                yield self._ended(self._open.pop(owner), owner)

    def _ended(self, group: list[Row], key: str) -> Draft:
        strays = self._found.strays
        if not strays:
            return self._assembly.draft(group, [])
        readable = [row for row in group if row[0] not in strays]
        findings: list[Finding] = []
        for row in group:
            stray = strays.get(row[0])
            if stray and (stray.known or stray.owners[0] == key):
                findings.append(self._reason(row))
            elif stray:
                findings.append(doubt(row))
        return self._assembly.draft(readable, findings)

    def _reason(self, row: Row) -> Finding:
        return reason(row, self._shape.dialect, self._shape.width)


def _empty() -> Finding:
    return Finding(code="BD1001", message="the document has no rows", hint="upload it once it has")


def _refused(findings: list[Finding]) -> Draft:
    """The draft of a document that cannot be read as a whole."""
    line = findings[0].line or 1
    return Draft(
        first_line=line, last_line=line, values={}, lines=[], findings=findings, spans=dict
    )


def _skipped(lines: Iterator[Block], count: int) -> Iterator[Block]:
    """The blocks without the first lines of the document."""
    for first, text in lines:
        if first > count:
            yield first, text
        elif first + text.count("\n") > count:
            yield count + 1, text.split("\n", count + 1 - first)[-1]


def _stated(guideline: Guideline) -> dict[str, Field]:
    """Every field by its path: `total`, `extra.project`, `lines.net`."""
    line = guideline.lines.fields if guideline.lines else {}
    return (
        guideline.fields
        | {f"extra.{name}": field for name, field in guideline.extra.items()}
        | {f"lines.{name}": field for name, field in line.items()}
    )


def _kind(path: str) -> ValueType:
    group, _, name = path.rpartition(".")
    if group == "extra":
        return "text"
    return LINE_FIELDS[name] if group == "lines" else INVOICE_FIELDS[name]


def _converts(guideline: Guideline, known: Kinds) -> dict[str, Convert | None]:
    """How the text of each field is read; None: it is the value itself."""
    made: dict[str, Convert | None] = {}
    for path, field in _stated(guideline).items():
        kind = _kind(path)
        convert = known.of(kind)
        if field.map:
            made[path] = mapped(convert, field.map)
        else:
            made[path] = None if kind in ("text", "words") else convert
    return made


def _line_constants(guideline: Guideline, converts: dict[str, Convert | None]) -> dict[str, Any]:
    """What every line has, read as if it stood in a cell."""
    found: dict[str, Any] = {}
    for name, field in guideline.lines.fields.items() if guideline.lines else ():
        if field.value is not None:
            convert = converts[f"lines.{name}"]
            value = convert(field.value.strip()) if convert else field.value
            if isinstance(value, Failure | Stated):
                raise _no_constant(f"lines.fields.{name}.value", value)
            found[name] = value
    return found


def _no_constant(path: str, value: Failure | Stated) -> GuidelineError:
    fact = value.message if isinstance(value, Failure) else f"it names {value.currency}"
    hint = "write it as the locale says"
    return GuidelineError(f"{path}: {fact}", code="BD4004", hint=hint, path=path)
