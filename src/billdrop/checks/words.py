"""The amount in words is the total."""

from decimal import Decimal

from billdrop.checks.exact import same
from billdrop.checks.fault import Check, Fault
from billdrop.guidelines.model import Locale
from billdrop.model import Invoice
from billdrop.values import Failure, words

PATH = "in_words"


def build(locale: Locale) -> Check:
    """English is read back to a number; any other language is compared with what it would be."""
    return _english(words.reader(locale)) if words.is_english(locale) else _other(locale)


def _english(read: words.Read) -> Check:
    def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
        if invoice.in_words is None:
            return ()
        spoken = read(invoice.in_words)
        if isinstance(spoken, Failure):
            return (Fault(spoken.code, f"{PATH}: {spoken.message}", PATH, spoken.hint),)
        if same(spoken.amount, invoice.total, tolerance):
            return ()
        return (_disagrees(f"{PATH} says {spoken.amount:f}", invoice.total),)

    return check


def _other(locale: Locale) -> Check:
    bare = words.stated_currency(locale)

    def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
        if invoice.in_words is None:
            return ()
        ways = words.written(invoice.total, locale.language, invoice.currency)
        if not ways:
            fact = f"{PATH} in the language `{locale.language}` cannot be compared with the total"
            return (Fault("BD2016", fact, PATH, 'set `checks.words = "off"`'),)
        if words.fold(invoice.in_words) in ways or bare(invoice.in_words)[0] in ways:
            return ()
        return (_disagrees(f"{PATH} is `{invoice.in_words[:60]}`", invoice.total),)

    return check


def _disagrees(fact: str, total: Decimal) -> Fault:
    return Fault("BD2015", f"{fact}, total is {total:f}", PATH, "correct the file")
