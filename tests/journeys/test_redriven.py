"""A layout that nobody knew: quarantined, and recorded without any command once its guideline is there."""

from pathlib import Path

from tests.process import answer, billdrop, up

PIP = "Pip no: {}\nDay: 2026-11-22\nSum: 12.50\n"
GUIDELINE = """
guideline = "pips"
version = 1
match = { contains = ["Pip no"] }
input = { reader = "labelled" }
locale = { currency = "EUR" }
[fields]
number = { label = "Pip no" }
issue_date = { label = "Day" }
total = { label = "Sum" }
"""


def test_what_waits_is_recorded_by_itself_once_a_guideline_reads_it(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        for number in range(3):
            running.drop(f"pip-{number}.txt", PIP.format(number).encode())
        running.drop("other.txt", b"nothing that anybody reads\n")
        running.until(quarantined=4)
        place = running.data / "guidelines"
        place.mkdir(exist_ok=True)
        (place / "pips.toml").write_text(GUIDELINE)
        running.until(recorded=3, quarantined=1, unpublished_segments=0)
        assert [row["total"] for row in answer("expenses", running.data)] == ["37.50"]
        assert billdrop("verify", "--data-dir", running.data).returncode == 0


def test_what_waits_is_recorded_at_the_next_start_when_its_guideline_came_meanwhile(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with up(data) as running:
        running.drop("pip.txt", PIP.format(1).encode())
        running.until(quarantined=1)
    (data / "guidelines").mkdir(exist_ok=True)
    (data / "guidelines" / "pips.toml").write_text(GUIDELINE)
    with up(data) as running:
        running.until(recorded=1, unpublished_segments=0)
