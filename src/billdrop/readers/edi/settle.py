"""What an invoice comes to, where the standard lets it state only a part: net, tax, and the net of its lines."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from billdrop.checks.exact import EXACT, ZERO, total_of
from billdrop.model import CREDIT_NOTES
from billdrop.readers.edi.standard import Sums

ROUNDED = Context(prec=200, rounding=ROUND_HALF_UP, traps=[])

CODE, DISCOUNT, REBATE = "#code", "#discount", "#rebate"
"""What is read beside the fields: the code of an allowance, the discounts of a line, the percentage of one."""
ADJUSTED, CHARGED = "#adjusted", "#charged"
"""Charges less allowances, the tax that stands behind a charge."""

ONE = Decimal(1)

TERMS = "C310"
"""A discount: TDS01 is the amount before that of the terms of payment, and may be before this one."""

Item = dict[str, Any]


def product(line: Item) -> Decimal | None:
    """Quantity times price, by the units that the price is for; None where the line does not state both."""
    quantity, price, base = line.get("quantity"), line.get("unit_price"), line.get("price_base")
    if quantity is None or price is None:
        return None
    exact = EXACT.multiply(quantity, price)
    if base is None or base == 1 or not base:
        return exact
    return ROUNDED.divide(exact, base)


def _is_amount(line: Item) -> bool:
    """Whether a line comes to an amount: one without any number is a text among the others."""
    return not {"quantity", "unit_price", "net"}.isdisjoint(line)


UNITS = {units: Decimal((0, (1,), -units)) for units in range(9)}


def rounded(amount: Decimal, units: int) -> Decimal:
    """To the digits of the currency, halves away from zero."""
    return amount.quantize(UNITS[units], None, ROUNDED)


def adjusted(allowances: list[Item], charges: list[Item]) -> Decimal:
    """Charges less allowances."""
    less = total_of(it["amount"] for it in allowances)
    return EXACT.subtract(total_of(it["amount"] for it in charges), less)


def x12(sums: Sums) -> None:
    """
    An 810 states neither net nor tax nor the net of a line: they are worked out, to be held against its total.

    Partners round each line, or their sum; and a summary either adds to what the lines say of allowances,
    charges and tax, or sums it up. Where one of these ways comes to the total, it is the partner's.
    """
    _turn(sums)
    exact = [product(line) for line in sums.lines] if sums.worked["lines.net"] else []
    unit = UNITS[sums.units]
    for line, net in zip(sums.lines, exact, strict=False):
        if net is not None:
            line["net"] = net.quantize(unit, None, ROUNDED)
    nets = [net for net in exact if net is not None]
    whole = bool(nets) and len(nets) == sum(map(_is_amount, sums.lines))
    if sums.worked["net"] and whole and "total" in sums.values:
        _put(sums, _right(sums, nets))
    elif (tax := _taxes(sums)[0]) is not None:
        sums.values["tax"] = tax
    sums.values.pop(CHARGED, None)
    for line in sums.lines:
        line.pop(DISCOUNT, None)
    for one in sums.allowances:
        one.pop(CODE, None)


def _right(sums: Sums, nets: list[Decimal]) -> "Way":
    """The first way that comes to the total, or the plainest."""
    total, plainest = sums.values["total"], None
    for way in _ways(sums, nets):
        if EXACT.add(_net(sums, way)[1], way.tax or ZERO) == total:
            return way
        plainest = plainest or way
    assert plainest is not None, "there is always one"
    return plainest


class Way(NamedTuple):
    """One way to come to the total."""

    base: Decimal
    """What quantities times prices come to."""
    own: bool
    """Whether the allowances and charges of lines count beside those of the invoice."""
    before: bool
    """Whether it is the amount before discounts."""
    tax: Decimal | None


def _ways(sums: Sums, exact: list[Decimal]) -> Iterator[Way]:
    """All ways that differ, the plainest first."""
    each = total_of([line["net"] for line in sums.lines if "net" in line])
    taxes = _taxes(sums)
    yield Way(each, own=True, before=False, tax=taxes[0])
    once = rounded(total_of(exact), sums.units)
    discounts = any(DISCOUNT in line for line in sums.lines) or any(
        it.get(CODE) == TERMS for it in sums.allowances
    )
    around = bool(sums.allowances or sums.charges) and any(_own(line) for line in sums.lines)
    for before in (False, True) if discounts else (False,):
        for own in (True, False) if around else (True,):
            for base in (each, once) if each != once else (each,):
                for tax in taxes:
                    yield Way(base, own=own, before=before, tax=tax)


def _net(sums: Sums, way: Way) -> tuple[Decimal, Decimal]:
    """The net of the lines and that of the invoice."""
    lines = way.base
    for line in sums.lines if way.own else ():
        if "charge" in line or "allowance" in line:
            lines = EXACT.add(lines, _own(line, before=way.before))
    if not sums.allowances and not sums.charges:
        return lines, lines
    kept = [it for it in sums.allowances if not (way.before and it.get(CODE) == TERMS)]
    return lines, EXACT.add(lines, adjusted(kept, sums.charges))


def _put(sums: Sums, way: Way) -> None:
    """State the way as if it had been stated."""
    sums.values["line_net"], sums.values["net"] = _net(sums, way)
    if way.tax is not None:
        sums.values["tax"] = way.tax
        if sums.taxes and (more := EXACT.subtract(way.tax, _shares(sums))):
            sums.taxes.append({"amount": more})
    if way.before:
        sums.allowances[:] = [it for it in sums.allowances if it.get(CODE) != TERMS]
    for line in sums.lines:
        if "charge" not in line and "allowance" not in line:
            continue
        if way.own:
            line["net"] = EXACT.add(line.get("net", ZERO), _own(line, before=way.before))
            if way.before and DISCOUNT in line:
                line["allowance"] = EXACT.subtract(line["allowance"], line[DISCOUNT])
        else:
            line.pop("allowance", None)
            line.pop("charge", None)


def _own(line: Item, *, before: bool = False) -> Decimal:
    more = EXACT.subtract(line.get("charge", ZERO), line.get("allowance", ZERO))
    return EXACT.add(more, line[DISCOUNT]) if before and DISCOUNT in line else more


def _taxes(sums: Sums) -> list[Decimal | None]:
    """What the tax may be, without and with what stands behind charges: it may be summed up before."""
    plain, behind = _plain_taxes(sums), sums.values.get(CHARGED)
    return plain if behind is None else [*plain, *(EXACT.add(it or ZERO, behind) for it in plain)]


def _plain_taxes(sums: Sums) -> list[Decimal | None]:
    """The tax of the invoice, that of the lines, or both: a summary may sum up or add."""
    if not sums.worked["tax"]:
        return [sums.values.get("tax")]
    of_lines = [line["tax"] for line in sums.lines if "tax" in line]
    own, summed = _shares(sums), total_of(of_lines)
    if sums.taxes and of_lines:
        return [own, EXACT.add(own, summed)]
    return [own if sums.taxes else summed] if sums.taxes or of_lines else [None]


def _shares(sums: Sums) -> Decimal:
    return total_of(it["amount"] for it in sums.taxes)


def _turn(sums: Sums) -> None:
    """A credit memo whose total is negative says twice what it is; its amounts become positive."""
    values = sums.values
    if values.get("type_code") not in CREDIT_NOTES or values.get("total", ZERO) >= 0:
        return
    for name in ("total", "net", "tax", "payable"):
        if name in values:
            values[name] = EXACT.minus(values[name])
    for item in (*sums.taxes, *sums.allowances, *sums.charges):
        for name in ("amount", "base"):
            if name in item:
                item[name] = EXACT.minus(item[name])
    for line in sums.lines:
        turned = "unit_price" if line.get("quantity", ZERO) >= 0 else "quantity"
        for name in ("net", "tax", "allowance", "charge", turned):
            if name in line:
                line[name] = EXACT.minus(line[name])


def edifact(sums: Sums) -> None:
    """
    Net is worked out where only the sum of the lines is stated, or their amounts; so is tax.

    Allowances and charges of a line stand in its price already where price times quantity is its net;
    a percentage is its allowance where price times quantity less that is its net.
    What is given back has its minus at the amount, often at that alone: the quantity gets it too.
    """
    values = sums.values
    for line in sums.lines:
        exact, rebate = product(line), line.pop(REBATE, None)
        if exact is None:
            continue
        if "net" not in line:
            line["net"] = EXACT.add(rounded(exact, sums.units), _own(line))
        elif _same(exact, line["net"]):
            line.pop("allowance", None)
            line.pop("charge", None)
        elif _same(exact, EXACT.minus(line["net"])):
            line["quantity"] = EXACT.minus(line["quantity"])
        elif rebate is not None and {"allowance", "charge"}.isdisjoint(line):
            left = ROUNDED.multiply(exact, EXACT.subtract(ONE, EXACT.scaleb(rebate, -2)))
            if _same(left, line["net"]):
                line["allowance"] = EXACT.subtract(rounded(exact, sums.units), line["net"])
    if "tax" not in values and sums.taxes:
        values["tax"] = total_of(it["amount"] for it in sums.taxes)
    if "net" not in values:
        _net_of_sums(sums)
    values.pop(ADJUSTED, None)


def _net_of_sums(sums: Sums) -> None:
    values, lines = sums.values, sums.lines
    nets = [line["net"] for line in lines if "net" in line]
    if "line_net" not in values and (not nets or len(nets) < sum(map(_is_amount, lines))):
        return
    base = values["line_net"] if "line_net" in values else total_of(nets)
    if ADJUSTED in values and not {"allowance", "charge"} & values.keys():
        more = values[ADJUSTED]
        values["allowance" if more < 0 else "charge"] = more.copy_abs()
    else:
        less = values.get("allowance", total_of(it["amount"] for it in sums.allowances))
        more = values.get("charge", total_of(it["amount"] for it in sums.charges))
        more = EXACT.subtract(more, less)
    values["net"] = EXACT.add(base, more)


def _same(exact: Decimal, net: Decimal) -> bool:
    """Whether it is the net, to the digits that it is printed with."""
    return exact == net or exact.quantize(net, None, ROUNDED) == net
