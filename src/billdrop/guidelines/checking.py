"""The model of `[checks]`: what must hold within an invoice."""

from decimal import Decimal
from typing import Literal

from pydantic import Field as Key

from billdrop.guidelines.part import Part

Level = Literal["error", "warn", "off"]


class Checks(Part):
    """What must hold. `error` quarantines, `warn` reports, `off` does not look."""

    tolerance: Decimal = Key(
        Decimal(0),
        ge=0,
        strict=False,
        description="Largest difference that is still equal, in the currency.",
    )
    lines_net: Level = Key(
        "error",
        description="The lines add up to line_net, or to net before allowances and charges.",
    )
    lines_tax: Level = Key("error", description="The lines' tax adds up to tax.")
    allowances: Level = Key(
        "error", description="Allowances add up to allowance, charges to charge."
    )
    net: Level = Key("error", description="line_net less allowance plus charge is net.")
    bases: Level = Key(
        "error",
        description="What is taxed adds up to net, and at each rate to the lines of that rate; `off` where one amount bears several taxes.",
    )
    taxes: Level = Key(
        "error",
        description="The shares of the tax add up to tax, and each is its rate of its base, rounded.",
    )
    total: Level = Key("error", description="Net plus tax is total.")
    payable: Level = Key("error", description="Total less prepaid plus rounding is payable.")
    words: Level = Key("error", description="The amount in words is the total.")
    line_amount: Level = Key(
        "error",
        description="Quantity times unit price, less allowance plus charge, is the line's net, to half a unit of its last digit.",
    )
    line_tax: Level = Key(
        "error",
        description="The line's tax is its rate of its net, to half a unit of its last digit.",
    )
    credit: Level = Key("warn", description="A credit note gives back no less than nothing.")
    withheld: Literal["payable", "total"] = Key(
        "payable", description="What `withheld` is taken off."
    )
    rounding: Literal["payable", "total"] = Key(
        "payable", description="What `rounding` is added to."
    )
    tax_rounding: Literal["shares", "sum"] = Key(
        "shares",
        description="What is rounded of the tax: its shares, which add up to it, or their `sum` alone, and each share beside it.",
    )
    dates: Level = Key("warn", description="The due date is not before the issue date.")
