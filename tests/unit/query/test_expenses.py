"""Expenses are the same from the ledger's totals and from SQL over the CSV."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from billdrop.answers.expenses import Expense, Grouping, as_json, from_sql, from_totals, query
from billdrop.cli.expenses import show
from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.model import Total
from billdrop.query.athena import check
from tests.unit.query.books import FIRST, SECOND, published
from tests.unit.query.fakes import Ledger


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckdbEngine:
    root = tmp_path_factory.mktemp("expenses")
    published(root)
    return DuckdbEngine(root)


@pytest.mark.parametrize("by", ["date", "month", "currency"])
def test_both_ways_give_the_same(engine: DuckdbEngine, by: Grouping) -> None:
    assert from_sql(engine, by) == from_totals(Ledger([FIRST, SECOND]).totals(), by)


def test_sellers_are_named_as_their_invoices_do(engine: DuckdbEngine) -> None:
    found = [(one.group, one.currency, one.total) for one in from_sql(engine, "seller")]
    assert found == [
        ("", "XAU", Decimal("0.0001")),
        ("-Dash, Ltd", "EUR", Decimal("50.01")),
        ("Moon & Sons", "EUR", Decimal("192.5")),
    ]


def test_both_bounds_are_included(engine: DuckdbEngine) -> None:
    found = from_sql(engine, "date", date(2026, 11, 15), date(2026, 11, 30))
    assert [one.group for one in found] == ["2026-11-15", "2026-11-30"]


def test_ledger_keeps_no_totals_by_seller() -> None:
    with pytest.raises(ValueError, match="by seller"):
        from_totals(Ledger([FIRST]).totals(), "seller")


def test_amount_that_no_invoice_states_is_none(engine: DuckdbEngine) -> None:
    (november,) = [one for one in from_sql(engine, "date") if one.group == "2026-11-30"]
    assert (november.net, november.tax, november.total) == (None, None, Decimal("-7.5"))


@pytest.mark.parametrize("by", get_args(Grouping))
def test_how_many_invoices_state_an_amount_is_counted(engine: DuckdbEngine, by: Grouping) -> None:
    found = from_sql(engine, by)
    assert (sum(one.with_net for one in found), sum(one.with_tax for one in found)) == (2, 2)
    assert all(one.with_net <= one.invoices for one in found)


def test_table_says_of_how_many_invoices_a_sum_is_where_some_state_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    some = Expense(
        group="acme",
        currency="EUR",
        invoices=3,
        net=Decimal(116),
        tax=Decimal("22.04"),
        total=Decimal("2761.99"),
        with_net=2,
        with_tax=3,
    )
    show([some], "customer", "table")
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == "acme      EUR              3  116 (2 of 3)  22.04  2,761.99"
    assert "the total is of all" in err


def test_sums_are_exact_beyond_28_digits() -> None:
    large, small = Decimal("1" + "0" * 30), Decimal("0.0001")
    totals = [
        Total(issue_date=day, currency="EUR", invoices=1, net=None, tax=None, total=total)
        for day, total in ((date(2026, 1, 1), large), (date(2026, 1, 2), small))
    ]
    assert from_totals(totals, "month")[0].total == Decimal("1" + "0" * 30 + ".0001")


def test_json_by_date_has_text_amounts() -> None:
    expense = Expense(
        group="2018-03-31",
        currency="INR",
        invoices=1,
        net=Decimal(7650),
        tax=Decimal("5E+2"),
        total=Decimal(8150),
        with_net=1,
        with_tax=1,
    )
    assert as_json(expense, "date") == {
        "date": "2018-03-31",
        "currency": "INR",
        "invoices": 1,
        "net": "7650",
        "tax": "500",
        "total": "8150",
    }


def test_json_says_of_a_sum_that_is_of_some_of_how_many() -> None:
    some = Expense(
        group="2026-11-22",
        currency="EUR",
        invoices=3,
        net=Decimal(116),
        tax=None,
        total=Decimal(150),
        with_net=2,
    )
    assert as_json(some, "date") == {
        "date": "2026-11-22",
        "currency": "EUR",
        "invoices": 3,
        "net": "116",
        "tax": None,
        "total": "150",
        "with_net": 2,
    }


def test_json_by_currency_names_it_once(engine: DuckdbEngine) -> None:
    assert list(as_json(from_sql(engine, "currency")[0], "currency"))[:2] == [
        "currency",
        "invoices",
    ]


def test_amounts_from_sql_have_no_zeros_that_the_type_added(engine: DuckdbEngine) -> None:
    first = as_json(from_sql(engine, "date")[0], "date")
    assert (first["net"], first["tax"], first["total"]) == ("225.01", "25", "250.01")


@pytest.mark.parametrize("by", get_args(Grouping))
def test_query_is_athena_sql_with_two_parameters(by: Grouping, tmp_path: Path) -> None:
    sql = query(by)
    assert sql.startswith("-- ")
    assert check(sql.replace("?", "'2026-11-15'")) == []
    assert sql.count("?") == 2
    assert from_sql(DuckdbEngine(tmp_path), by) == []
