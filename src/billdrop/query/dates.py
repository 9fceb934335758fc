"""Dates stay dates: DuckDB makes a timestamp of a truncated or shifted one, Trino does not."""

from typing import Any

from sqlglot import exp

from billdrop.query import casts
from billdrop.query.sqltypes import ANY, BIGINT, DATE, INTERVAL, TIMESTAMP, Rule, SqlType, Typing

DAYS = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
HOURS = {"HOUR", "MINUTE", "SECOND"}
PARTS = {"YEAR", "QUARTER", "MONTH", "DAY", "WEEK"}


def of_date(node: Any, typing: Typing) -> SqlType:
    kind = typing.of(node)
    if kind in {DATE, TIMESTAMP, ANY}:
        return kind
    return typing.refuse(node, f"a date is needed here, not {kind}", "write DATE '2026-11-15'")


def field(node: Any, typing: Typing) -> SqlType:
    """`year(d)` and the like."""
    of_date(node.this, typing)
    return BIGINT


def extracted(node: exp.Extract, typing: Typing) -> SqlType:
    if node.name.upper() not in PARTS:
        return typing.refuse(
            node, f"extract of {node.name}", "write year, quarter, month, day or week"
        )
    of_date(node.expression, typing)
    return BIGINT


def unit_fits(node: Any, typing: Typing, kind: SqlType) -> bool:
    unit = node.args["unit"].name.upper() if node.args.get("unit") else ""
    if unit in DAYS or (unit in HOURS and kind == TIMESTAMP):
        return True
    typing.refuse(
        node, f"the unit {unit or 'is missing and'} does not fit a {kind}", "write 'month'"
    )
    return False


def kept(node: exp.Expr, typing: Typing, kind: SqlType) -> SqlType:
    """The result as the type that went in."""
    return typing.swap(node, casts.to(node.copy(), kind), kind) if kind == DATE else kind


def truncated(node: Any, typing: Typing) -> SqlType:
    kind = of_date(node.this, typing)
    if kind == ANY or not unit_fits(node, typing, kind):
        return ANY
    return kept(node, typing, kind)


def moved(node: exp.DateAdd, typing: Typing) -> SqlType:
    """`date_add('day', n, d)`."""
    kind = of_date(node.this, typing)
    if kind == ANY or not unit_fits(node, typing, kind):
        return ANY
    if typing.of(node.expression) != BIGINT:
        return typing.refuse(node, "date_add takes a whole number")
    return kept(node, typing, kind)


def apart(node: exp.DateDiff, typing: Typing) -> SqlType:
    """`date_diff`: Trino counts whole units, DuckDB the borders between; for days of dates both agree."""
    unit = node.args.get("unit")
    if unit is None or unit.name.upper() != "DAY":
        return typing.refuse(
            node,
            "date_diff counts differently for this unit",
            "write 'day', or year(b) * 12 + month(b) - year(a) * 12 - month(a)",
        )
    if {typing.of(node.this), typing.of(node.expression)} - {DATE, ANY}:
        return typing.refuse(node, "date_diff takes two dates", "write CAST(… AS DATE)")
    return BIGINT


def interval(node: exp.Interval, typing: Typing) -> SqlType:
    unit = node.args.get("unit")
    name = unit.name.upper() if isinstance(unit, exp.Var) else ""
    amount = node.this
    if name not in {"YEAR", "MONTH", "DAY", *HOURS} or not (
        isinstance(amount, exp.Literal) and amount.is_string and amount.name.isdigit()
    ):
        return typing.refuse(node, "this interval", "write INTERVAL '1' MONTH")
    if not isinstance(node.parent, exp.Add | exp.Sub):
        return typing.refuse(node, "an interval is only added to or taken from a date")
    return INTERVAL


def shifted(node: Any, typing: Typing) -> SqlType:
    """`d + INTERVAL '1' MONTH`; a difference of dates is an interval on Athena and a number on DuckDB."""
    kind = typing.of(node.this)
    if typing.of(node.expression) != INTERVAL or kind not in {DATE, TIMESTAMP}:
        return typing.refuse(
            node,
            "only an interval is added to or taken from a date",
            "write date_diff('day', a, b)",
        )
    return kept(node, typing, kind) if unit_fits(node.expression, typing, kind) else ANY


RULES: dict[type[exp.Expr], Rule] = {
    exp.CurrentDate: lambda node, typing: DATE,
    exp.DateAdd: moved,
    exp.DateDiff: apart,
    exp.Day: field,
    exp.DayOfWeekIso: field,
    exp.DayOfYear: field,
    exp.Extract: extracted,
    exp.Interval: interval,
    exp.Month: field,
    exp.Quarter: field,
    exp.DateTrunc: truncated,
    exp.TimestampTrunc: truncated,
    exp.WeekOfYear: field,
    exp.Year: field,
}
