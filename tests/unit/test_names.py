import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.names import (
    NOBODY,
    customer_refused,
    escaped,
    is_temporary,
    key_refused,
    named_by,
)


@pytest.mark.parametrize("name", ["acme", "A", "0", "acme.co_uk-2", "x" * 64])
def test_customer_is_a_short_plain_word(name: str) -> None:
    assert customer_refused(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "-", ".", "..", ".acme", "_a", "a b", "a/b", "a\\b", "ä", "a\n", "a\0", "x" * 65, "a%20"],
)
def test_customer_that_is_not_is_refused(name: str) -> None:
    assert customer_refused(name)


def test_nobody_is_no_customer() -> None:
    assert customer_refused(NOBODY)


@pytest.mark.parametrize(
    "key",
    [
        "a.txt",
        "2026/11/a.txt",
        "10:30.txt",
        "a b+c=%2B.txt",
        "Ärger 😀.txt",
        "...",
        "a..b",
        "CON",
        "é" * 512,
    ],
)
def test_key_may_hold_what_people_write(key: str) -> None:
    assert key_refused(key) is None


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "empty part"),
        ("a//b", "empty part"),
        ("/a", "empty part"),
        ("a/", "empty part"),
        (".", "`.` or `..`"),
        ("..", "`.` or `..`"),
        ("a/../b", "`.` or `..`"),
        ("./a", "`.` or `..`"),
        ("a\\..\\b", "backslash"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a\x85b", "control"),
        ("a\x1b[31m", "control"),
        ("a\u202etxt.exe", "bidirectional"),
        ("a\u2066b", "bidirectional"),
        ("a\u2028b", "control or bidirectional"),
        ("a\udcffb", "not UTF-8"),
        ("é" * 513, "longer than 1024 bytes"),
        ("a" * 1025, "longer than 1024 bytes"),
    ],
)
def test_key_that_could_deceive_is_refused_with_the_reason(key: str, reason: str) -> None:
    refused = key_refused(key)
    assert refused is not None
    assert reason in refused
    assert refused.isprintable()
    assert refused.isascii()


@pytest.mark.parametrize(
    "name",
    [".a.txt", "~a.txt", "a.txt~", "a.tmp", "a.PART", "a.partial", "a.filepart", "a.swp", "~$a"],
)
def test_temporary_names_are_known(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["a.txt", "tmp", "part", "a.tmp.txt", "a~b.txt"])
def test_other_names_are_not_temporary(name: str) -> None:
    assert not is_temporary(name)


@given(st.binary(min_size=1, max_size=40))
def test_escaped_name_is_allowed_text_and_leads_back(name: bytes) -> None:
    text = escaped(name)
    assert text.isascii()
    assert text.isprintable()
    assert os.fsencode(named_by(text)) == name


@given(st.text(max_size=40))
def test_key_is_refused_exactly_when_a_part_or_character_is_not_allowed(key: str) -> None:
    parts = key.split("/")
    bad = any(part in {"", ".", ".."} for part in parts) or any(
        char == "\\" or not _plain(char) for char in key
    )
    assert (key_refused(key) is not None) == bad


def _plain(char: str) -> bool:
    bidi = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return not (ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F or char in bidi)


def test_file_name_that_is_not_utf8_is_refused() -> None:
    assert key_refused(os.fsdecode(b"\xff.txt"))
