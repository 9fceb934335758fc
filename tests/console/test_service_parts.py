"""What the console looks at beside the books: the doctor, the oldest document, who may do what."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from billdrop.console.access import Access, with_person, write
from billdrop.console.page import _templates, moment
from billdrop.doctoring import Line
from billdrop.errors import ConfigurationError
from billdrop.model import Finding
from billdrop.runtime import now
from billdrop.runtime.console import Keeper, Lately, Mode, Oldest, seated
from tests.samples import docproc
from tests.unit.rig import Rig


def well(check: str) -> Line:
    return Line(check=check, ok=True, fact="it is")


def test_what_the_doctor_said_is_kept_for_a_while_and_never_shown_when_it_is_older() -> None:
    asked, clock = list[int](), [0.0]

    def ask() -> list[Line]:
        asked.append(1)
        return [well(str(len(asked)))]

    lately = Lately(ask, lambda: clock[0])
    assert [lately().lines[0].check for _ in range(3)] == ["1", "1", "1"]
    clock[0] = Lately.KEPT_SECONDS
    assert [lately().lines[0].check for _ in range(3)] == ["2", "2", "2"]


def test_when_the_doctor_looked_is_said() -> None:
    before = now()
    assert before <= Lately(lambda: [well("it")])().at <= now()


def test_doctor_that_fails_is_a_line_and_no_error() -> None:
    def ask() -> list[Line]:
        raise OSError("the disk is gone")

    (line,) = Lately(ask)().lines
    assert not line.ok
    assert "the disk is gone" in line.fact


def test_oldest_is_the_one_that_the_books_do_not_have_and_is_looked_for_now_and_then() -> None:
    rig = Rig()
    oldest = Oldest(rig.inbox, rig.ledger)
    assert oldest() is None
    rig.upload("a.txt", docproc("inv-1"))
    assert oldest() is None
    again = Oldest(rig.inbox, rig.ledger)
    age = again()
    assert age is not None
    later = again()
    assert later is not None
    assert later >= age


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access.json"


def somebody() -> Access:
    return with_person(
        Access(), name="olga", role="operator", customer="", password="twelve chars and more"
    )


def test_keeper_reads_again_when_the_file_has_changed(path: Path) -> None:
    keeper = Keeper(path)
    assert not keeper().asked
    write(path, somebody())
    assert [one.name for one in keeper().people] == ["olga"]


def test_nobody_is_let_in_once_the_last_person_is_gone(path: Path) -> None:
    keeper = Keeper(path)
    write(path, somebody())
    assert keeper().people
    path.unlink()
    assert keeper() == Access(closed=True)


def test_file_that_is_damaged_lets_nobody_in_and_says_so(path: Path) -> None:
    keeper = Keeper(path)
    write(path, somebody())
    keeper()
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        keeper()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        keeper()


def test_another_address_is_refused_until_a_person_is_named(path: Path) -> None:
    keeper = Keeper(path)
    with pytest.raises(ConfigurationError, match="nobody has to log in"):
        seated(keeper, Mode(host="0.0.0.0"))
    write(path, somebody())
    sessions = seated(keeper, Mode(host="0.0.0.0"))
    path.unlink()
    assert sessions.visitor("") is None


def test_finding_without_a_column_names_its_line_alone() -> None:
    macro: Any = _templates().get_template("text.html").module
    placed = Finding(code="BD2014", message="no", line=7, column=3)
    assert ">line 7, column 3</a>" in macro.findings([placed])
    assert ">line 7</a>" in macro.findings([structs.replace(placed, column=None)])


@pytest.mark.parametrize(
    "given",
    [
        "2026-11-22 23:02:03.000456",
        datetime(2026, 11, 22, 23, 2, 3, 456, tzinfo=UTC),
        datetime(2026, 11, 23, 1, 2, 3, 456, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_time_is_told_to_the_second_and_its_title_is_the_exact_instant(
    given: datetime | str,
) -> None:
    exact = "2026-11-22T23:02:03.000456Z"
    shown = f'<time datetime="{exact}" title="{exact}">2026-11-22 23:02:03 UTC</time>'
    assert moment(given) == shown
