"""Bank accounts, as people print them."""

from collections.abc import Iterable


def bare(account: str) -> str:
    """Equal for one account, however its digits are grouped."""
    return "".join(account.split()).upper()


def apart(accounts: Iterable[str]) -> tuple[str, ...]:
    """Each account once, as it is printed first."""
    known: dict[str, str] = {}
    for account in accounts:
        known.setdefault(bare(account), account)
    return tuple(known.values())
