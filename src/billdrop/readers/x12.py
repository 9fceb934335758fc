"""The reader of ANSI X12 interchanges with 810 transaction sets, of any version from 003010 on."""

from collections.abc import Iterator, Sequence

from billdrop.guidelines.inputs import X12Input
from billdrop.guidelines.model import Guideline
from billdrop.readers import Draft, Limits, Reader
from billdrop.readers.edi import marks, settle
from billdrop.readers.edi.draft import Drafts
from billdrop.readers.edi.envelope import Envelope
from billdrop.readers.edi.groups import area
from billdrop.readers.edi.numerals import implied, plain
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
from billdrop.values import Convert

_PARTY = "N1(N2 N3 N4 REF PER DMG)"
_REST = "LM(LQ) N9(MSG NTE PID) V1(R4 DTM) FA1(FA2)"

AREAS = (
    area(
        "",
        f"BIG NTE CUR REF(YNQ) YNQ PER {_PARTY} ITD DTM FOB PID MEA PWK PKG L7 BAL INC PAM CRC {_REST}",
    ),
    area(
        "IT1",
        "IT1(CRC QTY CUR IT3 TXI CTP PAM MEA PID(MEA) PWK PKG PO4 ITD REF(YNQ) YNQ PER SDQ DTM"
        f" CAD L7 SR ITA(TXI) SAC(TXI) SLN(DTM REF PID SAC(TXI) TC2 TXI) {_PARTY} {_REST})",
    ),
    area("TDS", "TDS TXI CAD AMT ITA(TXI) SAC(TXI) ISS(PID MEA) CTT"),
)
"""Heading, detail and summary of an 810, with the segments of every version of it."""

_INDICATORS = "A|C|N|P|Q|R|S"
"""What `SAC01` may be: allowance, charge, neither, promotion, and requests for them."""

IMPLIED = {"TDS01": 2, "TDS02": 2, "TDS03": 2, "TDS04": 2, "SAC05": 2, "ITA07": 2, "ITD08": 2}
"""Amounts of the data type N2: two decimals, and no mark before them."""

TEST = Test(
    15,
    frozenset(("", "P")),
    {"T": "that it is a test", "I": "that it is for information only"},
)

PURPOSES = {
    "01": "cancels an invoice that was sent before",
    "03": "deletes what was sent before",
    "04": "changes what was sent before, and is not whole",
    "06": "confirms an invoice that was sent before",
    "07": "repeats an invoice that was sent before",
    "17": "cancels an invoice that will be sent again",
    "22": "is a copy for information",
    "24": "is a draft",
    "38": "has no financial value",
    "77": "is an exercise",
}
"""What the codes of `BIG08` say that make no invoice."""
_PURPOSE = no_invoice(
    "BD2072",
    PURPOSES,
    "send a credit note for what is taken back; `purposes` of `[input]` names what is an invoice",
)
_UNKNOWN = no_invoice("BD2062", {}, "correct the code in the file")


def build(guideline: Guideline, limits: Limits) -> Reader:
    """Make the reader of an X12 guideline; raises `GuidelineError`."""
    given = guideline.input
    assert isinstance(given, X12Input)
    known = standard(limits, given.purposes)
    return X12Reader(Drafts(guideline, known, plan(guideline, known, limits)), given, limits)


def standard(limits: Limits, purposes: Sequence[str]) -> Standard:
    """What is to be known of X12; `purposes` are those that make an invoice."""
    real, number = plain("money", ".", limits.digits), plain("number", ".", limits.digits)

    def money(place: str, decimals: int) -> Convert:
        places = IMPLIED.get(place, 0) if decimals < 0 else decimals
        return implied(places, limits.digits) if places else real

    return Standard(
        name="X12",
        levels=(
            Level("ISA", "IEA", 13, "groups", (-1,)),
            Level("GS", "GE", 6, "transaction sets", (0,)),
            Level("ST", "SE", 2, "segments", (1,)),
        ),
        marks=marks.of_x12,
        kind=lambda head, _: head[1].strip() if len(head) > 1 else "",
        kind_at=1,
        message="810",
        areas=AREAS,
        component=0,
        aside=(
            Aside("fields", COUNT, "CTT01", "number"),
            Aside("fields", "#indicator", f"SAC[01!={_INDICATORS}]01", convert=_UNKNOWN),
            Aside("fields", "#indicator", f"IT1/SAC[01!={_INDICATORS}]01", convert=_UNKNOWN),
            Aside("fields", "#purpose", f"BIG[08!={'|'.join(purposes)}]08", convert=_PURPOSE),
            Aside("allowances", RATE, "SAC[06!=]07"),
            Aside("charges", RATE, "SAC[06!=]07"),
            Aside("allowances", settle.CODE, "SAC02"),
            Aside("fields", settle.CHARGED, "SAC/TXI[07=|A]02", "money", "sum"),
            Aside("lines", settle.DISCOUNT, "SAC[A,02=C310]05", "money", "sum"),
        ),
        together=("quantity", "unit", "unit_price"),
        money=money,
        number=number,
        date=None,
        summary="the total stands behind the lines; correct the file",
        priced="",
        test=TEST,
        settle=settle.x12,
    )


class X12Reader:
    """Reads interchange by interchange; the separators are those of each ISA."""

    def __init__(self, drafts: Drafts, given: X12Input, limits: Limits) -> None:
        self.drafts, self.limits, self.encoding = drafts, limits, given.encoding

    def encoding_of(self, content: bytes) -> str:
        """The encoding of a document."""
        return self.encoding

    def read(self, content: bytes) -> Iterator[Draft]:
        """Read a document, one draft per transaction set."""
        text = decoded(content, self.encoding)
        if not isinstance(text, str):
            yield whole(text)
            return
        known = marks.of_x12(text)
        fault = separators(text, known, "ISA") or (known and control(content, known))
        if fault or known is None:
            yield whole(fault)
            return
        yield from Envelope(self.drafts, text, self.limits).read(source(text, known))
