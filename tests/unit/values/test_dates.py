"""Dates are read by declared patterns only."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Locale
from billdrop.values import Failure
from billdrop.values.dates import CACHE, MONTHS, SHORT_MONTHS, reader

FORMS = {
    "YYYY-MM-DD": "{0:%Y}-{0:%m}-{0:%d}",
    "DD/MM/YYYY": "{0:%d}/{0:%m}/{0:%Y}",
    "D.M.YY": "{0.day}.{0.month}.{0:%y}",
    "MMM D YYYY": "{0:%b} {0.day} {0:%Y}",
    "D MMMM YYYY": "{0.day} {0:%B} {0:%Y}",
    "YYYYMMDD": "{0:%Y%m%d}",
    "[YYYY] D of MMMM": "[{0:%Y}] {0.day} of {0:%B}",
}


def read(text: str, *dates: str, **given: Any) -> date | Failure:
    return reader(Locale(dates=list(dates), **given))(text)


def code(answer: date | Failure) -> str:
    assert isinstance(answer, Failure), answer
    return answer.code


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(sorted(FORMS)))
def test_pattern_reads_back_what_it_writes(day: date, pattern: str) -> None:
    assert read(FORMS[pattern].format(day), pattern) == day


@given(st.text())
def test_any_text_is_a_date_or_a_failure(text: str) -> None:
    assert isinstance(read(text, "D MMM YYYY", "DD/MM/YYYY"), date | Failure)


@pytest.mark.parametrize("language", MONTHS)
def test_months_have_names_in_the_declared_language(language: str) -> None:
    for number in range(1, 13):
        for token, table in (("MMMM", MONTHS), ("MMM", SHORT_MONTHS)):
            for name in table[language].split()[number - 1].split("|"):
                for text in (name, name.upper(), unicodedata.normalize("NFD", name)):
                    assert read(f"3 {text} 2026", f"D {token} YYYY", language=language) == date(
                        2026, number, 3
                    )


def test_short_month_may_have_a_full_stop() -> None:
    assert read("Mar. 31 2018", "MMM D YYYY") == date(2018, 3, 31)


def test_blank_in_a_pattern_is_any_run_of_blanks() -> None:
    assert read("Mar  31\u00a02018", "MMM D YYYY") == date(2018, 3, 31)


def test_year_of_two_digits_is_of_this_century() -> None:
    assert read("31/12/99", "DD/MM/YY") == date(2099, 12, 31)
    assert read("01/01/00", "DD/MM/YY") == date(2000, 1, 1)


@pytest.mark.parametrize("text", ["31/02/2026", "00/01/2026", "01/13/2026", "01/01/0000"])
def test_day_that_no_calendar_has_is_bd2005(text: str) -> None:
    assert code(read(text, "DD/MM/YYYY")) == "BD2005"


@pytest.mark.parametrize(
    "text", ["1/2/2026", "2026-01-01", "01/01/20261", "", "٠١/٠١/٢٠٢٦", "01/01/2026 ", "x" * 5000]
)
def test_text_that_fits_no_pattern_is_bd2005_and_names_the_pattern(text: str) -> None:
    answer = read(text, "DD/MM/YYYY")
    assert code(answer) == "BD2005"
    assert isinstance(answer, Failure)
    assert "DD/MM/YYYY" in answer.message
    assert len(answer.message) < 200


def test_name_that_is_no_month_fits_no_pattern() -> None:
    assert code(read("3 Smarch 2026", "D MMMM YYYY")) == "BD2005"


def test_text_that_two_patterns_read_differently_is_bd2006() -> None:
    answer = read("03/04/2026", "DD/MM/YYYY", "MM/DD/YYYY")
    assert code(answer) == "BD2006"
    assert isinstance(answer, Failure)
    assert answer.message == "`03/04/2026` is 2026-03-04 or 2026-04-03"


def test_text_that_two_patterns_read_alike_is_no_matter() -> None:
    assert read("04/04/2026", "DD/MM/YYYY", "MM/DD/YYYY") == date(2026, 4, 4)
    assert read("13/04/2026", "DD/MM/YYYY", "MM/DD/YYYY") == date(2026, 4, 13)


def test_reader_forgets_before_it_grows_without_end() -> None:
    known = reader(Locale(dates=["YYYY-MM-DD"]))
    for number in range(CACHE + 10):
        assert isinstance(known(f"x{number}"), Failure)
    assert known("2026-01-02") == known("2026-01-02") == date(2026, 1, 2)


@pytest.mark.parametrize("pattern", ["YYY-MM-DD", "MM-DD", "YYYY-MM-DD-D", "hello", "", "DDD"])
def test_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(GuidelineError, match=r"locale\.dates"):
        reader(Locale(dates=[pattern]))


def test_no_pattern_at_all_is_refused() -> None:
    with pytest.raises(GuidelineError, match=r"locale\.dates is empty"):
        reader(Locale(dates=[]))


def test_month_names_of_an_unknown_language_are_refused() -> None:
    with pytest.raises(GuidelineError, match=r"locale\.language"):
        reader(Locale(dates=["D MMM YYYY"], language="tlh"))
    assert reader(Locale(dates=["D/M/YYYY"], language="tlh"))("3/4/2026") == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("declared", "language", "text", "such"),
    [
        ("DD.MM.YYYY", "de", "2026-11-15", "15.11.2026"),
        ("D. MMMM YYYY", "de", "15.11.2026", "15. November 2026"),
        ("MMM D, YY", "es", "31.02.2026", "nov 15, 26"),
        ("YYYY-MM-DD", "en", "2026-02-30", "2026-11-15"),
    ],
)
def test_what_is_no_date_is_told_how_one_is_written(
    declared: str, language: str, text: str, such: str
) -> None:
    read = reader(Locale(dates=[declared], language=language))
    failure = read(text)
    assert isinstance(failure, Failure)
    assert f"such as `{such}`," in failure.hint
    assert isinstance(read(such), date)
