"""Numbers of digits alone: a decimal mark that is not written, and a sign before, behind or in the digits."""

from collections.abc import Sequence

from billdrop.values import Convert, Failure, Stated, Value

PUNCHED = {
    mark: (sign, str(digit))
    for sign, marks in (("", "{ABCDEFGHI"), ("-", "}JKLMNOPQR"))
    for digit, mark in enumerate(marks)
}
"""A digit with the sign of the number, as zoned decimals of EBCDIC are written in text."""


def implied(convert: Convert, ways: Sequence[str], code: str, decimals: int) -> Convert:
    """
    The reader of a number with so many decimals and no mark before them.

    `ways` are those of `locale.negative`; a plus is taken where a minus may stand. `convert` reads a
    point, and a minus before the number.
    """

    def read(text: str) -> Value | Stated | Failure:
        plain = text.isascii() and text.isdigit()
        sign, body = ("", text) if plain else _signed(text, ways)
        if not plain and not (body.isascii() and body.isdigit()):
            tail = f", the last {decimals} behind the decimal mark" if decimals else ""
            hint = f"it is written in digits{tail}, with a sign as `locale.negative` says"
            return Failure(code, f"`{text[:80]}` is not a number of digits alone", hint)
        padded = body.zfill(decimals + 1)
        whole, tail = padded[: len(padded) - decimals], padded[len(padded) - decimals :]
        whole = whole.lstrip("0") or "0"
        return convert(f"{sign}{whole}.{tail}" if tail else sign + whole)

    return read


def _signed(text: str, ways: Sequence[str]) -> tuple[str, str]:
    """The sign, `-` or nothing, and the digits; a text with another sign stays as it is."""
    first, last = text[:1], text[-1:]
    if "overpunch" in ways and last in PUNCHED:
        sign, digit = PUNCHED[last]
        return sign, text[:-1] + digit
    if "leading-overpunch" in ways and first in PUNCHED:
        sign, digit = PUNCHED[first]
        return sign, digit + text[1:]
    if "minus" in ways and first in ("+", "-"):
        return first.replace("+", ""), text[1:].lstrip()
    if "trailing-minus" in ways and last in ("+", "-"):
        return last.replace("+", ""), text[:-1].rstrip()
    return "", text
