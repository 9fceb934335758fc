"""Genuine invoices through the real command, to the sums that finance asks for."""

import json
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.corpus import corpus, expected
from tests.process import answer, billdrop

CASES = Path(__file__).resolve().parents[1] / "cases" / "labelled"


def ingest(data: Path, file: Path) -> tuple[int, Any]:
    """The exit code and the answer."""
    run = billdrop("ingest", "--data-dir", data, "--customer", "acme", "--json", file)
    return run.returncode, json.loads(run.stdout)


def recorded(data: Path) -> list[tuple[str, str, str, Decimal, int]]:
    """Number, issue date, currency, total and number of lines of each invoice, as SQL has them."""
    statement = (
        "SELECT number, issue_date, currency, total, line_count FROM invoices ORDER BY number"
    )
    run = billdrop("sql", statement, "--data-dir", data, "--json")
    assert run.returncode == 0, run.stderr
    return [(*row[:3], Decimal(row[3]), int(row[4])) for row in _cells(json.loads(run.stdout))]


def _cells(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows]


def sums(data: Path) -> list[tuple[str, str, int, Decimal]]:
    """Date, currency, invoices and total, as `expenses` has them."""
    return [
        (row["date"], row["currency"], row["invoices"], Decimal(row["total"]))
        for row in answer("expenses", data)
    ]


def test_docproc_sample_is_recorded_and_counted(tmp_path: Path) -> None:
    file = corpus("docproc") / "docproc-invoice.txt"
    wanted = expected(file)
    assert ingest(tmp_path, file)[0] == 0
    total = Decimal(wanted["total"])
    assert recorded(tmp_path) == [(wanted["number"], wanted["date"], "INR", total, 5)]
    (row,) = answer("expenses", tmp_path)
    assert row == {
        "date": wanted["date"],
        "currency": "INR",
        "invoices": 1,
        "net": wanted["net"],
        "tax": wanted["tax"],
        "total": wanted["total"],
    }
    assert billdrop("verify", "--data-dir", tmp_path).returncode == 0


def test_key_value_samples_are_recorded_and_counted_together(tmp_path: Path) -> None:
    folder = corpus("text-kv")
    (tmp_path / "guidelines").mkdir()
    for case in ("key-value-lines", "key-value-patterns"):
        shutil.copy(CASES / case / "guideline.toml", tmp_path / "guidelines" / f"{case}.toml")
    wanted = []
    for name in ("lines-basic", "lines-multiple-patterns"):
        file = folder / f"invoice2data__tests__custom__{name}.txt"
        assert ingest(tmp_path, file)[0] == 0
        wanted += expected(file)
    facts = [
        (it["invoice_number"], it["date"], it["currency"], Decimal(str(it["amount"])))
        for it in wanted
    ]
    assert [row[:4] for row in recorded(tmp_path)] == sorted(facts)
    total = sum(amount for *_, amount in facts)
    assert sums(tmp_path) == [("2022-10-22", "EUR", 2, total)]
    assert billdrop("verify", "--data-dir", tmp_path).returncode == 0


def test_ledes_invoice_whose_lines_disagree_waits_and_the_other_is_recorded(tmp_path: Path) -> None:
    file = corpus("ledes") / "ledes-parser__tests__data__ledes_98B.txt"
    good, bad = expected(file)
    code, result = ingest(tmp_path, file)
    assert code == 1
    total, day = Decimal(good["total"]), datetime.strptime(good["date"], "%Y%m%d").date()  # noqa: DTZ007  a day
    assert recorded(tmp_path) == [(good["number"], str(day), "USD", total, good["lines"])]
    assert sums(tmp_path) == [(str(day), "USD", 1, total)]
    findings = result["problems"][0]["findings"]
    assert {(it["code"], it["line"]) for it in findings} == {
        ("BD2013", 8),
        ("BD2025", 9),
    }
    assert bad["number"] not in {row[0] for row in recorded(tmp_path)}


def test_bad_ledes_document_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    file = corpus("ledes") / "LEDES__test__data__ledes1998b_eager_bad.txt"
    code, result = ingest(tmp_path, file)
    assert (code, result["recorded"], result["quarantined"]) == (1, 0, 1)
    (finding,) = result["problems"][0]["findings"]
    assert (finding["code"], finding["line"]) == ("BD2003", 3)
    assert finding["field"] == "lines[0].unit_price"
    assert sums(tmp_path) == []
