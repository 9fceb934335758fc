"""The views of Athena are those of DuckDB, from the same columns."""

import sqlglot
from sqlglot import exp

from billdrop.books.columns import INVOICES, LINES, SQL_TYPE
from billdrop.query.ddl import statements
from billdrop.query.views import TABLES, body

DDL = statements("s3://books/out/")


def test_there_are_two_raw_tables_and_four_views() -> None:
    names = [statement.split("(")[0].split("AS\n")[0].split()[-1] for statement in DDL]
    assert names == ["raw_invoices", "raw_lines", "invoices_all", "lines_all", "invoices", "lines"]


def test_every_statement_is_athena_sql() -> None:
    for statement in DDL:
        assert isinstance(sqlglot.parse_one(statement, read="athena"), exp.Create)


def test_raw_tables_hold_strings_in_the_order_of_the_csv() -> None:
    for statement, columns in zip(DDL, (INVOICES, LINES), strict=False):
        declared = [line.strip(" ,") for line in statement.splitlines() if line.startswith("  `")]
        assert declared == [f"`{column.name}` string" for column in columns]


def test_raw_tables_skip_the_header_and_keep_backslashes() -> None:
    for statement in DDL[:2]:
        assert "'skip.header.line.count' = '1'" in statement
        assert r"'escapeChar' = '\u0001'" in statement


def test_views_cast_each_kind_to_its_type_on_both_engines() -> None:
    for table, columns in TABLES.items():
        sql = body(table)
        for name in ("athena", "duckdb"):
            tree = sqlglot.parse_one(sql, read=name)
            assert isinstance(tree, exp.Select)
            assert tree.named_selects == [column.name for column in columns]
            typed = [column for column in columns if column.kind != "text"]
            assert all(f"AS {SQL_TYPE[column.kind]}) AS {column.name}" in sql for column in typed)
