"""A document of a known shape is read as the exact reader reads it, or not at all."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billdrop.demo import docproc_invoice
from billdrop.guidelines.load import compile_guide
from billdrop.parsing.completing import plan
from billdrop.parsing.reading import read
from billdrop.parsing.shapes import LONGEST, MOST, PRICE, Shapes, shapes
from billdrop.readers import Limits
from billdrop.readers.labelled.block import LONGEST as ROW_LONGEST
from billdrop.readers.labelled.block import Takers
from billdrop.readers.tables import tables
from billdrop.readers.usual import UnusualError
from billdrop.readers.written import Written
from tests.unit.reading.shaped import document, exactly, guide_of, layouts, taught, told

LAYOUTS = {name: (guideline, texts) for name, guideline, texts in layouts()}
KNOWN = [
    "anywhere",
    "closed",
    "commas",
    "docproc",
    "key-value-lines",
    "key-value-patterns",
    "nordwind",
]
ODD = ["Thanks: all", "Page 1 of 2", "12) Total, 5", "note:", "End", "Items", "1) a: b, 5", "***"]
ODD += ["1,234.50", "12 EUR", "$ 5", "0007", "1" * 13, "1" * 31, "Name: x", "Total: 5", "-5", "1.5"]
MARKS = [*" \t\n\r\v\f\x1a\x1c\u00a0\u2003\u0085\u2028\ufeff", "", "  ", *"019:=,.;)(-*aA€$%ß−"]
LETTERS = {"upper": str.upper, "lower": str.lower, "title": str.title, "swap": str.swapcase}


def encoding(name: str) -> str:
    return guide_of(LAYOUTS[name][0]).guideline.input.encoding


@cache
def shapes_of(name: str) -> Shapes:
    guideline, texts = LAYOUTS[name]
    known = taught(guide_of(guideline), [text.encode(encoding(name)) for text in texts])
    assert known is not None
    return known


@cache
def words_of(name: str) -> list[str]:
    lines = {line for text in LAYOUTS[name][1] for line in text.split("\n")}
    parts = {part for line in lines for part in line.partition(":")}
    return [*sorted(lines | parts | {f"{part}:" for part in parts}), *ODD]


@st.composite
def changed(draw: st.DrawFn, name: str) -> str:
    """A document of the layout after a few changes."""
    lines = draw(st.sampled_from(LAYOUTS[name][1])).split("\n")
    pool = st.sampled_from(words_of(name))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        line, place = lines[at], draw(st.integers(0, 80))
        how = draw(
            st.sampled_from(["drop", "add", "swap", "twice", "mark", "word", "value", "case"])
        )
        if how == "drop" and len(lines) > 1:
            del lines[at]
        elif how == "add":
            lines.insert(at, draw(pool))
        elif how == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        elif how == "twice":
            lines.insert(at, line)
        elif how == "mark":
            lines[at] = (
                line[:place]
                + draw(st.sampled_from(MARKS))
                + line[place + draw(st.integers(0, 1)) :]
            )
        elif how == "word":
            lines[at] = line[:place] + draw(pool) + line[place:]
        elif how == "value":
            before, separator, _ = line.partition(draw(st.sampled_from([":", "=", ", "])))
            lines[at] = before + separator + draw(st.sampled_from([" ", "\t", ""])) + draw(pool)
        else:
            lines[at] = LETTERS[draw(st.sampled_from(sorted(LETTERS)))](line)
    return "\n".join(lines)


@pytest.mark.parametrize("name", KNOWN)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_a_shape_takes_the_exact_reader_takes_for_the_same(
    name: str, data: st.DataObject
) -> None:
    content = data.draw(changed(name)).encode(encoding(name), "replace")
    known = shapes_of(name).record(content)
    if known is not None:
        (record,) = exactly(guide_of(LAYOUTS[name][0]), content)
        assert told(known) == told(record)


@pytest.mark.parametrize("name", KNOWN)
def test_documents_without_findings_are_known_by_their_shape(name: str) -> None:
    for text in LAYOUTS[name][1]:
        for shown in (text, text.replace("\n", "\r\n"), text.rstrip("\n")):
            content = shown.encode(encoding(name))
            known = shapes_of(name).record(content)
            (record,) = exactly(guide_of(LAYOUTS[name][0]), content)
            assert known is not None
            assert told(known) == told(record)


def test_documents_are_known_however_their_amounts_are_written() -> None:
    guideline, texts = LAYOUTS["commas"]
    for text, changed in ((texts[0], "7,25"), (texts[1], "7,2"), (texts[2], "7")):
        known = taught(guide_of(guideline), [text.encode()])
        assert known is not None
        assert known.record(text.encode()) is not None
        other = text.replace("x 7,50", f"x {changed}").replace("x 8", f"x {changed}").encode()
        found = known.record(other)
        assert found is None or told(found) == told(exactly(guide_of(guideline), other)[0])


def test_amounts_written_otherwise_make_a_shape_of_their_own() -> None:
    guideline, (plain, whole, anyhow) = LAYOUTS["commas"]
    guide = guide_of(guideline)
    for text in (plain, whole, anyhow, plain, whole):
        (record,) = read(document(text.encode()), guide).records
        assert told(record) == told(exactly(guide_of(guideline), text.encode())[0])


def varied(place: int) -> bytes:
    """A correct document with ignored lines of its own, so that its shape is new."""
    start, row = "Invoice\n", "1) Bolt, 5\n"
    head = "Customer-ID: c\nInv-ID: 1\nDated: Mar 31 2018\nTotal: 5\nItems\n"
    return (start + "-" * (place + 3) + "\n" + head + row).encode()


def test_only_the_shapes_used_last_are_remembered() -> None:
    contents = [varied(place) for place in range(MOST)]
    known = taught(guide_of(LAYOUTS["docproc"][0]), contents)
    assert known is not None
    first = known.known[-1]
    assert known.record(varied(0)) is not None
    assert known.known[0] is first
    assert len(known.known) == MOST


def test_learning_stops_while_no_document_is_known_by_its_shape() -> None:
    contents = [varied(place) for place in range(MOST + 1)]
    known = taught(guide_of(LAYOUTS["docproc"][0]), contents)
    assert known is not None
    assert known.known == ()
    assert known.credit == 0


def test_documents_known_by_their_shape_pay_for_new_ones() -> None:
    guide = guide_of(LAYOUTS["docproc"][0])
    known = taught(guide, [varied(place) for place in range(MOST)])
    assert known is not None
    for _ in range(PRICE * MOST + 1):
        assert known.record(varied(0)) is not None
    assert known.credit == PRICE * MOST
    known.learn(varied(MOST), next(guide.reader.read(varied(MOST))))
    assert known.record(varied(MOST)) is not None
    assert len(known.known) == MOST
    assert known.record(varied(1)) is None


def test_large_documents_and_those_with_control_characters_are_not_tried() -> None:
    guideline, (text, *_) = LAYOUTS["docproc"]
    known = taught(guide_of(guideline), [text.encode()])
    assert known is not None
    long = text.replace("Space Mechanics", "M" * LONGEST).encode()
    for content in (long, text.replace("Items", "Items\x1a").encode(), b"\xff" + text.encode()):
        assert known.record(content) is None
        known.learn(content, next(guide_of(guideline).reader.read(content)))
    assert len(known.known) == 1


def test_guideline_with_wrapped_names_or_tight_limits_has_no_shapes() -> None:
    wrapped = guide_of(LAYOUTS["german-wrapped"][0])
    assert shapes(wrapped, plan(wrapped.guideline)) is None
    tight = compile_guide(LAYOUTS["docproc"][0], origin="here", limits=Limits(value_chars=100))
    assert shapes(tight, plan(tight.guideline)) is None


def test_reading_one_document_after_another_gives_what_each_alone_would() -> None:
    guide = guide_of(LAYOUTS["docproc"][0])
    for at in range(30):
        content = docproc_invoice(at, lines=at % 7)
        (record,) = read(document(content), guide).records
        (exact,) = exactly(guide_of(LAYOUTS["docproc"][0]), content)
        assert told(record) == told(exact)


HEAD = """
guideline = "one"
version = 1
input = { reader = "labelled" }
locale = { currency = "EUR", group = ",", currencies = { "$" = "USD" } }
unclaimed = "ignore"
checks = { lines_net = "off", lines_tax = "off", total = "off" }
[fields]
number = { label = "No" }
issue_date = { label = "On" }
total = { label = "Sum" }
"""
TEXT = "No: 1\nOn: 2026-01-02\nSum: 5\n"


def learns(guideline: str, text: str) -> bool:
    """Whether a correct document has a shape, and is known by it."""
    known = taught(guide_of(guideline), [text.encode()])
    assert known is not None
    exact = exactly(guide_of(guideline), text.encode())
    assert [record.findings for record in exact] == [()]
    record = known.record(text.encode())
    assert record is None or told(record) == told(exact[0])
    return record is not None


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ('ignore = ["No: 1 of 2"]', TEXT),
        ("", f"{TEXT}Sum: 5\n"),
        ('[lines]\nstart = "No:"\nend = "End"\nrow = "{name} = {net}"', TEXT),
        ('[lines]\nstart = "Lines"\nrow = "{name} = {net}"', f"Lines\n  No: 1\n{TEXT[6:]}"),
    ],
)
def test_document_whose_lines_could_be_something_else_has_no_shape(more: str, text: str) -> None:
    key, _, table = more.partition("[lines]")
    guideline = HEAD.replace("[fields]", f"{key}\n[fields]") + (f"[lines]{table}" if table else "")
    assert not learns(guideline, text)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("{name}", "Bolt"),
        ("{name:word} {net}", "Bolt 5"),
        ("{name} {net}", "Bolt and nut 5"),
        ("{id:int}) {name}", "1) Bolt"),
        ("{id:int}) {name}[, {tax}]; {net}", "1) Bolt; 5"),
        ("{id:int}) {name}[, {net}]", "1) Bolt, 1,234.50"),
        ("{id:int}) {name}[, {unit:text}; {net}]", "1) Bolt, each; 5"),
        ("{quantity}/{unit_price}/{net}", "2/2.5/5.0"),
        ("{quantity:int}1 {name}; {net}", "21 Bolt; 5"),
        ("{_:int}; {name}; {tax_rate:percent}; {net}", "1; Bolt; 19; 5"),
        ("[[{id:int}]] {name}; {net}", "[1] Bolt; 5"),
        ("{name} = {net}", "Bolt = 5"),
    ],
)
def test_row_of_any_kind_is_known_again(row: str, line: str) -> None:
    lines = f'[lines]\nstart = "Lines"\nrow = "{row}"\n'
    assert learns(HEAD + lines, f"{TEXT}Lines\n{line}\n{line}\n\n{line}\n")


def test_documents_with_amounts_that_need_a_second_look_are_left_to_the_exact_reader() -> None:
    known = taught(guide_of(LAYOUTS["closed"][0]), [LAYOUTS["closed"][1][0].encode()])
    assert known is not None
    for before, after in (
        ("12.50", "12.5.0"),
        ("Currency: EUR", "Currency: USD"),
        ("20.00 EUR", "20.0.0 EUR"),
        ("Sender\n", ""),
    ):
        text = LAYOUTS["closed"][1][0].replace(before, after, 1)
        assert known.record(text.encode()) is None


def test_line_that_fits_no_row_is_left_to_the_exact_reader() -> None:
    known = taught(guide_of(LAYOUTS["closed"][0]), [LAYOUTS["closed"][1][1].encode()])
    assert known is not None
    assert known.record(LAYOUTS["closed"][1][1].replace("2) Nut, 7.50", "2) Nut").encode()) is None


@pytest.mark.parametrize("name", ["B" * (ROW_LONGEST + 1), "Bolt, 5\n2) ", "Bolt\n2) Nut"])
def test_text_of_a_line_that_is_long_or_runs_on_is_left_to_the_exact_reader(name: str) -> None:
    text = LAYOUTS["docproc"][1][0]
    known = taught(guide_of(LAYOUTS["docproc"][0]), [text.encode()])
    assert known is not None
    assert known.record(text.replace("Transporter", name).encode()) is None


def test_line_with_a_separator_in_its_name_is_known() -> None:
    text = LAYOUTS["docproc"][1][0].replace("Transporter", "Beam: transporter")
    assert learns(LAYOUTS["docproc"][0], text)


SUMMED = HEAD.replace("[fields]", '[fields]\ntax = { sum = ["lines.tax"], required = true }') + (
    '[lines]\nstart = "Lines"\nrow = "{id:int}) {name}, {net}[, {tax}]"\n'
)
STATED = HEAD.replace("[fields]", '[fields]\nnet = { label = "Net" }')
SPOKEN = HEAD.replace("[fields]", '[fields]\nin_words = { label = "Words" }')


@pytest.mark.parametrize(
    ("guideline", "text", "before", "after"),
    [
        (SUMMED, f"{TEXT}Lines\n1) Bolt, 5, 1\n", ", 5, 1", ", 5"),
        (SPOKEN, f"{TEXT}Words: EUR five\n", "Sum: 5", "Sum: $ 5"),
        (SPOKEN, f"{TEXT}Words: five\n", "five", "six"),
        (STATED, f"{TEXT}Net: $ 5\n".replace(": 5", ": $ 5"), "Net: $", "Net: EUR"),
    ],
)
def test_document_with_something_to_find_is_left_to_the_exact_reader(
    guideline: str, text: str, before: str, after: str
) -> None:
    known = taught(guide_of(guideline), [text.encode()])
    assert known is not None
    assert known.record(text.encode()) is not None
    other = text.replace(before, after).encode()
    assert known.record(other) is None
    assert exactly(guide_of(guideline), other)[0].findings


@pytest.mark.parametrize("ignored", ["Note: see below", "Note: {what}"])
def test_line_known_by_its_text_states_nothing_whatever_was_read_before(ignored: str) -> None:
    note = f'ignore = ["{ignored}"]\n[fields]\nseller = {{ label = "Note" }}'
    guideline = HEAD.replace("[fields]", note)
    guide = guide_of(guideline)
    exactly(guide, f"{TEXT}note: abc\nNote: abc\n".encode())
    content = f"{TEXT}Note: see below\n".encode()
    assert told(exactly(guide, content)[0]) == told(exactly(guide_of(guideline), content)[0])


@pytest.mark.parametrize("lines", ["Bolt = 3\nSum: 9 = 2\n", ""])
def test_line_that_a_label_claims_and_no_line_at_all_are_left_to_the_exact_reader(
    lines: str,
) -> None:
    guide = guide_of(HEAD + '[lines]\nstart = "Lines"\nrow = "{name} = {net}"\n')
    asked = guide.guideline.input
    assert asked.reader == "labelled"
    take = Takers(tables(guide.guideline, asked, Limits())).of({0}, Written.ANYHOW)
    assert take("Bolt = 3\nNut = 2\n", 1)[1].net == 2
    with pytest.raises(UnusualError):
        take(lines, 1)
