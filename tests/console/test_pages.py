"""Every page answers, its twins say the same as the commands, and strangers' text stays text."""

import csv
import io
import re
from pathlib import Path

import pytest

from billdrop.console.pages import PAGES
from billdrop.console.pages.quarantine import STEP
from tests.console.asker import Browser
from tests.process import Up, answer, eventually
from tests.samples import docproc

OPEN = [name for name in PAGES if name not in ("invoice", "document", "job")]


@pytest.mark.parametrize("name", OPEN)
def test_page_and_its_twins_answer(browser: Browser, name: str) -> None:
    path = f"/console/{name}".rstrip("/")
    page = browser.get(path)
    assert page.status == 200
    assert "<h1>" in page.text
    assert browser.get(f"{path}.json").headers["content-type"] == "application/json"
    assert browser.get(f"{path}.csv").headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("name", OPEN)
def test_page_runs_no_script_but_its_own(browser: Browser, name: str) -> None:
    page = browser.get(f"/console/{name}".rstrip("/"))
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)' 'strict-dynamic';", policy)
    assert nonce
    assert "unsafe" not in policy
    for mark in (
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "default-src 'none'",
    ):
        assert mark in policy
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL)
    assert scripts
    assert not any(script.strip() for script in scripts)
    assert re.findall(r'nonce="([^"]+)"', page.text) == [nonce[1]] * len(scripts)
    assert not re.search(r"\son[a-z]+\s*=|style=|https?://", page.text.replace(browser.url, ""))


def test_marks_of_two_answers_differ(browser: Browser) -> None:
    policies = {browser.get("/console").headers["content-security-policy"] for _ in range(2)}
    assert len(policies) == 2


def test_expenses_are_those_of_the_command(browser: Browser, service: Up) -> None:
    assert browser.get("/console/expenses.json").json == answer("expenses", service.data)
    rows = list(csv.DictReader(io.StringIO(browser.get("/console/expenses.csv").text)))
    assert [row["total"] for row in rows] == [
        row["total"] for row in answer("expenses", service.data)
    ]


@pytest.mark.parametrize("by", ["month", "customer", "seller", "currency"])
def test_expenses_by_anything_are_those_of_the_command(
    browser: Browser, service: Up, by: str
) -> None:
    shown = browser.get(f"/console/expenses.json?by={by}").json
    assert shown == answer("expenses", service.data, "--by", by)


def test_bar_leads_to_its_invoices_and_these_to_the_lines_of_the_original(browser: Browser) -> None:
    page = browser.get("/console/expenses")
    link = re.search(r'href="(/console/invoices\?[^"]*2018-03-31[^"]*)"', page.text)
    assert link
    invoices = browser.get(link[1].replace("&amp;", "&"))
    assert "inv-1" in invoices.text
    assert "inv-2" not in invoices.text
    found = re.search(r'href="(/console/invoice\?id=[^"]+)"', invoices.text)
    assert found
    shown = browser.get(found[1]).text
    assert re.search(r'<mark class="value" data-path="total"[^>]*>8150</mark>', shown)
    offered = set(re.findall(r'data-show="([^"]+)"', shown))
    assert offered <= set(re.findall(r'data-path="([^"]+)"', shown))
    assert "total" in offered


def test_history_is_filtered_by_its_address_and_read_page_by_page(browser: Browser) -> None:
    rows = browser.get("/console/documents.json").json
    assert [row["key"] for row in rows] == [
        "globex/d.txt",
        "acme/c.txt",
        "acme/b.txt",
        "acme/a.txt",
    ]
    assert {row["key"] for row in browser.get("/console/documents.json?state=recorded").json} == {
        "acme/a.txt",
        "acme/b.txt",
    }
    older = browser.get(f"/console/documents.json?before={rows[1]['document_id']}").json
    assert [row["key"] for row in older] == ["acme/b.txt", "acme/a.txt"]


def test_quarantine_shows_the_reason_under_a_caret(browser: Browser) -> None:
    rows = browser.get("/console/quarantine.json").json
    entry = next(row for row in rows if row["code"] == "BD2014")
    page = browser.get(f"/console/quarantine?entry={entry['id']}").text
    assert "total 9999 is not net" in page
    assert '<mark class="error"' in page
    assert "^^^^" in page


def test_original_is_saved_and_never_shown(browser: Browser) -> None:
    row = browser.get("/console/documents.json?q=a.txt").json[0]
    raw = browser.get(f"/console/document/original?id={row['document_id']}")
    assert raw.text == docproc("inv-1", day=31, amounts=(("7650", "500"),))
    assert raw.headers["content-disposition"].startswith("attachment;")
    assert raw.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in raw.headers["content-security-policy"]


def test_sql_is_refused_with_the_words_of_the_command(browser: Browser) -> None:
    page = browser.get("/console/sql?q=DROP+TABLE+invoices")
    assert page.status == 422
    assert "BD6" in page.text
    assert "<td>2</td>" in browser.get("/console/sql?q=SELECT+COUNT(*)+AS+n+FROM+invoices").text


TIME = re.compile(r'<time datetime="([^"]+Z)" title="\1">[\d-]{10} [\d:]{8} UTC</time>')


def test_every_time_is_written_one_way_beside_its_exact_instant(browser: Browser) -> None:
    document = browser.get("/console/documents.json?q=a.txt").json[0]["document_id"]
    invoice = browser.get("/console/invoices.json").json[0]["invoice_id"]
    entry = browser.get("/console/quarantine.json").json[0]["id"]
    several = (f"document?id={document}", f"invoice?id={invoice}", f"quarantine?entry={entry}")
    told = 0
    for name in (*OPEN, *several):
        page = browser.get(f"/console/{name}".rstrip("/")).text
        rest, count = TIME.subn("", page)
        told += count
        assert "<time" not in rest, name
        assert not re.search(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", rest), name
    assert told > len(several)


def test_unknown_document_and_invoice_are_not_found(browser: Browser) -> None:
    assert browser.get("/console/document?id=no").status == 404
    assert browser.get("/console/invoice?id=no").status == 404


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}{% raw %}",
    "</textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt;\u202ekcab",
]


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_hostile_text_in_every_field_stays_text(browser: Browser, service: Up, place: int) -> None:
    hostile = HOSTILE[place]
    text = docproc(f"x{place} {hostile}"[:60], day=place + 1, seller=hostile, customer_id=hostile)
    service.put(f"evil-{place}.txt", text.replace("Item 1", hostile))
    row = browser.get("/console/documents.json").json[0]
    paths = [
        f"/console/document?id={row['document_id']}",
        "/console/documents",
        "/console/quarantine",
        "/console/expenses?by=seller",
        "/console",
    ]
    found = browser.get("/console/invoices.json").json
    paths += [
        f"/console/invoice?id={one['invoice_id']}"
        for one in found
        if one["number"].startswith(f"x{place} ")
    ]
    for path in paths:
        page = browser.get(path.replace(" ", "%20")).text
        for mark in ("<script>", "<img src=x", "<svg/", 'href="javascript', f"x{place} 49"):
            assert mark not in page, path


def test_csv_twin_guards_against_formulas(browser: Browser, service: Up) -> None:
    service.put("f.txt", docproc("inv-9", day=9, seller="=HYPERLINK(1)"))
    text = browser.get("/console/expenses.csv?by=seller").text
    assert "'=HYPERLINK(1)" in text


def test_person_rejects_an_entry_and_takes_it_back(browser: Browser) -> None:
    entry = next(
        one for one in browser.get("/console/quarantine.json").json if one["code"] == "BD2014"
    )
    form = {"entry": str(entry["id"]), "by": "olga", "why": "sent by <b>mistake</b>"}
    page = f"/console/quarantine?entry={entry['id']}"
    done = browser.send(page, "/console/quarantine/reject", form)
    assert (done.status, done.headers["location"]) == (303, page)
    assert entry not in browser.get("/console/quarantine.json").json
    shown = browser.get(page).text
    assert "Rejected for good" in shown
    assert "sent by &lt;b&gt;mistake&lt;/b&gt;" in shown
    browser.send(page, "/console/quarantine/reconsider", form)
    assert entry in browser.get("/console/quarantine.json").json
    log = browser.get("/console/quarantine").text
    assert "olga rejected" in log
    assert "olga reconsidered" in log


def test_nothing_is_rejected_without_a_reason(browser: Browser) -> None:
    entry = browser.get("/console/quarantine.json").json[0]
    form = {"entry": str(entry["id"]), "by": "olga", "why": ""}
    done = browser.send("/console/quarantine", "/console/quarantine/reject", form)
    assert done.status == 409
    assert "does not say why" in done.text


def test_redrive_of_many_is_a_job_that_says_how_far_it_is(service: Up, browser: Browser) -> None:
    for number in range(STEP + 5):
        service.put(f"many-{number}.txt", f"nobody knows number {number}\n", customer="initech")
    form = {"code": "BD2001", "customer": "initech"}
    done = browser.send("/console/quarantine", "/console/quarantine/redrive", form)
    assert done.status == 303
    path = done.headers["location"]
    assert path.startswith("/console/job?id=")
    twin = path.replace("job?", "job.json?")
    (job,) = eventually(lambda: browser.get(twin).json, lambda rows: rows[0]["ended"])
    assert (job["documents"], job["done"], job["error"]) == (STEP + 5, STEP + 5, None)
    page = browser.get(path).text
    assert f">{STEP + 5}</data> documents in" in page
    assert "data-poll" not in page
    assert browser.get("/console/job?id=99").status == 404


def test_what_a_person_may_let_pass_is_held_and_no_error(browser: Browser, service: Up) -> None:
    service.put("other.txt", docproc("inv-1", day=31, amounts=(("1", "1"),)))
    rows = browser.get("/console/quarantine.json").json
    held, wrong = (
        browser.get(f"/console/quarantine?entry={row['id']}").text
        for code in ("BD3001", "BD2014")
        for row in [next(one for one in rows if one["code"] == code)]
    )
    assert "<strong>held</strong>" in held
    assert "Release it" in held
    assert "as a correction" in held
    assert "<strong>error</strong>" in wrong
    assert "Release it" not in wrong


def test_page_of_the_docs_names_every_page_with_its_path() -> None:
    text = (Path(__file__).parents[2] / "docs" / "console.md").read_text("utf-8")
    listed = re.findall(r"^\| ([^|]+) \| `(/console[^`]*)` \|", text, re.MULTILINE)
    titled = {one.title: f"/console/{name}".rstrip("/") for name, one in PAGES.items() if one.title}
    assert dict(listed) == titled
