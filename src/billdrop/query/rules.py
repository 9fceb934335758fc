"""What an expression may be made of: for each piece its type by Trino's rules, and its form on DuckDB."""

import re
from collections.abc import Callable
from typing import Any, Protocol

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
    SqlType,
    added,
    as_decimal,
    common,
    decimal,
    divided,
    multiplied,
)


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

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SAME_REGEX = re.compile(
    r"(?:[^\\\[\](?]|\\[.*+?()\[\]{}|^$\\/-]|\((?!\?)|(?<!\()\?|\[\^?[\w .,:;/_-]+\])*"
)


def always(kind: SqlType) -> Rule:
    return lambda node, typing: kind


def texts(kind: SqlType) -> Rule:
    """A function whose arguments are all text."""

    def rule(node: exp.Expr, typing: Typing) -> SqlType:
        for argument in node.iter_expressions():
            needs(argument, typing, VARCHAR, "a text")
        return kind

    return rule


def needs(node: Any, typing: Typing, kind: SqlType, said: str) -> bool:
    found = typing.of(node)
    if common(found, kind) == kind:
        return True
    typing.refuse(node, f"{said} is needed here, not {found}", "write CAST(… AS VARCHAR)")
    return False


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


def part(node: exp.Substring, typing: Typing) -> SqlType:
    start, length = node.args.get("start"), node.args.get("length")
    if (
        not isinstance(start, exp.Literal)
        or not casts.whole(start)
        or start.name == "0"
        or (length and not casts.whole(length))
    ):
        return typing.refuse(node, "substr takes a place from 1 up and a length, written out")
    needs(node.this, typing, VARCHAR, "a text")
    return VARCHAR


def replaced(node: exp.Replace, typing: Typing) -> SqlType:
    old, new = node.expression, node.args.get("replacement")
    if not isinstance(old, exp.Literal) or not old.name or new is None:
        return typing.refuse(node, "replace takes the text to replace written out, and not empty")
    return texts(VARCHAR)(node, typing)


def matches(node: exp.RegexpLike, typing: Typing) -> SqlType:
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and SAME_REGEX.fullmatch(pattern.name)):
        return typing.refuse(
            node,
            "this pattern may match differently on Athena",
            "use letters, digits, `.`, `[…]`, `( | )`, `* + ? {n}`, `^ $`; or LIKE",
        )
    return texts(BOOLEAN)(node, typing)


def from_json(node: exp.JSONExtractScalar, typing: Typing) -> SqlType:
    path = node.expression
    steps = path.expressions if isinstance(path, exp.JSONPath) else []
    if len(steps) != 2 or not isinstance(steps[1], exp.JSONPathKey) or '"' in str(steps[1].this):
        return typing.refuse(node, "only one name can be taken out", "write '$.name'")
    needs(node.this, typing, VARCHAR, "a text")
    name = exp.Literal.string(f'$."{steps[1].this}"')
    return typing.swap(node, casts.call("json_extract_string", node.this, name), VARCHAR)


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


WINDOWS = {exp.Sum, exp.Count, exp.Min, exp.Max, exp.RowNumber, exp.Rank, exp.DenseRank}
