"""The real command, run as a person runs it."""

import json
from pathlib import Path
from typing import Any

from tests.process import billdrop


def answer(*arguments: str | Path, code: int = 0) -> Any:
    """What a command says with `--json`."""
    run = billdrop(*arguments, "--json")
    assert run.returncode == code, run.stderr
    return json.loads(run.stdout)


def books(folder: Path, **documents: str) -> Path:
    """A data directory into which the documents of `acme` were ingested, one after the other."""
    files = folder / "files"
    files.mkdir(exist_ok=True)
    data = folder / "data"
    for name, text in documents.items():
        path = files / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        billdrop("ingest", "--customer", "acme", path, "--data-dir", data)
    return data
