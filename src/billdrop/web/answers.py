"""`GET /expenses`: the same shape as `billdrop expenses --json`."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext

from billdrop.answers.expenses import partly
from billdrop.model import Total
from billdrop.web.rules import RefusedError

BY = ("date", "month", "currency")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def question(query: Mapping[str, str]) -> tuple[str, date | None, date | None]:
    """By what, since and until when; raises `RefusedError` for anything else."""
    unknown = sorted(set(query) - {"by", "since", "until"})
    if unknown:
        raise RefusedError(f"the query has {unknown[0]!a}; it takes by, since, until")
    by = query.get("by", "date")
    if by not in BY:
        raise RefusedError(f"by is {by[:40]!a}; it takes {', '.join(BY)}")
    return by, _day(query, "since"), _day(query, "until")


def expenses(totals: Iterable[Total], by: str) -> list[dict[str, object]]:
    """One object for each key and currency, in their order."""
    folded: dict[tuple[str, str], list[Total]] = {}
    for total in totals:
        folded.setdefault((_key(total, by), total.currency), []).append(total)
    return [
        {
            **({} if by == "currency" else {by: key}),
            "currency": currency,
            "invoices": (count := sum(one.invoices for one in found)),
            "net": _sum(one.net for one in found),
            "tax": _sum(one.tax for one in found),
            "total": _sum(one.total for one in found),
            **partly(
                count,
                net=sum(one.with_net for one in found),
                tax=sum(one.with_tax for one in found),
            ),
        }
        for (key, currency), found in sorted(folded.items())
    ]


def _key(total: Total, by: str) -> str:
    if by == "currency":
        return total.currency
    day = total.issue_date.isoformat()
    return day[:7] if by == "month" else day


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    found = [amount for amount in amounts if amount is not None]
    with localcontext(prec=100):
        return sum(found, Decimal(0)) if found else None


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RefusedError(f"{name} is {text[:40]!a}; it takes a date such as 2026-11-22")
