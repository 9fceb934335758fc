"""The policy file of one machine: put to use by a command, it holds for whatever is read."""

import json
from pathlib import Path

from billdrop.guidelines.library import builtins
from billdrop.readers import Limits
from tests.process import answer, billdrop

UBL = next(guide for guide in builtins(Limits()) if guide.ref.name == "ubl-invoice").guideline
POLICY = """
[policy]
largest = { total = { EUR = 1 } }
[customers.bolt]
builtins = { off = ["ubl-invoice"] }
"""


def ingest(data: Path, customer: str) -> str:
    (file := data.parent / f"{customer}.xml").write_text(UBL.examples[0].text.strip())
    run = billdrop("ingest", "--data-dir", data, "--customer", customer, file)
    return run.stdout + run.stderr


def listed(data: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        billdrop("guideline", "list", "--json", "--data-dir", data).stdout
    )
    return found


def waiting(data: Path) -> list[object]:
    found: list[object] = json.loads(
        billdrop("quarantine", "list", "--json", "--data-dir", data).stdout
    )
    return found


def test_policy_file_holds_for_what_a_standard_reads_and_says_who_reads_none(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    (file := tmp_path / "policy.toml").write_text(POLICY)
    assert billdrop("guideline", "lint", file).stdout.endswith("policy.toml: can be used\n")
    added = billdrop("guideline", "add", file, "--data-dir", data)
    assert added.stdout == f"policy is {data / 'guidelines' / 'policy.toml'}\n"

    assert "what needs no person (BD2504)" in ingest(data, "acme")
    assert "`ubl-invoice` would, and does not read for customer `bolt`" in ingest(data, "bolt")

    rows = {row["name"]: row for row in listed(data)}
    assert (rows["ubl-invoice"]["customers"], rows["cii"]["customers"]) == ("any but bolt", "any")
    assert billdrop("guideline", "show", "policy", "--data-dir", data).stdout == POLICY

    file.write_text("")
    assert billdrop("guideline", "add", file, "--data-dir", data).returncode == 0
    billdrop("sweep", "--data-dir", data)
    assert [row["total"] for row in answer("expenses", data)] == ["450.00"]
    assert waiting(data) == []


def test_wrong_policy_file_is_not_added(tmp_path: Path) -> None:
    (file := tmp_path / "policy.toml").write_text("[policy]\nlargst = {}\n")
    run = billdrop("guideline", "add", file, "--data-dir", tmp_path / "data")
    assert run.returncode == 1
    assert "did you mean `largest`?" in run.stdout
    assert not (tmp_path / "data" / "guidelines" / "policy.toml").exists()


def test_guideline_takes_the_place_of_one_of_ours_where_that_is_said_alone(tmp_path: Path) -> None:
    text = 'guideline = "cii"\nversion = 2\nextends = "cii"\n'
    (file := tmp_path / "mine.toml").write_text(text)
    data = tmp_path / "data"
    refused = billdrop("guideline", "add", file, "--data-dir", data, "--json")
    assert refused.returncode == 2
    said = json.loads(refused.stderr)["error"]
    assert said["message"].startswith("`cii` is a guideline that comes with billdrop")
    assert said["hint"] == 'give it another name and `extends = "cii"`, or say --replace'
    assert billdrop("guideline", "add", file, "--data-dir", data, "--replace").returncode == 0
    assert billdrop("guideline", "add", file, "--data-dir", data).returncode == 0
