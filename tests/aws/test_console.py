"""The console of a stack: the same pages over DynamoDB, S3 and Athena, a decision included."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from billdrop.aws.inbox.queue import letters_url
from billdrop.aws.ledger.accounts import Accounts
from billdrop.aws.ledger.pulses import Pulses
from billdrop.aws.ledger.wire import Wire
from billdrop.console.access import Access, with_person
from billdrop.runtime import aws as runtime
from billdrop.runtime.accounts import changed
from billdrop.runtime.stack_console import Renewing
from billdrop.runtime.watch import RENEWED
from billdrop.settings import Settings
from tests.aws.worked import Site, Worker, worker
from tests.console.asker import Browser, Page
from tests.console.playground import opened
from tests.console.test_browser import GUIDELINE
from tests.process import eventually
from tests.samples import docproc

PASSWORD = "correct horse battery"


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
    with console(site) as url:
        yield Browser(url)


@contextmanager
def console(site: Site, *args: str) -> Iterator[str]:
    """`billdrop console` of a stack, ended with the block; its address."""
    command = ["billdrop", "console", "--stack", site.stack.name, "--port", "0", *args]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, **site.server.environment()},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        lines = iter(process.stderr)
        found = next(url for line in lines if (url := re.search(r"http://127\.0\.0\.\d:\d+", line)))
        yield found[0]
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


def console_of(running: Worker) -> Browser:
    """The pages that a worker serves itself."""
    line = eventually(
        lambda: next((one for one in running.said if "its console is at" in one), ""), bool
    )
    return Browser(re.findall(r"http://127\.0\.0\.\d:\d+", line)[0])


def count_of(browser: Browser, edge: str = "recorded") -> int:
    rows = browser.get("/console.json").json
    return int(next(row["count"] for row in rows if row["edge"] == edge))


def waits(browser: Browser) -> dict[str, Any]:
    """What waits, as the page's twin says."""
    rows = browser.get("/console.json").json
    return {row["waits"]: row["value"] for row in rows if "waits" in row}


def test_what_waits_in_the_queue_is_shown_with_its_age(site: Site) -> None:
    sqs, queue = site.clients.sqs, site.stack.queue_url
    dead = letters_url(site.clients, queue)
    sqs.purge_queue(QueueUrl=queue)
    for url in (queue, dead, dead):
        sqs.send_message(QueueUrl=url, MessageBody="waits")
    site.clients.cloudwatch.put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": queue.rpartition("/")[2]}],
                "Value": 7200,
            }
        ],
    )
    with console(site) as url:
        shown = waits(Browser(url))
        assert shown == site.answer("status")["queue"]
        page = Browser(url).get("/console").text
    assert shown["waiting"] + shown["in_flight"] == 1
    assert (shown["dead"], shown["uncaptured"]) == (2, None)
    assert re.findall(r'texts\.(oldest\w+)_seconds">([^<]+)<', page) == [
        ("oldest_message", "2.0 h"),
        ("oldest_uncaptured", "not known"),
    ]
    assert re.search(r"oldest message +2\.0 h\n", site.run("status").stdout)
    for url in (queue, dead):
        sqs.purge_queue(QueueUrl=url)


def test_counts_of_all_workers_are_added_up_in_each_console(site: Site, browser: Browser) -> None:
    with worker(site, "--console", "0") as one, worker(site) as other:
        for number in range(6):
            site.upload(f"globex/{number}.txt", docproc(f"many-{number}", day=number + 1))
        beside = console_of(one)
        eventually(lambda: count_of(browser), lambda count: count == 6, 40)
        eventually(lambda: count_of(beside), lambda count: count == 6, 40)
        page = browser.get("/console").text
        rows = [f"-{running.process.pid}</td>" for running in (one, other)]
        assert [page.count(row) for row in rows] == [1, 1]
        assert "this console" in page
        found = eventually(lambda: waits(beside), lambda now: now["uncaptured"] is not None)
        assert (found["uncaptured"], found["oldest_uncaptured_seconds"]) == (0, None)
        assert [beside.get("/console").text.count(row) for row in rows] == [1, 1]
        for running in (one, other):
            running.process.send_signal(signal.SIGTERM)
        assert [running.ended() for running in (one, other)] == [0, 0]
    eventually(lambda: browser.get("/console").text, lambda text: rows[0] not in text)


def olga(known: Access) -> Access:
    return with_person(known, name="olga", role="operator", customer="", password=PASSWORD)


def test_worker_with_the_rights_of_its_role_says_what_it_does_and_takes_leave() -> None:
    guarded = Site(auth=True)
    accounts = Accounts(Wire(guarded.clients, guarded.stack.table))
    changed(accounts, olga, guarded.stack.name)
    with worker(guarded, "--console", "127.0.0.2:0") as running:
        pulses = Pulses(Wire(guarded.clients, guarded.stack.table))
        names = eventually(lambda: [name for name, _ in pulses.all()], bool, 40)
        assert names[0].endswith(f"-{running.process.pid}")
        beside = console_of(running)
        assert beside.get("/console.json").status == 303
        beside.login("olga", PASSWORD)
        known = {name: value for name, value in waits(beside).items() if value is not None}
        assert known.items() >= {"waiting": 0, "in_flight": 0, "dead": 0}.items()
        assert 'name="opened"' in (page := beside.get("/console/guidelines").text)
        assert "Save and use" not in page, "its role may not write guidelines"
        assert running.stop() == 0
        assert not [entry for entry in running.log if entry.get("what") == "pulse"]
    assert list(pulses.all()) == []


def test_guideline_that_is_put_is_known_to_the_console_as_soon_as_to_a_worker(
    site: Site, tmp_path: Path
) -> None:
    moment = 0.0
    here = runtime.Site(clients=site.clients, stack=site.stack, settings=Settings())
    library = Renewing(runtime.Guidelines(here, tmp_path), lambda: moment)
    site.destination.put("guidelines/sun.toml", GUIDELINE.replace("moon", "sun").encode())
    assert library().named("sun") is None
    moment = RENEWED
    assert library().named("sun")
    site.destination.remove("guidelines/sun.toml")


def saved(browser: Browser, text: str) -> Page:
    """Put a guideline to use, as it was opened a moment ago."""
    return browser.send("/console/guidelines", "/console/guidelines/save", {"text": text})


def test_guideline_that_is_saved_on_the_page_lies_where_the_workers_look(
    site: Site, browser: Browser
) -> None:
    assert "moon" not in browser.get("/console/guidelines.json").text
    trial = {"text": GUIDELINE}
    changes = browser.send("/console/guidelines", "/console/guidelines/changes", trial)
    assert (changes.status, "What would change" in changes.text) == (200, True)
    assert saved(browser, GUIDELINE).status == 303
    assert "moon" in browser.get("/console/guidelines.json").text, "at once"
    assert lying(site) == GUIDELINE
    worse = saved(browser, f"{GUIDELINE}[[examples]]\ntext = 'no invoice'\ninvoices = 1\n")
    assert worse.status == 409
    assert "Not saved" in worse.text
    assert lying(site) == GUIDELINE


def test_of_two_that_save_a_guideline_at_once_one_does(site: Site, browser: Browser) -> None:
    forms = [opened(browser, "moon") for _ in range(2)]
    texts = [GUIDELINE.replace("version = 1", f"version = {number}") for number in (2, 3)]
    answers = [
        browser.send("/console", "/console/guidelines/save", {"text": text, **form})
        for text, form in zip(texts, forms, strict=True)
    ]
    assert [answer.status for answer in answers] == [303, 409]
    assert "was written by somebody else since it was opened here" in answers[1].text
    assert "version = 3" in answers[1].text, "nothing typed is lost"
    assert lying(site) == texts[0]
    again = {"text": texts[1], **opened(browser, "moon")}
    assert browser.send("/console", "/console/guidelines/save", again).status == 303


def lying(site: Site) -> str:
    return b"".join(site.destination.pieces("guidelines/moon.toml")).decode()


def test_person_rejects_and_takes_back_on_a_stack(site: Site, browser: Browser) -> None:
    with worker(site):
        site.upload("acme/wrong.txt", docproc("inv-9", total="9999"))
        site.until(quarantined=1)
    (entry,) = browser.get("/console/quarantine.json").json
    form = {"entry": str(entry["id"]), "by": "olga", "why": "not ours"}
    page = f"/console/quarantine?entry={entry['id']}"
    assert browser.send(page, "/console/quarantine/reject", form).status == 303
    assert browser.get("/console/quarantine.json").json == []
    assert "Rejected for good" in browser.get(page).text
    assert site.receipt("acme/wrong.txt")["findings"][-1]["code"] == "BD3005"
    browser.send(page, "/console/quarantine/reconsider", form)
    assert browser.get("/console/quarantine.json").json == [entry]
