"""Casts, and the arithmetic that DuckDB has to be told: it divides decimals as binary fractions."""

import re
from datetime import date
from typing import Any

from sqlglot import exp

from billdrop.query.sqltypes import (
    ANY,
    BIGINT,
    BOOLEAN,
    DATE,
    MAX_PRECISION,
    NULL,
    TIMESTAMP,
    VARCHAR,
    SqlType,
    Typing,
    common,
    decimal,
)

MACROS = (
    "CREATE MACRO trino_div(n, d) AS CASE WHEN d = 0 THEN error('division by zero') ELSE n // d END",
    "CREATE MACRO trino_mod(n, d) AS CASE WHEN d = 0 THEN error('division by zero') ELSE n % d END",
    """CREATE MACRO trino_quotient(n, d) AS CASE WHEN d = 0 THEN error('division by zero')
       ELSE sign(n) * sign(d) * ((2 * abs(n) + abs(d)) // (2 * abs(d))) END""",
)
"""Division of whole numbers as Trino does it: towards zero, rounded half away from zero, never by zero."""

TIMESTAMP_TEXT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?")

TO_TEXT = {VARCHAR, BIGINT, DATE, BOOLEAN, NULL, ANY}


def whole(node: Any) -> bool:
    """Whether it is a whole number from 0 up, written out."""
    return isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()


def call(name: str, *arguments: Any) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def to(node: Any, kind: SqlType) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType.build(str(kind), dialect="duckdb"))


def unscaled(node: Any, scale: int) -> exp.Expr:
    """A decimal without its point, as a whole number of 38 digits."""
    if scale:
        grown = exp.Literal.number(10**scale)
        node = exp.Mul(this=to(node, decimal(MAX_PRECISION, scale)), expression=grown)
    return exp.Cast(this=node, to=exp.DataType.build("HUGEINT", dialect="duckdb"))


def quotient(one: Any, a: SqlType, other: Any, b: SqlType, kind: SqlType) -> exp.Expr:
    """`one / other` as Trino gives it: exact, rounded half away from zero to the scale of `kind`."""
    if kind == BIGINT:
        return call("trino_div", one, other)
    up = exp.Literal.number(10 ** (kind.scale - a.scale + b.scale))
    shifted = exp.Mul(this=unscaled(one, a.scale), expression=up)
    digits = to(call("trino_quotient", shifted, unscaled(other, b.scale)), decimal(38, 0))
    if not kind.scale:
        return digits
    unit = exp.Literal.number(f"0.{1:0{kind.scale}d}")
    return exp.Paren(this=exp.Mul(this=digits, expression=unit))


def cast(node: exp.Cast, typing: Typing) -> SqlType:
    """CAST, and literals with a type in front such as DATE '2026-11-15'."""
    if node.args.get("format") or node.args.get("default"):
        return typing.refuse(node, "CAST with FORMAT or DEFAULT")
    into = target(node.to)
    if into is None:
        return typing.refuse(
            node,
            f"CAST to {node.to.sql('athena')}",
            "cast to VARCHAR, BIGINT, DECIMAL(p,s), DATE or TIMESTAMP; money is never DOUBLE",
        )
    found = typing.of(node.this)
    if not castable(node.this, found, into):
        return typing.refuse(
            node,
            f"CAST of {found} to {into} does not take the same values on both engines",
            "write dates as DATE '2026-11-15' and amounts without quotes",
        )
    node.set("to", exp.DataType.build(str(into), dialect="duckdb"))
    return into


def target(asked: exp.DataType) -> SqlType | None:
    sizes = [size.name for size in asked.expressions]
    kind = asked.this
    if kind == exp.DType.DECIMAL and len(sizes) == 2:
        return decimal(int(sizes[0]), int(sizes[1]))
    if kind == exp.DType.TIMESTAMP:
        return TIMESTAMP
    plain = {
        exp.DType.VARCHAR: VARCHAR,
        exp.DType.BIGINT: BIGINT,
        exp.DType.INT: BIGINT,
        exp.DType.DATE: DATE,
    }
    return None if sizes else plain.get(kind)


def castable(node: Any, found: SqlType, into: SqlType) -> bool:
    if found in {into, NULL, ANY}:
        return True
    if into == VARCHAR:
        return found in TO_TEXT or found.name == "decimal"
    if found == VARCHAR:
        return isinstance(node, exp.Literal) and written(node.name, into)
    if into.numeric:
        return found.numeric
    return common(found, into) is not None


def written(text: str, into: SqlType) -> bool:
    """Whether a literal is a date or time in the one form that all take."""
    day = text[:10] if into == TIMESTAMP else text
    if into == TIMESTAMP and not TIMESTAMP_TEXT.fullmatch(text) and text != day:
        return False
    try:
        return into in {DATE, TIMESTAMP} and date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
