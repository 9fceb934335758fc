"""Drafted guidelines read genuine invoices, and say where they may be wrong."""

import pytest

from tests.corpus import CORPUS, corpus
from tests.standards.drafts import FORMATS, Tried, described, share, tried
from tests.standards.test_corpus import PAGE


@pytest.fixture(scope="module")
def found() -> dict[str, list[Tried]]:
    corpus("docproc")
    return tried(CORPUS)


@pytest.mark.parametrize("folder", FORMATS)
def test_eight_of_ten_drafts_read_number_date_and_total_without_a_touch(
    folder: str, found: dict[str, list[Tried]]
) -> None:
    assert share(found[folder]) >= 0.8


@pytest.mark.parametrize("folder", FORMATS)
def test_what_a_draft_reads_wrongly_is_marked_unsure(
    folder: str, found: dict[str, list[Tried]]
) -> None:
    sure = [
        (one.name, miss)
        for one in found[folder]
        for miss in one.misses
        if miss.printed and not miss.unsure
    ]
    assert not sure


def test_shares_of_drafts_are_in_the_docs(found: dict[str, list[Tried]]) -> None:
    assert described(found) in PAGE.read_text("utf-8")
