"""The root of an XML document is found without parsing it, whatever stands before it."""

import pytest

from billdrop.guidelines.standards import shown

ROOT = '<u:Invoice a=">" xmlns="urn:other" xmlns:u="urn:x">'
SPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
OUTER = f'<s:StandardBusinessDocument xmlns:s="{SPACE}" xmlns:v="urn:v">'
HEADER = "<s:StandardBusinessDocumentHeader>{}</s:StandardBusinessDocumentHeader>"


@pytest.mark.parametrize(
    ("head", "standard"),
    [
        (ROOT, "{urn:x}Invoice"),
        ("<Invoice xmlns = 'urn:y'>", "{urn:y}Invoice"),
        ("<Invoice>", "Invoice"),
        ("<u:Invoice>", "Invoice"),
        ("<Invoice xmlns=''>", "Invoice"),
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


@pytest.mark.parametrize(
    ("inside", "standard"),
    [
        (HEADER.format("") + ROOT, "{urn:x}Invoice"),
        (HEADER.format("") + "<!-- a --> <v:Invoice>", "{urn:v}Invoice"),
        (HEADER.format("<s:HeaderVersion/>" * 1000) + ROOT, "{urn:x}Invoice"),
        (HEADER.format("") + "<Invoice>", "Invoice"),
        (ROOT, f"{{{SPACE}}}StandardBusinessDocument"),
        (HEADER.format(""), f"{{{SPACE}}}StandardBusinessDocument"),
    ],
)
def test_envelope_shows_what_it_encloses(inside: str, standard: str) -> None:
    assert shown((OUTER + inside).encode()) == standard
