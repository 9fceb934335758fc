"""`make tour`: runs the demo, takes the pictures of `docs/tour.md`, and writes the page."""

import json
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from tests.console.asker import Browser
from tests.process import Up, eventually, up
from tour import stack
from tour.stops import PAGE, PICTURES, Stop, picture, told

STRANGE = """MOONBASE CATERING
Bill no = MB-0007
Day = 03.11.2026
Subtotal = 1.120,00 EUR
VAT = 212,80 EUR
Total = 1.332,80 EUR
"""
ADVERTISEMENT = """SPRING SALE
Buy two beacons, pay one, until the end of the month.
Total savings: up to 40 percent!
"""
GUIDELINE = """guideline = "moonbase"
version = 1
match = { contains = ["MOONBASE CATERING"] }
input = { reader = "labelled", separator = "=" }
locale = { dates = ["DD.MM.YYYY"], decimal = ",", group = ".", currency = "EUR" }
ignore = ["MOONBASE CATERING"]

[fields]
number = { label = "Bill no", required = true }
issue_date = { label = "Day", required = true }
net = { label = "Subtotal" }
tax = { label = "VAT" }
total = { label = "Total", required = true }
"""


def stops(service: Up) -> Iterator[Stop]:
    """The way a visitor takes."""
    yield Stop(
        name="way",
        title="The way",
        text="Seven steps, the same as on AWS, each with what passes over it now. The page is alive: what a customer drops appears a moment later, with the milliseconds it took from its arrival to its durable outcome.",
        path="/console",
    )
    yield Stop(
        name="expenses",
        title="Expenses",
        text="One chart for each currency, for amounts of several are never added; dates stand at their distance, beside a scale of round values. Drag over days to zoom; the sums say through when they are complete and what waits beside them.",
        path="/console/expenses",
        height=1000,
    )
    invoice = _first(service, "invoices", "invoice_id")
    yield Stop(
        name="invoice",
        title="Every cent traceable",
        text="A bar leads to its invoices, an invoice to its original, with each value marked where it was read.",
        path=f"/console/invoice?id={invoice}",
        height=1000,
    )
    entry = _first(service, "quarantine", "id")
    yield Stop(
        name="quarantine",
        title="What could not be right waits",
        text="The total of this invoice is not what its parts add up to. It is not in the sums; the finding says where and why, and the original is kept.",
        path=f"/console/quarantine?entry={entry}",
        height=1000,
    )
    yield Stop(
        name="rejected",
        title="What will never be an invoice",
        text="A person rejects it for good, and says why; it stays where it is with its original, waits no more, and no later guideline reads it by itself. It can be taken back, and every word is kept.",
        path=f"/console/quarantine?entry={_rejected(service)}",
        height=900,
    )
    yield Stop(
        name="playground",
        title="A layout nobody has seen",
        text="The sample on the left, a guideline on the right; below, alive as it is typed, what is read and where it stands. Saved, it is in use at once.",
        path=f"/console/guidelines?document={_strange(service)}",
        height=1100,
        do=f"document.getElementById('text').value = {json.dumps(GUIDELINE)}; document.getElementById('playground').dispatchEvent(new Event('input'))",
        wait="return document.querySelector('#attempt mark[data-path~=total]') !== null",
    )
    yield Stop(
        name="sql",
        title="Athena's SQL, on one machine",
        text="The same words that Athena takes, refused where both engines would not mean the same.",
        path="/console/sql?q=SELECT+seller,+currency,+COUNT(*)+AS+invoices,+SUM(total)+AS+total+FROM+invoices+GROUP+BY+seller,+currency+ORDER+BY+total+DESC",
        height=700,
    )
    yield Stop(
        name="history",
        title="Every document ends in one visible state",
        text="Search and filters stand in the address; a page is a cursor away from the next.",
        path="/console/documents",
        dark=True,
    )
    yield Stop(
        name="narrow",
        title="On a telephone",
        text="The same pages at 360 pixels.",
        path="/console/expenses",
        width=360,
        height=780,
        do="document.querySelector('.chart').scrollIntoView()",
    )


def _first(service: Up, page: str, name: str) -> str:
    with urllib.request.urlopen(f"{service.url}/console/{page}.json", timeout=20) as answer:
        return str(json.loads(answer.read())[0][name])


def _rejected(service: Up) -> str:
    browser = Browser(service.url)
    service.put("advertisement.txt", ADVERTISEMENT, customer="globex")
    entries = browser.get("/console/quarantine.json").json
    number = next(str(one["id"]) for one in entries if "advertisement" in one["document_id"])
    form = {"entry": number, "by": "olga", "why": "an advertisement, no invoice"}
    browser.send("/console/quarantine", "/console/quarantine/reject", form)
    return number


def _strange(service: Up) -> str:
    answer = service.put("moonbase-0007.txt", STRANGE, customer="moonbase")
    return str(answer.body["document_id"])


def main() -> int:
    """Write the page; the pictures lie beside it."""
    PICTURES.mkdir(exist_ok=True)
    lines = [
        "# A tour in pictures",
        "",
        "Made by `make tour` from the running program with its demo data: four customers, three layouts, a few invoices that are wrong.",
        "",
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        chdir(folder),
        up(Path("data") / "demo", "--demo") as service,
    ):
        eventually(service.states, lambda now: sum(list(now.values())[:5]) >= 300, seconds=60)
        for stop in stops(service):
            picture(service.url, stop)
            lines += told(stop)
    lines += stack.HEAD
    for stop in stack.visited():
        lines += told(stop)
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
