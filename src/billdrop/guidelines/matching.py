"""Whether a guideline recognises a document, and if not, why not."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from billdrop.guidelines.guide import Guide
from billdrop.model import DocumentRef

HEAD = 64 * 1024
"""How many bytes of a document are searched."""

_COMMON = b"QZXJYKWVUGHFBOLNRMDTPACEISzqxjkvbpygfwmucldrhsnioate9876543210:,.- \n"
"""The rarer before the more common; what is not here is rarer still."""
_BIG_ENDIAN = {"utf-16": "utf-16-be", "utf-32": "utf-32-be"}


class Matcher:
    """The conditions of one guide, made ready."""

    def __init__(self, guide: Guide) -> None:
        match = guide.guideline.match
        self.guide = guide
        self.customers = frozenset(guide.guideline.customers)
        self._filename = match.filename
        self.standard = frozenset(match.standard)
        encoding = guide.guideline.input.encoding
        self._texts = match.contains
        self._needles = [_written(text, encoding) for text in match.contains]
        self._plain = [needles[0] for needles in self._needles if len(needles) == 1]
        self.sign = min(b"".join(self._plain), key=_COMMON.find) if self._plain else None
        """A byte without which a text is not there; a byte is looked for ten times as fast."""
        self._doubled = [needles for needles in self._needles if len(needles) > 1]

    @property
    def conditions(self) -> int:
        """So many have to hold."""
        return bool(self.standard) + bool(self._filename) + len(self._texts)

    def recognises(self, ref: DocumentRef, head: bytes, standard: str) -> bool:
        """
        Whether it does, for a customer whose documents it reads; `missed` says in words why not.

        `standard`: what the document says of itself, see `standards.shown`.
        """
        if self.standard and standard not in self.standard:
            return False
        for needle in self._plain:
            if needle not in head:
                return False
        for needles in self._doubled:
            if not any(needle in head for needle in needles):
                return False
        return not self._filename or fnmatchcase(ref.key.rpartition("/")[2], self._filename)

    def for_customer(self, customer: str) -> bool:
        """Whether it reads documents of the customer at all."""
        return not self.customers or customer in self.customers

    def missed(self, ref: DocumentRef, head: bytes, standard: str) -> Iterator[str]:
        """The conditions that do not hold, in words, for a customer whose documents it reads."""
        name = ref.key.rpartition("/")[2]
        if self.standard and standard not in self.standard:
            yield f"it is no `{min(self.standard)}`"
        if self._filename and not fnmatchcase(name, self._filename):
            yield f"`{name}` is not named `{self._filename}`"
        for text, needles in zip(self._texts, self._needles, strict=True):
            if not any(needle in head for needle in needles):
                yield f"`{text}` is not in its text"


def _written(text: str, encoding: str) -> list[bytes]:
    """The bytes of a text in the middle of a document, in each byte order it may have."""
    mark = "".encode(encoding)
    ways = [text.encode(encoding).removeprefix(mark)]
    other = _BIG_ENDIAN.get(encoding.lower().replace("_", "-")) if mark else None
    return [*ways, text.encode(other)] if other else ways
