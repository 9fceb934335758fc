"""Rules of aggregates, windows, and the clauses around them."""

from typing import Any

from sqlglot import exp

from billdrop.query import casts
from billdrop.query.rules import conditions, number, same
from billdrop.query.sqltypes import ANY, BIGINT, MAX_PRECISION, Rule, SqlType, Typing, decimal

WINDOWS = {exp.Sum, exp.Count, exp.Min, exp.Max, exp.RowNumber, exp.Rank, exp.DenseRank}


def total(node: exp.Sum, typing: Typing) -> SqlType:
    kind = number(node, typing)
    return kind if kind in {ANY, BIGINT} else decimal(MAX_PRECISION, kind.scale)


def average(node: exp.Avg, typing: Typing) -> SqlType:
    if isinstance(node.parent, exp.Window | exp.Filter):
        return typing.refuse(node, "avg with OVER or FILTER", "write sum(…) / count(…) with it")
    kind = number(node, typing)
    if kind == BIGINT:
        return typing.refuse(
            node, "avg of whole numbers is a DOUBLE", "write avg(CAST(… AS DECIMAL(18,4)))"
        )
    if kind == ANY:
        return ANY
    counted = exp.Nullif(
        this=exp.Count(this=node.this.copy(), big_int=True), expression=exp.Literal.number(0)
    )
    summed = exp.Sum(this=node.this.copy())
    return typing.swap(node, casts.quotient(summed, kind, counted, BIGINT, kind), kind)


def distinct(node: exp.Distinct, typing: Typing) -> SqlType:
    if node.args.get("on") or len(node.expressions) > 1:
        return typing.refuse(node, "DISTINCT takes one value here")
    return typing.of(node.expressions[0]) if node.expressions else ANY


def counted(node: exp.Count, typing: Typing) -> SqlType:
    if node.expressions:
        return typing.refuse(node, "count takes one value")
    return BIGINT


def star(node: exp.Star, typing: Typing) -> SqlType:
    return ANY if isinstance(node.parent, exp.Count) else typing.refuse(node, "* stands alone")


def windowed(node: exp.Window, typing: Typing) -> SqlType:
    if type(node.this) not in WINDOWS:
        return typing.refuse(node, f"{node.this.key} cannot be used with OVER here")
    if any(node.args.get(key) for key in ("alias", "first")):
        return typing.refuse(node, "named windows", "write the window out")
    return typing.of(node.this)


def only_over(kind: SqlType) -> Rule:
    def rule(node: exp.Expr, typing: Typing) -> SqlType:
        return kind if isinstance(node.parent, exp.Window) else typing.refuse(node, "needs OVER")

    return rule


def ordered(node: exp.Ordered, typing: Typing) -> SqlType:
    return typing.refuse(node, "WITH FILL") if node.args.get("with_fill") else ANY


def how_many(node: Any, typing: Typing) -> SqlType:
    conditions(node, typing)
    return BIGINT


def extreme(node: Any, typing: Typing) -> SqlType:
    return (
        typing.refuse(node, "min and max take one value")
        if node.expressions
        else same(node, typing)
    )


def grouped(node: exp.Group, typing: Typing) -> SqlType:
    if any(value for key, value in node.args.items() if key != "expressions"):
        return typing.refuse(node, "GROUP BY takes a list of columns and expressions")
    return ANY


def bounded(node: Any, typing: Typing) -> SqlType:
    """LIMIT and OFFSET."""
    return ANY if casts.whole(node.expression) else typing.refuse(node, "a number is needed here")


def framed(node: exp.WindowSpec, typing: Typing) -> SqlType:
    if node.args.get("exclude") or str(node.args.get("kind")).upper() != "ROWS":
        return typing.refuse(node, "this frame", "write ROWS BETWEEN … AND …")
    return ANY
