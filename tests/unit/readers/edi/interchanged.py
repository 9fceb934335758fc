"""Interchanges of many shapes, and the two ways to read them."""

import random
from collections.abc import Iterator, Sequence

from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import Record
from billdrop.parsing.completing import completed, plan
from billdrop.parsing.interchanges import Interchanges, SegmentReader
from billdrop.parsing.shapes import shapes
from billdrop.readers import Limits
from tests.unit.readers.edi.made import BILL, NOTE, edifact, guide, x12

RICH = (
    "BIG*20260302*A-1*20260201*PO-7***DI*00",
    "CUR*SE*USD",
    "REF*IA*V-880",
    "N1*SE*Bolts Inc*92*V1",
    "N4*Duluth*MN*55802*US",
    "N1*BT*Cranes*92*1180",
    "ITD*01*3*2**10*20260401*30",
    "IT1*1*3*EA*1.50*PE*VP*B-1",
    "PID*F****Bolt",
    "IT1*2*2*EA*10**VP*B-2",
    "IT1*3*4*EA*0.125**VP*B-3",
    "PID*F****Nut",
    "TDS*2875*2500*2400*100",
    "TXI*ST*1.75*8**AB***21.88",
    "SAC*A*C300***50**********Yearly",
    "SAC*C*D240***250**********Freight",
    "CTT*3",
)
GIVEN_BACK = ("BIG*260302*C-1*****CR", *BILL[1:])
DULL = ("BIG*20260302*A-1", "IT1*1*3*EA*1.50", "IT1*1*3*EA*1.50", "TDS*900", "AMT*1*9")
TAXED = (
    "BGM+380+R-1+9",
    "DTM+137:20260302:102",
    "RFF+ON:B-5512",
    "NAD+SU+401::9++Schrauben AG+Weg 1+Kiel++24103+DE",
    "RFF+VA:DE129273398",
    "NAD+BY+402::9++Kranbau",
    "CUX+2:EUR:4",
    "PAT+3",
    "DTM+13:20260401:102",
    "LIN+1++4711:EN",
    "PIA+5+HX-12-80:SA",
    "IMD+F++:::Schraube",
    "QTY+47:250:PCE",
    "MOA+203:468.75",
    "PRI+AAA:187.5:::100",
    "TAX+7+VAT+++:::19+S",
    "LIN+2++4712:EN",
    "IMD+F++:::Scheibe",
    "QTY+47:12:PCE",
    "MOA+203:483",
    "PRI+AAA:40.25",
    "TAX+7+VAT+++:::19+S",
    "UNS+S",
    "CNT+2:2",
    "MOA+77:1153.82",
    "MOA+9:1153.82",
    "MOA+79:951.75",
    "MOA+124:184.22",
    "TAX+7+VAT+++:::19+S",
    "MOA+125:969.60",
    "MOA+124:184.22",
    "ALC+C++++FC:::Fracht",
    "MOA+23:17.85",
)
PRICED = (*NOTE[:10], "MOA+77:5.36:EUR", "MOA+79:4.50:EUR", "MOA+124:0.86:EUR")
STATED = (*NOTE[:4], "DTM+137:20260302:102", *NOTE[4:10], "MOA+388:5.36", "MOA+9:5.36", "MOA+125:4.50", "MOA+124:0.86", "MOA+113:0")  # fmt: skip
LINE_TAX = (*NOTE[:8], "TAX+7+VAT+++:::19+S", "MOA+124:0.86", *NOTE[8:])
UNPRICED = (*NOTE[:7], *NOTE[8:])
SUMMED = (
    *NOTE[:10],
    "MOA+77:6.36",
    "MOA+79:4.50",
    "MOA+125:5.50",
    "MOA+124:0.86",
    "MOA+260:1.00",
    "MOA+259:2",
)
LISTED = (*SUMMED, "ALC+A+++++:::Yearly", "MOA+204:1", "ALC+C+++++:::Freight", "MOA+23:2.00")
PAID = (*NOTE[:3], "FII+RB+DE89:Schrauben", "FII+BF+DE89", "NAD+PE+9", "FII+RB+DE89", *NOTE[3:])
COMMAS = tuple(one.replace(".", ",") for one in TAXED)

BILLS = {"plain": BILL, "rich": RICH, "credit memo": GIVEN_BACK, "dull": DULL}
NOTES = {
    "plain": NOTE, "taxed": TAXED, "priced": PRICED, "stated": STATED, "tax of lines": LINE_TAX,
    "commas": COMMAS, "unpriced": UNPRICED, "summed": SUMMED, "listed": LISTED,
    "paid": PAID,
}  # fmt: skip

ODD = ("", " ", "0", "1", "-", ".", ",", "1,5", "-3", "1e3", "0.005", "12345678901", "EUR", "USD", "JPY", "CR", "381", "T", "P", "01", "9", "102", "20260230", "20260101", "\u00e4", "\u0660", "\u00a0", "\x1a", "~", "'", "?", "?+", ">", ":", "::", "\n", "\r\n", "\t")  # fmt: skip


def samples() -> Iterator[tuple[str, str, str]]:
    """Name, guideline and text of each."""
    for name, bill in BILLS.items():
        for end in ("~", "~\n", "~\r\n", "\n"):
            yield f"x12 {name} {end!r}", "x12-810", x12(bill, end=end)
    for name, note in NOTES.items():
        for end in ("'", "'\n", "'\r\n"):
            yield f"edifact {name} {end!r}", "edifact-invoic", edifact(note, end=end)
    yield "x12 of its own marks", "x12-810", x12(RICH).translate(str.maketrans("*~>", "|^!"))
    yield "edifact without una", "edifact-invoic", edifact(NOTE, una="")
    yield "edifact in latin-1", "edifact-invoic", edifact(NOTE, unb="UNOC:3")
    yield "edifact grouped", "edifact-invoic", _grouped(edifact(NOTE))


def _grouped(text: str) -> str:
    text = text.replace("UNH+", "UNG+INVOIC+1+2+260302:0815+9+UN+D:96A'UNH+", 1)
    return text.replace("UNZ+1", "UNE+1+9'UNZ+1")


def fresh(name: str, more: str = "") -> Guide:
    """A guide that has read nothing yet."""
    return compile_guide(guide(name, more).ref.text, origin=name, limits=Limits())


def exactly(known: Guide, content: bytes) -> list[Record]:
    """What the exact reader and all checks make of a document, when nothing is remembered."""
    asked, reader = plan(known.guideline), known.reader
    assert isinstance(reader, SegmentReader)
    reader.drafts.shapes.known.clear()
    return [completed(draft, at, asked) for at, draft in enumerate(reader.read(content))]


def taught(known: Guide, content: bytes) -> Interchanges:
    """What is remembered of one document."""
    asked = plan(known.guideline)
    memory = shapes(known, asked)
    assert isinstance(memory, Interchanges)
    (draft,) = known.reader.read(content)
    record = completed(draft, 0, asked)
    assert record.accepted
    assert not record.findings
    memory.learn(content, draft)
    return memory


def told(record: Record) -> str:
    """All that a record says, with the scale of every amount."""
    assert record.spans is not None
    said = (record.index, record.first_line, record.last_line, record.invoice, record.findings)
    return repr((said, dict(record.spans())))


def altered(text: str, marks: Sequence[str], chance: random.Random) -> str:
    """A text after a few changes: elements that are another, segments that move, come twice or are gone."""
    segment, element, component = marks
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        segments = text.split(segment)
        at, way = chance.randrange(len(segments)), chance.randrange(10)
        elements = segments[at].split(element)
        place = chance.randrange(len(elements))
        other = chance.choice(
            (*ODD, *chance.choice(segments).replace(component, element).split(element))
        )
        if way < 4:
            components = elements[place].split(component)
            components[chance.randrange(len(components))] = other
            elements[place] = component.join(components)
        elif way == 4:
            elements.insert(place, other)
        elif way == 5:
            del elements[place]
        elif way == 6:
            offset = chance.randrange(len(segments[at]) + 1)
            elements = [
                segments[at][:offset] + other + segments[at][offset + chance.randint(0, 2) :]
            ]
        segments[at] = element.join(elements)
        if way == 7:
            segments.insert(at, chance.choice(segments))
        elif way == 8:
            del segments[at]
        elif way == 9:
            size = chance.randint(1, 5)
            segments[at:at] = segments[at : at + size]
        text = segment.join(segments)
        if chance.random() < 0.7:
            text = counted(text, marks)
    return text + chance.choice(("", "", "", "", "\n", " \n", "\r\n\r\n", "\x1a"))


def counted(text: str, marks: Sequence[str]) -> str:
    """The text with the segments of its message, and its lines, counted anew."""
    segment, element, component = marks
    segments = text.split(segment)
    tags = [one.strip().split(element)[0] for one in segments]
    for head, tail in (("ST", "SE"), ("UNH", "UNT")):
        if head in tags and tail in tags:
            at = tags.index(tail)
            parts = segments[at].split(element)
            count = str(at - tags.index(head) + 1)
            segments[at] = element.join([parts[0], count, *parts[2:]])
    for count, line, before in (("CTT", "IT1", element), ("CNT", "LIN", f"{element}2{component}")):
        if count in tags:
            segments[tags.index(count)] = (
                _led(segments[tags.index(count)], count) + before + str(tags.count(line))
            )
    return segment.join(segments)


def _led(segment: str, tag: str) -> str:
    return segment[: segment.index(tag)] + tag


MARKS = {"x12-810": ("~", "*", ">"), "edifact-invoic": ("'", "+", ":")}
OWN = {"x12 of its own marks": ("^", "|", "!")}


def marks_of(name: str, guideline: str) -> Sequence[str]:
    """What separates segments, elements and components of a sample."""
    if name in OWN:
        return OWN[name]
    segment, element, component = MARKS[guideline]
    return ("\n" if name.endswith(" '\\n'") and "x12" in name else segment, element, component)
