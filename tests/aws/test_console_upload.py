"""Uploads from the console of a stack go from the browser to the bucket, and the receipt is the verdict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from selenium.webdriver.common.by import By

from tests.aws.test_console import console
from tests.aws.test_customers import post_fields
from tests.aws.worked import Site, worker
from tests.console.asker import Browser
from tests.console.chromium import chromium, complaints, until
from tests.process import eventually
from tests.samples import docproc


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(auth=True)


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    with console(site) as url:
        yield Browser(url)


def offer(browser: Browser, customer: str, name: str) -> Any:
    page = browser.get(f"/console/upload/offer?customer={quote(customer)}&name={quote(name)}")
    assert page.status == 200, page.text
    return page.json


def verdict(browser: Browser, name: str, **about: str) -> Any:
    more = "".join(f"&{key}={quote(value)}" for key, value in about.items())
    return browser.get(f"/console/upload/verdict?customer=acme&name={quote(name)}{more}")


def test_file_is_offered_a_place_under_its_customer_and_told_of_by_its_receipt(
    site: Site, browser: Browser
) -> None:
    given = offer(browser, "acme", "march/a b.txt")
    assert given["fields"]["key"] == "acme/march/a b.txt"
    assert given["fields"]["Content-Type"] == "text/plain"
    about = {name: given[name] for name in ("before", "newest")}
    assert verdict(browser, "march/a b.txt", **about).status == 404
    assert post_fields(given["url"], given["fields"], docproc("inv-1").encode()) == 204
    assert verdict(browser, "march/a b.txt", **about).status == 204
    with worker(site):
        site.until(recorded=1)
        told = eventually(
            lambda: verdict(browser, "march/a b.txt", **about), lambda page: page.status == 200
        ).json
    assert (told["outcome"], told["invoices"][0]["number"]) == ("recorded", "inv-1")


def test_receipt_of_an_earlier_version_is_no_verdict(browser: Browser) -> None:
    given = offer(browser, "acme", "march/a b.txt")
    assert given["before"]
    assert post_fields(given["url"], given["fields"], docproc("inv-1").encode()) == 204
    assert verdict(browser, "march/a b.txt", before=given["before"]).status == 204


def test_form_puts_nothing_under_another_customer(browser: Browser) -> None:
    given = offer(browser, "acme", "a.txt")
    fields = given["fields"] | {"key": "globex/a.txt"}
    assert post_fields(given["url"], fields, b"an invoice") in {400, 403}


@pytest.mark.parametrize(("customer", "name"), [("", "a.txt"), ("..", "a.txt"), ("acme", "../x")])
def test_no_form_is_made_for_names_that_nothing_can_have(
    browser: Browser, customer: str, name: str
) -> None:
    page = browser.get(f"/console/upload/offer?customer={quote(customer)}&name={quote(name)}")
    assert page.status == 403


def test_page_may_reach_the_bucket_and_nothing_else(browser: Browser) -> None:
    given = urlsplit(offer(browser, "acme", "a.txt")["url"])
    policy = browser.get("/console/upload").headers["content-security-policy"]
    assert f"connect-src 'self' {given.scheme}://{given.netloc};" in policy
    assert "form-action 'self';" in policy
    other = browser.get("/console/expenses").headers["content-security-policy"]
    assert "connect-src 'self';" in other


def test_person_drops_a_file_and_sees_what_became_of_it(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    texts = {"good.txt": docproc("inv-7"), "wrong.txt": docproc("inv-8", total="9999")}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with worker(site), chromium() as one:
        one.get(f"{browser.url}/console/upload")
        one.find_element(By.NAME, "customer").send_keys("acme")
        chosen = "\n".join(str(tmp_path / name) for name in texts)
        one.find_element(By.ID, "files").send_keys(chosen)
        until(one, "return document.querySelectorAll('#verdicts .state').length === 2")
        shown = one.find_element(By.ID, "verdicts").text
        assert "recorded" in shown
        assert "inv-7: 3050 INR" in shown
        assert "BD2014" in shown
        assert "1 accepted, 1 waiting in quarantine" in one.find_element(By.ID, "counts").text
        assert [line for line in complaints(one) if "Content Security Policy" in line] == []
