"""The model of `[policy]`: what a customer agreed to beyond what an invoice must be."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field as Key

from billdrop.guidelines.part import Part

Otherwise = Literal["reject", "hold", "warn"]
Number = Annotated[Decimal, Key(strict=False)]
_Id = Annotated[str, Key(min_length=1)]

_OTHERWISE = "What an invoice is otherwise: `reject` quarantines it, `hold` too until a person releases it, `warn` reports."


class Currencies(Part):
    """Which currencies are agreed."""

    allowed: list[str] = Key(min_length=1, description="ISO 4217 codes.")
    otherwise: Otherwise = Key("reject", description=_OTHERWISE)


class TaxRates(Part):
    """Which rates of tax are expected, of taxes, lines, allowances and charges."""

    allowed: list[Number] = Key(min_length=1, description="In percent.")
    otherwise: Otherwise = Key("hold", description=_OTHERWISE)


class Dates(Part):
    """Between which days an issue date is plausible, from the day on which the document came."""

    future_days: int = Key(
        1, ge=0, description="How far the issue date may lie ahead; it is tomorrow somewhere."
    )
    past_days: int = Key(366, ge=0, description="How long ago it may be.")
    otherwise: Otherwise = Key("hold", description=_OTHERWISE)


class Largest(Part):
    """Up to which total an invoice needs no person."""

    total: dict[str, Number] = Key(
        min_length=1,
        description="By currency: `{ EUR = 10000 }`; a currency that is not named has no room at all.",
    )
    otherwise: Otherwise = Key("hold", description=_OTHERWISE)


class Required(Part):
    """What must be stated beyond what the layout needs."""

    fields: list[str] = Key(min_length=1, description="Such as `order_ref`, `seller_tax_id`.")
    otherwise: Otherwise = Key("reject", description=_OTHERWISE)


class Identifiers(Part):
    """Whose form and check digits must be right, where they are stated."""

    fields: list[Literal["seller_tax_id", "buyer_tax_id", "payment_account"]] = Key(
        min_length=1, description="Tax identifiers by their country; an account as an IBAN."
    )
    otherwise: Otherwise = Key("hold", description=_OTHERWISE)


class Seller(Part):
    """A seller that is known, and where it is paid."""

    id: _Id | Annotated[list[_Id], Key(min_length=1)] = Key(
        description="Its `seller_tax_id`, `seller_id` or name, as invoices print it; all of them where they print several."
    )
    accounts: list[str] = Key([], description="Its bank accounts; empty: any. Blanks do not count.")

    @property
    def ids(self) -> list[str]:
        """Each of them."""
        return [self.id] if isinstance(self.id, str) else self.id


class Sellers(Part):
    """Who is known to sell, and on which accounts."""

    known: list[Seller] = Key(min_length=1, description="The sellers.")
    otherwise: Otherwise = Key("hold", description=_OTHERWISE)


class File(Part):
    """What a document may be called, and how large it may be."""

    name: str = Key("", description="A glob for the last part of its key, such as `inv_*.xml`.")
    bytes: int = Key(0, ge=0, description="Most bytes; 0: any.")
    otherwise: Otherwise = Key("reject", description=_OTHERWISE)


class Policy(Part):
    """Looked at once an invoice is read; each says what happens otherwise."""

    currencies: Currencies | None = Key(None, description="Which currencies are agreed.")
    tax_rates: TaxRates | None = Key(None, description="Which rates of tax are expected.")
    dates: Dates | None = Key(None, description="Between which days an issue date is plausible.")
    largest: Largest | None = Key(None, description="Up to which total it needs no person.")
    required: Required | None = Key(None, description="What must be stated.")
    identifiers: Identifiers | None = Key(
        None, description="Which tax identifiers and accounts must have the right form."
    )
    sellers: Sellers | None = Key(None, description="Who is known to sell, and on which accounts.")
    file: File | None = Key(None, description="What a document may be called, and how large it is.")
