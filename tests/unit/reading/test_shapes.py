"""A document of a known shape is read as the exact reader reads it, or not at all."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billdrop.shapes import Shapes
from tests.unit.reading.shaped import exactly, guide_of, layouts, taught, told

LAYOUTS = {name: (guideline, texts) for name, guideline, texts in layouts()}
KNOWN = ["anywhere", "closed", "docproc", "key-value-lines", "key-value-patterns", "nordwind"]
ODD = ["Thanks: all", "Page 1 of 2", "12) Total, 5", "note:", "End", "Items", "1) a: b, 5", "***"]
ODD += ["1,234.50", "12 EUR", "$ 5", "0007", "1" * 13, "1" * 31, "Name: x", "Total: 5", "-5", "1.5"]
MARKS = [*" \t\n\r\v\f\x1a\x1c\u00a0\u2003\u0085\u2028\ufeff", "", "  ", *"019:=,.;)(-*aA€$%ß−"]
LETTERS = {"upper": str.upper, "lower": str.lower, "title": str.title, "swap": str.swapcase}


def encoding(name: str) -> str:
    return guide_of(LAYOUTS[name][0]).guideline.input.encoding


@cache
def shapes_of(name: str) -> Shapes:
    guideline, texts = LAYOUTS[name]
    known = taught(guide_of(guideline), [text.encode(encoding(name)) for text in texts])
    assert known is not None
    return known


@cache
def words_of(name: str) -> list[str]:
    lines = {line for text in LAYOUTS[name][1] for line in text.split("\n")}
    parts = {part for line in lines for part in line.partition(":")}
    return [*sorted(lines | parts | {f"{part}:" for part in parts}), *ODD]


@st.composite
def changed(draw: st.DrawFn, name: str) -> str:
    """A document of the layout after a few changes."""
    lines = draw(st.sampled_from(LAYOUTS[name][1])).split("\n")
    pool = st.sampled_from(words_of(name))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        line, place = lines[at], draw(st.integers(0, 80))
        how = draw(
            st.sampled_from(["drop", "add", "swap", "twice", "mark", "word", "value", "case"])
        )
        if how == "drop" and len(lines) > 1:
            del lines[at]
        elif how == "add":
            lines.insert(at, draw(pool))
        elif how == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        elif how == "twice":
            lines.insert(at, line)
        elif how == "mark":
            lines[at] = (
                line[:place]
                + draw(st.sampled_from(MARKS))
                + line[place + draw(st.integers(0, 1)) :]
            )
        elif how == "word":
            lines[at] = line[:place] + draw(pool) + line[place:]
        elif how == "value":
            before, separator, _ = line.partition(draw(st.sampled_from([":", "=", ", "])))
            lines[at] = before + separator + draw(st.sampled_from([" ", "\t", ""])) + draw(pool)
        else:
            lines[at] = LETTERS[draw(st.sampled_from(sorted(LETTERS)))](line)
    return "\n".join(lines)


@pytest.mark.parametrize("name", KNOWN)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_a_shape_takes_the_exact_reader_takes_for_the_same(
    name: str, data: st.DataObject
) -> None:
    content = data.draw(changed(name)).encode(encoding(name), "replace")
    known = shapes_of(name).record(content)
    if known is not None:
        (record,) = exactly(guide_of(LAYOUTS[name][0]), content)
        assert told(known) == told(record)


@pytest.mark.parametrize("name", KNOWN)
def test_documents_without_findings_are_known_by_their_shape(name: str) -> None:
    for text in LAYOUTS[name][1]:
        for shown in (text, text.replace("\n", "\r\n"), text.rstrip("\n")):
            content = shown.encode(encoding(name))
            known = shapes_of(name).record(content)
            (record,) = exactly(guide_of(LAYOUTS[name][0]), content)
            assert known is not None
            assert told(known) == told(record)
