"""The second part of the tour: a stack with two workers, on the stand-in for AWS."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.aws.test_console import console
from tests.aws.worked import Site, worker
from tests.console.asker import Browser
from tests.process import eventually
from tests.samples import docproc
from tour.stops import Stop, picture

DOCUMENTS = 120
HEAD = [
    "# The same of a stack",
    "",
    "`billdrop console --stack NAME` on the machine of who looks; here two workers serve a stack on the stand-in for AWS that the tests use.",
    "",
]


def visited() -> Iterator[Stop]:
    """Every stop, its picture taken."""
    site = Site(auth=False)
    with (
        tempfile.TemporaryDirectory() as folder,
        worker(site),
        worker(site),
        console(site) as url,
    ):
        for number in range(DOCUMENTS):
            text = docproc(f"st-{number:04d}", day=number % 28 + 1)
            site.upload(f"space-mechanics/{number}.txt", text)
        site.until(recorded=DOCUMENTS)
        eventually(lambda: _recorded(url), lambda count: count >= DOCUMENTS, 40)
        for stop in _stops(Path(folder)):
            picture(url, stop)
            yield stop


def _stops(folder: Path) -> Iterator[Stop]:
    yield Stop(
        name="stack-way",
        title="The fleet",
        text="Each step names the part of AWS that does it. Counts, rates and times are those of all workers together, and below of each.",
        path="/console",
        height=1250,
    )
    (folder / "march.txt").write_text(docproc("st-9001"), encoding="utf-8")
    (folder / "april.txt").write_text(docproc("st-9002", total="9999"), encoding="utf-8")
    yield Stop(
        name="stack-upload",
        title="From the browser to the bucket",
        text="The files go straight to S3, by a form that is good for one file and five minutes; what is shown is the receipt of the worker that took them.",
        path="/console/upload?customer=space-mechanics",
        height=760,
        files=(folder / "march.txt", folder / "april.txt"),
        wait="return document.querySelectorAll('#verdicts .state').length === 2",
    )
    yield Stop(
        name="stack-expenses",
        title="The same sums",
        text="By date from the ledger; by seller or customer Athena is asked.",
        path="/console/expenses?since=2018-03-01&until=2018-03-31",
        dark=True,
    )


def _recorded(url: str) -> int:
    rows = Browser(url).get("/console.json").json
    return next(int(row["count"]) for row in rows if row["edge"] == "recorded")
