"""What a policy holds: seen, let pass by a person, in the books, and who and why told for good."""

import json
from pathlib import Path

from tests.process import answer, billdrop

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
seller = { label = "From" }
payment_account = { label = "Pay to" }
[policy]
largest = { total = { EUR = 1000 } }
dates = { past_days = 36500 }
sellers = { known = [{ id = "Initech", accounts = ["DE89 3704 0044 0532 0130 00"] }] }
"""
PIP = "Pip no: {number}\nDay: 2026-11-22\nSum: {total}\nFrom: Initech\nPay to: {account}\n"
KNOWN, NEW = "DE89370400440532013000", "DE02120300000000202051"


def told(data: Path, name: str, **values: str) -> str:
    (file := data.parent / name).write_text(PIP.format(**values))
    run = billdrop("ingest", "--data-dir", data, "--customer", "acme", file)
    return run.stdout + run.stderr


def test_held_invoice_is_recorded_once_a_person_lets_it_pass(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "guidelines").mkdir(parents=True)
    (data / "guidelines" / "pips.toml").write_text(GUIDELINE)
    said = told(data, "large.txt", number="p-1", total="1234.00", account=KNOWN)
    assert "held: total 1234.00 EUR is more than 1000, what needs no person (BD2504)" in said
    assert "; a person may release it" in said
    told(data, "new.txt", number="p-2", total="10.00", account=NEW)
    told(data, "usual.txt", number="p-3", total="10.00", account=KNOWN)
    assert [row["total"] for row in answer("expenses", data)] == ["10.00"]

    large, new = _waiting(data)
    assert (large["code"], new["code"]) == ("BD2504", "BD2508")
    for entry, why in ((large, "ordered by the board"), (new, "they moved banks, I called")):
        args = ("--by", "eve", "--why", why, "--data-dir", data)
        released = billdrop("quarantine", "release", str(entry["id"]), *args)
        assert released.returncode == 0, released.stderr

    assert [row["total"] for row in answer("expenses", data)] == ["1254.00"]
    story = billdrop("why", "large.txt", "--data-dir", data).stdout
    assert "released by eve at " in story
    assert ": ordered by the board" in story
    assert "warning: total 1234.00 EUR is more than 1000" in story
    assert "may release" not in story
    assert "hint: a person released it" in story
    assert billdrop("verify", "--data-dir", data).returncode == 0
    (release,) = answer("why", data, "new.txt")["releases"]
    assert (release["by"], release["why"]) == ("eve", "they moved banks, I called")


def _waiting(data: Path) -> list[dict[str, object]]:
    run = billdrop("quarantine", "list", "--data-dir", data, "--json")
    found: list[dict[str, object]] = json.loads(run.stdout)
    return found
