"""What an expression may be made of: for each piece its type by Trino's rules, and its form on DuckDB."""

import re
from typing import Any

from sqlglot import exp

from billdrop.query import casts, dates
from billdrop.query.sqltypes import (
    ANY,
    BIGINT,
    BOOLEAN,
    DATE,
    INTERVAL,
    MAX_PRECISION,
    NULL,
    VARCHAR,
    Rule,
    SqlType,
    Typing,
    added,
    as_decimal,
    common,
    decimal,
    divided,
    multiplied,
)


def always(kind: SqlType) -> Rule:
    return lambda node, typing: kind


def numbers(node: Any, typing: Typing, *arguments: Any) -> bool:
    """Whether all arguments are numbers, of which at least one is not NULL."""
    found = [typing.of(argument) for argument in arguments]
    if ANY in found:
        return False
    if all(kind.numeric for kind in found):
        return True
    typing.refuse(
        node,
        f"a number is needed here, not {next(kind for kind in found if not kind.numeric)}",
        "cast it, or compare texts with texts",
    )
    return False


def literal(node: exp.Literal, typing: Typing) -> SqlType:
    text = node.name
    if node.is_string:
        return VARCHAR
    if text.isdigit():
        return BIGINT
    if not re.fullmatch(r"\d*\.\d*", text):
        return typing.refuse(node, f"{text} is a DOUBLE", "write it without an exponent")
    whole, _, fraction = text.partition(".")
    return decimal(len(whole.lstrip("0")) + len(fraction), len(fraction))


def compared(node: Any, typing: Typing) -> SqlType:
    for other in (node.expression,) if node.expression else (*node.expressions,):
        alike(node, node.this, other, typing)
    return BOOLEAN


def alike(node: exp.Expr, one: Any, other: Any, typing: Typing) -> SqlType:
    """The common type of two pieces; refused when only one engine would convert them."""
    a, b = typing.of(one), typing.of(other)
    kind = common(a, b)
    if kind is not None:
        return kind
    text, value = (one, other) if a == VARCHAR else (other, one)
    instead = "cast one of them to the type of the other"
    if isinstance(text, exp.Literal) and typing.of(value) == DATE:
        instead = f"write DATE '{text.name}'"
    elif isinstance(text, exp.Literal) and typing.of(value).numeric:
        instead = f"write {text.name} without quotes"
    elif isinstance(value, exp.Literal):
        instead = f"the column is a text: write '{value.name}'"
    return typing.refuse(node, f"{a} and {b} cannot be compared or mixed on Athena", instead)


def between(node: exp.Between, typing: Typing) -> SqlType:
    alike(node, node.this, node.args["low"], typing)
    alike(node, node.this, node.args["high"], typing)
    return BOOLEAN


def member(node: exp.In, typing: Typing) -> SqlType:
    query = node.args.get("query")
    if query is not None:
        alike(node, node.this, query, typing)
        return BOOLEAN
    if not node.expressions:
        return typing.refuse(node, "IN needs a list or a SELECT")
    return compared(node, typing)


def conditions(node: exp.Expr, typing: Typing) -> SqlType:
    for part in node.iter_expressions():
        if common(typing.of(part), BOOLEAN) != BOOLEAN:
            typing.refuse(part, f"a condition is needed here, not {typing.of(part)}")
    return BOOLEAN


def is_null(node: exp.Is, typing: Typing) -> SqlType:
    if not isinstance(node.expression, exp.Null):
        return typing.refuse(node, "IS takes only NULL", "write `= TRUE` or the condition itself")
    return BOOLEAN


def sum_of(node: Any, typing: Typing) -> SqlType:
    a, b = typing.of(node.this), typing.of(node.expression)
    if INTERVAL in {a, b} or DATE in {a, b}:
        return dates.shifted(node, typing)
    return added(a, b) if numbers(node, typing, node.this, node.expression) else ANY


def product(node: exp.Mul, typing: Typing) -> SqlType:
    """DuckDB would multiply DECIMAL(18,4) within 18 digits."""
    if not numbers(node, typing, node.this, node.expression):
        return ANY
    a = typing.of(node.this)
    kind = multiplied(a, typing.of(node.expression))
    if kind.scale > MAX_PRECISION:
        return typing.refuse(node, "the product has more than 38 decimals", "cast one factor")
    if kind.name == "decimal":
        node.set("this", casts.to(node.this, decimal(MAX_PRECISION, as_decimal(a).scale)))
    return kind


def quotient(node: exp.Div, typing: Typing) -> SqlType:
    if not numbers(node, typing, node.this, node.expression):
        return ANY
    a, b = typing.of(node.this), typing.of(node.expression)
    kind = divided(a, b)
    new = casts.quotient(node.this, a, node.expression, b, kind)
    return typing.swap(node, new, kind)


def remainder(node: exp.Mod, typing: Typing) -> SqlType:
    if typing.of(node.this) != BIGINT or typing.of(node.expression) != BIGINT:
        return typing.refuse(node, "a remainder is taken of whole numbers only")
    return typing.swap(node, casts.call("trino_mod", node.this, node.expression), BIGINT)


def same(node: Any, typing: Typing) -> SqlType:
    return typing.of(node.this)


def number(node: Any, typing: Typing) -> SqlType:
    return typing.of(node.this) if numbers(node, typing, node.this) else ANY


def rounded(node: exp.Round, typing: Typing) -> SqlType:
    """Trino keeps the scale; DuckDB cuts it to the digits asked for."""
    digits = node.args.get("decimals")
    if digits is not None and not casts.whole(digits):
        return typing.refuse(node, "round takes a number of digits from 0 up, written out")
    if not numbers(node, typing, node.this):
        return ANY
    kind = typing.of(node.this)
    if kind == BIGINT:
        return typing.swap(node, node.this, BIGINT)
    scale = kind.scale if digits is not None else 0
    kind = decimal(kind.precision + 1, scale)
    return typing.swap(node, casts.to(node.copy(), kind), kind)


def towards(node: Any, typing: Typing) -> SqlType:
    if node.args.get("decimals") or not numbers(node, typing, node.this):
        return typing.refuse(node, "ceil and floor take one number")
    kind = typing.of(node.this)
    if kind == BIGINT:
        return typing.swap(node, node.this, BIGINT)
    return decimal(kind.precision - kind.scale + min(kind.scale, 1), 0)


def unified(node: exp.Expr, typing: Typing, values: list[Any]) -> SqlType:
    kind = NULL
    for value in values:
        found = common(kind, typing.of(value))
        if found is None:
            return typing.refuse(
                node, f"{kind} and {typing.of(value)} cannot be mixed on Athena", "cast one of them"
            )
        kind = found
    return kind


def chosen(node: exp.Case, typing: Typing) -> SqlType:
    default = node.args.get("default")
    for branch in node.args["ifs"]:
        if node.this:
            alike(branch, node.this, branch.this, typing)
        elif common(typing.of(branch.this), BOOLEAN) != BOOLEAN:
            typing.refuse(branch, "WHEN needs a condition")
    values = [branch.args["true"] for branch in node.args["ifs"]]
    return unified(node, typing, [*values, *([default] if default else [])])


def branch(node: exp.If, typing: Typing) -> SqlType:
    if isinstance(node.parent, exp.Case):
        return ANY
    if common(typing.of(node.this), BOOLEAN) != BOOLEAN:
        typing.refuse(node, "if needs a condition first")
    return unified(
        node, typing, [node.args[key] for key in ("true", "false") if node.args.get(key)]
    )


def first(node: exp.Coalesce, typing: Typing) -> SqlType:
    return unified(node, typing, [node.this, *node.expressions])


def unless(node: exp.Nullif, typing: Typing) -> SqlType:
    alike(node, node.this, node.expression, typing)
    return typing.of(node.this)
