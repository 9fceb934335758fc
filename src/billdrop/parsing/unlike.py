"""Why no guideline could have read a document: it is another kind of file, or in another encoding."""

import codecs

from billdrop.model import Finding
from billdrop.parsing.envelopes import envelope
from billdrop.values.media import Medium, medium, page_or_message

_BLANK = b"\xef\xbb\xbf \t\r\n"


def another_kind(content: bytes) -> tuple[Finding, ...]:
    """That it is a file of another kind, whatever guideline would recognise it."""
    return _told(medium(content))


def unlike_text(content: bytes) -> tuple[Finding, ...]:
    """Why no guideline could have recognised it: it is no text, or in an encoding of two bytes, or signed."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        fact = "the document is UTF-16, and no guideline that declares it recognises it"
        hint = 'save it as UTF-8, or set `input.encoding = "utf-16"` in its guideline'
        return (Finding(code="BD1002", message=fact, line=1, column=1, hint=hint),)
    known = envelope(content) or another_kind(content.lstrip(_BLANK)) or _page(content)
    at = content.find(0)
    if known or at < 0:
        return known
    before = content[:at]
    line, column = before.count(b"\n") + 1, at - before.rfind(b"\n")
    fact = f"byte {at + 1} is NUL: the document is no text"
    return (
        Finding(
            code="BD1003", message=fact, line=line, column=column, hint="export the invoice as text"
        ),
    )


def _page(content: bytes) -> tuple[Finding, ...]:
    return _told(page_or_message(content))


def _told(found: Medium | None) -> tuple[Finding, ...]:
    if found is None:
        return ()
    fact = f"the document is {found.what}, and no text that a guideline reads"
    return (Finding(code="BD1012", message=fact, line=1, column=1, hint=found.remedy),)
