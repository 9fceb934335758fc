"""Known shapes answer what the walk answers; no bytes end the reading."""

import random
from collections.abc import Iterator, Sequence

import pytest

from billdrop.guidelines.load import compile_guide
from billdrop.readers import Draft, Limits
from billdrop.readers.edi.envelope import Envelope
from billdrop.readers.edi.marks import Marks
from billdrop.readers.edi.numerals import plain
from billdrop.readers.edi.pieces import Source, pieces
from billdrop.readers.edifact import EdifactReader
from billdrop.readers.x12 import X12Reader
from tests.unit.readers.edi.made import BILL, NOTE, changed, edifact, guide, x12

SAC = (*BILL[:4], "TDS*2875", "TXI*ST*1.25*5**AB", "SAC*C*D240***300", "SAC*A*C310***100", "CTT*2")
BEHIND = (*BILL[:4], "TDS*2850", "SAC*C*D240***300", "TXI*ST*1", "CTT*2")
TAXED = (*NOTE[:10], "MOA+77:5.36:EUR", "MOA+79:4.50", "RFF+ON:1", "TAX+7+VAT+++:::19+S", "MOA+125:4.50", "MOA+124:0.86:EUR", "TAX+7")  # fmt: skip
PAID = (*NOTE[:3], "FII+RB+DE89:Schrauben", "FII+BF+DE89", "NAD+PE+9", "FII+RB+DE89", *NOTE[3:])
KINDS: list[tuple[str, Sequence[str]]] = [
    ("x12-810", BILL),
    ("x12-810", SAC),
    ("x12-810", BEHIND),
    ("x12-810", (*BILL[:4], "IT1*3", *BILL[4:-1], "CTT*3")),
    ("edifact-invoic", NOTE),
    ("edifact-invoic", TAXED),
    ("edifact-invoic", PAID),
    ("edifact-invoic", (*NOTE[:4], "LIN+2", "FTX+GEN+++x", *NOTE[4:9], "MOA+77:4.50")),
]
FRESH = Limits()


def document(name: str, segments: Sequence[str], end: str = "") -> str:
    return x12(segments, end=f"~{end}") if name == "x12-810" else edifact(segments, end=f"'{end}")


def seen(drafts: Iterator[Draft]) -> list[object]:
    """All that a reader says, spans included."""
    return [
        (it.first_line, it.last_line, it.values, it.made, it.findings, it.unread, dict(it.spans()))
        for it in drafts
    ]


def fresh(name: str, limits: Limits = FRESH) -> X12Reader | EdifactReader:
    """A reader that has not seen any message."""
    reader = compile_guide(guide(name).ref.text, origin=name, limits=limits).reader
    assert isinstance(reader, X12Reader | EdifactReader)
    return reader


def exact(reader: X12Reader | EdifactReader, content: bytes) -> list[object]:
    """What a reader says that has forgotten all messages."""
    reader.drafts.shapes.known.clear()
    reader.drafts.shapes.count = 0
    return seen(reader.read(content))


def altered(content: bytes, chance: random.Random) -> bytes:
    """A byte or two that are another, doubled or gone; or a stretch that moved."""
    for _ in range(chance.randint(1, 2)):
        at = chance.randrange(len(content))
        other = bytes([chance.choice(b"0123456789*~+:'?.,- \nABX")])
        way = chance.randrange(4)
        if way == 0:
            content = content[:at] + other + content[at + 1 :]
        elif way == 1:
            content = content[:at] + content[at + 1 :]
        elif way == 2:
            content = content[:at] + other + content[at:]
        else:
            size = chance.randint(1, 40)
            content = content[:at] + content[at + size :] + content[at : at + size]
    return content


@pytest.mark.parametrize(("name", "segments"), KINDS)
@pytest.mark.parametrize("end", ["", "\n"])
def test_shape_that_is_known_changes_no_answer(
    name: str, segments: Sequence[str], end: str
) -> None:
    content = document(name, segments, end).encode()
    reader, other = fresh(name), fresh(name)
    right = exact(other, content)
    assert seen(reader.read(content)) == right
    assert reader.drafts.shapes.count == 1
    chance = random.Random(7)
    for _ in range(100):
        wrong = altered(content, chance)
        assert seen(reader.read(wrong)) == exact(other, wrong), wrong
        assert seen(reader.read(content)) == right


@pytest.mark.parametrize(("name", "segments"), KINDS)
def test_interchange_that_ends_anywhere_says_something(name: str, segments: Sequence[str]) -> None:
    content = document(name, segments).encode()
    reader = guide(name).reader
    for at in range(1, len(content)):
        assert list(reader.read(content[:at])), at
        assert list(reader.read(content[at:])), at


@pytest.mark.parametrize(
    ("segments", "wrong"),
    [
        (NOTE, changed(NOTE, QTY="QTY+47:many")),
        (NOTE, changed(NOTE, NAD="NAD+SU+401::9++ ")),
        (TAXED, changed(TAXED, CUX="CUX+2:USD:4")),
    ],
)
def test_what_is_wrong_is_found_in_a_message_of_a_known_shape_too(
    segments: Sequence[str], wrong: Sequence[str]
) -> None:
    reader, other = fresh("edifact-invoic"), fresh("edifact-invoic")
    list(reader.read(edifact(segments).encode()))
    content = edifact(wrong).encode()
    assert seen(reader.read(content)) == exact(other, content)


def test_values_of_a_known_shape_are_those_of_the_message() -> None:
    reader = guide("x12-810").reader
    for total, price in (("2450", "1.50"), ("2900", "3.00"), ("2450", "1.50")):
        content = x12([one.replace("2450", total).replace("1.50", price) for one in BILL])
        (draft,) = reader.read(content.encode())
        assert draft.made is not None
        assert str(draft.made[0].unit_price) == price
        assert str(draft.values["total"]) == f"{total[:2]}.{total[2:]}"


def test_shapes_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billdrop.readers.edi.shape.MOST", 3)
    reader = fresh("x12-810")
    for number in range(1, 8):
        more = [f"REF*Z{n}*1" for n in range(number)]
        list(reader.read(x12((*BILL[:1], *more, *BILL[1:])).encode()))
        assert reader.drafts.shapes.count <= 3
    for number in range(6):
        list(reader.read(x12(changed(BILL, N1=f"N1*Q{number}*Bolts Inc")).encode()))
    assert max(map(len, reader.drafts.shapes.known.values())) <= 4


def test_long_message_is_not_remembered() -> None:
    reader = fresh("x12-810")
    list(reader.read(x12((*BILL, f"NTE**{'x' * 9000}")).encode()))
    assert reader.drafts.shapes.count == 0


def test_file_of_many_blocks_is_read_as_its_messages_are() -> None:
    bills = [changed(BILL, BIG=f"BIG*20260302*A-{number}") for number in range(2000)]
    for end in ("~", "~\n", "~\n\n"):
        drafts = list(guide("x12-810").reader.read(x12(*bills, end=end).encode()))
        assert [draft.values["number"] for draft in drafts] == [f"A-{n}" for n in range(2000)]
        assert not [draft for draft in drafts if draft.findings]
    notes = [changed(NOTE, NAD=f"NAD+SU+{n}::9++What???'s") for n in range(900)]
    drafts = list(guide("edifact-invoic").reader.read(edifact(*notes).encode()))
    assert {draft.values["seller"] for draft in drafts} == {"What?'s"}


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(rows=20), "BD2022"),
        (Limits(records=1), "BD2022"),
        (Limits(line_chars=50), "BD1005"),
        (Limits(line_chars=110), "BD1005"),
        (Limits(rows=1, records=0), "BD2022"),
    ],
)
def test_limits_are_findings(limits: Limits, code: str) -> None:
    text = x12(*[(*BILL, f"NTE**{'x' * 200}")] * 1500)
    reader = fresh("x12-810", limits)
    codes = {found.code for draft in reader.read(text.encode()) for found in draft.findings}
    assert code in codes


def test_text_of_a_line_is_at_hand_if_it_is_not_too_long() -> None:
    reader = guide("x12-810").reader
    assert isinstance(reader, X12Reader)
    text = x12(BILL, end="~\n")
    (draft,) = reader.read(text.encode())
    assert draft.text is not None
    assert draft.text(1) == ""
    assert draft.spans()["total"].line == 8
    assert draft.text(8) == "TDS*2450~"
    assert (draft.text(0), draft.text(99)) == ("", "")
    long = x12((*BILL, f"NTE**{'x' * 70_000}"))
    (draft,) = reader.read(long.encode())
    assert draft.text is not None
    assert draft.spans()["total"].line == 1
    assert draft.text(1) == ""
    assert Envelope(reader.drafts, "", FRESH).lines.line(1) == ""


def test_value_of_a_known_shape_that_is_none_is_a_finding() -> None:
    reader = fresh("x12-810")
    list(reader.read(x12(BILL).encode()))
    (draft,) = reader.read(x12(changed(BILL, TDS="TDS*2x50")).encode())
    assert [found.code for found in draft.findings] == ["BD2004"]


def test_numbers_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billdrop.readers.edi.numerals.KEPT", 2)
    read = plain("money", ".", 30)
    assert [str(read(text)) for text in ("1", "2.5", "3", ".5", "1")] == [
        "1",
        "2.5",
        "3",
        "0.5",
        "1",
    ]


def test_blank_text_has_no_segments() -> None:
    assert list(pieces(Source("'\n ", Marks("'", "+", ":", "?", 1), "'", tidy=False))) == []


def test_value_that_is_there_twice_is_the_same_in_a_known_shape_too() -> None:
    reader = fresh("x12-810")
    twice = (*BILL[:2], "N1*SE*Bolts Two", *BILL[2:5], "TDS*2450", "CTT*2")
    for bill, codes in ((twice, []), (twice, []), (changed(twice, TDS="TDS*2451"), ["BD2007"])):
        (draft,) = reader.read(x12(bill).encode())
        assert [found.code for found in draft.findings] == codes
        assert draft.values["seller"] == "Bolts Inc"


def test_guideline_without_lines_reads_what_it_has() -> None:
    text = """
guideline = "own"
version = 1
match = { standard = ["810"] }
input = { reader = "x12" }
locale = { dates = ["YYYYMMDD"], currency = "EUR" }

[fields]
number = { path = "BIG02" }
issue_date = { path = "BIG01" }
total = { path = "TDS01" }
"""
    reader = compile_guide(text, origin="own.toml", limits=FRESH).reader
    (draft,) = reader.read(x12(("BIG*20260302*A-1", "TDS*2450")).encode())
    assert str(draft.values["total"]) == "24.50"
