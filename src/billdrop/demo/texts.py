"""Names, goods and ways of writing for the made-up invoices of `demo`."""

from datetime import date
from decimal import Decimal
from functools import cache

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

CLIENTS = (
    "Starfleet Interplanatory HQ",
    "Deep Space Nine Quartermaster",
    "Utopia Planitia Yards",
    "Kestrel & Sons: Outfitters",
    "Lunar Transit Authority",
)

PARTS = (
    "Matter antimatter fusion controller",
    "External inertial damper",
    "Type X phaser",
    "2MW Fusion reactor",
    "Transporter base dial",
    "Warp plasma conduit (3 m)",
    "Deflector dish bracket",
    "Isolinear chip set",
    "Turbolift door seal",
    "Subspace relay antenna",
)

FREIGHT = (
    "Palettenlagerung Halle 2",
    "Kühltransport Hamburg - Würzburg",
    "Zollabfertigung Ausfuhr",
    "Kranstunde Kai 7",
    "Containermiete 40 Fuß",
    "Umschlag je Palette",
    "Nachtzuschlag",
    "Gefahrgutbegleitung",
)

SUPPLIES = (
    "Mooring rope, 12 mm",
    'Shackle 3/8", galvanised',
    "Deck paint; grey",
    "Diesel filter",
    "Fender F4",
    "Life jacket, adult",
    "VHF antenna",
    "Bilge pump 24 V",
)

EXPORT_HEADER = (
    "invoice",
    "date",
    "currency",
    "supplier",
    "client",
    "description",
    "quantity",
    "unit price",
    "net",
    "vat",
    "invoice net",
    "invoice vat",
    "invoice total",
)


def english_date(day: date) -> str:
    """Such as `Mar 31 2018`, in any locale of the machine."""
    return f"{MONTHS[day.month - 1]} {day.day} {day.year}"


def german_amount(amount: Decimal) -> str:
    """Such as `1.234,50`."""
    return f"{amount:,.2f}".translate({ord(","): ".", ord("."): ","})


def rupees_in_words(amount: int) -> str:
    """Such as `Eight thousand one hundred fifty`, up to 999,999,999."""
    small = _below_thousand()
    parts = [
        f"{small[amount // scale % 1000]} {name}"
        for scale, name in ((1_000_000, "million"), (1_000, "thousand"))
        if amount // scale % 1000
    ]
    if amount % 1000 or not parts:
        parts.append(small[amount % 1000])
    return " ".join(parts).capitalize()


@cache
def _below_thousand() -> tuple[str, ...]:
    from num2words import num2words

    return tuple(num2words(number).replace(" and ", " ") for number in range(1000))
