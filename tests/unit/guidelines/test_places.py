"""Every key of a TOML text is found where it stands."""

import tomllib

import pytest

from billdrop.guidelines.places import Path, places, syntax_place

TEXT = '''\
# a comment with "quotes" and [brackets]
guideline = "acme" # not = this
match = { contains = ["a]", 'b}'], filename = "x" }
fields.number . label = "N"

[fields.net]
label = [
  "Net", # one
  "Sum",
]
"a.b" = 1
'c' = 2979-05-27 07:32:00

[[examples]]
text = """
not = "a key"
[nor.a.table]
escaped \\""" quote"""""
[examples.expect]
total = "1"

[[examples]]
  text = \'\'\'it's\'\'\'
  expect = [{ number = 1 }, {number = 2}]
'''

PLACES: list[tuple[Path, tuple[int, int]]] = [
    (("guideline",), (2, 1)),
    (("match",), (3, 1)),
    (("match", "contains"), (3, 11)),
    (("match", "contains", 1), (3, 29)),
    (("match", "filename"), (3, 36)),
    (("fields", "number", "label"), (4, 17)),
    (("fields", "net"), (6, 9)),
    (("fields", "net", "label"), (7, 1)),
    (("fields", "net", "label", 0), (8, 3)),
    (("fields", "net", "label", 1), (9, 3)),
    (("fields", "net", "a.b"), (11, 1)),
    (("fields", "net", "c"), (12, 1)),
    (("examples", 0, "text"), (15, 1)),
    (("examples", 0, "expect"), (19, 11)),
    (("examples", 0, "expect", "total"), (20, 1)),
    (("examples", 1, "text"), (23, 3)),
    (("examples", 1, "expect", 1, "number"), (24, 30)),
]


@pytest.mark.parametrize(("path", "place"), PLACES, ids=str)
def test_key_is_found_where_it_stands(path: Path, place: tuple[int, int]) -> None:
    assert places(TEXT)[path] == place


def test_every_key_that_tomllib_reads_has_a_place() -> None:
    def paths(value: object, path: Path) -> list[Path]:
        inner: list[tuple[str | int, object]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = list(enumerate(value))
        return [(*path, key) for key, _ in inner] + [
            deeper for key, item in inner for deeper in paths(item, (*path, key))
        ]

    assert set(places(TEXT)) == set(paths(tomllib.loads(TEXT), ()))


def test_places_are_the_same_with_carriage_returns() -> None:
    assert places(TEXT.replace("\n", "\r\n")) == places(TEXT)


def test_array_of_tables_inside_an_array_of_tables_counts_in_its_own_element() -> None:
    found = places("[[a]]\n[[a.b]]\nx=1\n[[a.b]]\nx=2\n[[a]]\n[[a.b]]\nx=3\n")
    assert found[("a", 0, "b", 1, "x")] == (5, 1)
    assert found[("a", 1, "b", 0, "x")] == (8, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = \n", (2, 5)), ("a = 1\na = 2\n", (2, 6)), ('x = """open', (1, 12))],
)
def test_syntax_error_has_a_place(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    found, message = syntax_place(text, caught.value)
    assert found == place
    assert "line" not in message


def test_syntax_error_without_a_place_stands_at_the_end_of_the_text() -> None:
    assert syntax_place("a = 1\nbc", tomllib.TOMLDecodeError("odd")) == ((2, 3), "odd")
