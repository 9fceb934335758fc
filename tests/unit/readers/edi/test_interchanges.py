"""An interchange of a known shape is read as the exact way reads it, or not at all."""

import random
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest

from billdrop.guidelines.guide import Guide
from billdrop.model import Record
from billdrop.parsing import interchanges
from billdrop.parsing.completing import plan
from billdrop.parsing.interchanges import Interchanges, partners_of
from billdrop.parsing.reading import read
from billdrop.parsing.shapes import shapes
from billdrop.readers import Limits
from billdrop.readers.edi import making
from tests.unit.readers.edi.interchanged import (
    altered,
    exactly,
    fresh,
    marks_of,
    samples,
    taught,
    told,
)
from tests.unit.readers.edi.made import BILL, NOTE, changed, document, edifact, guide, x12

SAMPLES = {name: (guideline, text) for name, guideline, text in samples()}


def learnt(name: str, text: str, more: str = "") -> tuple[Guide, Interchanges]:
    """A guide, and what is remembered of one document of its."""
    known = fresh(name, more)
    return known, taught(known, text.encode())


def taken(memory: Interchanges, text: str) -> Record:
    """The record of a document of a known shape."""
    record = memory.record(text.encode())
    assert record is not None
    return record


@pytest.mark.parametrize("name", SAMPLES)
def test_known_shape_says_what_the_exact_way_says(name: str) -> None:
    guideline, text = SAMPLES[name]
    known, memory = learnt(guideline, text)
    (right,) = exactly(known, text.encode())
    assert told(taken(memory, text)) == told(right)
    chance = random.Random(name)
    for _ in range(60):
        content = altered(text, marks_of(name, guideline), chance).encode()
        record = memory.record(content)
        if record is not None:
            assert list(map(told, exactly(known, content))) == [told(record)], content


def bill(chance: random.Random, lines: int) -> tuple[str, ...]:
    """A bill that adds up, with prices that have to be rounded."""
    made, net = ["BIG*20260302*A-1"], Decimal(0)
    for number in range(1, lines + 1):
        many, price = chance.randint(1, 999), Decimal(chance.randint(1, 10**6)).scaleb(-3)
        net += (many * price).quantize(Decimal("0.01"), ROUND_HALF_UP)
        made.append(f"IT1*{number}*{many}*EA*{price}")
        made += [f"PID*F****Bolt {number}"] * chance.randint(0, 1)
    tax, less = Decimal(chance.randint(0, 9999)).scaleb(-2), chance.randint(1, 99)
    total = (net + tax) * 100 - less
    return (*made, f"TDS*{total:f}".partition(".")[0], f"TXI*ST*{tax}", f"SAC*A*C300***{less:02}", f"CTT*{lines}")  # fmt: skip


def test_bills_of_any_number_of_lines_are_of_one_shape() -> None:
    chance = random.Random(3)
    known, memory = learnt("x12-810", x12(bill(chance, 9)))
    for lines in (1, 2, 3, 5, 8, 13, 21):
        text = x12(bill(chance, lines))
        record = taken(memory, text)
        assert record.invoice is not None
        assert len(record.invoice.lines) == lines
        assert list(map(told, exactly(known, text.encode()))) == [told(record)]


@pytest.mark.parametrize("end", ["'", "'\n"])
def test_notes_whose_prices_are_rounded_are_of_one_shape(end: str) -> None:
    chance = random.Random(5)

    def note() -> str:
        many, price = chance.randint(1, 999), Decimal(chance.randint(1, 10**6)).scaleb(-3)
        net = (many * price).quantize(Decimal("0.01"), ROUND_HALF_UP)
        amounts = (f"QTY+47:{many}", f"MOA+203:{net}", f"PRI+AAA:{price}")
        sums = (f"MOA+77:{net + 1}", f"MOA+79:{net}", "MOA+124:1")
        return edifact((*NOTE[:5], *amounts, *NOTE[8:10], *sums), end=end)

    known, memory = learnt("edifact-invoic", note())
    for _ in range(20):
        text = note()
        assert list(map(told, exactly(known, text.encode()))) == [told(taken(memory, text))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("*P*>", "*T*>"),
        ("ST*810*0001", "ST*810*0002"),
        ("SE*8", "SE*9"),
        ("CTT*2", "CTT*3"),
        ("TDS*2450", "TDS*2451"),
        ("*1.50*", "*1.51*"),
        ("*1.50*", "*-1.50*"),
        ("*3*EA", "*1e1*EA"),
        ("20260302*A-1", "20260230*A-1"),
        ("*A-1*", "* *"),
        ("Bolts Inc", "Bolts\x01Inc"),
        ("Bolts Inc", "Bolts\nInc"),
        ("N1*SE", "N1*SZ"),
        ("000000007~", "000000008~"),
    ],
)
def test_what_is_not_as_it_was_is_left_to_the_exact_way(old: str, new: str) -> None:
    text = x12(BILL)
    assert old in text
    _, memory = learnt("x12-810", text)
    assert memory.record(text.replace(old, new, 1).encode()) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CUX+2:EUR", "CUX+2:USD"),
        ("MOA+77:5.36", "MOA+77:5.35"),
        ("MOA+203:4.50", "MOA+203:4.51"),
        ("BGM+380+R-1+9", "BGM+380+R-1+1"),
        ("BGM+380", "BGM+325"),
        ("R-1", "R?+1"),
        ("UNOC:3", "UNOA:3"),
        ("+4711:EN", "+4711:EN+1"),
    ],
)
def test_note_that_is_not_as_it_was_is_left_to_the_exact_way(old: str, new: str) -> None:
    text = edifact(NOTE)
    assert old in text
    _, memory = learnt("edifact-invoic", text)
    assert memory.record(text.replace(old, new, 1).encode()) is None


@pytest.mark.parametrize("text", [x12(BILL, BILL), x12(changed(BILL, N1="ZZZ*1")), x12(BILL) + "X"])
def test_document_of_no_shape_is_not_learnt(text: str) -> None:
    known = fresh("x12-810")
    read(document(text.encode()), known)
    memory = shapes(known, plan(known.guideline))
    assert isinstance(memory, Interchanges)
    assert memory.known == {}


@pytest.mark.parametrize(
    ("name", "segments"),
    [
        ("x12-810", changed(BILL, IT1="IT1*1*3*EA*150*HP*VP*B-1", TDS="TDS*2450")),
        ("x12-810", (*BILL[:3], "SAC*C*D240***100", *BILL[3:4], "TDS*2550", "CTT*2")),
        ("x12-810", ("BIG*20260302*A-1", "TDS*0", "CTT*0")),
        ("x12-810", changed(BILL, IT1="IT1*1", TDS="TDS*2000")),
        ("x12-810", changed(BILL, IT1="IT1*1*-3*EA*1.50", TDS="TDS*1550")),
        ("x12-810", ("BIG*20260302*A-1", "IT1", "TDS*900")),
        ("edifact-invoic", (*NOTE[:8], "ALC+A", "MOA+204:1", *NOTE[8:])),
        ("edifact-invoic", (*NOTE[:8], "ALC+A", "PCD+3:10", *NOTE[8:])),
        ("edifact-invoic", (*NOTE[:6], "MOA+203:4.05", NOTE[7], "ALC+A", "PCD+1:10", "UNS+S", "MOA+77:4.05")),
        ("edifact-invoic", (*NOTE[:7], NOTE[6], *NOTE[7:])),
        ("edifact-invoic", (*NOTE[:4], "PAT+3", "DTM+13:20260401:102", "DTM+140:20260401:102", *NOTE[4:])),
        ("edifact-invoic", (*NOTE, "MOA+131:0")),
        ("edifact-invoic", changed(NOTE, CNT="CNT+2:1", MOA="MOA+203:4,50")),
        ("edifact-invoic", (*NOTE[:6], *NOTE[7:])),
    ],
)  # fmt: skip
def test_what_no_shape_can_say_is_read_exactly_each_time(
    name: str, segments: tuple[str, ...]
) -> None:
    known = fresh(name)
    text = x12(segments) if name == "x12-810" else edifact(segments)
    once, again = (read(document(text.encode()), known) for _ in range(2))
    assert [record.accepted for record in once.records] == [True]
    assert list(map(told, once.records)) == list(map(told, again.records))
    memory = shapes(known, plan(known.guideline))
    assert isinstance(memory, Interchanges)
    (draft,) = known.reader.read(text.encode())
    memory.learn(text.encode(), draft)
    assert memory.known == {}


def test_documents_are_read_in_one_go_once_one_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    known = fresh("edifact-invoic")
    text = edifact(NOTE).encode()
    read(document(text), known)
    monkeypatch.setattr(known.reader, "read", lambda _: pytest.fail("it was read exactly"))
    (record,) = read(document(text.replace(b"R-1", b"R-2")), known).records
    assert record.invoice is not None
    assert record.invoice.number == "R-2"


def test_shapes_of_partners_are_kept_apart() -> None:
    known, memory = learnt("x12-810", x12(BILL))
    other = x12(changed(BILL, N1="N1*SE*Nuts Inc*92*4")).replace("SELLER", "OTHERS")
    (draft,) = known.reader.read(other.encode())
    memory.learn(other.encode(), draft)
    assert [len(alike) for alike in memory.known.values()] == [1, 1]
    assert partners_of(other.encode()) == b"ZZ*OTHERS         *ZZ*BUYER          "


def test_shape_of_one_partner_is_known_of_a_new_one() -> None:
    _, memory = learnt("x12-810", x12(BILL))
    other = x12(BILL).replace("SELLER", "OTHERS")
    taken(memory, other)
    assert list(memory.known) == [partners_of(one.encode()) for one in (x12(BILL), other)]
    assert memory.count == 2


def test_partners_are_told_with_and_without_separators() -> None:
    assert partners_of(edifact(NOTE).encode()) == b"UNOC:3+1+2"
    assert partners_of(edifact(NOTE, una="").encode()) == b"UNOC:3+1+2"


def test_shape_that_was_used_last_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchanges, "MOST", 2)
    known, memory = learnt("x12-810", x12(BILL))
    ways = [x12((*BILL[:1], *[f"REF*Z{n}*1"] * n, *BILL[1:])) for n in range(4)]
    for text in ways[1:]:
        (draft,) = known.reader.read(text.encode())
        memory.learn(text.encode(), draft)
    assert [memory.record(text.encode()) is not None for text in ways] == [False, False, True, True]
    ((first, second),) = memory.known.values()
    assert memory.record(ways[2].encode()) is not None
    assert list(memory.known.values()) == [(second, first)]


def test_shapes_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchanges, "IN_ALL", 1)
    known, memory = learnt("x12-810", x12(BILL))
    other = x12(BILL).replace("SELLER", "OTHERS")
    (draft,) = known.reader.read(other.encode())
    memory.learn(other.encode(), draft)
    assert list(memory.known) == [partners_of(other.encode())]
    assert memory.count == 1


def test_learning_stops_when_it_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchanges, "CREDIT", interchanges.PRICE)
    known, memory = learnt("x12-810", x12(BILL))
    other = x12(BILL).replace("SELLER", "OTHERS")
    (draft,) = known.reader.read(other.encode())
    memory.learn(other.encode(), draft)
    assert len(memory.known) == 1
    for _ in range(interchanges.PRICE + 1):
        taken(memory, x12(BILL))
    memory.learn(other.encode(), draft)
    assert len(memory.known) == 2


def test_larger_documents_and_narrow_contexts_are_read_exactly() -> None:
    text = x12(BILL)
    known, memory = learnt("x12-810", text)
    large = text.replace("Bolts Inc", "B" * interchanges.LONGEST)
    assert memory.record(large.encode()) is None
    (draft,) = known.reader.read(large.encode())
    memory.learn(large.encode(), draft)
    assert memory.count == 1
    with localcontext() as context:
        context.prec = 10
        assert memory.record(text.encode()) is None


def test_bytes_that_are_no_text_are_left_to_the_exact_way() -> None:
    text = edifact(NOTE, unb="UNOW:3").encode()
    known = fresh("edifact-invoic")
    memory = taught(known, text)
    assert memory.record(text.replace(b"Schrauben", b"Schr\xffuben")) is None


@pytest.mark.parametrize(
    ("limits", "more"),
    [
        (Limits(value_chars=100), ""),
        (Limits(digits=20), ""),
        (Limits(), 'credit_notes = "negative"'),
        (Limits(), '[fields]\ncustomer_id = { value = "7" }'),
    ],
)
def test_guideline_or_limits_may_leave_no_room_for_shapes(limits: Limits, more: str) -> None:
    from billdrop.guidelines.load import compile_guide

    known = compile_guide(guide("x12-810", more).ref.text, origin="own", limits=limits)
    assert shapes(known, plan(known.guideline)) is None


@pytest.mark.parametrize(
    ("name", "more", "segments", "shaped"),
    [
        ("x12-810", '[fields]\nnet = { path = "AMT[1]02" }', (*BILL[:5], "AMT*1*24.50", BILL[5]), False),
        ("x12-810", '[fields]\nline_net = { path = "AMT[1]02" }', (*BILL[:5], "AMT*1*24.50", BILL[5]), False),
        ("x12-810", '[fields]\ntotal = { path = "TDS01", map = { NIL = "0" } }', BILL, False),
        ("x12-810", '[checks]\nline_amount = "error"', BILL, True),
        ("x12-810", '[extra]\nterms = { path = "ITD12" }', BILL, True),
        ("x12-810", '[fields]\nbuyer_ref = { path = "REF[01=CR]02" }', (*BILL[:1], "REF*CR*7", "REF*CR*7", *BILL[1:]), True),
        ("edifact-invoic", '[taxes]\neach = "LIN/TAX[7]"', (*NOTE[:8], "TAX+7+VAT+++:::19+S", "MOA+124:0.86", *NOTE[8:]), False),
        ("edifact-invoic", '[fields]\nbuyer_ref = { path = "LIN/RFF[ON]01-2" }', (*NOTE[:8], "RFF+ON:7", *NOTE[8:]), False),
    ],
)  # fmt: skip
def test_guideline_of_ones_own_has_shapes_too_where_they_can_say_it(
    name: str, more: str, segments: tuple[str, ...], *, shaped: bool
) -> None:
    known = fresh(name, more)
    content = (x12(segments) if name == "x12-810" else edifact(segments)).encode()
    memory = taught(known, content)
    record = memory.record(content)
    assert (record is not None) is shaped
    if record is not None:
        assert list(map(told, exactly(known, content))) == [told(record)]


def test_memory_of_numbers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "KEPT", 2)
    numbers = making.Numbers()
    assert [numbers[text] for text in ("1", "2", "3.50")] == [1, 2, Decimal("3.50")]
    assert list(numbers) == ["3.50"]
