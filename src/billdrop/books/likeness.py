"""A fingerprint of what invoices have in common that may be one, whatever their identities."""

import hashlib


def likeness(  # noqa: PLR0917 - what it is made of, said once
    customer: str, number: str, issue_date: str, currency: str, total: str, series: str = ""
) -> int:
    """
    64 bits, equal for invoices of a customer with the same number, date, currency and total.

    Of the number, with its series before it, letters and digits count, and zeros before them do not:
    `0090000042` is `90000042`, and `F1` with `42` is `F1-42`.
    """
    plain = squeezed(series + number).lstrip("0") or number
    amount = total.rstrip("0").rstrip(".") if "." in total else total
    whole = f"{customer}\0{plain}\0{issue_date}\0{currency}\0{amount}"
    digest = hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def squeezed(text: str) -> str:
    """The letters and digits of a folded text."""
    return text if text.isalnum() else "".join(filter(str.isalnum, text))
