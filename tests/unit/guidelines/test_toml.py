"""No guideline file stops billdrop or keeps it busy: what is too much is a problem of that file."""

from pathlib import Path

import pytest

from billdrop.guidelines.library import open_library
from billdrop.guidelines.load import lint
from billdrop.guidelines.toml import MAX_BYTES, MAX_DEPTH, parsed
from billdrop.readers import Limits

BOMBS = [
    ("a = " + "[" * 20_000 + "]" * 20_000, "nested"),
    ("a = " + "{a = " * 3_000 + "1" + "}" * 3_000, "nested"),
    (".".join("a" * 100_000) + " = 1", "a key has more than 20 parts"),
    ("[" + ".".join(["a"] * 5_000) + "]", "a key has more than 20 parts"),
    (" . ".join(['"a.b"'] * 5_000) + " = 1", "a key has more than 20 parts"),
    ("version = " + "9" * 100_000, "too many digits"),
    ("a = '" + "x" * MAX_BYTES + "'", "more than 256 KiB"),
    ("a = '" + "ä" * (MAX_BYTES - 10) + "'", "more than 256 KiB"),
    ('a = """' + '\\"""' * 60_000, "not TOML"),
    ("x" * 200_000, "not TOML"),
    ("a " * 100_000, "not TOML"),
]


@pytest.mark.parametrize(("text", "fact"), BOMBS, ids=[f"{text[:12]!r}" for text, _ in BOMBS])
def test_too_much_is_one_problem_of_the_file(text: str, fact: str, tmp_path: Path) -> None:
    (problem,) = lint(text, "x.toml")
    assert problem.code == "BD4002"
    assert fact in problem.message
    (tmp_path / "bomb.toml").write_text(text, encoding="utf-8")
    library, broken = open_library(tmp_path, Limits())
    assert [path.name for path, _ in broken] == ["bomb.toml"]
    assert library.guides


def test_place_of_what_is_too_deep_is_named() -> None:
    (problem,) = lint("a = 1\nb = " + "[" * 30 + "]" * 30, "x.toml")
    assert (problem.line, problem.column) == (2, 5 + MAX_DEPTH)


@pytest.mark.parametrize(
    "text",
    [
        "a = '" + "1." * 100 + "'",
        'a = "' + "[" * 100 + '"',
        "a = '''\n" + "x.\n" * 100 + "'''",
        'a = """' + "{" * 100 + '"""',
        "# " + "a." * 100 + "[" * 100 + "\na = 1",
        "a = [" + "1.5, " * 100 + "]",
        "[[a]]\n" * 100,
        '"' + "x." * 100 + '" = 1',
    ],
)
def test_dots_and_brackets_in_texts_and_side_by_side_do_not_count(text: str) -> None:
    assert parsed(text)
