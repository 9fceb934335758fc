"""The types of Athena SQL that billdrop takes, and Trino's rules of what comes of them."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from sqlglot import exp

from billdrop.books.columns import SQL_TYPE, Kind

MAX_PRECISION = 38


class SqlType(NamedTuple):
    """A type; precision and scale are those of a decimal."""

    name: str
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        if self.name == "decimal":
            return f"DECIMAL({self.precision},{self.scale})"
        return self.name.upper()

    @property
    def numeric(self) -> bool:
        return self.name in {"bigint", "decimal"}


VARCHAR = SqlType("varchar")
BIGINT = SqlType("bigint")
BOOLEAN = SqlType("boolean")
DATE = SqlType("date")
TIMESTAMP = SqlType("timestamp")
INTERVAL = SqlType("interval")
NULL = SqlType("null")
ANY = SqlType("any")
"""Of what was refused already, and of what is no value (a unit, a frame): fits everywhere."""


def decimal(precision: int, scale: int) -> SqlType:
    return SqlType("decimal", min(MAX_PRECISION, precision), scale)


KINDS: dict[Kind, SqlType] = {
    "text": VARCHAR,
    "money": decimal(18, 4),
    "number": decimal(38, 10),
    "integer": BIGINT,
    "date": DATE,
    "timestamp": TIMESTAMP,
}
"""The columns' types; the same as `columns.SQL_TYPE` says them to the engines."""

assert {kind: str(of) for kind, of in KINDS.items()} == SQL_TYPE


def as_decimal(one: SqlType) -> SqlType:
    return one if one.name == "decimal" else decimal(19, 0)


def added(one: SqlType, other: SqlType) -> SqlType:
    """Trino: of decimals, the larger scale and one digit more."""
    if one == other == BIGINT:
        return BIGINT
    a, b = as_decimal(one), as_decimal(other)
    scale = max(a.scale, b.scale)
    return decimal(max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale)


def multiplied(one: SqlType, other: SqlType) -> SqlType:
    """Trino: of decimals, the sum of the scales."""
    if one == other == BIGINT:
        return BIGINT
    a, b = as_decimal(one), as_decimal(other)
    return decimal(a.precision + b.precision, a.scale + b.scale)


def divided(one: SqlType, other: SqlType) -> SqlType:
    """Trino: of integers an integer; of decimals, the larger scale."""
    if one == other == BIGINT:
        return BIGINT
    a, b = as_decimal(one), as_decimal(other)
    precision = a.precision + b.scale + max(0, b.scale - a.scale)
    return decimal(precision, max(a.scale, b.scale))


def common(one: SqlType, other: SqlType) -> SqlType | None:
    """The type both can become without a cast, or None."""
    if one == other or other in {NULL, ANY}:
        return one
    if one in {NULL, ANY}:
        return other
    if one.numeric and other.numeric:
        a, b = as_decimal(one), as_decimal(other)
        scale = max(a.scale, b.scale)
        return decimal(max(a.precision - a.scale, b.precision - b.scale) + scale, scale)
    if {one, other} == {DATE, TIMESTAMP}:
        return TIMESTAMP
    return None


class Typing(Protocol):
    """Types the pieces of one SELECT and says what is refused."""

    def of(self, node: Any) -> SqlType:
        """The type of a piece that was typed before."""

    def column(self, node: exp.Column) -> SqlType:
        """The type of a column of a view, of a subquery, or of the output."""

    def output(self, query: exp.Query) -> SqlType:
        """The type of the one column of a subquery."""

    def refuse(self, node: exp.Expr, what: str, instead: str = "") -> SqlType:
        """Note a problem; the piece fits everywhere from then on."""

    def swap(self, node: exp.Expr, new: exp.Expr, kind: SqlType) -> SqlType:
        """Put another piece in the place of one."""


Rule = Callable[[Any, Typing], SqlType]
