"""Which guideline reads a document, and what happens to files that cannot be used."""

from pathlib import Path

import pytest

from billdrop.guidelines.library import (
    CUSTOMERS,
    Library,
    builtins,
    fingerprint,
    open_library,
    stamp,
)
from billdrop.guidelines.load import compile_guide, lint
from billdrop.model import DocumentRef, Finding
from billdrop.readers import Limits


def toml(name: str, *keys: str) -> str:
    given = dict(key.split(" = ", 1) for key in keys)
    given.setdefault("input", '{ reader = "labelled" }')
    rest = "".join(f"{key} = {value}\n" for key, value in given.items())
    return (
        f'guideline = "{name}"\nversion = 1\n{rest}[fields]\n'
        'number = { label = "No" }\nissue_date = { label = "Date" }\ntotal = { label = "Total" }\n'
    )


def library(*texts: str) -> Library:
    return Library(tuple(compile_guide(text, origin="x", limits=Limits()) for text in texts))


def ref(key: str = "beta/a.txt") -> DocumentRef:
    return DocumentRef(bucket="inbox", key=key, version="1", customer=key.partition("/")[0])


def chosen(guidelines: Library, content: bytes, key: str = "beta/a.txt") -> str | Finding:
    answer = guidelines.select(ref(key), content)
    return answer[0] if isinstance(answer, tuple) else answer.ref.name


INVOICE = toml("invoice", 'match = { contains = ["Invoice", "Total"] }')
NAMED = toml("named", 'match = { filename = "inv_*.csv" }')
OWN = toml("own", 'customers = ["beta"]')


@pytest.mark.parametrize(
    ("text", "content", "key", "name"),
    [
        (INVOICE, b"Total of Invoice", "beta/a.txt", "invoice"),
        (NAMED, b"", "beta/deep/inv_1.csv", "named"),
        (OWN, b"", "beta/a.txt", "own"),
        (toml("all"), b"", "gamma/a.txt", "all"),
    ],
)
def test_guideline_whose_conditions_all_hold_is_chosen(
    text: str, content: bytes, key: str, name: str
) -> None:
    assert chosen(library(text), content, key) == name


@pytest.mark.parametrize(
    ("text", "content", "key", "reason"),
    [
        (INVOICE, b"Total", "beta/a.txt", "invoice: `Invoice` is not in its text"),
        (INVOICE, b" " * 65536 + b"Invoice Total", "beta/a.txt", "`Total` is not in its text"),
        (NAMED, b"", "inv_1.csv/a.txt", "named: `a.txt` is not named `inv_*.csv`"),
        (OWN, b"", "gamma/a.txt", "billdrop guideline draft FILE --customer gamma"),
    ],
)
def test_document_that_none_recognises_says_what_was_closest(
    text: str, content: bytes, key: str, reason: str
) -> None:
    finding = chosen(library(text), content, key)
    assert isinstance(finding, Finding)
    assert finding.code == "BD2001"
    assert reason in finding.hint


def test_guideline_of_which_nothing_holds_is_not_called_close() -> None:
    finding = chosen(library(INVOICE, toml("no", 'match = { contains = ["Beleg"] }')), b"Total")
    assert isinstance(finding, Finding)
    assert "invoice: `Invoice` is not in its text" in finding.hint
    assert "`Beleg`" not in finding.hint
    unlike = chosen(library(*(toml(it, 'match = { contains = ["Beleg"] }') for it in "ab")), b"x")
    assert isinstance(unlike, Finding)
    assert unlike.hint == "`billdrop guideline draft FILE --customer beta` writes one"


def test_guidelines_of_other_customers_are_not_told() -> None:
    finding = chosen(library(toml("secret", 'customers = ["gamma"]'), INVOICE), b"Total")
    assert isinstance(finding, Finding)
    assert "secret" not in finding.hint + finding.message
    assert "the one guideline for customer" in finding.message


def test_document_that_two_recognise_names_both() -> None:
    finding = chosen(library(OWN, INVOICE, toml("no", 'customers = ["x"]')), b"Invoice Total")
    assert isinstance(finding, Finding)
    assert finding.code == "BD2002"
    assert "`own` and `invoice`" in finding.message


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "UTF_16", "utf-16-be"]
)
def test_text_is_searched_in_the_encoding_of_the_guideline(encoding: str) -> None:
    given = f'input = {{ reader = "labelled", encoding = "{encoding}" }}'
    guidelines = library(toml("own", given, 'match = { contains = ["Größe"] }'))
    assert chosen(guidelines, "x Größe".encode(encoding)) == "own"
    assert isinstance(chosen(guidelines, b"Gr??e"), Finding)


def test_either_byte_order_is_searched_where_a_mark_says_which() -> None:
    given = 'input = { reader = "labelled", encoding = "utf-16" }'
    guidelines = library(toml("own", given, 'match = { contains = ["Größe"] }'))
    assert chosen(guidelines, b"\xfe\xff" + "x Größe".encode("utf-16-be")) == "own"


def test_guide_is_found_by_name() -> None:
    guidelines = library(OWN, INVOICE)
    guide = guidelines.named("own")
    assert guide
    assert guide.ref.name == "own"
    assert guidelines.named("other") is None


def names(folder: Path | None) -> list[str]:
    return [guide.ref.name for guide in open_library(folder, Limits())[0].guides]


def test_guidelines_that_come_with_billdrop_are_there_without_a_folder(tmp_path: Path) -> None:
    assert "ledes-1998b" in names(None)
    assert names(tmp_path / "none") == names(None)


def test_guidelines_that_come_with_billdrop_read_their_own_examples() -> None:
    for guide in builtins(Limits()):
        assert lint(guide.ref.text, guide.ref.name) == []
        assert guide.guideline.examples


def test_files_of_the_folder_are_added(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    (tmp_path / "notes.txt").write_text("not a guideline", "utf-8")
    (tmp_path / "folder.toml").mkdir()
    assert names(tmp_path) == [*names(None), "own"]


def test_file_with_the_name_of_one_that_comes_with_billdrop_replaces_it(tmp_path: Path) -> None:
    text = toml("ledes-1998b", 'title = "mine"')
    (tmp_path / "l.toml").write_text(text, "utf-8-sig")
    guide = open_library(tmp_path, Limits())[0].named("ledes-1998b")
    assert guide
    assert guide.ref.text == text


def test_file_replaces_also_while_it_is_broken(tmp_path: Path) -> None:
    (tmp_path / "l.toml").write_text(toml("ledes-1998b", "titel = 1"), "utf-8")
    guidelines, broken = open_library(tmp_path, Limits())
    assert guidelines.named("ledes-1998b") is None
    assert [(path.name, problems[0].code) for path, problems in broken] == [("l.toml", "BD4003")]


def test_broken_files_are_reported_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("guideline = ", "utf-8")
    (tmp_path / "b.toml").write_bytes(b'guideline = "\xff"')
    (tmp_path / "c.toml").write_text("guideline = 3", "utf-8")
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    guidelines, broken = open_library(tmp_path, Limits())
    assert guidelines.named("own")
    assert [(path.name, problems[0].code) for path, problems in broken] == [
        ("a.toml", "BD4002"),
        ("b.toml", "BD4002"),
        ("c.toml", "BD4004"),
    ]


def test_of_two_files_with_the_same_name_neither_is_used(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(OWN, "utf-8")
    (tmp_path / "b.toml").write_text("# again\n" + OWN, "utf-8")
    guidelines, broken = open_library(tmp_path, Limits())
    assert guidelines.named("own") is None
    assert [(path.name, problems[0].code, problems[0].line) for path, problems in broken] == [
        ("a.toml", "BD4007", 1),
        ("b.toml", "BD4007", 2),
    ]
    assert "b.toml" in broken[0][1][0].message


def test_fingerprint_changes_when_a_guideline_file_comes_changes_or_goes(tmp_path: Path) -> None:
    seen = [fingerprint(tmp_path)]
    for act in (
        lambda: (tmp_path / "a.toml").write_text("x", "utf-8"),
        lambda: (tmp_path / "a.toml").write_text("longer", "utf-8"),
        lambda: (tmp_path / "a.toml").rename(tmp_path / "b.toml"),
        lambda: (tmp_path / "gone.toml").symlink_to(tmp_path / "b.toml"),
    ):
        act()
        assert fingerprint(tmp_path) == fingerprint(tmp_path)
        assert fingerprint(tmp_path) not in seen
        seen.append(fingerprint(tmp_path))
    assert fingerprint(None) == fingerprint(tmp_path / "none") == ()


def test_file_that_goes_while_it_is_looked_at_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("x", "utf-8")
    before = stamp(path)
    path.unlink()
    assert stamp(path) != before


def test_choice_is_the_same_however_many_customers_came_before() -> None:
    guidelines = library(OWN, INVOICE)
    for at in range(2 * CUSTOMERS):
        assert isinstance(chosen(guidelines, b"nothing", f"customer-{at}/a.txt"), Finding)
    assert chosen(guidelines, b"nothing") == "own"
    assert chosen(guidelines, b"Total of Invoice", "gamma/a.txt") == "invoice"
