"""What a customer, and a document in the inbox, may be called. Pure rules, the same at every door."""

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

MAX_KEY_BYTES = 1024

NOBODY = "-"
"""The customer of a document that lies where no customer can be told; no customer can have this name."""

_CUSTOMER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SUSPECT = re.compile(
    "[\x00-\x1f\\\\\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
    "|//|/\\.{1,2}/"
)
_ORDINARY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99}(?:/[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99})?")
_TEMPORARY_ENDS = ("~", ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp")
_KEPT = "!\"#$&'()*+,-./:;<=>?@[]^_`{|}~ "


def customer_refused(name: str) -> str | None:
    """Why no customer can have this name; None when one can (BD1006)."""
    if _CUSTOMER.fullmatch(name):
        return None
    shown = ascii(name[:80])
    return (
        f"customer {shown} is not a name of letters, digits and `._-`, at most 64, "
        "the first a letter or digit"
    )


def key_refused(key: str) -> str | None:
    """Why no document can be called this; None when one can (BD1006)."""
    if _ORDINARY.fullmatch(key):
        return None
    if not _SUSPECT.search(f"/{key}/") and (len(key) <= 256 or _size(key) <= MAX_KEY_BYTES):
        return None
    return f"name {key[:80]!a} {_reason(key)}"


def is_temporary(name: str) -> bool:
    """Whether programs give such a name to a file that they are not done with."""
    return name[:1] in {".", "~"} or name.lower().endswith(_TEMPORARY_ENDS)


def key_of(name: str) -> str:
    """
    A name as a key: itself, where it is allowed, and escaped where it is not.

    Escaped too where it reads as the key of another name, so that no two names share a key.
    """
    return keyed(name)[0]


def keyed(name: str) -> tuple[str, str | None]:
    """A name as `key_of` makes it, and why no document can be called it."""
    reason = key_refused(name)
    if reason is None and ("%" not in name or not _reads_as_escaped(name)):
        return name, None
    return escaped(name.encode("utf-8", "surrogateescape")), reason


def named_by(key: str) -> str:
    """The name of which `escaped` made the key; bytes that are not UTF-8 as lone surrogates."""
    return unquote_to_bytes(key).decode("utf-8", "surrogateescape")


def escaped(name: bytes) -> str:
    """A refused name as text that every tool can show: bytes that are not plain ASCII as `%XX`."""
    return quote_from_bytes(name, safe=_KEPT)


def _reads_as_escaped(name: str) -> bool:
    while "%" in name:
        source = unquote_to_bytes(name)
        if escaped(source) != name:
            return False
        name = source.decode("utf-8", "surrogateescape")
        if key_refused(name) is not None:
            return True
    return False


def _size(key: str) -> int:
    return len(key.encode("utf-8", "surrogatepass"))


def _reason(key: str) -> str:
    if _size(key) > MAX_KEY_BYTES:
        return f"is longer than {MAX_KEY_BYTES} bytes"
    parts = key.split("/")
    if "" in parts:
        return "has an empty part"
    if "." in parts or ".." in parts:
        return "has a part `.` or `..`"
    if "\\" in key:
        return "has a backslash"
    if re.search("[\ud800-\udfff]", key):
        return "is not UTF-8"
    return "has a control or bidirectional character"
