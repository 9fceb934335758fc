"""`make tour`: runs the demo, takes the pictures of `docs/tour.md`, and writes the page."""

import json
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from msgspec import Struct

from tests.console.chromium import chromium, until
from tests.process import Up, eventually, up

PAGE = Path(__file__).parents[1] / "docs" / "tour.md"
PICTURES = PAGE.with_suffix("")

STRANGE = """MOONBASE CATERING
Bill no = MB-0007
Day = 03.11.2026
Subtotal = 1.120,00 EUR
VAT = 212,80 EUR
Total = 1.332,80 EUR
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


class Stop(Struct, frozen=True, kw_only=True):
    """One picture and what it shows."""

    name: str
    title: str
    text: str
    path: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    do: str = ""
    """A script that is run on the page first."""
    wait: str = "return document.readyState === 'complete'"


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
        text="One chart for each currency, for amounts of several are never added. Drag over days to zoom; the sums say through when they are complete and what waits beside them.",
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
    )


def _first(service: Up, page: str, name: str) -> str:
    with urllib.request.urlopen(f"{service.url}/console/{page}.json", timeout=20) as answer:
        return str(json.loads(answer.read())[0][name])


def _strange(service: Up) -> str:
    answer = service.put("moonbase-0007.txt", STRANGE, customer="moonbase")
    return str(answer.body["document_id"])


def picture(service: Up, stop: Stop) -> None:
    """Take the picture of one stop."""
    with chromium(width=stop.width, dark=stop.dark) as browser:
        metrics = {
            "width": stop.width,
            "height": stop.height,
            "deviceScaleFactor": 1,
            "mobile": False,
        }
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get(service.url + stop.path)
        until(browser, "return document.readyState === 'complete'")
        if stop.do:
            browser.execute_script(stop.do)
        until(browser, stop.wait)
        browser.save_screenshot(str(PICTURES / f"{stop.name}.png"))


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
            picture(service, stop)
            lines += [
                f"## {stop.title}",
                "",
                stop.text,
                "",
                f"![{stop.title}](tour/{stop.name}.png)",
                "",
            ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
