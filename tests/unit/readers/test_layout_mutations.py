"""A page altered on its way is refused wherever it denies what was altered, and never stops the reader."""

from decimal import Decimal

import pytest

from tests.standards.mutations import digits, others, sum_of
from tests.unit.readers.layouts import WORKSHOP_TEXT, record, records

CONTENT = WORKSHOP_TEXT.replace("\f", "").encode()


def test_every_altered_digit_of_an_amount_is_refused() -> None:
    altered = [*digits(CONTENT, record(CONTENT.decode()))]
    assert len(altered) > 40
    assert [it.what for it in altered if record(it.content.decode()).accepted] == []


@pytest.mark.parametrize("seed", range(4))
def test_lines_dropped_marks_swapped_and_ends_cut_record_no_other_amount(seed: int) -> None:
    for it in others(CONTENT, seed=seed, count=30):
        for read in records(it.content.decode("utf-8", "replace")):
            if read.accepted and read.invoice is not None:
                assert read.invoice.total == Decimal("238.00"), it.what
                stated = (read.invoice.net, read.invoice.tax)
                assert stated == (Decimal("200.00"), Decimal("38.00")) or None in stated, it.what
                assert sum_of(read.invoice.lines) == Decimal("200.00"), it.what
