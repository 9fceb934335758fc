"""A real process is killed at every boundary between two steps; whoever comes next finishes."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from billdrop.cli.ingest import MANY
from tests.samples import docproc

IGNORED = {"recorded_at"}


def billdrop(
    *args: str, failpoint: str = "", batch: str = "3"
) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "BILLDROP_FAILPOINT": failpoint,
        "BILLDROP_BATCH_DOCUMENTS": batch,
    }
    return subprocess.run(
        [sys.executable, "-m", "billdrop", *args],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def upload(folder: Path) -> None:
    folder.mkdir()
    (folder / "a.txt").write_text(docproc("inv-1"))
    (folder / "b.txt").write_text(docproc("inv-2", day=2))
    (folder / "c.txt").write_text(docproc("inv-3", total="9999"))
    (folder / "d.txt").write_text(docproc("inv-1"))
    (folder / "e.txt").write_text(docproc("inv-4") + docproc("inv-5", day=3))
    (folder / "f.txt").write_text("nobody reads this\n")
    (folder / "g.txt").write_text(docproc("inv-2", day=2, amounts=(("1", ""),)))


def ingest(
    data: Path, files: Path, failpoint: str = "", batch: str = "3"
) -> "subprocess.CompletedProcess[str]":
    command = ("ingest", "--data-dir", str(data), "--customer", "acme", str(files))
    return billdrop(*command, failpoint=failpoint, batch=batch)


def seen(data: Path) -> dict[str, Any]:
    """Everything a user can see, without what depends on when it happened."""
    answers = {
        command: json.loads(billdrop(command, "--data-dir", str(data), "--json").stdout)
        for command in ("status", "expenses")
    }
    rows = []
    for kind in ("invoices", "lines"):
        for file in sorted((data / "destination" / kind).glob("*/*.csv")):
            with file.open(newline="", encoding="utf-8") as opened:
                rows += [
                    sorted((name, cell) for name, cell in row.items() if name not in IGNORED)
                    for row in csv.DictReader(opened)
                ]
    return {**answers, "rows": sorted(rows)}


@pytest.mark.timeout(600)
def test_killed_at_any_boundary_and_run_again_the_books_are_as_if_nothing_had_happened(
    tmp_path: Path,
) -> None:
    files = tmp_path / "files"
    upload(files)
    undisturbed = tmp_path / "undisturbed"
    assert ingest(undisturbed, files).returncode == 1
    expected = seen(undisturbed)
    assert expected["status"]["recorded"] == 3
    kills = 0
    while True:
        data = tmp_path / f"killed-{kills + 1}"
        run = ingest(data, files, failpoint=f"*:{kills + 1}")
        if run.returncode != -signal.SIGKILL:
            assert run.returncode == 1, run.stderr
            break
        kills += 1
        again = ingest(data, files)
        assert again.returncode == 1, again.stderr
        assert seen(data) == expected
        assert billdrop("verify", "--data-dir", str(data)).returncode == 0
    assert kills >= 15


@pytest.mark.parametrize("failpoint", ["parsed", "committed:2", "put:3", "flushed"])
def test_killed_while_a_second_process_reads_it_goes_on_where_it_was(
    tmp_path: Path, failpoint: str
) -> None:
    files, data = tmp_path / "files", tmp_path / "data"
    files.mkdir()
    for number in range(MANY):
        (files / f"{number}.txt").write_text(docproc(f"inv-{number}"))
    run = ingest(data, files, failpoint=failpoint, batch="400")
    assert run.returncode == -signal.SIGKILL
    again = ingest(data, files, batch="400")
    assert again.returncode == 0, again.stderr
    assert f"{MANY:,} documents" in again.stdout
    assert sum(map(int, re.findall(r"(\d+) recorded", again.stdout.replace(",", "")))) == MANY
    status = json.loads(billdrop("status", "--data-dir", str(data), "--json").stdout)
    assert (status["recorded"], status["unpublished_segments"]) == (MANY, 0)
    assert billdrop("verify", "--data-dir", str(data)).returncode == 0
