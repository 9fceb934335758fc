"""Asking the books: expenses, sql, history, why, explain, verify."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.acceptance.commands import answer, books
from tests.process import billdrop
from tests.samples import docproc


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books(
        tmp_path_factory.mktemp("books"),
        a=docproc("inv-1", day=31, amounts=(("7650", "500"),)),
        b=docproc("inv-2", day=31, month="Dec", amounts=(("850", ""),), seller="Globex, Inc."),
        c=docproc("inv-3", total="9999"),
        d=docproc("inv-1", day=31, amounts=(("7650", "500"),)),
    )


def test_expenses_by_date_are_exact_to_the_letter(data: Path) -> None:
    run = billdrop("expenses", "--json", "--data-dir", data)
    assert json.loads(run.stdout)[0] == {
        "date": "2018-03-31",
        "currency": "INR",
        "invoices": 1,
        "net": "7650",
        "tax": "500",
        "total": "8150",
    }
    assert '"date": "2018-03-31", "currency": "INR", "invoices": 1, "net": "7650"' in run.stdout


@pytest.mark.parametrize("by", ["customer", "seller"])
def test_expenses_by_name_are_asked_of_sql(data: Path, by: str) -> None:
    found = answer("expenses", "--by", by, "--data-dir", data)
    assert sum(int(group["total"]) for group in found) == 9000
    run = billdrop("expenses", "--by", by, "--engine", "ledger", "--data-dir", data)
    assert (run.returncode, run.stdout) == (2, "")


@pytest.mark.parametrize("by", ["date", "month", "currency"])
def test_ledger_and_sql_add_up_the_same(data: Path, by: str) -> None:
    ledger = answer("expenses", "--by", by, "--engine", "ledger", "--data-dir", data)
    assert ledger == answer("expenses", "--by", by, "--engine", "sql", "--data-dir", data)
    assert sum(int(group["total"]) for group in ledger) == 9000


def test_the_bounds_of_expenses_are_both_included(data: Path) -> None:
    bounds = ("--from", "2018-03-31", "--to", "2018-03-31")
    for engine in ("ledger", "sql"):
        found = answer("expenses", *bounds, "--engine", engine, "--data-dir", data)
        assert [group["date"] for group in found] == ["2018-03-31"]


def test_table_by_name_shows_broken_amounts_with_all_their_cents(tmp_path: Path) -> None:
    folder = books(tmp_path, some=docproc("inv-1", amounts=(("33.30", "6.66"), ("100", "20"))))
    table = billdrop("expenses", "--by", "customer", "--data-dir", folder).stdout
    assert table.splitlines()[1].split()[-3:] == ["133.30", "26.66", "159.96"]


def test_expenses_are_a_table_a_plot_and_csv(data: Path) -> None:
    table = billdrop("expenses", "--data-dir", data).stdout
    assert table.splitlines()[1].split() == ["2018-03-31", "INR", "1", "7,650", "500", "8,150"]
    plot = billdrop("expenses", "--format", "plot", "--data-dir", data, COLUMNS="100").stdout
    assert max(map(len, plot.splitlines())) == 100
    rows = list(
        csv.DictReader(
            io.StringIO(
                billdrop("expenses", "--by", "seller", "--format", "csv", "--data-dir", data).stdout
            )
        )
    )
    assert rows[0] == {
        "seller": "Globex, Inc.",
        "currency": "INR",
        "invoices": "1",
        "net": "850",
        "tax": "0",
        "total": "850",
        "with_net": "1",
        "with_tax": "1",
    }


def test_sql_answers_with_amounts_as_texts(data: Path) -> None:
    query = "SELECT number, total FROM invoices ORDER BY number"
    assert answer("sql", query, "--data-dir", data) == [
        {"number": "inv-1", "total": "8150.0000"},
        {"number": "inv-2", "total": "850.0000"},
    ]
    lines = billdrop("sql", "--csv", "-", "--data-dir", data, stdin=query).stdout.splitlines()
    assert lines == ["number,total", "inv-1,8150.0000", "inv-2,850.0000"]


def test_sql_from_a_file_prints_a_table(data: Path, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text("SELECT COUNT(*) AS n FROM lines")
    run = billdrop("sql", "--file", tmp_path / "q.sql", "--data-dir", data)
    assert run.stdout.split() == ["n", "2"]


def test_sql_that_is_no_sql_exits_2(data: Path) -> None:
    run = billdrop("sql", "SELEKT 1", "--data-dir", data)
    assert run.returncode == 2
    assert "(BD60" in run.stderr


def test_sql_takes_one_statement_from_one_place(data: Path) -> None:
    assert billdrop("sql", "--data-dir", data).returncode == 2


def test_history_lists_the_newest_first_and_can_be_narrowed(data: Path) -> None:
    everything = answer("history", "--data-dir", data)
    assert [entry["state"] for entry in everything] == [
        "duplicate",
        "quarantined",
        "recorded",
        "recorded",
    ]
    (waiting,) = answer("history", "--state", "quarantined", "--data-dir", data)
    assert waiting["key"].endswith("c.txt")
    assert len(answer("history", "a.txt", "--data-dir", data)) == 1
    cut = billdrop("history", "--limit", "2", "--data-dir", data)
    assert "--limit N shows more" in cut.stderr


def test_why_tells_what_is_wrong_with_the_line_of_the_original(data: Path) -> None:
    story = billdrop("why", "c.txt", "--data-dir", data)
    assert "quarantined" in story.stdout
    assert "  11 | Total: 9999\n     |        ^^^^\n" in story.stdout
    assert answer("why", "c.txt", "--data-dir", data)["findings"][0]["code"] == "BD2014"


def test_why_names_what_a_duplicate_duplicates(data: Path) -> None:
    story = answer("why", "d.txt", "--data-dir", data)
    assert "a.txt" in story["document"]["duplicate_of"]


def test_why_of_what_several_documents_match_lists_them(data: Path) -> None:
    run = billdrop("why", ".txt", "--data-dir", data)
    assert run.returncode == 2
    assert "matches 4 documents" in run.stderr
    assert billdrop("why", "nowhere", "--data-dir", data).returncode == 1


def test_explain_leads_every_figure_to_its_place_in_the_original(data: Path) -> None:
    (found,) = answer("explain", "inv-1", "--data-dir", data)
    values = {value["path"]: value for value in found["values"]}
    total = values["total"]
    assert (total["recorded"], total["line"], total["column"]) == ("8150", 11, 8)
    assert values["lines[0].net"]["text"] == "7650"
    assert all(value["agrees"] for value in found["values"])
    told = billdrop("explain", found["invoice_id"], "--data-dir", data).stdout
    assert "  11 | Total: 8150\n     |        ^^^^" in told


def test_verify_agrees_and_names_what_was_changed_behind_its_back(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1"), b=docproc("inv-2"))
    sound = answer("verify", "--data-dir", data)
    assert (sound["agrees"], sound["invoices"], sound["differences"]) == (True, 2, [])
    one, other = sorted((data / "destination" / "invoices").rglob("*.csv"))
    one.write_bytes(one.read_bytes().replace(b"3050", b"3051"))
    other.unlink()
    extra = one.with_name("zzz.csv")
    extra.write_bytes(one.read_bytes().splitlines(keepends=True)[0])
    run = billdrop("verify", "--data-dir", data)
    assert run.returncode == 1
    assert all(name in run.stdout for name in (one.name, other.name, extra.name, "sql"))
    rebuilt = answer("rebuild", "--remove-extra", "--data-dir", data)
    assert rebuilt == {"kept": 2, "written": 1, "replaced": 1, "removed": 1}
    assert billdrop("verify", "--data-dir", data).returncode == 0


def test_doctor_finds_nothing_to_fix_in_a_sound_data_directory(data: Path) -> None:
    lines = answer("doctor", "--data-dir", data)
    assert {line["check"] for line in lines} >= {"data directory", "disk", "ledger", "sql", "clock"}


def test_doctor_exits_1_with_the_fix_beside_what_is_wrong(tmp_path: Path) -> None:
    run = billdrop("doctor", "--data-dir", tmp_path / "none")
    assert run.returncode == 1
    assert "FIX  data directory" in run.stdout


def test_doctor_finds_a_wrong_setting_and_goes_on(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1"))
    (data / "billdrop.toml").write_text("document_byte = 1\n")
    lines = {line["check"]: line for line in answer("doctor", "--data-dir", data, code=1)}
    assert [name for name, line in lines.items() if not line["ok"]] == ["settings"]
    assert lines["settings"]["fix"] == "did you mean `document_bytes`?"
