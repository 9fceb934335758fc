"""What the doctor says: one line for each thing it looked at."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct


class Line(Struct, frozen=True, kw_only=True):
    """One line of the doctor."""

    check: str
    ok: bool
    fact: str
    fix: str = ""
    """Empty when all is well."""
    known: bool = True
    """False when it could not be looked at: then nothing is claimed, and `ok` is true."""
    lacking: str = ""
    """The right that is missing, by the name that AWS has for it."""


class Examined(Struct, frozen=True, kw_only=True):
    """What he said at one time."""

    at: datetime
    lines: Sequence[Line]
