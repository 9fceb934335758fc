"""A guideline made ready to read."""

import hashlib
from collections.abc import Callable

from msgspec import Struct

from billdrop.guidelines.model import Guideline
from billdrop.model import GuidelineRef
from billdrop.readers import Reader


class Guide(Struct, frozen=True, kw_only=True):
    """A guideline with its reader."""

    ref: GuidelineRef
    guideline: Guideline
    made: Callable[[], Reader]
    """The same reader each time; one that was not asked for yet may be built by it."""

    @property
    def reader(self) -> Reader:
        """What reads the documents."""
        return self.made()


def bound(text: str, guideline: Guideline, made: Callable[[], Reader]) -> Guide:
    """The guide of a guideline, tied to the very text it was read from."""
    ref = GuidelineRef(
        name=guideline.guideline,
        version=guideline.version,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )
    return Guide(ref=ref, guideline=guideline, made=made)
