"""Genuine invoices, kept beside the checkout and never in it."""

import json
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def corpus(kind: str) -> Path:
    """The folder of one kind of document; skips the test where there is none."""
    if not CORPUS.is_dir():
        pytest.skip("the shared corpus does not lie beside the checkout")
    return CORPUS / kind


def expected(file: Path) -> Any:
    """What the people who collected a document say is in it."""
    return json.loads(file.with_name(f"{file.name}.expected.json").read_text("utf-8"))
