"""What is said of a query that cannot be read, or that names what no view has."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from billdrop.query.refusals import BROKEN, UNLIKE, Problem, at, place
from billdrop.query.views import TABLES

_VIEWS = f"the views are {', '.join(TABLES)}"
_FIRST = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*(\w*)", re.DOTALL)
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|['"]|/\*""", re.DOTALL)
_TOKEN = re.compile(r"<Token .*?, text: (.*?), line: .*?>")
_ASKED = {"SHOW", "DESCRIBE", "DESC"}


def colons(sql: str) -> Iterator[Problem]:
    """`x::type`, which DuckDB takes for a cast and Athena does not."""
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), sql)
    for found in re.finditer("::", bare):
        line, column = at(found.start(), sql)
        what, instead = "`::` is no cast on Athena", "write CAST(… AS …)"
        yield Problem(code=UNLIKE, line=line, column=column, what=what, instead=instead)


def unlike_select(trees: Sequence[exp.Expr], sql: str) -> Problem:
    """Everything but one SELECT is refused by its name."""
    instead = "write SELECT … FROM invoices"
    if not trees:
        return _refused("the query is empty: one SELECT is taken", (0, 0), instead)
    if len(trees) > 1:
        fact = f"one SELECT is taken, not {len(trees)} statements"
        return _refused(fact, place(trees[1], sql), "run them one by one")
    word, start = _said(trees[0], sql)
    if word in _ASKED:
        instead = f"{_VIEWS}; docs/sql.md lists their columns"
    elif _misspelt(word):
        instead = "did you mean SELECT?"
    elif isinstance(trees[0], exp.SetOperation):
        instead = "run each SELECT by itself, or join them"
    return _refused(f"{word} is not taken: one SELECT is, nothing else", at(start, sql), instead)


def unparsed(error: ParseError | TokenError, sql: str) -> Problem:
    """Text that the grammar has no place for, or that does not end."""
    if isinstance(error, TokenError):
        return _unclosed(error, sql)
    if _misspelt(_first(sql)[0]):
        return unlike_select([exp.Command()], sql)
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    highlight = first.get("highlight") or ""
    column = max(1, (first.get("col") or 1) - len(highlight or " ") + 1)
    said = _TOKEN.sub(r"`\1`", str(first.get("description", error))).rstrip(".")
    near = f" at `{highlight[:40]}`" if highlight and f"`{highlight}`" not in said else ""
    what = f"not SQL that Athena takes: {said[:1].lower()}{said[1:]}{near}"
    return Problem(code=BROKEN, line=first.get("line") or 0, column=column, what=what)


def _unclosed(error: TokenError, sql: str) -> Problem:
    """A quote or comment that is not closed, at its beginning."""
    for match in _QUOTED.finditer(sql):
        sign = match.group()
        if sign in {"'", '"', "/*"}:
            line, column = at(match.start(), sql)
            instead = "close it"
            if sign != "/*":
                instead += f"; within it, write {sign * 2} for {sign}"
            return Problem(
                code=BROKEN, line=line, column=column, what=f"{sign} is not closed", instead=instead
            )
    return Problem(code=BROKEN, line=0, column=0, what=f"not SQL that Athena takes: {error}")


def unresolved(message: str, tree: exp.Select, sql: str) -> Problem:
    """A name that no view has, or several have; `tree` is the query as it was written."""
    found = re.search(r"Unknown column: (\S+)", message) or re.search(r"'([^']*)'", message)
    if found is None:
        return Problem(code=BROKEN, line=0, column=0, what=message.rstrip("."))
    columns = [one for one in tree.find_all(exp.Column) if one.name.lower() == found[1].lower()]
    column = columns[0] if columns else None
    name = column.name if column is not None else found[1]
    line, start = place(column, sql) if column is not None else (0, 0)
    what, instead = _why(name, column, tree)
    return Problem(code=BROKEN, line=line, column=start, what=what, instead=instead)


def _why(name: str, column: exp.Column | None, tree: exp.Select) -> tuple[str, str]:
    sources = dict(_sources(tree))
    owner = column.table if column is not None else ""
    if owner and owner not in sources:
        return f"there is no {owner} in FROM", f"it has {', '.join(sources)}"
    if owner:
        sources = {owner: sources[owner]}
    having = [source for source, names in sources.items() if name in names]
    if len(having) > 1:
        each = " or ".join(f"{source}.{name}" for source in having)
        return f"{name} is a column of {' and of '.join(having)}", f"write {each}"
    if any(select.alias == name for select in tree.selects):
        return f"there is no column {name} to group or choose by", (
            "repeat the expression in GROUP BY, WHERE and HAVING; Athena knows new names only in ORDER BY"
        )
    return f"there is no column {name}", _meant(name, sources)


def _meant(name: str, sources: dict[str, list[str]]) -> str:
    known = dict.fromkeys(column for names in sources.values() for column in names)
    close = get_close_matches(name, known, n=1)
    listed = "; ".join(
        f"the columns of {source} are {', '.join(names)}" for source, names in sources.items()
    )
    return f"did you mean {close[0]}? {listed}" if close else listed


def _sources(tree: exp.Select) -> Iterator[tuple[str, list[str]]]:
    """What the query reads, by the name it has there, with its columns."""
    made = {cte.alias: cte.this.named_selects for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        columns = [column.name for column in TABLES.get(table.name.lower(), ())]
        yield table.alias_or_name, made.get(table.name) or columns
    for query in tree.find_all(exp.Subquery):
        if query.alias:
            yield query.alias, query.this.named_selects


def _said(tree: exp.Expr, sql: str) -> tuple[str, int]:
    """The word that says what a statement is, in capitals, and where it stands."""
    first, start = _first(sql)
    if not isinstance(tree, exp.SetOperation):
        return first or sql[start:][:20], start
    word = tree.key.upper()
    left = max((node.meta.get("end", 0) for node in tree.this.walk()), default=0)
    found = re.compile(rf"\b{word}\b", re.IGNORECASE).search(sql, left)
    return word, found.start() if found else start


def _first(sql: str) -> tuple[str, int]:
    first = _FIRST.match(sql)
    assert first is not None, "it matches nothing, too"
    return first[1].upper(), first.start(1)


def _misspelt(word: str) -> bool:
    return word != "SELECT" and bool(get_close_matches(word, ["SELECT"], cutoff=0.75))


def _refused(what: str, where: tuple[int, int], instead: str) -> Problem:
    return Problem(code=UNLIKE, line=where[0], column=where[1], what=what, instead=instead)
