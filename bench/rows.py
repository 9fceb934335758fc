"""
The readers of rows and records alone: a large export by columns beside the exact way, LEDES beside a peer.

A peer that answers with a tree has checked nothing of it; ours has read every amount and compared the sums.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib import resources

from bench.figures import Figure, Options, figure, interleaved
from billdrop.books.booking import booked, for_books
from billdrop.demo import write_delimited
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Parsed
from billdrop.parsing.reading import read
from billdrop.readers import Limits

MILL = """
guideline = "mill"
version = 1
input = { reader = "fixed", kind = "1" }
locale = { dates = ["YYYYMMDD"], currency = "EUR" }
records = { start = "H", totals = [{ of = "total", record = "Z", at = "2-16", decimals = 2 }] }
[fields]
number = { at = "2-11" }
issue_date = { at = "12-19" }
buyer = { at = "20-59" }
net = { record = "T", at = "2-12", decimals = 2 }
tax = { record = "T", at = "13-23", decimals = 2 }
total = { record = "T", at = "24-34", decimals = 2 }
[lines]
each = "L"
[lines.fields]
name = { at = "2-31" }
quantity = { at = "32-38", decimals = 0 }
unit_price = { at = "39-49", decimals = 2 }
net = { at = "50-60", decimals = 2, required = true }
"""
"""Of our own: nobody publishes invoices of fixed width."""

Side = Callable[[], None]


def measure(options: Options) -> list[Figure]:
    """CPU time of one core; each side is asked once before it counts."""
    return [_columns(options), _fixed(options), _ledes(options)]


def _columns(options: Options) -> Figure:
    path, invoices = options.scratch / "export.csv", options.size(40_000, 35_000)
    write_delimited(path, invoices=invoices)
    content = path.read_bytes()
    file = resources.files("billdrop.guidelines") / "demo" / "harbour-export.toml"
    guide = _guide(file.read_text("utf-8"))
    rates = _rates(
        options,
        len(content) / 1e6,
        lambda: _counted(invoices, sum(1 for _ in for_books(_parsed(content, guide)))),
        lambda: _counted(invoices, _booked_exactly(_parsed(content, guide))),
    )
    how = f"{invoices:,} invoices of 5 rows in memory, from bytes to what the books take, every check made"
    return figure(
        "rows", "delimited", "MB/s", rates[0], other=rates[1], other_name="exact way", how=how
    )


def _booked_exactly(parsed: Parsed) -> int:
    return sum(bool(booked(record, parsed)) for record in parsed.records)


def _fixed(options: Options) -> Figure:
    invoices = options.size(10_000, 2_000)
    guide, content = _guide(MILL), mill(invoices)
    (rates,) = _rates(
        options,
        invoices,
        lambda: _counted(invoices, sum(it.accepted for it in _parsed(content, guide).records)),
    )
    how = f"{invoices:,} invoices of 5 lines in {len(content) / 1e6:.1f} MB of fixed width, with a control total"
    return figure("rows", "fixed width", "invoices/s", rates, how=how)


def mill(invoices: int) -> bytes:
    """Records of fixed width: a head, 5 lines and a total each; and the sum of all."""
    rows, whole = list[str](), 0
    for index in range(invoices):
        nets = [100 + (index * 7919 + place * 104_729) % 9_900 for place in range(5)]
        net, tax = sum(nets), sum(nets) * 19 // 100
        whole += net + tax
        rows.append(f"H{f'M-{index}':<10}20261122{'Nagel & Söhne, Bremen':<40}")
        rows += [f"L{f'Wheat, lot {at}':<30}{1:07}{it:011}{it:011}" for at, it in enumerate(nets)]
        rows.append(f"T{net:011}{tax:011}{net + tax:011}")
    return "\n".join([*rows, f"Z{whole:015}", ""]).encode()


def _ledes(options: Options) -> Figure:
    from ledes_parser.ledes_parser import get_parser

    count = options.size(200, 50)
    file = resources.files("billdrop.guidelines") / "builtin" / "ledes-1998b.toml"
    guide = _guide(file.read_text("utf-8"))
    text = ledes()
    content, peer = text.encode(), get_parser("LEDES98B")
    ours, other = _rates(
        options,
        count,
        lambda: _counted(count, sum(len([*_parsed(content, guide).records]) for _ in range(count))),
        lambda: _counted(count, sum(bool(peer.parse(text)) for _ in range(count))),
    )
    how = "one invoice of 5 lines a file, in memory; the peer gives a tree of texts and compares nothing"
    return figure(
        "rows", "LEDES 1998B", "invoices/s", ours, other=other, other_name="ledes-parser", how=how
    )


def ledes() -> str:
    """An invoice of five fees."""
    names = (
        "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|"
        "BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|"
        "LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|"
        "LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|"
        "LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|"
        "TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]"
    )
    row = (
        "20260225|8841|C77|M3|3500|20260101|20260131|Advice|{}|F|2.00|0|700|20260115|L510||A102|"
        "22547|Research Trial pleading|24-6437381|350|Doe Jane|PARTNR|423-987[]"
    )
    return "\n".join(["LEDES1998B[]", names, *(row.format(line) for line in range(1, 6))]) + "\n"


def _rates(options: Options, amount: float, *sides: Side) -> list[list[float]]:
    for side in sides:
        side()
    return interleaved(options.rounds, *(partial(_rate, amount, side) for side in sides))


def _rate(amount: float, side: Side) -> float:
    began = time.process_time()
    side()
    return amount / (time.process_time() - began)


def _counted(expected: int, found: int) -> None:
    if found != expected:
        raise RuntimeError(f"{found} invoices, not {expected}")


def _guide(text: str) -> Guide:
    return compile_guide(text, origin="bench", limits=Limits())


def _parsed(content: bytes, guide: Guide) -> Parsed:
    document = Document(
        ref=DocumentRef(bucket="bench", key="b/export", version="1", customer="b"),
        arrived_at=datetime.now(UTC),
        sha256=sha256(content).digest(),
        size=len(content),
        content=content,
    )
    return read(document, guide)
