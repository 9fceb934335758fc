"""Rules of functions on texts: the cases in which Athena and DuckDB agree."""

import re
from typing import Any

from sqlglot import exp

from billdrop.query import casts
from billdrop.query.sqltypes import BOOLEAN, VARCHAR, Rule, SqlType, Typing, common

SAME_REGEX = re.compile(
    r"(?:[^\\\[\](?{}]|\\[.*+?()\[\]{}|^$\\/-]|\((?!\?)|(?<!\()\?"
    r"|\[\^?[\w .,:;/_-]+\]|\{\d+(?:,\d*)?\})*"
)
r"""Patterns that RE2 (here) and Joni (there) read alike: no `\d`, no `(?`, no `{,n}`, no classes in classes."""


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
