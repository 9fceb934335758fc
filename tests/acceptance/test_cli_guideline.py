"""Guidelines on the command line: drafted from what waits, compared, put to use."""

import json
import re
from pathlib import Path

import pytest

from tests.process import answer, billdrop
from tests.unit.guidelines.draft_samples import FRENCH, GERMAN


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    (file := tmp_path / "bill.txt").write_text(GERMAN, encoding="utf-8")
    return file


@pytest.fixture
def drafted(tmp_path: Path, sample: Path) -> Path:
    run = billdrop("guideline", "draft", sample, "--name", "bills", "-o", tmp_path / "bills.toml")
    assert run.returncode == 0, run.stderr
    return tmp_path / "bills.toml"


def test_what_waits_is_drafted_from_put_to_use_and_recorded_by_the_next_sweep(
    tmp_path: Path, sample: Path
) -> None:
    data, file = tmp_path / "data", tmp_path / "g.toml"
    billdrop("ingest", "--data-dir", data, "--customer", "acme", sample)
    shown = billdrop("quarantine", "show", "1", "--data-dir", data)
    assert "next: billdrop guideline draft --from-quarantine 1 -o FILE" in shown.stderr
    run = billdrop("guideline", "draft", "--from-quarantine", "1", "-o", file, "--data-dir", data)
    assert (run.returncode, run.stdout) == (0, "")
    assert "recognised number: `R-4711` at `Rechnungsnummer`" in run.stderr
    assert "unsure match: " in run.stderr
    assert 'customers = ["acme"]' in file.read_text("utf-8")
    added = billdrop("guideline", "add", file, "--data-dir", data)
    name, _, place = added.stdout.rstrip("\n").partition(" is ")
    assert re.fullmatch("acme-draft-[0-9a-f]{4}", name)
    assert place == f"{data}/guidelines/{name}.toml"
    assert "which waits in quarantine\n" in added.stderr
    assert billdrop("sweep", "--data-dir", data).returncode == 0
    assert [row["total"] for row in answer("expenses", data)] == ["1309.00"]
    left = billdrop("quarantine", "show", "1", "--data-dir", data)
    assert (left.returncode, "left quarantine at " in left.stdout) == (0, True)
    late = billdrop("quarantine", "reject", "1", "--by", "x", "--why", "y", "--data-dir", data)
    assert (late.returncode, "entry 1 waits no more: " in late.stderr) == (2, True)


def test_draft_goes_to_stdout_and_its_talk_to_stderr(sample: Path) -> None:
    run = billdrop("guideline", "draft", sample)
    assert run.stdout.startswith("# A draft: ")
    assert "recognised" not in run.stdout
    told = json.loads(billdrop("guideline", "draft", sample, "--json").stdout)
    assert told["text"] == run.stdout
    assert {"match", "seller"} == {one["field"] for one in told["unsure"]}


def test_draft_leaves_a_file_that_is_there(sample: Path, drafted: Path) -> None:
    run = billdrop("guideline", "draft", sample, "-o", drafted)
    assert (run.returncode, "is there already" in run.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [(), ("--from-quarantine", "9")])
def test_draft_needs_samples_or_an_entry_that_waits(
    arguments: tuple[str, ...], tmp_path: Path, sample: Path
) -> None:
    billdrop("ingest", "--data-dir", tmp_path / "data", "--customer", "acme", sample)
    run = billdrop("guideline", "draft", *arguments, "--data-dir", tmp_path / "data")
    assert run.returncode in (1, 2)
    assert "quarantine" in run.stderr


def test_add_refuses_what_lint_refuses(tmp_path: Path, drafted: Path) -> None:
    drafted.write_text(drafted.read_text("utf-8").replace("[fields]", "[feilds]"), "utf-8")
    run = billdrop("guideline", "add", drafted, "--data-dir", tmp_path / "data")
    assert (run.returncode, "(BD4003)" in run.stdout) == (1, True)
    assert not (tmp_path / "data" / "guidelines").exists()


def test_add_brings_the_examples_that_lie_beside(tmp_path: Path, drafted: Path) -> None:
    text, _, _ = drafted.read_text("utf-8").partition("[[examples]]")
    example = '[[examples]]\nfile = "bill.txt"\nexpect = { number = "R-4711" }\n'
    drafted.write_text(text + example, "utf-8")
    told = json.loads(
        billdrop("guideline", "add", drafted, "--data-dir", tmp_path / "data", "--json").stdout
    )
    place = tmp_path / "data" / "guidelines"
    assert told == {"guideline": "bills", "place": str(place / "bills.toml"), "reads": []}
    assert (place / "bill.txt").read_text("utf-8") == GERMAN
    text = text.replace("version = 1", "version = 2")
    elsewhere = example.replace("bill.txt", "../bill.txt")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "g.toml").write_text(text + elsewhere, "utf-8")
    run = billdrop(
        "guideline", "add", tmp_path / "deep" / "g.toml", "--data-dir", tmp_path / "data"
    )
    assert (run.returncode, "lies elsewhere" in run.stderr) == (2, True)


def test_diff_shows_what_changes_by_invoice_field_and_date(
    tmp_path: Path, sample: Path, drafted: Path
) -> None:
    (new := tmp_path / "new.toml").write_text(
        drafted.read_text("utf-8")
        .partition("[[examples]]")[0]
        .replace('tax = { label = "zzgl. 19 % MwSt." }\n', "")
        .replace('total = { label = "Rechnungsbetrag" }', 'total = { label = "Zwischensumme" }'),
        "utf-8",
    )
    (other := tmp_path / "more").mkdir()
    (other / "b.txt").write_text(FRENCH, "utf-8")
    run = billdrop("guideline", "diff", drafted, new, "--on", sample, "--on", other)
    assert run.returncode == 1
    assert "2026-03-05  EUR       1,309.00  1,100.00" in run.stdout
    assert "bill.txt  R-4711   total  1309.00  1100.00" in run.stdout
    assert run.stderr == "2 documents read with both, 2 changes\n"
    told = json.loads(billdrop("guideline", "diff", drafted, new, "--on", sample, "--json").stdout)
    assert [one["field"] for one in told["changes"]] == ["total", "tax"]
    assert billdrop("guideline", "diff", drafted, drafted, "--on", sample).returncode == 0


def test_diff_says_why_an_invoice_would_be_refused(
    tmp_path: Path, sample: Path, drafted: Path
) -> None:
    (new := tmp_path / "new.toml").write_text(
        drafted.read_text("utf-8").partition("[[examples]]")[0].replace("zzgl. 19 % ", ""), "utf-8"
    )
    (found,) = [
        one
        for one in json.loads(
            billdrop("guideline", "diff", new, drafted, "--on", sample, "--json").stdout
        )["changes"]
        if one["field"] == "tax"
    ]
    assert (found["before"], found["after"]) == ("", "209.00")


def test_draft_that_recognised_nothing_says_so_and_is_not_added(tmp_path: Path) -> None:
    letter, draft, data = tmp_path / "letter.txt", tmp_path / "letter.toml", tmp_path / "data"
    letter.write_text("Dear friend,\n\nApples 3\nPears 4\n", encoding="utf-8")
    run = billdrop("guideline", "draft", letter, "--customer", "acme", "-o", draft)
    assert "letter.txt: it would wait in quarantine as the draft is" in run.stderr
    assert "guideline add" not in run.stderr
    added = billdrop("guideline", "add", draft, "--data-dir", data)
    assert added.returncode == 1
    assert "holds for every document" in added.stdout
    assert not (data / "guidelines" / "letter.toml").exists()


def test_remove_takes_a_guideline_from_a_data_directory_whatever_its_file_is_called(
    tmp_path: Path, drafted: Path
) -> None:
    data = tmp_path / "data"
    assert billdrop("guideline", "add", drafted, "--data-dir", data).returncode == 0
    folder = data / "guidelines"
    (file,) = folder.glob("*.toml")
    name = file.stem
    file.rename(folder / "other.toml")
    (folder / "broken.toml").write_text("guideline = [")
    (folder / "policy.toml").write_text("")
    for one in (name, "broken", "policy"):
        run = billdrop("guideline", "remove", one, "--data-dir", data)
        assert run.stdout == f"{one} is removed\n"
    assert list(folder.glob("*.toml")) == []
    gone = billdrop("guideline", "remove", name, "--data-dir", data)
    assert gone.returncode == 1
    assert f"has no guideline '{name}' of its own" in gone.stderr
