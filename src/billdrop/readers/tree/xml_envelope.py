"""The envelope that documents travel in: the StandardBusinessDocument of UN/CEFACT, which Peppol uses."""

from typing import Any

ENVELOPE = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"
_HEADER = f"{ENVELOPE}Header"


def within(root: Any) -> list[Any]:
    """What an envelope encloses, where all of it is of one kind; any other root itself."""
    if root.tag != ENVELOPE:
        return [root]
    found = [child for child in root if child.tag != _HEADER]
    return found if len({child.tag for child in found}) == 1 else [root]
