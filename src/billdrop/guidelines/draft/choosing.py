"""Which of the labels that were seen are taken: by what they say, and by sums that agree."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import NamedTuple

from billdrop.guidelines.draft.evidence import MONEY, Marks
from billdrop.guidelines.draft.sightings import PARTIES, Sighting

Key = tuple[str, str, str, int, str]
"""Field, label, side, cell and form: what a guideline says of a sighting."""

MOST = 12
"""So many candidates of each amount are tried against each other."""
AMOUNTS = ("net", "tax", "total")


class Choice(NamedTuple):
    """What stands for a field."""

    field: str
    seen: tuple[Sighting, ...]
    """Of each sample that has it, in order; of amounts that add up, all of one sample."""
    several: str = ""
    doubt: str = ""
    """Why it may be wrong."""


def key_of(one: Sighting) -> Key:
    """What a guideline would say of it."""
    return (one.field, one.label.casefold(), one.side, one.cell, one.form)


def amount_of(text: str, marks: Marks) -> Decimal | None:
    """The amount that a text states."""
    found = MONEY.fullmatch(text)
    if found is None:
        return None
    digits = "".join(it for it in found["number"] if it.isdigit() or it == marks.decimal)
    try:
        value = Decimal(digits.replace(",", "."))
    except InvalidOperation:
        return None
    negative = any(it in text for it in "-−(")
    return -value if negative else value


def chosen(samples: Sequence[Sequence[Sighting]], marks: Marks) -> list[Choice]:
    """One choice for each field that has been seen."""
    made = [it for field in ("number", "issue_date") if (it := _best(field, samples))]
    made += _amounts(samples, marks)
    taken = {key_of(it)[1:] for choice in made for it in choice.seen}
    for field in (
        "due_date",
        "currency",
        "customer_id",
        "order_ref",
        "seller_tax_id",
        "payment_account",
        *PARTIES,
    ):
        choice = _best(
            field, [[it for it in seen if key_of(it)[1:] not in taken] for seen in samples]
        )
        if choice and _is_worth_it(choice, samples):
            made.append(choice)
    return made


def _is_worth_it(choice: Choice, samples: Sequence[Sequence[Sighting]]) -> bool:
    """A field that nobody needs is taken where nothing contradicts it."""
    if choice.field in PARTIES:
        return all(it.colon or it.side == "below" for it in choice.seen)
    if choice.field in ("currency", "customer_id", "order_ref"):
        return True
    values = [
        {it.value.replace(" ", "") for it in seen if it.field == choice.field} for seen in samples
    ]
    return all(len(it) <= 1 for it in values)


def _best(field: str, samples: Sequence[Sequence[Sighting]]) -> Choice | None:
    """The label that says it most surely, in most samples, and first."""
    found = [[it for it in seen if it.field == field] for seen in samples]
    spread: dict[Key, int] = {}
    for mine in found:
        for key in {key_of(it) for it in mine}:
            spread[key] = spread.get(key, 0) + 1
    best = [
        max(mine, key=lambda it: (spread[key_of(it)], _weight(it), -it.line))
        for mine in found
        if mine
    ]
    if not best:
        return None
    return Choice(field, tuple(best), _several(best, found), _doubt(best, found, samples))


def _weight(one: Sighting) -> int:
    return one.strength * 10 + 5 * bool(one.form) + 2 * one.colon + (one.side == "right")


def _several(best: Sequence[Sighting], found: Sequence[Sequence[Sighting]]) -> str:
    """Whether the label is there again, with another value."""
    mine = {one.label.casefold() for one in best}
    for seen in found:
        if len({it.value for it in seen if it.label.casefold() in mine and it.side != "below"}) > 1:
            return "first"
    return ""


def _doubt(
    best: Sequence[Sighting],
    found: Sequence[Sequence[Sighting]],
    samples: Sequence[Sequence[Sighting]],
) -> str:
    if len(best) < len(samples):
        return f"it was not seen in {len(samples) - len(best)} of {len(samples)} samples"
    weakest = min(best, key=lambda it: it.strength)
    if weakest.strength < 3 and not weakest.form:
        return f"the label `{weakest.label}` may stand for something else"
    for one, seen in zip(best, found, strict=False):
        rivals = {
            it.value: it for it in seen if it.strength >= one.strength and it.value != one.value
        }
        if rivals:
            other = next(iter(rivals.values()))
            return f"`{other.label}` says `{other.value}`, and was not taken"
    return ""


class Triple(NamedTuple):
    """Amounts that agree."""

    net: Sighting
    taxes: tuple[Sighting, ...]
    total: Sighting
    weight: int


def _amounts(samples: Sequence[Sequence[Sighting]], marks: Marks) -> list[Choice]:
    """Net, tax and total where the two add up to the third; else the total alone, with doubt."""
    triples = [it for seen in samples if (it := _triple(seen, marks))]
    payable = _best("payable", samples)
    if triples and len(triples) == len(samples):
        sums = any(len(it.taxes) > 1 for it in triples)
        why = _untaxed(triples, samples, marks)
        made = [
            Choice("net", tuple(it.net for it in triples)),
            Choice("tax", tuple(tax for it in triples for tax in it.taxes), "sum" if sums else ""),
            Choice("total", tuple(it.total for it in triples), doubt=why),
        ]
        return [_repeated(it, samples, marks) for it in made] + _payable(payable, made[-1], marks)
    total = _total(samples, marks) or (payable and payable._replace(field="total"))
    if total is None:
        return []
    why = total.doubt or "no net and tax in the text add up to it"
    return [_repeated(total._replace(doubt=why), samples, marks)]


def _untaxed(triples: Sequence[Triple], samples: Sequence[Sequence[Sighting]], marks: Marks) -> str:
    """A tax of nothing agrees with any amount that is there twice."""
    for one, seen in zip(triples, samples, strict=True):
        if not any(amount_of(it.value, marks) for it in one.taxes):
            for other in seen:
                if other.field == "tax" and amount_of(other.value, marks):
                    return f"`{other.label}` says `{other.value}`, and was not taken"
    return ""


def _total(samples: Sequence[Sequence[Sighting]], marks: Marks) -> Choice | None:
    """The label that says it most surely, and last."""
    totals = [[it for it in seen if it.field == "total"] for seen in samples]
    best = [max(mine, key=lambda it: (_weight(it), it.line)) for mine in totals if mine]
    return Choice("total", tuple(best)) if best else None


def _repeated(choice: Choice, samples: Sequence[Sequence[Sighting]], marks: Marks) -> Choice:
    """Which of several values a label has that is there more than once."""
    if choice.several:
        return choice
    for one, seen in zip(choice.seen, samples, strict=False):
        alike = [
            it
            for it in seen
            if it.field == one.field and it.label.casefold() == one.label.casefold()
        ]
        values = [amount_of(it.value, marks) for it in alike]
        if len(set(values)) > 1:
            last = values[-1] == amount_of(one.value, marks)
            return choice._replace(several="last" if last else "first")
    return choice


def _payable(payable: Choice | None, total: Choice, marks: Marks) -> list[Choice]:
    """What is to be paid, where it is the total: what was paid before is not looked for."""
    if payable is None or len(payable.seen) != len(total.seen):
        return []
    pairs = zip(payable.seen, total.seen, strict=True)
    same = all(amount_of(one.value, marks) == amount_of(other.value, marks) for one, other in pairs)
    apart = {it.label for it in payable.seen}.isdisjoint(it.label for it in total.seen)
    return [payable] if same and apart else []


def _triple(seen: Sequence[Sighting], marks: Marks) -> Triple | None:
    """The net, tax and total that agree and are named most surely."""
    found = {field: _ranked(field, seen) for field in (*AMOUNTS, "payable")}
    paid = [it._replace(field="total", strength=1) for it in found["payable"]]
    totals = [*found["total"], *paid]
    taxes = [(it,) for it in found["tax"]] + list(_together(found["tax"]))
    best: Triple | None = None
    for net, total in product(found["net"], totals):
        if net.line == total.line and net.start == total.start:
            continue
        whole, part = amount_of(total.value, marks), amount_of(net.value, marks)
        if whole is None or part is None:
            continue
        for several in taxes:
            values = [amount_of(it.value, marks) for it in several]
            if None in values or part + sum(it for it in values if it is not None) != whole:
                continue
            weight = _weight(net) + _weight(total) + min(map(_weight, several)) - len(several)
            if best is None or (weight, total.line) > (best.weight, best.total.line):
                best = Triple(net, several, total, weight)
    return best


def _ranked(field: str, seen: Sequence[Sighting]) -> list[Sighting]:
    mine = [it for it in seen if it.field == field]
    return sorted(mine, key=lambda it: (-_weight(it), -it.line))[:MOST]


def _together(taxes: Sequence[Sighting]) -> Iterator[tuple[Sighting, ...]]:
    """Taxes of several rates that stand together, each with its own amount."""
    mine = sorted((it for it in taxes if it.side == "right"), key=lambda it: it.line)
    for first in range(len(mine)):
        for last in range(first + 2, len(mine) + 1):
            yield tuple(mine[first:last])
