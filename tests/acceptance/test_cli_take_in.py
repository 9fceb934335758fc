"""Taking documents in by hand: ingest, check, quarantine."""

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.commands import answer, books
from tests.process import billdrop
from tests.samples import docproc

GUIDELINE = """
guideline = "plain"
version = 1
customers = ["globex"]
input = { reader = "labelled" }
locale = { dates = ["YYYY-MM-DD"], currency = "EUR" }

[fields]
number     = { label = "Invoice", required = true }
issue_date = { label = "Date", required = true }
total      = { label = "Total", required = true }
"""


def test_what_is_ingested_is_counted_and_shown_at_once(tmp_path: Path) -> None:
    files = tmp_path / "in"
    (files / "deep").mkdir(parents=True)
    (files / "a.txt").write_text(docproc("inv-1"))
    (files / "deep" / "b.txt").write_text(docproc("inv-2", day=2))
    data = tmp_path / "data"
    summary = answer("ingest", "--customer", "acme", files, "--data-dir", data)
    assert (summary["documents"], summary["invoices"], summary["recorded"]) == (2, 2, 2)
    assert answer("status", "--data-dir", data) == {
        "recorded": 2,
        "quarantined": 0,
        "duplicate": 0,
        "superseded": 0,
        "lost": 0,
        "unpublished_segments": 0,
    }


def test_ingesting_again_changes_nothing_and_succeeds(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1"))
    before = answer("expenses", "--data-dir", data)
    again = answer("ingest", "--customer", "acme", tmp_path / "files", "--data-dir", data)
    assert (again["known"] + again["duplicate"], again["invoices"]) == (1, 0)
    assert answer("expenses", "--data-dir", data) == before


def test_an_invoice_that_is_wrong_makes_ingest_exit_1_and_show_the_line(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(docproc("inv-1", total="9999"))
    run = billdrop("ingest", "--customer", "acme", file, "--data-dir", tmp_path / "data")
    assert run.returncode == 1
    assert "1 quarantined" in run.stdout
    assert "(BD2014)" in run.stderr
    assert "  11 | Total: 9999\n     |        ^^^^\n" in run.stderr


@pytest.mark.parametrize("given", ["in", "in/deep", "in/deep/x.txt", "link.txt"])
def test_a_finding_of_ingest_names_the_file_by_the_path_that_was_given(
    tmp_path: Path, given: str
) -> None:
    file = tmp_path / "in" / "deep" / "x.txt"
    file.parent.mkdir(parents=True)
    file.write_text(docproc("inv-1", total="9999"))
    (tmp_path / "link.txt").symlink_to(file)
    run = billdrop("ingest", "--customer", "acme", tmp_path / given, "--data-dir", tmp_path / "d")
    named = Path(run.stderr.partition(":")[0])
    assert named.samefile(file)
    assert named.is_relative_to(tmp_path / given)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    run = billdrop("ingest", "--customer", "acme", tmp_path / "no", "--data-dir", tmp_path)
    assert run.returncode == 2
    assert "does not exist" in run.stderr


def test_check_accepts_without_storing_anything(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(docproc("inv-1"))
    data = tmp_path / "data"
    run = billdrop("check", file, "--data-dir", data)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "would be accepted" in run.stdout
    assert not data.exists()


def test_check_refuses_with_line_column_and_caret(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(docproc("inv-1", total="9999"))
    run = billdrop("check", file, "--data-dir", tmp_path / "data")
    assert run.returncode == 1
    assert f"{file}:11:8: " in run.stdout
    assert "\n  11 | Total: 9999\n     |        ^^^^\n     = hint: " in run.stdout
    found = answer("check", file, "--data-dir", tmp_path / "data", code=1)
    assert found["accepted"] is False
    assert [(one["code"], one["line"], one["column"]) for one in found["findings"]] == [
        ("BD2014", 11, 8)
    ]


def test_check_reads_with_the_guideline_one_names(tmp_path: Path) -> None:
    guideline = tmp_path / "plain.toml"
    guideline.write_text(GUIDELINE)
    file = tmp_path / "x.txt"
    file.write_text("Invoice: 7\nDate: 2026-11-22\nTotal: 12.50\n")
    found = answer("check", file, "--guideline", guideline, "--data-dir", tmp_path / "data")
    assert found["guideline"] == "plain@1"
    assert found["invoices"][0]["total"] == "12.50"


def test_what_a_document_says_cannot_drive_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(docproc("inv-1\x9b31m\u202e", total="9999"), encoding="utf-8")
    run = billdrop("check", file, "--data-dir", tmp_path / "data")
    assert run.returncode == 1
    assert not {"\x9b", "\u202e", "\x1b"} & set(run.stdout + run.stderr)


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_and_no_color_is_honoured(
    tmp_path: Path, no_color: str, coloured: bool
) -> None:
    file = tmp_path / "x.txt"
    file.write_text(docproc("inv-1", total="9999"))
    shown = on_terminal("check", str(file), "--data-dir", str(tmp_path / "d"), NO_COLOR=no_color)
    assert ("\x1b[" in shown) is coloured
    assert "^^^^" in shown


def on_terminal(*arguments: str, **environment: str) -> str:
    """What a command shows on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "billdrop", *arguments],
        env={**os.environ, **environment},
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 4096):
                shown += piece
    os.close(ours)
    return shown.decode()


def test_a_conflict_waits_until_a_person_releases_it(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1"), b=docproc("inv-1", amounts=(("1000", "100"),)))
    (entry,) = answer("quarantine", "list", "--data-dir", data)
    assert entry["code"] == "BD3001"
    shown = billdrop("quarantine", "show", str(entry["id"]), "--data-dir", data)
    assert "(BD3001)" in shown.stdout
    reason = ("--by", "Ada", "--why", "the customer sent a correction")
    released = answer("quarantine", "release", str(entry["id"]), *reason, "--data-dir", data)
    assert released["recorded"] == 1
    (release,) = answer("why", "b.txt", "--data-dir", data)["releases"]
    assert (release["by"], release["why"]) == reason[1::2]
    story = billdrop("why", "b.txt", "--data-dir", data).stdout
    assert "released by Ada at 2" in story
    assert "Z: the customer sent a correction (quarantine entry 1, BD3001, lines 1-" in story
    (total,) = answer("expenses", "--data-dir", data)
    assert (total["invoices"], total["total"]) == (1, "1100")
    assert billdrop("verify", "--data-dir", data).returncode == 0


def test_what_is_rejected_waits_no_more_until_it_is_reconsidered(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1", total="9999"))
    said = ("--by", "Ada", "--why", "sent by mistake", "--data-dir", data)
    (out,) = answer("quarantine", "reject", "1", *said)
    assert [(one["by"], one["rejects"]) for one in out["rulings"]] == [("Ada", True)]
    assert answer("quarantine", "list", "--data-dir", data) == []
    assert answer("quarantine", "list", "--rejected", "--data-dir", data) == [out]
    assert answer("quarantine", "redrive", "--all", "--data-dir", data)["quarantined"] == 0
    for command in ("reject", "release"):
        again = billdrop("quarantine", command, "1", *said)
        assert again.returncode == 2
        assert "quarantine entry 1 is rejected already" in again.stderr
        assert "`billdrop quarantine reconsider 1` takes that back" in again.stderr
    assert answer("status", "--data-dir", data)["quarantined"] == 1
    story = billdrop("why", "a.txt", "--data-dir", data).stdout
    assert "rejected by Ada at 2" in story
    assert "Z: sent by mistake (quarantine entry 1, BD2014, lines 1-" in story
    assert billdrop("verify", "--data-dir", data).returncode == 0
    run = billdrop("quarantine", "reconsider", "1", *said)
    assert run.stderr.endswith("1: waits again (BD2014)\n")
    assert [entry["id"] for entry in answer("quarantine", "list", "--data-dir", data)] == [1]
    assert "it waits" in billdrop("quarantine", "reconsider", "1", *said).stderr


def test_a_release_without_a_reason_is_refused(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1"), b=docproc("inv-1", amounts=(("1000", "100"),)))
    run = billdrop("quarantine", "release", "1", "--by", "Ada", "--why", "", "--data-dir", data)
    assert run.returncode == 2
    assert "does not say why" in run.stderr


def test_a_file_that_waits_already_is_told_again_under_another_name(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1", total="9999"))
    file = tmp_path / "z.txt"
    file.write_text(docproc("inv-1", total="9999"))
    run = billdrop("ingest", "--customer", "acme", file, "--data-dir", data)
    assert run.returncode == 1
    assert "(BD2014)" in run.stderr
    assert "1 duplicate, 1 of them in quarantine before under another name" in run.stdout


def test_what_is_no_conflict_cannot_be_released(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1", total="9999"))
    (entry,) = answer("quarantine", "list", "--data-dir", data)
    run = billdrop(
        "quarantine", "release", str(entry["id"]), "--by", "x", "--why", "y", "--data-dir", data
    )
    assert run.returncode == 2
    assert "waits for BD2014" in run.stderr
    assert "checks.tolerance" in run.stderr


def test_reason_in_the_list_is_the_error_and_not_a_warning_before_it(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(docproc("inv-1", total="9999").replace("Inv-ID:", "Colour: red\nInv-ID:"))
    data = tmp_path / "data"
    assert billdrop("ingest", "--customer", "acme", file, "--data-dir", data).returncode == 1
    (entry,) = answer("quarantine", "list", "--data-dir", data)
    assert [found["severity"] for found in entry["findings"]] == ["warning", "error"]
    table = billdrop("quarantine", "list", "--data-dir", data).stdout
    assert "BD2014  total 9999 is not net" in table


def test_quarantined_documents_are_recorded_by_redrive_once_a_guideline_reads_them(
    tmp_path: Path,
) -> None:
    file = tmp_path / "x.txt"
    file.write_text("Invoice: 7\nDate: 2026-11-22\nTotal: 12.50\n")
    data = tmp_path / "data"
    first = billdrop("ingest", "--customer", "globex", file, "--data-dir", data)
    assert first.returncode == 1
    (data / "guidelines" / "plain.toml").write_text(GUIDELINE)
    (change,) = answer("replay", "--dry-run", "--data-dir", data)["totals"]
    assert (change["date"], change["before"], change["after"]) == ("2026-11-22", "0", "12.50")
    assert answer("quarantine", "redrive", "--all", "--data-dir", data)["recorded"] == 1
    assert answer("quarantine", "list", "--data-dir", data) == []
    assert answer("expenses", "--data-dir", data)[0]["total"] == "12.50"


@pytest.mark.parametrize("arguments", [["1", "--all"], []])
def test_redrive_takes_ids_or_all_and_not_both(tmp_path: Path, arguments: list[str]) -> None:
    run = billdrop("quarantine", "redrive", *arguments, "--data-dir", tmp_path)
    assert run.returncode == 2


def test_the_inbox_is_taken_in_by_sweep(tmp_path: Path) -> None:
    data = books(tmp_path, a=docproc("inv-1"))
    customer = data / "inbox" / "acme"
    customer.mkdir(parents=True)
    (customer / "b.txt").write_text(docproc("inv-2"))
    assert answer("sweep", "--data-dir", data)["recorded"] == 1
    assert answer("status", "--data-dir", data)["recorded"] == 2
