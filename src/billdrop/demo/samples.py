"""Documents for the demo and the tests, each with what must become of it."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from pathlib import Path

from billdrop.demo.bill import Bill, Fact, Item, Sample
from billdrop.demo.layouts import LAYOUTS, Layout
from billdrop.demo.texts import CLIENTS
from billdrop.model import State

DAYS = 14
"""The issue dates of the samples fall in that many days from `start`."""


def invoices(count: int, *, seed: int, start: date) -> Iterator[Sample]:
    """
    Make `count` documents, of several customers and layouts.

    Every 33rd is wrong in its totals or its date, every 50th has the bytes of an earlier one.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up invoices, not secrets
    recent: deque[Sample] = deque(maxlen=20)
    for index in range(1, count + 1):
        if index % 50 == 30 and recent:
            yield _again(chance.choice(recent), index)
            continue
        sample = _sample(index, chance, start)
        if sample.state is State.RECORDED:
            recent.append(sample)
        yield sample


def write_guidelines(folder: Path) -> list[Path]:
    """Write the guidelines of the demo's own layouts; the layout `docproc` is built in."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in files("billdrop.guidelines").joinpath("demo").iterdir():
        if source.name.endswith(".toml"):
            path = folder / source.name
            path.write_bytes(source.read_bytes())
            written.append(path)
    return sorted(written)


def _again(sample: Sample, index: int) -> Sample:
    stem, ending = sample.name.rsplit(".", 1)
    return Sample(
        customer=sample.customer,
        name=f"{stem}-again-{index:05}.{ending}",
        content=sample.content,
        state=State.DUPLICATE,
        invoices=(),
    )


def _sample(index: int, chance: random.Random, start: date) -> Sample:
    layout = chance.choices(LAYOUTS, weights=(4, 3, 4, 2))[0]
    how_many = chance.randint(1, layout.per_file)
    wrong = ("total", "date")[index // 33 % 2] if index % 33 == 20 else ""
    bills = [
        _bill(
            layout, f"{index:05}", part, chance, start, wrong=wrong if part == how_many - 1 else ""
        )
        for part in range(how_many)
    ]
    return Sample(
        customer=layout.customer,
        name=layout.file.format(index=f"{index:05}"),
        content=layout.write(bills),
        state=State.QUARANTINED if wrong else State.RECORDED,
        invoices=tuple(bill.fact for bill in bills if not bill.wrong),
    )


def _bill(
    layout: Layout, index: str, part: int, chance: random.Random, start: date, *, wrong: str
) -> Bill:
    items = tuple(_item(layout, name, chance) for name in chance.sample(layout.goods, k=5))
    items = items[: chance.randint(2, 5)]
    net = sum((item.net for item in items), Decimal(0))
    tax = sum((item.tax for item in items), Decimal(0))
    fact = Fact(
        number=f"{layout.prefix}{index}" + (f"-{part + 1}" if layout.per_file > 1 else ""),
        issue_date=start + timedelta(days=chance.randrange(DAYS)),
        currency=chance.choice(layout.currencies),
        net=net,
        tax=tax,
        total=net + tax,
    )
    return Bill(
        fact=fact, seller=layout.seller, buyer=chance.choice(CLIENTS), items=items, wrong=wrong
    )


def _item(layout: Layout, name: str, chance: random.Random) -> Item:
    price = layout.step * chance.randint(50, 9_000)
    quantity = 1 if layout.step == 1 else chance.randint(1, 40)
    net = price * quantity
    tax = (net * layout.rate / 100).quantize(layout.step, ROUND_HALF_UP)
    return Item(name=name, quantity=quantity, price=price, net=net, tax=tax)
