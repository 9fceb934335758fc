"""
The readers of X12 and EDIFACT alone, from bytes to a checked invoice, beside a peer each.

Every side is set up once and reads the same interchanges of one invoice with 3 lines. The peers answer
with segments and their elements: no amount is a number, nothing is added up. We answer with invoices:
exact amounts, dates, parties, lines, and every check; each result is held against what was written.
"""

import io
import logging
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from time import process_time

from bench.figures import Figure, Options, figure, interleaved
from billdrop.guidelines.library import open_library
from billdrop.model import Document, DocumentRef
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

Check = Callable[[int], tuple[str, str]]
"""Reads the interchange of that index and says number and total, as they are written."""

HEAD = (
    "ISA*00*          *00*          *ZZ*NORTHBOLT      *12*5550100200     *260302*0815*U*00401"
    "*000000731*0*P*>~GS*IN*NORTHBOLT*5550100200*20260302*0815*731*X*004010~"
)
LINES = ((Decimal("12.50"), 7), (Decimal("3.75"), 5), (Decimal("20.00"), 3))
"""Prices, and by what the quantity is counted."""


def measure(options: Options) -> list[Figure]:
    """By the CPU time of one core, after one round that does not count."""
    return [
        _compared(options, "X12 810", x12, _pyx12, "pyx12"),
        _compared(options, "EDIFACT INVOIC", edifact, _pydifact, "pydifact"),
    ]


def _compared(
    options: Options,
    what: str,
    make: Callable[[int], str],
    peer: Callable[[list[str]], Check],
    name: str,
) -> Figure:
    count = options.size(2_000, 300)
    texts = [make(index) for index in range(count)]
    sides = (_ours([text.encode() for text in texts]), peer(texts))
    for side in sides:
        _rate(side, count)
    ours, theirs = interleaved(options.rounds, *(partial(_rate, side, count) for side in sides))
    how = (
        f"{count:,} interchanges of one invoice with 3 lines, in memory, by the CPU time of one core; ours: bytes to"
        f" invoice with exact amounts and every check; {name}: text to segments with their elements"
    )
    return figure("segments", what, "invoices/s", ours, other=theirs, other_name=name, how=how)


def _rate(check: Check, count: int) -> float:
    began = process_time()
    results = [check(index) for index in range(count)]
    taken = process_time() - began
    for index, (number, total) in enumerate(results):
        if number != f"NB-{index:06}" or Decimal(total) not in (_total(index), _total(index) * 100):
            raise RuntimeError(f"invoice {index} was read as {number}, {total}")
    return count / taken


def _quantities(index: int) -> list[tuple[int, Decimal]]:
    return [(index % by + 1, price) for price, by in LINES]


def _net(index: int) -> Decimal:
    return sum((many * price for many, price in _quantities(index)), Decimal(0))


def _total(index: int) -> Decimal:
    return _net(index) + Decimal("5.25")


def x12(index: int) -> str:
    """An 810 of one invoice."""
    segments = [
        "ST*810*0001",
        f"BIG*20260302*NB-{index:06}*20260218*PO-{index}",
        "N1*SE*North Bolt Co*92*V880",
        "N1*BT*Lakeside Cranes*92*1180",
        "ITD*01*3*****30",
    ]
    for number, (many, price) in enumerate(_quantities(index), 1):
        segments.append(f"IT1*{number}*{many}*EA*{price}**VP*HX-{number}")
        segments.append(f"PID*F****Hex bolt number {number}")
    segments += [f"TDS*{_total(index) * 100:.0f}", "TXI*ST*5.25", "CTT*3"]
    segments += [f"SE*{len(segments) + 1}*0001", "GE*1*731", "IEA*1*000000731"]
    return HEAD + "".join(f"{segment}~" for segment in segments)


def edifact(index: int) -> str:
    """An INVOIC of one invoice."""
    segments = [
        "UNH+1+INVOIC:D:96A:UN:EAN008",
        f"BGM+380+NB-{index:06}+9",
        "DTM+137:20260302:102",
        f"RFF+ON:B-{index}",
        "NAD+SU+4398765000012::9++Schraubenwerk Nord",
        "RFF+VA:DE129273398",
        "NAD+BY+4012345000009::9++Kranbau Seeseite",
        "CUX+2:EUR:4",
    ]
    for number, (many, price) in enumerate(_quantities(index), 1):
        segments += [f"LIN+{number}++439876511280{number}:EN", f"IMD+F++:::Schraube {number}"]
        segments += [f"QTY+47:{many}:PCE", f"MOA+203:{many * price}", f"PRI+AAA:{price}"]
    segments += ["UNS+S", "CNT+2:3", f"MOA+77:{_total(index)}", f"MOA+79:{_net(index)}"]
    segments += [f"MOA+125:{_net(index)}", "MOA+124:5.25"]
    segments += [f"UNT+{len(segments) + 1}+1", "UNZ+1+731"]
    head = "UNA:+.? 'UNB+UNOC:3+4398765000012:14+4012345000009:14+260302:0815+731'"
    return head + "".join(f"{segment}'" for segment in segments)


def _ours(contents: list[bytes]) -> Check:
    library, _ = open_library(None, Limits())
    documents = [_document(index, content) for index, content in enumerate(contents)]

    def check(index: int) -> tuple[str, str]:
        (record,) = parse(documents[index], library).records
        if not record.accepted or record.invoice is None or len(record.invoice.lines) != 3:
            raise RuntimeError(f"invoice {index} was refused: {record.findings}")
        return record.invoice.number, str(record.invoice.total)

    return check


def _document(index: int, content: bytes) -> Document:
    return Document(
        ref=DocumentRef(bucket="bench", key=f"b/{index}", version="1", customer="bench"),
        arrived_at=datetime.now(UTC),
        sha256=sha256(content).digest(),
        size=len(content),
        content=content,
    )


def _pyx12(texts: list[str]) -> Check:
    from pyx12.x12file import X12Reader

    logging.getLogger("pyx12").setLevel(logging.CRITICAL)

    def check(index: int) -> tuple[str, str]:
        reader = X12Reader(io.StringIO(texts[index]))
        found = {segment.get_seg_id(): segment for segment in reader}
        if reader.pop_errors():
            raise RuntimeError(f"invoice {index} was refused")
        return found["BIG"].get_value("02"), found["TDS"].get_value("01")

    return check


def _pydifact(texts: list[str]) -> Check:
    from pydifact.segmentcollection import Interchange

    warnings.simplefilter("ignore")

    def check(index: int) -> tuple[str, str]:
        (message,) = Interchange.from_str(texts[index]).get_messages()
        number = total = ""
        for segment in message.segments:
            if segment.tag == "BGM":
                number = segment.elements[1]
            elif segment.tag == "MOA" and segment.elements[0][0] == "77":
                total = segment.elements[0][1]
        return number, total

    return check
