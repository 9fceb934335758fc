"""A strange layout in the console: a draft of its guideline is one click away, and the rest goes by itself."""

import html
import re

from tests.console.asker import Browser
from tests.console.playground import opened
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
    left = browser.get(f"/console/quarantine?entry={entry['id']}").text
    assert f"Entry {entry['id']}" in left
    assert "there is nothing wrong with it any more" in left
    assert "Read it again" not in left


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


def test_guideline_that_is_refused_stays_in_the_playground_with_the_reason(
    browser: Browser,
) -> None:
    typed = {"text": LAYOUT.replace("[fields]", "[fields"), "sample": "No: <B-1>", "customer": "c"}
    answer = browser.send("/console", "/console/guidelines/save", typed)
    assert answer.status == 409
    assert text_of(answer.text) == typed["text"]
    assert "No: &lt;B-1&gt;</textarea>" in answer.text
    assert re.search(r'id="said" role="alert">\s*<p class="alert">.*line 7', answer.text)
    assert 'name="customer" value="c"' in answer.text


def test_guideline_of_ours_is_replaced_only_by_who_says_that_it_is_meant(
    browser: Browser, service: Up
) -> None:
    file = service.data / "guidelines" / "gobl.toml"
    form = {"text": LAYOUT.replace("bolts", "gobl").replace("version = 1", "version = 99")}
    asked = browser.send("/console", "/console/guidelines/save", form)
    assert asked.status == 409
    assert "`gobl` is a guideline that comes with billdrop" in asked.text
    assert 'name="replace"' in asked.text
    assert not file.exists()
    form["replace"] = "yes"
    assert browser.send("/console", "/console/guidelines/save", form).status == 303
    assert file.exists()
    file.unlink()


def test_of_two_that_save_a_guideline_at_once_one_does_whatever_its_file_is_called(
    browser: Browser, service: Up
) -> None:
    file = service.data / "guidelines" / "other-name.toml"
    file.write_text(LAYOUT.replace("bolts", "shop"))
    forms = [opened(browser, "shop") for _ in range(2)]
    texts = [file.read_text().replace("version = 1", f"version = {count}") for count in (2, 3)]
    answers = [
        browser.send("/console", "/console/guidelines/save", {"text": text, **form})
        for text, form in zip(texts, forms, strict=True)
    ]
    assert [answer.status for answer in answers] == [303, 409]
    assert "was written by somebody else since it was opened here" in answers[1].text
    assert text_of(answers[1].text) == texts[1], "nothing typed is lost"
    assert file.read_text() == texts[0]
    assert not file.with_name("shop.toml").exists()
    page = browser.get(answers[0].headers["location"].replace("..", "/console")).text
    assert text_of(page) == texts[0]
    again = {"text": texts[1], **opened(browser, "shop")}
    eventually(
        lambda: browser.send("/console", "/console/guidelines/save", again).status,
        lambda status: status == 303,
    )
    file.unlink()


HELD = "[customers.bolts.policy]\nlargest = { total = { EUR = 1 } }\n"


def test_playground_refuses_what_the_policy_file_holds(browser: Browser, service: Up) -> None:
    form = {"text": LAYOUT, "sample": "No: B-1\nOn: 2026-11-01\nSum: 20.00\n"}
    page = "/console/guidelines/attempt"
    assert "Invoice 1: accepted" in browser.send("/console", page, form).text
    (folder := service.data / "guidelines").mkdir(exist_ok=True)
    (folder / "policy.toml").write_text(HELD)
    held = eventually(
        lambda: browser.send("/console", page, form).text, lambda text: ": held" in text
    )
    assert "Invoice 1: held" in held
    others = browser.send("/console", page, {**form, "customer": "nuts"}).text
    assert "Invoice 1: accepted" in others


def waiting(browser: Browser) -> list[dict[str, str]]:
    """What waits of the customer."""
    found: list[dict[str, str]] = browser.get("/console/quarantine.json").json
    return [one for one in found if one["customer"] == "schrauben"]
