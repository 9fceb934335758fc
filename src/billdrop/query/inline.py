"""
A query with each view spelt out in its place: what Athena is asked.

So an answer means what this version of the program means by a view, whichever version made the views
that other people see there.
"""

from sqlglot import exp

from billdrop.query.athena import examined, made, parsed
from billdrop.query.views import TABLES, body


def inlined(sql: str) -> str:
    """
    The query over the raw tables; what stands on a line stays on that line.

    Raises `QueryRefusedError` for what `athena.check` finds, with its place.
    """
    tree, problems = examined(sql)
    if problems or tree is None:
        raise problems[0].error()
    for start, end, view in sorted(places(parsed(sql)), reverse=True):
        sql = sql[:start] + view + sql[end:]
    return sql


def places(tree: exp.Select) -> list[tuple[int, int, str]]:
    """Where a view is named: its first character, the one behind its last, and what to put there."""
    found = []
    for table in tree.find_all(exp.Table):
        if table.name.lower() in TABLES and not made(table):
            spelt = f"({' '.join(body(table.name.lower()).splitlines())})"
            alias = "" if table.alias else f" AS {table.this.sql('athena')}"
            meta = table.this.meta
            found.append((meta["start"], meta["end"] + 1, spelt + alias))
    return found
