"""Every code has its page, and no text names a code that has none."""

import re
from itertools import chain
from pathlib import Path

import pytest

from billdrop.codes import CODES, SECTIONS, page

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\bBD\d{4}\b")


def test_page_of_codes_is_the_one_made_from_the_table() -> None:
    assert (ROOT / "docs" / "codes.md").read_text("utf-8") == page(), (
        "renew it: python -m billdrop.codes > docs/codes.md"
    )


def test_every_code_stands_in_the_page_once() -> None:
    headings = re.findall(r"^### (BD\d{4})$", page(), re.MULTILINE)
    assert headings == sorted(CODES)
    assert {name[:3] for name in CODES} == set(SECTIONS)


@pytest.mark.parametrize("name", CODES)
def test_code_says_what_it_means_and_what_to_do_in_sentences(name: str) -> None:
    code = CODES[name]
    assert not code.title.endswith(".")
    assert code.meaning.endswith(".")
    assert code.remedy.endswith((".", "`"))


def test_no_code_is_used_that_has_no_page() -> None:
    texts = chain((ROOT / "src").rglob("*.py"), (ROOT / "docs").rglob("*.md"))
    used = {(code, path.name) for path in texts for code in CODE.findall(path.read_text("utf-8"))}
    assert {(code, name) for code, name in used if code not in CODES} == set()
