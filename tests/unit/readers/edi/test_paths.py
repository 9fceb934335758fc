"""Paths of segments: what they mean, and why a text is none."""

import pytest

from billdrop.errors import GuidelineError
from billdrop.guidelines.load import lint
from billdrop.readers.edi.paths import group, path

KEY = "fields.number.path"


@pytest.mark.parametrize(
    ("text", "tags", "element", "component"),
    [
        ("BIG02", ["BIG"], 2, 0),
        ("N102", ["N1"], 2, 0),
        ("IT101", ["IT1"], 1, 0),
        ("REF[PO]02", ["REF"], 2, 0),
        ("DTM[137]01-2", ["DTM"], 1, 2),
        ("NAD[SU]/RFF[VA]01-2", ["NAD", "RFF"], 1, 2),
        ("IT1/N1[A/B]/N404", ["IT1", "N1", "N4"], 4, 0),
    ],
)
def test_path_names_groups_segment_element_and_component(
    text: str, tags: list[str], element: int, component: int
) -> None:
    found = path(text, KEY)
    assert [part.tag for part in found.parts] == tags
    assert (found.element, found.component) == (element, component)


def test_brackets_say_what_elements_are() -> None:
    (part,) = path("SAC[C|A, 02!=H850, 04-2=x]05", KEY).parts
    assert part.qualifiers == frozenset("CA")
    first, second = part.conditions
    assert (first.element, first.component, first.values, first.wanted) == (
        2,
        1,
        frozenset(["H850"]),
        False,
    )
    assert (second.element, second.component, second.wanted) == (4, 2, True)


def test_group_may_be_any_but_some() -> None:
    party, _ = path("NAD[01!=BY|IV]/FII[RB]02-1", KEY).parts
    told = {code: party.fits("NAD", code) for code in ("SU", None, "", "BY", "IV")}
    assert told == {"SU": True, None: True, "": True, "BY": False, "IV": False}
    assert not party.fits("N1", "SU")


@pytest.mark.parametrize(
    ("condition", "elements", "holds"),
    [
        ("02=B", ["X", "", "B"], True),
        ("02=B", ["X", "", "B:C"], True),
        ("02-2=C", ["X", "", "B:C"], True),
        ("02-3=C", ["X", "", "B:C"], False),
        ("02-2=C", ["X", "", "C"], False),
        ("02-2!=C", ["X", "", "C"], True),
        ("02=|B", ["X"], True),
        ("02=B", ["X"], False),
        ("02!=B", ["X", "", " B "], False),
    ],
)
def test_element_that_is_not_there_is_empty(
    condition: str, elements: list[str], holds: bool
) -> None:
    (one,) = path(f"XXX[{condition}]05", KEY).parts[0].conditions
    assert one.holds(elements, ":") is holds


@pytest.mark.parametrize(
    "text",
    [
        "", "BIG", "BIG2", "BIG002-", "BIG00", "DTM01-0", "big02", "B02", "TOOLONG02", "BIG[02", "BIG]02",
        "BIG[a,b]02", "BIG[02=]x", "BIG[xx=1]02", "BIG[1=2=3]02", "NAD/", "/NAD02", "nad/RFF01",
        "NAD[SU,02=1]/RFF01", "N1[[A]]02",
    ],
)  # fmt: skip
def test_text_that_is_no_path_is_refused_with_its_key(text: str) -> None:
    with pytest.raises(GuidelineError, match="is no path") as refused:
        path(text, KEY)
    assert refused.value.facts["path"] == KEY
    assert refused.value.hint


@pytest.mark.parametrize("text", ["", "LIN01", "lin", "LIN[", "LIN/x"])
def test_text_that_is_no_segment_begins_no_group(text: str) -> None:
    with pytest.raises(GuidelineError, match="is no path"):
        group(text, "lines.each")


def problems(more: str, name: str = "x12-810") -> list[str]:
    text = f'guideline = "own"\nversion = 1\nextends = "{name}"\n{more}'
    return [f"{one.path}: {one.message}" for one in lint(text, "own.toml")]


@pytest.mark.parametrize(
    ("more", "path", "fact"),
    [
        ('[fields]\nbuyer_ref = { path = "REF[DP]2" }', "fields.buyer_ref.path", "is no path"),
        ('[extra]\nx = { path = "REF" }', "extra.x.path", "is no path"),
        ('[lines.fields]\nunit = { path = "IT1[VP]03" }', "lines.fields.unit.path", "told by `each`"),
        ('[lines]\neach = "IT"\n', "", ""),
        ('[taxes]\neach = "it1"\n', "taxes.each", "is no path"),
    ],
)  # fmt: skip
def test_guideline_with_a_malformed_path_says_which(more: str, path: str, fact: str) -> None:
    found = problems(more)
    assert any(path in one and fact in one for one in found) or (not path and not found)


def test_table_without_each_is_refused() -> None:
    text = """
guideline = "own"
version = 1
match = { standard = ["810"] }
input = { reader = "x12" }

[fields]
number = { path = "BIG02" }
issue_date = { path = "BIG01" }
total = { path = "TDS01" }

[lines.fields]
id = { path = "IT101" }
"""
    (problem,) = lint(text, "own.toml")
    assert problem.message == "lines.each is missing"
