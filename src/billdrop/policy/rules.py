"""The policies of a guideline, each as what it finds in an invoice or a document."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import combinations
from typing import NamedTuple

from billdrop.books.decide import folded
from billdrop.checks.fault import Fault
from billdrop.guidelines.policy import Otherwise, Policy, Seller
from billdrop.model import Document, Invoice
from billdrop.policy.identifiers import account_wrong, tax_id_wrong
from billdrop.values.accounts import bare

Finds = Callable[[Invoice, Policy, date], Iterator[Fault]]
"""Takes the day on which the document came."""


class Rule(NamedTuple):
    """A policy: what it finds in an invoice, and what it looks at for that."""

    finds: Finds
    fields: Callable[[Policy], Sequence[str]]
    """It says the same of all that state the same there; lists of an invoice, and its amounts, are left out."""
    amounts: Sequence[str] = ()
    """What it finds in one of these, it finds in any that is further from 0."""
    stated: bool = False
    """Whether it asks of the fields only if they are stated."""


class Broken(NamedTuple):
    """A policy that is not kept, and what that means."""

    fault: Fault
    otherwise: Otherwise


def broken(invoice: Invoice, policy: Policy, came: date) -> Iterator[Broken]:
    """What an invoice does not keep."""
    for name, rule in RULES.items():
        table = getattr(policy, name)
        if table is not None:
            for fault in rule.finds(invoice, policy, came):
                yield Broken(fault, table.otherwise)


def strictest(found: Iterable[Broken]) -> list[Broken]:
    """Each fault once, with what is the worst for it."""
    kept: dict[Fault, Broken] = {}
    for it in found:
        before = kept.get(it.fault)
        if before is None or _STRICT.index(it.otherwise) < _STRICT.index(before.otherwise):
            kept[it.fault] = it
    return list(kept.values())


_STRICT: tuple[Otherwise, ...] = ("reject", "hold", "warn")


def broken_by_file(document: Document, policy: Policy) -> Iterator[Broken]:
    """What a document does not keep, whatever stands in it."""
    asked = policy.file
    if asked is None:
        return
    name = document.ref.key.rpartition("/")[2]
    if asked.name and not fnmatchcase(name, asked.name):
        fact = f"the file is named `{name}`, not like `{asked.name}`"
        yield Broken(Fault("BD2509", fact, "", "give it such a name"), asked.otherwise)
    if asked.bytes and document.size > asked.bytes:
        fact = f"the file has {document.size:,} bytes, more than the {asked.bytes:,} agreed on"
        yield Broken(Fault("BD2509", fact, "", "split the file"), asked.otherwise)


def _currencies(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.currencies is not None
    allowed = policy.currencies.allowed
    if invoice.currency not in allowed:
        fact = f"currency {invoice.currency} is not agreed on: {', '.join(allowed)}"
        yield Fault("BD2501", fact, "currency", "add it to `policy.currencies.allowed`")


def _tax_rates(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.tax_rates is not None
    allowed = policy.tax_rates.allowed
    stated = [(f"taxes[{at}].rate", it.rate) for at, it in enumerate(invoice.taxes)]
    stated += [(f"lines[{at}].tax_rate", it.tax_rate) for at, it in enumerate(invoice.lines)]
    for name in ("allowances", "charges"):
        each = enumerate(getattr(invoice, name))
        stated += [(f"{name}[{at}].tax_rate", it.tax_rate) for at, it in each]
    seen = set()
    for path, rate in stated:
        if rate is not None and rate not in allowed and rate not in seen:
            seen.add(rate)
            fact = f"{path}: a tax rate of {rate:f} % is not expected: {_listed(allowed)}"
            yield Fault("BD2502", fact, path, "add it to `policy.tax_rates.allowed`")


def _listed(rates: list[Decimal]) -> str:
    return ", ".join(f"{rate:f} %" for rate in rates)


def _dates(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.dates is not None
    ahead = (invoice.issue_date - came).days
    if ahead > policy.dates.future_days:
        fact = f"issue_date {invoice.issue_date} is {ahead} days after the document came, {came}"
        yield Fault("BD2503", fact, "issue_date", "check the date")
    if -ahead > policy.dates.past_days:
        fact = f"issue_date {invoice.issue_date} is {-ahead} days before the document came, {came}"
        yield Fault("BD2503", fact, "issue_date", "check the date")


def _largest(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.largest is not None
    most = policy.largest.total.get(invoice.currency)
    if most is None:
        fact = f"no largest total is agreed on in {invoice.currency}"
        hint = f"add {invoice.currency} to `policy.largest.total`"
        yield Fault("BD2504", fact, "total", hint)
        return
    for name, amount in (("total", invoice.total), ("payable", invoice.payable)):
        if amount is not None and amount.copy_abs() > most:
            fact = (
                f"{name} {amount:f} {invoice.currency} is more than {most:f}, what needs no person"
            )
            yield Fault("BD2504", fact, name, "ask who ordered it")
            return


def _required(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.required is not None
    for name in policy.required.fields:
        if getattr(invoice, name) in (None, ""):
            yield Fault("BD2505", f"{name} is missing", name, "ask for an invoice that states it")


def _needed(policy: Policy) -> list[str]:
    assert policy.required is not None
    return policy.required.fields


def _identifiers(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.identifiers is not None
    for name in policy.identifiers.fields:
        text: str | None = getattr(invoice, name)
        if name == "payment_account":
            wrong = {(path, it): account_wrong(it) for path, it in invoice.accounts.items()}
        elif text:
            country = getattr(invoice, _country_of(name))
            wrong = {(name, text): tax_id_wrong(text, country)}
        else:
            continue
        for (path, it), why in wrong.items():
            if why:
                yield Fault("BD2506", f"{path} `{it:.60}` {why}", path, "ask who sent it")


def _country_of(tax_id: str) -> str:
    return f"{tax_id.removesuffix('_tax_id')}_country"


def _identified(policy: Policy) -> list[str]:
    assert policy.identifiers is not None
    asked: list[str] = [*policy.identifiers.fields]
    return asked + [_country_of(name) for name in asked if name != "payment_account"]


def _sellers(invoice: Invoice, policy: Policy, came: date) -> Iterator[Fault]:
    assert policy.sellers is not None
    known = _named(invoice, policy.sellers.known)
    accounts = invoice.accounts
    if not known:
        path = next((it for it in _NAMED if getattr(invoice, it)), "seller")
        text = getattr(invoice, path) or ""
        fact = f"the seller `{text:.60}` is not known" if text else "no seller is stated"
        hint = f"if it is trusted, add to `policy.sellers.known`: {_entry(text, accounts.values())}"
        yield Fault("BD2507", fact, path, hint)
        return
    for path, account in accounts.items():
        other = next((it for it in known if it.accounts and bare(account) not in it.accounts), None)
        if other is not None:
            fact = f"the account `{account:.60}` is not known of `{other.name:.60}`"
            hint = "ask the seller by a way that you know; then add it to its `accounts` in `policy.sellers.known`"
            yield Fault("BD2508", fact, path, hint)
    yield from _two(invoice, known)


_NAMED = ("seller_tax_id", "seller_id", "seller")


class _Known(NamedTuple):
    """A known seller that an invoice names."""

    name: str
    ids: frozenset[str]
    accounts: frozenset[str]
    """Empty: any."""


def _named(invoice: Invoice, known: Iterable[Seller]) -> list[_Known]:
    """Each known seller that an invoice names, by whatever; entries with an identifier in common are one."""
    stated = {folded(getattr(invoice, name) or "") for name in _NAMED}
    found: list[_Known] = []
    for seller in known:
        ids = frozenset(map(folded, seller.ids))
        if ids.isdisjoint(stated):
            continue
        one = _Known(seller.ids[0], ids, frozenset(map(bare, seller.accounts)))
        for other in [it for it in found if not it.ids.isdisjoint(ids)]:
            found.remove(other)
            one = _Known(other.name, other.ids | one.ids, other.accounts | one.accounts)
        found.append(one)
    return found


def _two(invoice: Invoice, known: Iterable[_Known]) -> Iterator[Fault]:
    """One invoice has one seller; those that are paid on one account are one."""
    for one, other in combinations(known, 2):
        if one.accounts.isdisjoint(other.accounts):
            path = next(it for it in _NAMED if folded(getattr(invoice, it) or "") in other.ids)
            fact = f"two known sellers are named: `{one.name:.60}` and `{other.name:.60}`"
            both = ", ".join(map(_quoted, (one.name, other.name)))
            hint = f"ask who sent it; if they are one, say so in one entry of `policy.sellers.known`: `id = [{both}]`"
            yield Fault("BD2512", fact, path, hint)
            return


def _entry(text: str, accounts: Iterable[str]) -> str:
    """As TOML has it."""
    stated = ", ".join(map(_quoted, accounts))
    return f"{{ id = {_quoted(text)}{f', accounts = [{stated}]' if stated else ''} }}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


RULES: dict[str, Rule] = {
    "currencies": Rule(_currencies, lambda _: ("currency",)),
    "tax_rates": Rule(_tax_rates, lambda _: ()),
    "dates": Rule(_dates, lambda _: ("issue_date",)),
    "largest": Rule(_largest, lambda _: ("currency",), amounts=("total", "payable")),
    "required": Rule(_required, _needed, stated=True),
    "identifiers": Rule(_identifiers, _identified),
    "sellers": Rule(_sellers, lambda _: (*_NAMED, "payment_account")),
}
"""By the name that `[policy]` gives them."""
