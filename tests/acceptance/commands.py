"""The real command, run as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

Run = subprocess.CompletedProcess[str]


def billdrop(*arguments: str | Path, stdin: str = "", **environment: str) -> Run:
    """Run one command; nothing of the tester's own settings reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BILLDROP_")}
    return subprocess.run(
        [sys.executable, "-m", "billdrop", *map(str, arguments)],
        env={**kept, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **environment},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


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
