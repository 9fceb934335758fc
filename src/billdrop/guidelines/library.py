"""All guidelines that can read documents now, and the choice among them."""

from msgspec import Struct

from billdrop.guidelines.model import Guideline
from billdrop.model import DocumentRef, Finding, GuidelineRef
from billdrop.readers import Reader


class Guide(Struct, frozen=True, kw_only=True):
    """A guideline with its reader."""

    ref: GuidelineRef
    guideline: Guideline
    reader: Reader


class Library:
    """An immutable set of guides; a change of the files makes a new library."""

    def __init__(self, guides: tuple[Guide, ...]) -> None:
        self.guides = guides

    def select(self, ref: DocumentRef, content: bytes) -> Guide | tuple[Finding, ...]:
        """The one guide that recognises the document, or the finding that none or several do."""
        raise NotImplementedError
