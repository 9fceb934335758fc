"""The root of an XML document is found without parsing it, whatever stands before it."""

import pytest

from billdrop.guidelines.standards import shown

ROOT = '<u:Invoice a=">" xmlns="urn:other" xmlns:u="urn:x">'


@pytest.mark.parametrize(
    ("head", "standard"),
    [
        (ROOT, "{urn:x}Invoice"),
        ("<Invoice xmlns = 'urn:y'>", "{urn:y}Invoice"),
        ("<Invoice>", "Invoice"),
        ("<u:Invoice>", "Invoice"),
        (f"<?xml version='1.0'?>\r\n<!-- <no> --> <?pi ?>{ROOT}", "{urn:x}Invoice"),
        (f"<!DOCTYPE u:Invoice>{ROOT}", "{urn:x}Invoice"),
        (f"<!DOCTYPE x [<!ENTITY a 'b'> ]>{ROOT}", "{urn:x}Invoice"),
        (f"{'<!-- -->' * 2000}{ROOT}", "{urn:x}Invoice"),
        ("<!DOCTYPE x [ >", ""),
        ("<!DOCTYPE x", ""),
        ("<!-- ", ""),
        ("<?xml ", ""),
        ("<Invoice", ""),
        ("< Invoice>", ""),
        ("  ", ""),
    ],
)
def test_root_is_shown(head: str, standard: str) -> None:
    assert shown(head.encode()) == standard


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_root_is_shown_in_every_encoding_of_xml(encoding: str) -> None:
    assert shown(ROOT.encode(encoding)) == "{urn:x}Invoice"


@pytest.mark.parametrize("piece", ["<?a?>", "<!---->", "<!DOCTYPE>", "<!DOCTYPE[", "<a b='", "<a:"])
def test_head_of_nothing_but_beginnings_takes_no_longer_than_its_length(piece: str) -> None:
    assert shown((piece * 20_000).encode()) == ""
