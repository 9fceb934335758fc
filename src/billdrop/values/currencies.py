"""ISO 4217, and the names and signs that a guideline declares for it."""

import re
from collections.abc import Callable, Mapping

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Locale
from billdrop.values import Failure

_CODES: dict[int | None, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP
        BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB
        EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
        KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
        MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
        RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
        TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    None: "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX",
}

MINOR_UNITS: Mapping[str, int | None] = {
    code: units for units, codes in _CODES.items() for code in codes.split()
}
"""Digits after the decimal mark by ISO 4217 code; None where the standard names none."""

HINT = "declare it in `locale.currencies`"


def named(locale: Locale) -> dict[str, str]:
    """The declared names, blanks collapsed, to their codes; refuses what is no ISO 4217 code."""
    if locale.currency and locale.currency not in MINOR_UNITS:
        raise unknown("locale.currency", locale.currency)
    for name, code in locale.currencies.items():
        if code not in MINOR_UNITS:
            raise unknown(f"locale.currencies.{name}", code)
    return {" ".join(name.split()): code for name, code in locale.currencies.items()}


def unknown(place: str, code: str) -> GuidelineError:
    """The refusal of a guideline that names a currency nobody has."""
    return GuidelineError(
        f"{place}: `{code}` is no ISO 4217 code",
        code="BD4004",
        hint="write the code of three capitals, such as EUR",
    )


def reader(locale: Locale) -> Callable[[str], str | Failure]:
    """The reader of currency fields: a code in capitals, or a declared name in any case."""
    names = {name.casefold(): code for name, code in named(locale).items()}

    def read(text: str) -> str | Failure:
        if text in MINOR_UNITS:
            return text
        code = names.get(" ".join(text.casefold().split()))
        return code or Failure("BD2010", f"`{text}` is no currency known here", HINT)

    return read


def alternatives(names: Mapping[str, str]) -> str:
    """A pattern for the names, longest first, any run of blanks between their words."""
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, name.split())) for name in ordered)
