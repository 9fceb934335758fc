"""What is wrong with a query, and where."""

from msgspec import Struct
from sqlglot import exp

from billdrop.errors import QueryRefusedError

UNLIKE, BROKEN = "BD6001", "BD6002"
"""It would not mean the same on both engines; it is not valid at all."""


class Problem(Struct, frozen=True, kw_only=True):
    """One thing in a query that stops it."""

    code: str
    line: int
    """From 1; 0 where no place can be named."""
    column: int
    what: str
    instead: str = ""

    def error(self) -> QueryRefusedError:
        """The problem, raised."""
        where = f"{self.line}:{self.column}: " if self.line else ""
        return QueryRefusedError(
            f"{where}{self.what}",
            hint=self.instead,
            code=self.code,
            line=self.line,
            column=self.column,
        )


def place(node: exp.Expr, sql: str) -> tuple[int, int]:
    """Line and column where a piece of the query begins, from 1; zeros when it does not know."""
    starts = [found.meta["start"] for found in node.walk() if "start" in found.meta]
    return at(min(starts), sql) if starts else (0, 0)


def at(start: int, sql: str) -> tuple[int, int]:
    before = sql[:start]
    return before.count("\n") + 1, start - before.rfind("\n")
