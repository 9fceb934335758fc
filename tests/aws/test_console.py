"""The console of a stack: the same pages over DynamoDB, S3 and Athena, a decision included."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.aws.worked import Site, worker
from tests.console.asker import Browser
from tests.samples import docproc


@pytest.fixture(scope="module")
def site() -> Site:
    here = Site(auth=False)
    with worker(here):
        here.upload("acme/a.txt", docproc("inv-1", day=31))
        here.until(recorded=1)
        here.upload("acme/b.txt", docproc("inv-1", day=30))
        here.until(recorded=1, quarantined=1)
    return here


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    process = subprocess.Popen(
        [sys.executable, "-m", "billdrop", "console", "--stack", site.stack.name, "--port", "0"],
        env={**os.environ, **site.server.environment()},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        lines = iter(process.stderr)
        found = next(url for line in lines if (url := re.search(r"http://127\.0\.0\.1:\d+", line)))
        yield Browser(found[0])
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_pages_show_the_parts_of_the_stack_under_the_same_numbers(
    browser: Browser, site: Site
) -> None:
    page = browser.get("/console").text
    for part in (
        site.stack.inbox_bucket,
        site.stack.topic_arn,
        site.stack.queue_url,
        site.stack.table,
    ):
        assert part in page
    assert browser.get("/console/upload").text.count(site.stack.inbox_bucket) == 1


def test_sums_are_those_of_the_command(browser: Browser, site: Site) -> None:
    assert browser.get("/console/expenses.json").json == site.answer("expenses")


def test_history_document_and_original_are_there(browser: Browser) -> None:
    rows = browser.get("/console/documents.json").json
    assert {row["state"] for row in rows} == {"recorded", "quarantined"}
    first = next(row for row in rows if row["state"] == "recorded")
    assert browser.get(f"/console/document?id={first['document_id']}").status == 200
    raw = browser.get(f"/console/document/original?id={first['document_id']}")
    assert raw.text == docproc("inv-1", day=31)


def test_person_releases_what_waits(browser: Browser, site: Site) -> None:
    entry = browser.get("/console/quarantine.json").json[0]
    form = {"entry": str(entry["id"]), "by": "olga", "why": "the date was corrected"}
    done = browser.send("/console/quarantine", "/console/quarantine/release", form)
    assert done.status == 200, done.text
    site.until(quarantined=0)
    assert browser.get("/console/expenses.json").json[0]["date"] == "2018-03-30"
