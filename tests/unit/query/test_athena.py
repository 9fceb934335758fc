"""What SQL is taken and what is refused, with the place and what to write instead."""

import pytest

from billdrop.errors import QueryRefusedError
from billdrop.query.athena import check, to_duckdb

DATE = "SELECT 1 AS one FROM invoices WHERE "

REFUSED = [
    (DATE + "issue_date = '2026-11-15'", "DATE and VARCHAR", "DATE '2026-11-15'"),
    (DATE + "issue_date IN ('2026-11-15')", "DATE and VARCHAR", "DATE '2026-11-15'"),
    (DATE + "issue_date BETWEEN '2026-11-15' AND DATE '2026-11-16'", "DATE", "DATE '2026-11-15'"),
    (DATE + "number = 42", "VARCHAR and BIGINT", "'42'"),
    (DATE + "total > '5'", "DECIMAL(18,4) and VARCHAR", "write 5 without quotes"),
    (DATE + "total", "a condition is needed", ""),
    ("SELECT format('%,.2f', total) FROM invoices", "format", "||"),
    ("SELECT substr(number, 0) FROM invoices", "substr takes a place from 1", ""),
    ("SELECT substr(number, -2) FROM invoices", "substr takes a place from 1", ""),
    ("SELECT total::varchar FROM invoices", "`::` is no cast on Athena", "CAST("),
    ("SELECT TRY_CAST(number AS DATE) FROM invoices", "try_cast", "CAST"),
    ("SELECT CAST(number AS DECIMAL(18,4)) FROM invoices", "CAST of VARCHAR", ""),
    ("SELECT CAST(total AS DOUBLE) FROM invoices", "CAST to DOUBLE", "DECIMAL(p,s)"),
    ("SELECT CAST(total AS DECIMAL) FROM invoices", "CAST to DECIMAL", "DECIMAL(p,s)"),
    ("SELECT CAST('15.11.2026' AS DATE) FROM invoices", "CAST of VARCHAR", ""),
    ("SELECT DATE '2026-02-30' FROM invoices", "CAST of VARCHAR", ""),
    ("SELECT total * 1e3 FROM invoices", "DOUBLE", "exponent"),
    ("SELECT avg(revision) FROM invoices", "DOUBLE", "DECIMAL(18,4)"),
    ("SELECT avg(total) OVER () FROM invoices", "avg with OVER", "sum"),
    ("SELECT issue_date - due_date FROM invoices", "interval", "date_diff"),
    ("SELECT date_diff('month', issue_date, due_date) FROM invoices", "date_diff", "'day'"),
    ("SELECT date_trunc('hour', issue_date) FROM invoices", "HOUR", ""),
    ("SELECT seller || total FROM invoices", "a text is needed", "CAST"),
    ("SELECT coalesce(seller, 0) FROM invoices", "cannot be mixed", "cast"),
    ("SELECT greatest(net, tax) FROM invoices", "greatest", "CASE"),
    ("SELECT approx_distinct(seller) FROM invoices", "approx_distinct", "count(DISTINCT"),
    ("SELECT now() FROM invoices", "now", "current_date"),
    ("SELECT regexp_like(seller, '(?i)x') FROM invoices", "pattern", "LIKE"),
    ("SELECT regexp_like(seller, '\\d+') FROM invoices", "pattern", "LIKE"),
    ("SELECT json_extract_scalar(extra, '$.a.b') FROM invoices", "only one name", "'$.name'"),
    ("SELECT date_format(issue_date, '%Y') FROM invoices", "date_format", "substr"),
    ("SELECT ? FROM invoices", "placeholder", "the value"),
    ("SELECT seller FROM invoices UNION SELECT seller FROM invoices", "one SELECT", ""),
    ("SELECT 1 FROM (SELECT 1 AS x UNION SELECT 2 AS x) AS u", "UNION", ""),
    ("SELECT DISTINCT ON (seller) seller FROM invoices", "", ""),
    ("SELECT seller FROM invoices TABLESAMPLE BERNOULLI (10)", "SAMPLE", ""),
    ("SELECT 1 FROM invoices NATURAL JOIN lines", "NATURAL", ""),
    ("SELECT 1 FROM invoices CROSS JOIN UNNEST(ARRAY[1]) AS t(x)", "as a table", ""),
    ("SELECT 1 FROM invoices, LATERAL (SELECT 1 AS x) AS t", "lateral as a table", ""),
    ("SELECT seller FROM invoices GROUP BY ROLLUP (seller)", "rollup", ""),
    (
        "WITH a AS (SELECT total FROM invoices), A AS (SELECT net FROM lines) SELECT total FROM a",
        "twice in WITH",
        "",
    ),
    ("WITH RECURSIVE a AS (SELECT 1 AS x) SELECT x FROM a", "RECURSIVE", ""),
]

HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM raw_invoices",
    "SELECT (WITH raw_invoices AS (SELECT 1 AS a) SELECT a FROM raw_invoices) AS b, r.total FROM raw_invoices r",
    'SELECT (WITH "/etc/passwd" AS (SELECT 1 AS a) SELECT a FROM "/etc/passwd") AS b FROM "/etc/passwd"',
    'SELECT EXISTS (WITH "x.csv" AS (SELECT 1 AS a) SELECT a FROM "x.csv") AS x FROM "x.csv"',
    "WITH y AS (WITH z AS (SELECT total FROM invoices) SELECT total FROM z) SELECT total FROM z",
    "WITH a AS (SELECT total FROM b), b AS (SELECT total FROM invoices) SELECT total FROM a",
    "WITH a AS (SELECT total FROM a) SELECT total FROM a",
    "SELECT * FROM (WITH duckdb_settings AS (SELECT 1 AS a) SELECT a FROM duckdb_settings) AS t, duckdb_settings",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM memory.main.invoices",
    "SELECT getenv('HOME') FROM invoices",
    "SELECT read_text('/etc/passwd') FROM invoices",
    "SELECT getvariable('x') FROM invoices",
    "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM invoices",
    "SELECT 1 FROM invoices; DROP VIEW invoices",
    "COPY invoices TO '/elsewhere/x'",
    "ATTACH 'x.db'",
    "INSTALL httpfs",
    "PRAGMA database_list",
    "SET threads = 1",
    "CREATE TABLE x AS SELECT 1",
    "EXPLAIN SELECT 1",
    "SELECT COLUMNS('.*') FROM invoices",
    "SELECT trino_div(1, 0) FROM invoices",
    "SELECT * EXCLUDE (total) FROM invoices",
    "FROM invoices",
    "VALUES (1)",
    "",
    ";",
    "SELECT",
    "SELECT 'a",
    "SELECT /* x",
    "(" * 5000,
    "SELECT " + "1+" * 20000 + "1 FROM invoices",
    "SELECT '" + "x" * 200_000 + "' FROM invoices",
]

BROKEN = [
    ("SELECT totl FROM invoices", 1, 8, "totl"),
    ("SELECT total\nFROM invoice", 2, 6, "invoice"),
    ("SELECT issue_date AS d FROM invoices GROUP BY d", 1, 47, " d "),
    ('SELECT "$path" FROM invoices', 1, 8, "$path"),
    ("SELECT total FROM\ninvoices WHERE GROUP", 2, 0, ""),
]


TOLD = [
    (
        "SELECT selller FROM invoices",
        "1:8: there is no column selller",
        "mean seller? the columns of",
    ),
    ("SELECT i.nett FROM invoices i", "1:8: there is no column nett", "mean net? the columns of i"),
    ("SELECT sum(net) FROM invoices HAVING nett > 3", "1:38: there is no column nett", "mean net?"),
    ("SELECT x.net FROM invoices i", "1:8: there is no x in FROM", "it has i"),
    ("SELECT zzz FROM lines", "1:8: there is no column zzz", "of lines are invoice_id, customer"),
    ("SELECT net FROM invoices LIMIT x", "1:32: there is no column x", "of invoices are"),
    ("SELECT net FROM invoices i, lines l", "1:8: net is a column of i and", "i.net or l.net"),
    ("SELECT net AS n\nFROM invoices\nWHERE n > 1", "3:7: there is no column n", "repeat the"),
    ("WITH a AS (SELECT 1 AS one) SELECT oen FROM a", "1:36: there is no", "mean one? the"),
    ("SELECT total FROM invoices WHERE number = 'a", "1:43: ' is not closed", "close it; within"),
    ("SELECT /* total FROM invoices", "1:8: /* is not closed", "close it"),
    ("SELECT sum(total FROM invoices", "1:18: not SQL that Athena takes: expecting )", ""),
    ("SELECT FROM WHERE", "1:13: not SQL that Athena takes: expected table name", ""),
    ("SELECT 1 UNION ALL SELECT 2", "1:10: UNION is not taken", "each SELECT by itself"),
    ("-- all\nDELETE FROM invoices", "2:1: DELETE is not taken", "write SELECT"),
    ("SELEC number FROM invoices", "1:1: SELEC is not taken", "did you mean SELECT?"),
    ("SHOW TABLES", "1:1: SHOW is not taken", "docs/sql.md lists their columns"),
    ("DESCRIBE invoices", "1:1: DESCRIBE is not taken", "the views are invoices, "),
    ("SELECT 1; SELECT 2", "one SELECT is taken, not 2 statements", "one by one"),
    ("", "the query is empty", "write SELECT"),
]


@pytest.mark.parametrize(("sql", "fact", "remedy"), TOLD)
def test_what_cannot_be_read_is_told_with_its_place_and_what_was_meant(
    sql: str, fact: str, remedy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(QueryRefusedError) as refused:
        to_duckdb(sql)
    assert fact in refused.value.message
    assert remedy in refused.value.hint
    assert ("GROUP BY" in refused.value.hint) == (" AS n" in sql)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("sql", "what", "instead"), REFUSED)
def test_what_would_differ_is_refused(sql: str, what: str, instead: str) -> None:
    with pytest.raises(QueryRefusedError) as refused:
        to_duckdb(sql)
    assert what.lower() in refused.value.message.lower()
    assert instead in refused.value.hint
    assert refused.value.error_code == "BD6001"


@pytest.mark.parametrize("sql", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_but_a_select_over_the_views_is_taken(sql: str) -> None:
    with pytest.raises(QueryRefusedError):
        to_duckdb(sql)


@pytest.mark.parametrize(("sql", "line", "column", "name"), BROKEN)
def test_broken_query_is_named_with_its_place(sql: str, line: int, column: int, name: str) -> None:
    problem = check(sql)[0]
    assert (problem.code, problem.line) == ("BD6002", line)
    assert column in {0, problem.column}
    assert name in problem.what


def test_place_is_where_the_piece_begins() -> None:
    found = check(
        "SELECT total,\n  foo(net),\n  net\nFROM invoices WHERE issue_date > '2026-01-01'"
    )
    assert [(problem.line, problem.column) for problem in found] == [(2, 3), (4, 21)]


def test_every_problem_is_found_at_once() -> None:
    assert len(check("SELECT foo(net), bar(net) FROM invoices WHERE number = 1")) == 3


def test_query_that_is_taken_has_no_problems() -> None:
    assert check("SELECT issue_date, sum(total) FROM invoices GROUP BY 1") == []


def test_case_of_names_does_not_matter() -> None:
    assert check("SELECT Total FROM INVOICES i WHERE I.Currency = 'EUR'") == []


def test_one_semicolon_at_the_end_is_taken() -> None:
    assert check("SELECT total FROM invoices;") == []


def test_columns_without_a_name_are_called_as_athena_calls_them() -> None:
    assert to_duckdb("SELECT total, 1 FROM invoices").count("AS _col1") == 1


def test_message_says_where_what_and_what_instead() -> None:
    with pytest.raises(QueryRefusedError) as refused:
        to_duckdb("SELECT 1 FROM invoices WHERE issue_date = '2026-11-15'")
    assert str(refused.value) == (
        "1:30: DATE and VARCHAR cannot be compared or mixed on Athena (BD6001);"
        " write DATE '2026-11-15'"
    )


def test_two_colons_within_a_text_are_text() -> None:
    assert check("SELECT '::' AS a, number AS \"b::c\" FROM invoices -- d::e") == []
