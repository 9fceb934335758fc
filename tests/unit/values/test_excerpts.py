"""A finding shows its place under a caret."""

from hypothesis import given
from hypothesis import strategies as st

from billdrop.model import Finding
from billdrop.values.excerpts import WIDTH, Place, excerpt, finding


def find(text: str, column: int, length: int = 1) -> Finding:
    return finding("BD2004", "x", Place(3, column, length, text))


def test_short_line_is_shown_whole() -> None:
    found = find("Total: 12x", 8, 3)
    assert (found.excerpt, found.offset, found.length) == ("Total: 12x", 7, 3)


def test_controls_are_symbols_and_tabs_are_blanks() -> None:
    assert find("a\tb\0c\x7f\u200bd\u00a0e\x1f", 1).excerpt == "a b␀c␡\ufffdd e␟"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=500), st.data())
def test_offset_in_the_excerpt_is_the_marked_character(text: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(text)))
    shown, offset = excerpt(text, column)
    assert len(shown) <= WIDTH + 2
    assert shown[offset] == text[column - 1] or not text[column - 1].isprintable()


def test_long_line_is_cut_around_the_place() -> None:
    found = find("a" * 500 + "X" + "b" * 500, 501, 300)
    assert found.excerpt[found.offset] == "X"
    assert found.excerpt.startswith("…a")
    assert found.excerpt.endswith("b…")
    assert found.offset + found.length <= len(found.excerpt)


def test_place_behind_the_end_of_a_line_is_shown_there() -> None:
    found = find("Total: 5", 9)
    assert (found.excerpt, found.offset, found.length) == ("Total: 5", 8, 1)
