"""A guideline made ready to read."""

import hashlib
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from billdrop.guidelines.model import Guideline
from billdrop.model import GuidelineRef
from billdrop.readers import Reader


class Guide(Struct, frozen=True, kw_only=True):
    """
    A guideline with its reader; for one thread at a time.

    A reader remembers what it met, and so does what is kept here. Who reads beside another thread
    makes guides of its own out of `ref.text`.
    """

    ref: GuidelineRef
    guideline: Guideline
    builtin: bool = False
    """Whether it comes with billdrop."""
    made: Callable[[], Reader]
    """The same reader each time; one that was not asked for yet may be built by it."""
    kept: list[Any] = []
    """What `reading` worked out once, and learnt since; lives as long as the guide."""

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
