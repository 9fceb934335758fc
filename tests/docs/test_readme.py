"""The examples of the README print what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples import docproc

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def examples() -> list[tuple[str, str]]:
    """Every call of billdrop with what it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    parts = [part.partition("\n") for block in blocks for part in re.split(r"(?m)^\$ ", block)[1:]]
    return [(head, said) for head, _, said in parts if head.startswith("billdrop ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`march/` with three invoices, and the invoice that the first example uploads."""
    (tmp_path / "march").mkdir()
    (tmp_path / "march" / "a.txt").write_text(docproc("inv-1"))
    (tmp_path / "march" / "b.txt").write_text(docproc("inv-2", day=2))
    (tmp_path / "march" / "c.txt").write_text(docproc("inv-3", day=3, total="9999"))
    found = re.search(r"(?ms)^```text file=invoice.txt\n(.*?)^```$", README)
    assert found
    (tmp_path / "invoice.txt").write_text(found[1])
    return tmp_path


def printed(command: str, folder: Path) -> str:
    """What a shell prints that knows `billdrop`."""
    called = command.replace("billdrop", f"{sys.executable} -m billdrop", 1)
    run = subprocess.run(
        ["sh", "-c", called],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.stdout


def test_the_examples_of_the_readme_print_what_it_says(folder: Path) -> None:
    printed("billdrop ingest --customer acme invoice.txt", folder)
    found = examples()
    assert len(found) == 3
    for command, said in found:
        assert printed(command, folder) == said, command
