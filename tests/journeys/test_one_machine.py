"""One invoice from the upload to the sum, through the real process."""

import json
import os
import signal
import threading
import time
from decimal import Decimal
from pathlib import Path

from tests.process import Up, answer, billdrop, eventually, up
from tests.samples import docproc


def test_a_file_dropped_into_the_inbox_is_in_the_expenses_a_moment_later(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        running.drop("inv.txt", docproc("inv-1", day=31))
        running.until(recorded=1, unpublished_segments=0)
        assert answer("expenses", running.data) == [
            {
                "date": "2018-03-31",
                "currency": "INR",
                "invoices": 1,
                "net": "2850",
                "tax": "200",
                "total": "3050",
            }
        ]
        assert billdrop("verify", "--data-dir", running.data).returncode == 0


def test_an_upload_by_http_answers_with_what_was_recorded(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        made = running.put("inv.txt", docproc("inv-1"))
        assert made.status == 201
        assert made.body["state"] == "recorded"
        assert made.body["invoices"][0]["number"] == "inv-1"
        assert Decimal(made.body["invoices"][0]["total"]) == 3050
        assert running.states()["recorded"] == 1


def test_an_upload_that_cannot_be_read_answers_with_the_line_and_is_kept(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        refused = running.put("inv.txt", docproc("inv-1", total="9999"))
        assert refused.status == 422
        finding = refused.body["findings"][0]
        assert (finding["code"], finding["line"], finding["column"]) == ("BD2014", 11, 8)
        assert running.states()["quarantined"] == 1
        assert answer("expenses", running.data) == []


def test_the_same_bytes_under_another_name_are_a_duplicate(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        assert running.put("a.txt", docproc("inv-1")).status == 201
        again = running.put("b.txt", docproc("inv-1"))
        assert (again.status, again.body["state"]) == (200, "duplicate")
        running.drop("c.txt", docproc("inv-1"))
        running.until(recorded=1, duplicate=2)


def test_a_newer_version_of_a_file_supersedes_and_moves_the_sum(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        running.drop("a.txt", docproc("inv-1", day=1))
        running.until(recorded=1)
        running.drop("a.txt", docproc("inv-1", day=2, amounts=(("10", ""),)))
        running.until(recorded=1, superseded=1, unpublished_segments=0)
        rows = answer("expenses", running.data)
        assert [(row["date"], row["total"]) for row in rows] == [("2018-03-02", "10")]
        assert billdrop("verify", "--data-dir", running.data).returncode == 0


def test_the_same_number_from_another_file_waits_for_a_person(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        running.put("a.txt", docproc("inv-1"))
        assert running.put("b.txt", docproc("inv-1", amounts=(("10", ""),))).status == 422
        assert running.stop() == 0
        data = running.data
        (entry,) = _quarantine(data)
        assert entry["code"] == "BD3001"
        released = billdrop(
            "quarantine",
            "release",
            str(entry["id"]),
            "--by",
            "eve",
            "--why",
            "credit agreed",
            "--data-dir",
            data,
        )
        assert released.returncode == 0, released.stderr
        assert [row["total"] for row in answer("expenses", data)] == ["10"]


def _quarantine(data: Path) -> list[dict[str, object]]:
    run = billdrop("quarantine", "list", "--data-dir", data, "--json")
    found: list[dict[str, object]] = json.loads(run.stdout)
    return found


def test_a_slow_writer_is_waited_for(tmp_path: Path) -> None:
    text = docproc("inv-1")
    with up(tmp_path / "data") as running:
        folder = running.inbox / "acme"
        folder.mkdir(parents=True)
        with (folder / "slow.txt").open("w") as file:
            file.write(text[:100])
            file.flush()
            time.sleep(0.5)
            assert running.states()["quarantined"] == 0
            file.write(text[100:])
        running.until(recorded=1, quarantined=0)


def test_files_that_came_while_the_program_was_down_are_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    folder = data / "inbox" / "acme" / "2018" / "march"
    folder.mkdir(parents=True)
    for index in range(5):
        (folder / f"{index}.txt").write_text(docproc(f"inv-{index}"))
    with up(data) as running:
        running.until(recorded=5)


def test_a_folder_of_files_moved_into_the_inbox_is_found(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    for index in range(5):
        (outside / "deep" / f"{index}.txt").write_text(docproc(f"inv-{index}"))
    with up(tmp_path / "data") as running:
        (running.inbox / "acme").mkdir()
        outside.rename(running.inbox / "acme" / "moved")
        running.until(recorded=5)


def test_sigterm_finishes_what_is_under_way_and_exits_with_0(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        accepted = []

        def upload() -> None:
            for index in range(200):
                try:
                    if running.put(f"{index}.txt", docproc(f"inv-{index}")).status == 201:
                        accepted.append(index)
                except OSError:
                    return

        thread = threading.Thread(target=upload)
        thread.start()
        eventually(lambda: len(accepted), lambda count: count > 20)
        assert running.stop() == 0
        thread.join()
        states = running.states()
        assert states["recorded"] >= len(accepted)
        assert states["unpublished_segments"] == 0
        assert billdrop("verify", "--data-dir", running.data).returncode == 0


def test_an_acknowledged_upload_is_there_after_kill_9_and_a_new_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    accepted = 0
    for turn in range(3):
        with up(data) as running:
            for index in range(20):
                number = f"inv-{turn}-{index}"
                accepted += running.put(f"{number}.txt", docproc(number)).status == 201
            running.kill()
    with up(data) as running:
        running.until(recorded=accepted, unpublished_segments=0)
        assert accepted == 60
        assert billdrop("verify", "--data-dir", data).returncode == 0


def test_a_second_process_on_the_data_directory_is_refused(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        second = billdrop("up", "--data-dir", running.data, "--port", "0")
        assert second.returncode == 3
        assert "BD5003" in second.stderr
        file = tmp_path / "a.txt"
        file.write_text(docproc("inv-1"))
        ingest = billdrop("ingest", "--data-dir", running.data, "--customer", "acme", file)
        assert ingest.returncode == 3
        assert running.put("b.txt", docproc("inv-2")).status == 201


def test_a_stopped_process_that_wakes_up_goes_on(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        os.kill(running.process.pid, signal.SIGSTOP)
        _drop_many(running, 50)
        os.kill(running.process.pid, signal.SIGCONT)
        running.until(recorded=50)


def _drop_many(running: Up, count: int) -> None:
    for index in range(count):
        running.drop(f"{index}.txt", docproc(f"inv-{index}"))
