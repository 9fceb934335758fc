"""A strange layout in the console: a draft of its guideline is one click away, and the rest goes by itself."""

import html
import re

from tests.console.asker import Browser
from tests.process import Up, eventually
from tests.unit.guidelines.draft_samples import GERMAN


def text_of(page: str) -> str:
    """What stands in the guideline's field."""
    found = re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_entry_of_an_unknown_layout_offers_a_draft_that_redrives_it(
    browser: Browser, service: Up
) -> None:
    service.drop("strange.txt", GERMAN, customer="schrauben")
    (entry,) = eventually(lambda: waiting(browser), lambda found: len(found) == 1)
    page = browser.get(f"/console/quarantine?entry={entry['id']}").text
    offered = re.search(r'href="([^"]+draft=yes[^"]*)"', page)
    assert offered
    text = text_of(browser.get(html.unescape(offered[1])).text)
    assert 'customers = ["schrauben"]' in text
    saved = browser.send("/console", "/console/guidelines/save", {"text": text, "sample": GERMAN})
    assert saved.status == 303
    eventually(lambda: waiting(browser), lambda found: found == [])


def test_sample_that_was_typed_is_drafted_from(browser: Browser) -> None:
    answer = browser.send("/console", "/console/guidelines/draft", {"sample": GERMAN})
    text = text_of(answer.text)
    assert 'number = { label = "Rechnungsnummer" }' in text
    form = {"text": text, "sample": GERMAN}
    tried = html.unescape(browser.send("/console", "/console/guidelines/attempt", form).text)
    assert "seller: no label says it: `Schrauben Müller GmbH`" in tried
    refused = browser.send("/console", "/console/guidelines/draft", {"sample": "  "})
    assert text_of(refused.text).startswith("# no draft: the sample has no text")


LAYOUT = """
guideline = "bolts"
version = 1
customers = ["bolts"]
input = { reader = "labelled" }
locale = { currency = "EUR" }
[fields]
number = { label = "No" }
issue_date = { label = "On" }
total = { label = "Sum" }
"""
HELD = "[customers.bolts.policy]\nlargest = { total = { EUR = 1 } }\n"


def test_playground_refuses_what_the_policy_file_holds(browser: Browser, service: Up) -> None:
    form = {"text": LAYOUT, "sample": "No: B-1\nOn: 2026-11-01\nSum: 20.00\n"}
    page = "/console/guidelines/attempt"
    assert "Invoice 1: accepted" in browser.send("/console", page, form).text
    (folder := service.data / "guidelines").mkdir(exist_ok=True)
    (folder / "policy.toml").write_text(HELD)
    held = eventually(
        lambda: browser.send("/console", page, form).text, lambda text: "refused" in text
    )
    assert "Invoice 1: refused" in held
    others = browser.send("/console", page, {**form, "customer": "nuts"}).text
    assert "Invoice 1: accepted" in others


def waiting(browser: Browser) -> list[dict[str, str]]:
    """What waits of the customer."""
    found: list[dict[str, str]] = browser.get("/console/quarantine.json").json
    return [one for one in found if one["customer"] == "schrauben"]
