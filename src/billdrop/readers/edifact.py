"""The reader of UN/EDIFACT interchanges with INVOIC messages, of any directory from D.93A on."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from billdrop.checks.exact import ZERO
from billdrop.guidelines.inputs import EdifactInput
from billdrop.guidelines.model import Guideline, Locale
from billdrop.readers import Draft, Limits, Reader
from billdrop.readers.edi import marks, settle
from billdrop.readers.edi.draft import Drafts
from billdrop.readers.edi.envelope import Envelope
from billdrop.readers.edi.groups import area
from billdrop.readers.edi.numerals import plain
from billdrop.readers.edi.pieces import control, decoded, source
from billdrop.readers.edi.plan import plan
from billdrop.readers.edi.refusals import separators, whole
from billdrop.readers.edi.standard import (
    COUNT,
    RATE,
    Aside,
    Level,
    Standard,
    Test,
    no_invoice,
)
from billdrop.values import Convert, Failure, dates

_PARTY = "NAD(LOC FII MOA RFF(DTM) DOC(DTM) CTA(COM) COM)"
_TERMS = "PAT(DTM PCD MOA PAI FII) PYT(DTM PCD MOA PAI FII LOC)"
_ADDED = "ALC(ALI DTM FTX RFF(DTM) QTY(RNG) PCD(RNG) MOA(RNG CUX DTM) RTE(RNG) TAX(MOA))"
_MOVED = "TDT(TSR LOC(DTM) RFF(DTM)) TOD(LOC) PAC(MEA EQD PCI(RFF DTM GIN GIR)) EQD(SEL)"
_REFERENCE = "RFF(DTM GIR LOC MEA QTY FTX MOA RTE)"

AREAS = (
    area(
        "",
        f"BGM DTM PAI ALI IMD FTX LOC GIS GIR GEI DGS {_REFERENCE} {_PARTY} TAX(MOA LOC) CUX(DTM)"
        f" {_TERMS} {_MOVED} {_ADDED} RCS(RFF DTM FTX) AJT(FTX) INP(FTX) EFI(CED COM RFF QTY)",
    ),
    area(
        "LIN",
        f"LIN(PIA PGI IMD MEA QTY PCD ALI DTM GIN GIR QVR EQD DGS FTX PAI HAN LOC(QTY DTM) MOA(CUX)"
        f" {_TERMS} PRI(CUX APR RNG DTM) RFF(DTM) PAC(MEA EQD PCI(RFF DTM GIN)) TAX(MOA LOC)"
        f" {_PARTY} {_ADDED} TDT(LOC(DTM)) TOD(LOC) RCS(RFF DTM FTX) GEI INP(FTX))",
    ),
    area("UNS", f"UNS CNT MOA(RFF(DTM) CUX) RFF(DTM) TAX(MOA LOC) {_ADDED} GEI INP(FTX)"),
)
"""Header, detail and summary of an INVOIC, with the segments of every directory."""

CHARSETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp_2",
    "UNOY": "utf-8",
}
"""The encoding of each syntax identifier (0001)."""

FORMATS = {
    "2": "DDMMYY",
    "3": "MMDDYY",
    "4": "DDMMYYYY",
    "101": "YYMMDD",
    "102": "YYYYMMDD",
    "201": "YYMMDD",
    "203": "YYYYMMDD",
    "204": "YYYYMMDD",
    "303": "YYYYMMDD",
    "304": "YYYYMMDD",
}
"""The days that stand in the formats of data element 2379; in some a time follows."""

_TIMES = {
    "102": r"([01][0-9]|2[0-3])[0-5][0-9]",
    "201": r"[0-9]{4}",
    "203": r"[0-9]{4}",
    "204": r"[0-9]{6}",
    "303": r"[0-9]{4}[A-Z+-][A-Z0-9+-]*",
    "304": r"[0-9]{6}[A-Z+-][A-Z0-9+-]*",
}

TEST = Test(
    11,
    frozenset(("", "0")),
    {"1": "that it is a test", "2": "that it is a test of the syntax"},
)

PURPOSES = {
    "1": "cancels an invoice that was sent before",
    "3": "deletes what was sent before",
    "4": "changes what was sent before, and is not whole",
    "6": "confirms an invoice that was sent before",
    "7": "repeats an invoice that was sent before",
    "15": "is a reminder of an invoice that was sent before",
    "16": "is a proposal",
    "17": "cancels an invoice that will be sent again",
    "31": "is a copy",
    "43": "adds to an invoice that was sent before",
    "46": "is provisional",
    "53": "is a test",
}
"""What the codes of 1225 say that make no invoice."""
_PURPOSE = no_invoice(
    "BD2072",
    PURPOSES,
    "send a credit note for what is taken back; `purposes` of `[input]` names what is an invoice",
)


def build(guideline: Guideline, limits: Limits) -> Reader:
    """Make the reader of an EDIFACT guideline; raises `GuidelineError`."""
    given = guideline.input
    assert isinstance(given, EdifactInput)
    known = standard(limits, given.purposes)
    return EdifactReader(Drafts(guideline, known, plan(guideline, known, limits)), given, limits)


def standard(limits: Limits, purposes: Sequence[str]) -> Standard:
    """What is to be known of EDIFACT; `purposes` are those that make an invoice."""
    money, number = (plain(kind, ".,", limits.digits) for kind in ("money", "number"))

    def rate(text: str) -> Decimal:
        return value if isinstance(value := number(text), Decimal) else ZERO

    return Standard(
        name="EDIFACT",
        levels=(
            Level("UNB", "UNZ", 5, "messages or groups", (-1,)),
            Level("UNG", "UNE", 5, "messages", (0,)),
            Level("UNH", "UNT", 1, "segments", (0, 1)),
        ),
        marks=marks.of_edifact,
        kind=lambda head, mark: head[2].partition(mark)[0].strip() if len(head) > 2 else "",
        kind_at=2,
        message="INVOIC",
        areas=AREAS,
        component=1,
        aside=(
            Aside("fields", COUNT, "CNT[2]01-2", "number"),
            *(
                Aside(slot, RATE, path, several="first")
                for slot in ("allowances", "charges")
                for path in ("PCD01-2", "MOA[131]01-2")
            ),
            Aside("lines", settle.REBATE, "ALC[A]/PCD[1|3]01-2", several="first", convert=rate),
            Aside("fields", settle.ADJUSTED, "MOA[131]01-2", "money"),
            Aside("fields", "#purpose", f"BGM[03!={'|'.join(purposes)}]03", convert=_PURPOSE),
        ),
        together=(),
        money=lambda place, decimals: money,
        number=number,
        date=_dates(),
        summary="totals stand behind `UNS`, before any `TAX` or `ALC` there; correct the file",
        priced="MOA",
        test=TEST,
        settle=settle.edifact,
    )


def _dates() -> Callable[[str], Convert]:
    """The readers of dates by their format; they remember what they read."""
    known = {code: _dated(code) for code in FORMATS}
    usual = known["102"]

    def read(code: str) -> Convert:
        return known.get(code) or (_unknown(code) if code else usual)

    return read


def _dated(code: str) -> Convert:
    pattern = FORMATS[code]
    day = dates.reader(Locale(dates=[pattern]))
    size, time = len(pattern), re.compile(_TIMES.get(code, "(?!)"))

    def read(text: str) -> date | Failure:
        if len(text) > size and time.fullmatch(text, size):
            return day(text[:size])
        value = day(text)
        if isinstance(value, Failure):
            fact = f"`{text[:40]}` is no date in the format {code}, {pattern}"
            return Failure(value.code, fact, "correct the date, or the format after it")
        return value

    return read


def _unknown(code: str) -> Convert:
    fact = f"its format `{code[:10]}` is none of {', '.join(FORMATS)}"
    return lambda text: Failure("BD2005", fact, "write the date in the format 102")


class EdifactReader:
    """Reads interchange by interchange; the separators are those of UNA, the encoding that of UNB."""

    def __init__(self, drafts: Drafts, given: EdifactInput, limits: Limits) -> None:
        self.drafts, self.limits = drafts, limits
        self.encoding = given.encoding if "encoding" in given.model_fields_set else ""

    def encoding_of(self, content: bytes) -> str:
        """The encoding of a document."""
        head = _head(content)
        return self.encoding or _charset(head, marks.of_edifact(head))

    def read(self, content: bytes) -> Iterator[Draft]:
        """Read a document, one draft per message."""
        head = _head(content)
        known = marks.of_edifact(head)
        fault = separators(head, known, "UNA") or control(content, known)
        if fault:
            yield whole(fault)
            return
        text = decoded(content, self.encoding or _charset(head, known))
        if not isinstance(text, str):
            yield whole(text)
            return
        yield from Envelope(self.drafts, text, self.limits).read(
            source(text, marks.of_edifact(text))
        )


def _head(content: bytes) -> str:
    return content[:1000].removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _charset(head: str, known: marks.Marks) -> str:
    """The encoding that UNB names; of ASCII, UTF-8 is more than it asks for."""
    elements = head[known.begins :].split(known.element, 2)
    code = elements[1].partition(known.component)[0].strip() if len(elements) > 1 else ""
    found = CHARSETS.get(code.replace("\n", "").replace("\r", ""), "utf-8")
    return "utf-8" if found == "ascii" else found
