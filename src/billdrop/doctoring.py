"""What the doctor says: one line for each thing it looked at."""

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
