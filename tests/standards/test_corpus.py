"""Genuine invoices are read as they are known, or refused with what a person can act on."""

from pathlib import Path

import pytest

from tests.corpus import CORPUS, corpus
from tests.standards.table import FORMATS, described, judged, library
from tests.standards.verdicts import WRONG, Verdict

PAGE = Path(__file__).parents[2] / "docs" / "corpus.md"


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[Verdict]]:
    corpus("docproc")
    return judged(CORPUS, library())


@pytest.mark.parametrize("folder", FORMATS)
def test_no_genuine_invoice_is_read_wrongly(
    folder: str, verdicts: dict[str, list[Verdict]]
) -> None:
    wrong = [f"{one.name}: {one.differences}" for one in verdicts[folder] if one.kind == WRONG]
    assert not wrong


@pytest.mark.parametrize("folder", FORMATS)
def test_refused_genuine_invoice_says_what_to_do(
    folder: str, verdicts: dict[str, list[Verdict]]
) -> None:
    for one in verdicts[folder]:
        for found in one.findings:
            assert found.message, one.name
            assert found.hint, f"{one.name}: {found.code} {found.message}"


def test_table_of_the_corpus_is_in_the_docs(verdicts: dict[str, list[Verdict]]) -> None:
    assert described(verdicts) in PAGE.read_text("utf-8")
