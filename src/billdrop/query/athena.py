"""Athena SQL: what of it is taken, and the same in DuckDB's words."""

import logging
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, TokenError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from billdrop.query.allowed import INSTEAD, RULES, UNSEEN
from billdrop.query.refusals import BROKEN, UNLIKE, Problem, place
from billdrop.query.sqltypes import ANY, KINDS, SqlType
from billdrop.query.unread import colons, unlike_select, unparsed, unresolved
from billdrop.query.views import TABLES

MAX_LENGTH = 20_000

logging.getLogger("sqlglot").addHandler(logging.NullHandler())

COLUMNS: dict[str, dict[str, SqlType]] = {
    table: {column.name: KINDS[column.kind] for column in columns}
    for table, columns in TABLES.items()
}

SCHEMA: dict[str, object] = {
    table: {name: str(kind) for name, kind in columns.items()} for table, columns in COLUMNS.items()
}

PARTS: dict[type[exp.Expr], set[str]] = {
    exp.Select: {
        "with_", "expressions", "distinct", "from_", "joins", "where", "group", "having",
        "order", "limit", "offset",
    },
    exp.With: {"expressions"},
    exp.CTE: {"this", "alias"},
    exp.From: {"this"},
    exp.Table: {"this", "alias"},
    exp.Subquery: {"this", "alias"},
    exp.Join: {"this", "on", "side", "kind"},
}  # fmt: skip
"""The clauses a SELECT may have; anything else in these is refused."""

JOINS = {"", "INNER", "CROSS", "OUTER"}


def check(sql: str) -> list[Problem]:
    """Everything that keeps a query from meaning the same on both engines; empty: nothing does."""
    return examined(sql)[1]


def to_duckdb(sql: str) -> str:
    """
    The query in DuckDB's words, giving what Athena gives; needs `casts.MACROS`.

    Raises `QueryRefusedError` for the first problem, with its place.
    """
    tree, problems = examined(sql)
    if problems or tree is None:
        raise problems[0].error()
    return tree.sql("duckdb", comments=False)


def examined(sql: str) -> tuple[exp.Select | None, list[Problem]]:
    try:
        tree = parsed(sql)
        problems = [*colons(sql), *strange(tree, sql)]
        if problems:
            return None, problems
        named: exp.Select = qualify(
            called(tree), dialect="athena", schema=SCHEMA, expand_alias_refs=False, identify=False
        )
        problems = [
            problem
            for scope in traverse_scope(named)
            for problem in Examiner(scope, sql).problems()
        ]
        return named, sorted(problems, key=lambda found: (found.line, found.column))
    except Refused as refused:
        return None, [refused.problem]
    except (ParseError, TokenError) as error:
        return None, [unparsed(error, sql)]
    except OptimizeError as error:
        return None, [unresolved(str(error), parsed(sql), sql)]
    except RecursionError:
        return None, [Problem(code=UNLIKE, line=0, column=0, what="the query is nested too deeply")]


class Refused(Exception):
    """A query that cannot be looked at further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def parsed(sql: str) -> exp.Select:
    if len(sql) > MAX_LENGTH:
        raise Refused(Problem(code=UNLIKE, line=0, column=0, what="the query is too long"))
    trees = [tree for tree in sqlglot.parse(sql, read="athena") if tree is not None]
    if len(trees) == 1 and isinstance(trees[0], exp.Select) and written(trees[0], sql):
        return trees[0]
    raise Refused(unlike_select(trees, sql))


def written(tree: exp.Select, sql: str) -> bool:
    """Whether there is something after SELECT: `FROM invoices` alone is DuckDB's."""
    stars = [column for column in tree.expressions if isinstance(column, exp.Star)]
    at = [star.meta.get("start", 0) for star in stars]
    return bool(tree.expressions) and all(sql[start] == "*" for start in at)


def called(tree: exp.Select) -> exp.Select:
    """Columns without a name, called as Athena calls them; after a star their number is not known."""
    for index, column in enumerate(tree.expressions):
        if column.is_star:
            break
        if not column.alias and not isinstance(column, exp.Column):
            column.replace(exp.alias_(column.copy(), f"_col{index}"))
    return tree


def strange(tree: exp.Select, sql: str) -> list[Problem]:
    """Clauses, joins and tables that are not taken; found before names are looked up."""
    found: list[tuple[exp.Expr, str]] = []
    for node in tree.walk():
        if isinstance(node, exp.SetOperation):
            found.append((node, "UNION, INTERSECT and EXCEPT"))
        if isinstance(node, exp.Star) and any(node.args.values()):
            found.append((node, "a star with exceptions"))
        if isinstance(node, exp.Join) and (node.kind not in JOINS or node.method):
            found.append((node, f"a {node.method or node.kind} join"))
        if isinstance(node, exp.From | exp.Join) and not isinstance(
            node.this, exp.Table | exp.Subquery
        ):
            found.append((node, f"{node.this.key} as a table"))
        if isinstance(node, exp.Table | exp.CTE) and (what := misnamed(node)):
            found.append((node, what))
        for key, value in node.args.items() if type(node) in PARTS else ():
            if value and key not in PARTS[type(node)] and not (key == "using" or key in QUIET):
                found.append((node, f"{key.rstrip('_').upper()} in {node.key.upper()}"))
    return [told(node, what, sql) for node, what in found]


def misnamed(node: exp.Table | exp.CTE) -> str:
    """What is wrong with the name of a table, or with one that WITH gives; empty: nothing."""
    if isinstance(node, exp.CTE):
        return f"the name {node.alias} twice in WITH" if node.alias.lower() in before(node) else ""
    if not isinstance(node.this, exp.Identifier):
        return f"{node.sql('athena')} as a table"
    return "" if known(node) else f"there is no view {node.name}"


def known(table: exp.Table) -> bool:
    """Whether a table is a view, or a name of WITH that is said before, where it stands."""
    return table.name.lower() in TABLES or made(table)


def made(table: exp.Table) -> bool:
    """Whether a table is a name that WITH gives, where it stands: it comes before a view of that name."""
    name = table.name.lower()
    node: exp.Expr = table
    while node.parent is not None:
        node, inner = node.parent, node
        if isinstance(node, exp.With) and isinstance(inner, exp.CTE):
            if name in before(inner):
                return True
        elif isinstance(node, exp.Query) and not isinstance(inner, exp.With):
            with_ = node.args.get("with_")
            if with_ is not None and name in {cte.alias.lower() for cte in with_.expressions}:
                return True
    return False


def before(cte: exp.CTE) -> set[str]:
    """The names that stand before one in the same WITH."""
    names: set[str] = set()
    for other in cte.parent.expressions if isinstance(cte.parent, exp.With) else ():
        if other is cte:
            break
        names.add(other.alias.lower())
    return names


QUIET = {"operation_modifiers"}


def told(node: exp.Expr, what: str, sql: str) -> Problem:
    line, column = place(node, sql)
    code = BROKEN if what.startswith("there is no") else UNLIKE
    return Problem(
        code=code, line=line, column=column, what=what, instead=f"the views are {', '.join(TABLES)}"
    )


class Examiner:
    """Types one SELECT, inner ones first, puts DuckDB's words in, and collects what is refused."""

    def __init__(self, scope: Scope, sql: str) -> None:
        self._scope = scope
        self._sql = sql
        self._problems: list[Problem] = []

    def problems(self) -> list[Problem]:
        select: Any = self._scope.expression
        for key in (
            "expressions",
            "distinct",
            "where",
            "group",
            "having",
            "order",
            "limit",
            "offset",
        ):
            value = select.args.get(key)
            for part in value if isinstance(value, list) else [value] if value else []:
                self.visit(part)
        for join in select.args.get("joins") or []:
            if join.args.get("on"):
                self.visit(join.args["on"])
        select.meta["types"] = {column.alias_or_name: self.of(column) for column in select.selects}
        return self._problems

    def visit(self, node: exp.Expr) -> None:
        """Type a piece after all its parts; subqueries were typed in their own scope."""
        if isinstance(node, exp.Query) and not isinstance(node, exp.Subquery):
            return
        for part in list(node.iter_expressions()):
            if not isinstance(part, UNSEEN):
                self.visit(part)
        rule = RULES.get(type(node))
        node.meta["kind"] = rule(node, self) if rule else self._unknown(node)

    def of(self, node: Any) -> SqlType:
        if isinstance(node, exp.Select):
            return self.output(node)
        kind: SqlType = node.meta.get("kind", ANY)
        return kind

    def output(self, query: exp.Query) -> SqlType:
        kinds: list[SqlType] = list(query.meta.get("types", {}).values())
        return kinds[0] if len(kinds) == 1 else ANY

    def column(self, node: exp.Column) -> SqlType:
        if not node.table:
            return self._output_column(node.name)
        scope: Scope | None = self._scope
        while scope is not None:
            source = scope.sources.get(node.table)
            if isinstance(source, Scope):
                return source.expression.meta["types"].get(node.name, ANY)  # type: ignore[no-any-return]
            if source is not None:
                return COLUMNS[source.name][node.name]
            scope = scope.parent
        return ANY

    def _output_column(self, name: str) -> SqlType:
        select: Any = self._scope.expression
        for column in select.selects:
            if column.alias_or_name == name:
                return self.of(column)
        found = {
            columns[name] for table in self._scope.sources
            if isinstance(source := self._scope.sources[table], exp.Table)
            and name in (columns := COLUMNS[source.name])
        }  # fmt: skip
        if not found:
            self._problems.append(unresolved(f"'{name}'", select, self._sql))
        return found.pop() if len(found) == 1 else ANY

    def refuse(self, node: exp.Expr, what: str, instead: str = "") -> SqlType:
        line, column = place(node, self._sql)
        self._problems.append(
            Problem(code=UNLIKE, line=line, column=column, what=what, instead=instead)
        )
        return ANY

    def swap(self, node: exp.Expr, new: exp.Expr, kind: SqlType) -> SqlType:
        new.meta["kind"] = kind
        node.replace(new)
        return kind

    def _unknown(self, node: exp.Expr) -> SqlType:
        name = said(node, self._sql)
        instead = INSTEAD.get(
            name.lower(), INSTEAD.get(node.key, "docs/sql.md lists what is taken")
        )
        return self.refuse(node, f"{name} does not mean the same on Athena and DuckDB", instead)


def said(node: exp.Expr, sql: str) -> str:
    """What the query calls it: the name of a function as written, or the kind of piece."""
    if isinstance(node, exp.Func) and "start" in node.meta:
        return sql[node.meta["start"] : node.meta["end"] + 1]
    return node.sql_name().lower() if isinstance(node, exp.Func) else node.key
