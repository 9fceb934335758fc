"""What the short way reads of records of fixed width, and whether it can."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import Struct

from billdrop.bulk.asked import AMOUNTS, LOOKED_UP, Asked, mark_of
from billdrop.guidelines.model import INVOICE_FIELDS, LINE_FIELDS, Guideline
from billdrop.parsing.completing import Plan
from billdrop.readers.fixed import Fixed
from billdrop.readers.fixed.layout import Control, Layout, Piece, Spot
from billdrop.readers.usual import UnusualError
from billdrop.values import Failure, Stated

_WIDEST = 8
"""So many characters tell a kind at most."""
_TEXTS = ("text", "words")


class Column(NamedTuple):
    """One value, and the kinds of record that state it."""

    spot: Spot
    kinds: frozenset[str]
    asked: Asked


class Summed(NamedTuple):
    """A total that an invoice states of itself."""

    of: str
    column: Column


class Laid(Struct, frozen=True, kw_only=True):
    """The columns of a guideline."""

    reader: Fixed
    heads: tuple[Column, ...]
    lines: tuple[Column, ...]
    begins: frozenset[str]
    """The kinds that begin a line."""
    totals: tuple[Summed, ...]
    odd: frozenset[str]
    """The kinds that say what is not read here."""
    constants: dict[str, Any]
    compared: bool
    """Whether quantities, prices and amounts of lines are held against each other."""
    ways: tuple[str, ...]
    """How negative numbers are written."""

    @property
    def layout(self) -> Layout:
        """How the exact way has it."""
        return self.reader.layout


class Spots:
    """Reads what stands in the columns of a spot."""

    def __init__(self, spot: Spot, *, required: bool) -> None:
        self._spot, self._required = spot, required

    def __call__(self, raw: bytes) -> Any:
        """The value; raises `UnusualError`."""
        spot, bare = self._spot, raw.decode("latin-1").strip()
        meant = spot.map.get(bare, spot.map.get("*", bare)) if spot.map and bare else bare
        if not meant:
            if self._required:
                raise UnusualError
            return None
        value = spot.convert(meant)
        if (spot.refuse and bare in spot.refuse) or isinstance(value, Failure | Stated):
            raise UnusualError
        return value


def laid(guideline: Guideline, asked: Plan, reader: Fixed) -> Laid | None:
    """The columns; None for records that say more than this way knows."""
    found = reader.layout
    lines = next((piece for piece in found.pieces if piece.name == "lines"), None)
    named = (*found.known, *found.apart, *found.ignored)
    if lines is None or not _narrow(found, named):
        return None
    making = _Columns(guideline, asked, reader)
    heads, of_lines = making.heads(found), making.lines(lines)
    totals = tuple(Summed(it.of, making.control(it)) for it in found.of_invoice)
    if heads is None or of_lines is None:
        return None
    sums = {it.of for it in (*found.of_invoice, *found.of_file)}
    known = {it.spot.name for it in heads} | {f"lines.{it.spot.name}" for it in of_lines}
    own = [it for it in sums if it not in ("invoices", "lines", "records")]
    if not known.issuperset(own) or any(it.rpartition(".")[2] not in AMOUNTS for it in own):
        return None
    if "net" not in {it.spot.name for it in of_lines} or not {"net", "total"} <= known:
        return None
    return Laid(
        reader=reader,
        heads=heads,
        lines=of_lines,
        begins=lines.each,
        totals=totals,
        odd=_odd(found),
        constants=dict(lines.constants),
        compared=any(name == "line_amount" for name, _, _ in asked.checks),
        ways=tuple(guideline.locale.negative),
    )


def _narrow(found: Layout, named: Collection[str]) -> bool:
    """Whether eight bytes tell the kind."""
    start, stop = found.at
    width = max(map(len, named)) if stop is None else stop - start
    return width <= _WIDEST and all(it.isascii() and it.isprintable() for it in named)


def _odd(found: Layout) -> frozenset[str]:
    """Kinds of which a part counts, or of which taxes, allowances or charges are made."""
    kinds = set[str]()
    for piece in found.pieces:
        if piece.name != "lines":
            kinds |= {*piece.each, *piece.spots}
        kinds |= {kind for kind, spots in piece.spots.items() if _conditional(spots)}
    kinds |= {kind for kind, spots in found.spots.items() if _conditional(spots)}
    kinds |= {it.kind for it in found.of_invoice if it.spot.where}
    return frozenset(kinds)


def _conditional(spots: Iterable[Spot]) -> bool:
    return any(spot.where for spot in spots)


class _Columns:
    """What each spot has to say."""

    def __init__(self, guideline: Guideline, asked: Plan, reader: Fixed) -> None:
        self._guideline, self._asked, self._limits = guideline, asked, reader.limits

    def heads(self, found: Layout) -> tuple[Column, ...] | None:
        """Of the invoice."""
        needed = self._asked.required
        return _once(
            self._column(spot, kind, INVOICE_FIELDS.get(spot.name) or self._extra(spot), needed)
            for kind, spots in found.spots.items()
            for spot in spots
        )

    def lines(self, piece: Piece) -> tuple[Column, ...] | None:
        """Of the lines."""
        return _once(
            self._column(spot, kind, LINE_FIELDS[spot.name], piece.required)
            for kind, spots in piece.spots.items()
            for spot in spots
        )

    def control(self, it: Control) -> Column:
        """Of a total."""
        return self._column(it.spot, it.kind, "number", (), amount=True)

    def _extra(self, spot: Spot) -> str:
        return self._guideline.extra[spot.name.removeprefix("extra.")].type or "text"

    def _column(
        self, spot: Spot, kind: str, type_: str, needed: Collection[str], *, amount: bool = False
    ) -> Column:
        locale, limits, name = self._guideline.locale, self._limits, spot.name
        plain = not (spot.map or spot.refuse)
        marked = plain and spot.decimals is None
        required = name in needed
        asked = Asked(
            name=name,
            read=Spots(spot, required=required),
            free=plain and type_ in _TEXTS and name not in LOOKED_UP,
            amount=amount or name in AMOUNTS,
            mark=mark_of(locale, limits) if marked else "",
            minus="minus" in locale.negative,
            required=required,
            most=limits.value_chars,
        )
        return Column(spot, frozenset((kind,)), asked)


def _once(columns: Iterator[Column]) -> tuple[Column, ...] | None:
    """Each value once, with all the kinds that state it; None where one stands in two places."""
    found: dict[str, Column] = {}
    for column in columns:
        name = column.spot.name
        before = found.setdefault(name, column)
        if before.spot.cut != column.spot.cut or before.spot.convert is not column.spot.convert:
            return None
        if before is not column:
            if before.kinds & column.kinds:
                return None
            found[name] = before._replace(kinds=before.kinds | column.kinds)
    return tuple(found.values())
