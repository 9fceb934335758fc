"""The encodings that a guideline may declare."""

import codecs

from billdrop.errors import GuidelineError

_REFUSED = ("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode")


def encoding(name: str) -> str:
    """The encoding as Python names it; only those that make texts of bytes, and every text whole."""
    try:
        "".encode(name)
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        known = ""
    if not known or known in _REFUSED:
        raise GuidelineError(
            f"input.encoding: there is no text encoding `{name}`",
            code="BD4004",
            hint="such as `utf-8` or `cp1252`",
            path="input.encoding",
        )
    return known
