"""The console in a real browser: what a person does by clicking only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from billdrop.console.pages import PAGES
from tests.console.chromium import chromium, complaints, until, violations
from tests.console.test_pages import HOSTILE, OPEN
from tests.process import Up, eventually, up
from tests.samples import docproc

STRANGE = """INVOICE FROM THE MOON
No. = M-77
Day = 03.04.2026
Sum = 12,50 EUR
"""
GUIDELINE = """guideline = "moon"
version = 1
match = { contains = ["INVOICE FROM THE MOON"] }
input = { reader = "labelled", separator = "=" }
locale = { dates = ["DD.MM.YYYY"], decimal = ",", currency = "EUR" }
ignore = ["INVOICE FROM THE MOON"]

[fields]
number = { label = "No.", required = true }
issue_date = { label = "Day", required = true }
total = { label = "Sum", required = true }
"""


@pytest.fixture(scope="module")
def window() -> Iterator[WebDriver]:
    with chromium() as one:
        yield one


@pytest.fixture
def browser(window: WebDriver) -> WebDriver:
    """The window, with no page open that asks a service which has ended."""
    window.get("about:blank")
    complaints(window)
    return window


def choose(browser: WebDriver, file: Path) -> None:
    field = browser.find_element(By.NAME, "customer")
    field.clear()
    field.send_keys("acme")
    browser.find_element(By.ID, "files").send_keys(str(file))


def text_of(browser: WebDriver, css: str) -> str:
    return browser.find_element(By.CSS_SELECTOR, css).text


def test_upload_is_answered_and_the_chart_changes_without_a_reload(
    browser: WebDriver, tmp_path: Path
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(docproc("inv-1", day=31), encoding="utf-8")
    with up(tmp_path / "data") as running:
        browser.get(f"{running.url}/console/expenses")
        until(browser, "return document.querySelector('.empty') !== null")
        browser.execute_script("window.mark = 'still the same page'")
        chart = browser.current_window_handle
        browser.switch_to.new_window("tab")
        browser.get(f"{running.url}/console/upload")
        choose(browser, file)
        until(browser, "return document.querySelector('#verdicts .state') !== null")
        assert "recorded" in text_of(browser, "#verdicts li")
        assert "inv-1" in text_of(browser, "#verdicts li")
        browser.close()
        browser.switch_to.window(chart)
        until(browser, "return document.querySelectorAll('rect.bar').length === 1")
        assert browser.execute_script("return window.mark") == "still the same page"
        assert complaints(browser) == []


def test_strange_layout_waits_until_a_guideline_is_written_in_the_playground(
    browser: WebDriver, tmp_path: Path
) -> None:
    file = tmp_path / "moon.txt"
    file.write_text(STRANGE, encoding="utf-8")
    with up(tmp_path / "data") as running:
        browser.get(f"{running.url}/console/upload")
        choose(browser, file)
        until(browser, "return document.querySelector('#verdicts .quarantined') !== null")
        assert "BD2001" in text_of(browser, "#verdicts li")
        assert text_of(browser, "#verdicts .findings strong") == "error"
        drafting = browser.find_element(By.LINK_TEXT, "Draft a guideline from it")
        assert str(drafting.get_attribute("href")).endswith("&draft=yes")
        browser.find_element(By.LINK_TEXT, "see it").click()
        browser.find_element(By.LINK_TEXT, "Open in the playground").click()
        assert "M-77" in until(browser, "return document.getElementById('sample').value")
        text, save = (browser.find_element(By.ID, "text"), "//button[text()='Save and use']")
        text.send_keys(GUIDELINE)
        until(browser, "return document.querySelector('#attempt mark[data-path~=total]') !== null")
        assert "accepted" in text_of(browser, "#attempt")
        text.send_keys("[nonsense]")
        browser.find_element(By.XPATH, save).click()
        until(browser, "return document.querySelector('#said .alert') !== null")
        assert "nonsense" in text_of(browser, "#said")
        until(browser, "return document.querySelector('#attempt [data-line]') !== null")
        browser.find_element(By.CSS_SELECTOR, "#attempt [data-line]").click()
        chosen = "const one = document.getElementById('text'); return one.value.slice(one.selectionStart, one.selectionEnd)"
        assert browser.execute_script(chosen) == "[nonsense]"
        text.send_keys(Keys.END)
        assert text.get_attribute("value") == f"{GUIDELINE}[nonsense]"
        text.send_keys(Keys.BACKSPACE * len("[nonsense]"))
        browser.find_element(By.XPATH, save).click()
        until(browser, "return location.search.includes('saved')")
        assert "moon is in use" in text_of(browser, "#said")
        assert "M-77" in str(browser.find_element(By.ID, "sample").get_attribute("value"))
        browser.find_element(By.LINK_TEXT, "what became of this document").click()
        assert "moon.txt" in until(browser, "return document.querySelector('h1').textContent")
        browser.get(f"{running.url}/console/quarantine")
        again = browser.find_elements(By.XPATH, "//button[text()='Read all again']")
        if again:
            again[0].click()
        running.until(recorded=1, quarantined=0)
        browser.get(f"{running.url}/console/expenses")
        assert "12.50" in text_of(browser, "#fresh")
        assert [
            one
            for one in complaints(browser)
            if "/live" not in one and "/save" not in one and "422" not in one
        ] == []


def test_open_page_survives_a_restart_and_says_so_meanwhile(
    browser: WebDriver, tmp_path: Path
) -> None:
    with up(tmp_path / "data") as first:
        port = first.url.rpartition(":")[2]
        browser.get(f"{first.url}/console")
        until(browser, "return document.querySelector('[data-live=\"states.recorded\"]') !== null")
        assert first.stop() == 0
        until(browser, "return !document.getElementById('connection').hidden")
    with up(tmp_path / "data", "--port", port) as second:
        second.put("a.txt", docproc("inv-1"))
        until(
            browser,
            "return document.querySelector('[data-live=\"states.recorded\"]').textContent === '1'",
        )
        until(browser, "return document.getElementById('connection').hidden")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("filled") / "data") as running:
        for place, hostile in enumerate(HOSTILE):
            text = docproc(
                f"x{place} {hostile}"[:60], day=place + 1, seller=hostile, customer_id=hostile
            )
            running.put(f"evil-{place}.txt", text.replace("Item 1", hostile))
        running.put("wrong.txt", docproc("inv-9", total="9999"))
        running.put("strange.txt", STRANGE + "".join(HOSTILE))
        yield running


def pages(service: Up) -> list[str]:
    """Every page, and one document, invoice and entry of each kind."""
    documents = service.ask("/console/documents.json").body
    invoices = service.ask("/console/invoices.json").body
    entries = service.ask("/console/quarantine.json").body
    return [
        *(f"/console/{name}".rstrip("/") for name in OPEN),
        *(f"/console/document?id={one['document_id']}" for one in documents),
        *(f"/console/guidelines?document={one['document_id']}" for one in documents[:2]),
        *(f"/console/invoice?id={one['invoice_id']}" for one in invoices),
        *(f"/console/quarantine?entry={one['id']}" for one in entries),
        "/console/expenses?by=seller",
    ]


def test_hostile_invoices_run_nothing_on_any_page(browser: WebDriver, filled: Up) -> None:
    for path in pages(filled):
        browser.get(filled.url + path)
        until(browser, "return document.readyState === 'complete'")
        said = [one for one in complaints(browser) if "Content Security Policy" in one]
        assert said == [], path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(filled: Up, dark: bool) -> None:
    with chromium(dark=dark) as one:
        found = {}
        shown = [
            *(f"/console/{name}".rstrip("/") for name in OPEN),
            *pages(filled)[len(OPEN) :][:1],
        ]
        shown += [path for path in pages(filled) if "invoice?" in path or "entry=" in path][:2]
        for path in shown:
            one.get(filled.url + path)
            until(one, "return document.readyState === 'complete'")
            if wrong := violations(one):
                found[path] = wrong
        assert found == {}


def test_no_page_scrolls_sideways_at_360_pixels(filled: Up) -> None:
    with chromium(width=360) as one:
        for path in pages(filled):
            one.get(filled.url + path)
            until(one, "return document.readyState === 'complete'")
            wide = one.execute_script("return document.documentElement.scrollWidth")
            assert wide <= 360, path


def test_every_page_is_reached_by_the_keyboard(browser: WebDriver, filled: Up) -> None:
    browser.get(f"{filled.url}/console")
    reached = browser.execute_script(
        "return [...document.querySelectorAll('nav a')].map((each) => each.getAttribute('href'))"
    )
    titled = [f"/console/{name}".rstrip("/") for name, page in PAGES.items() if page.title]
    assert reached == titled
    browser.execute_script("document.querySelector('.skip').focus()")
    target = browser.switch_to.active_element.get_attribute("href")
    assert target is not None
    assert target.endswith("#main")


def test_times_are_those_of_the_readers_zone(browser: WebDriver, filled: Up) -> None:
    browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kolkata"})
    browser.get(f"{filled.url}/console/documents")
    shown, exact = until(
        browser,
        "const one = document.querySelector('time'); return !one.textContent.endsWith('UTC') && [one.textContent, one.title]",
    )
    zone = {"dateStyle": "medium", "timeStyle": "medium", "timeZone": "Asia/Kolkata"}
    script = "return new Date(arguments[0]).toLocaleString(undefined, arguments[1])"
    assert shown == browser.execute_script(script, exact, zone)
    browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})


def test_chart_is_zoomed_by_dragging(browser: WebDriver, filled: Up) -> None:
    browser.get(f"{filled.url}/console/expenses")
    bars = until(browser, "return document.querySelectorAll('rect.bar').length")
    assert bars == len(HOSTILE)
    browser.execute_script(
        """
        const chart = document.querySelector('svg.bars'), box = chart.getBoundingClientRect();
        const at = (kind, share) => chart.dispatchEvent(new PointerEvent(kind, {
          clientX: box.left + box.width * share, clientY: box.top + 10, bubbles: true, cancelable: true }));
        at('pointerdown', 0.01); at('pointerup', 0.4);
        """
    )
    eventually(lambda: browser.current_url, lambda url: "since=" in url and "until=" in url)


def test_brush_is_drawn_while_it_is_dragged_and_escape_lets_go(
    browser: WebDriver, filled: Up
) -> None:
    browser.get(f"{filled.url}/console/expenses")
    until(browser, "return document.querySelectorAll('rect.bar').length")
    drag = """
        const chart = document.querySelector('svg.bars'), box = chart.getBoundingClientRect();
        window.at = (kind, share) => chart.dispatchEvent(new PointerEvent(kind, {
          clientX: box.left + box.width * share, clientY: box.top + 10, bubbles: true, cancelable: true }));
        at('pointerdown', 0.01); at('pointermove', 0.4);
        return document.querySelectorAll('rect.brush').length;
        """
    assert browser.execute_script(drag) == 1
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    until(browser, "return document.querySelectorAll('rect.brush').length === 0")
    browser.execute_script("at('pointerup', 0.4)")
    assert "since=" not in browser.current_url


def test_sums_are_taken_along_as_sql_as_csv_and_as_a_picture(
    browser: WebDriver, filled: Up
) -> None:
    browser.get(f"{filled.url}/console/expenses?by=month")
    until(browser, "return document.querySelectorAll('rect.bar').length")
    browser.execute_script(
        """
        navigator.clipboard.writeText = async (text) => { window.taken = text; };
        HTMLAnchorElement.prototype.click = function () { window.saved = [this.download, this.href.slice(0, 22)]; };
        document.querySelector('[data-copy]').dispatchEvent(new MouseEvent('click', { bubbles: true }));
        document.querySelector('[data-png]').dispatchEvent(new MouseEvent('click', { bubbles: true }));
        """
    )
    assert "GROUP BY" in until(browser, "return window.taken")
    saved = until(browser, "return window.saved")
    assert saved == ["expenses-INR.png", "data:image/png;base64,"]
    target = browser.find_element(By.LINK_TEXT, "Save as CSV").get_attribute("href")
    assert target == f"{filled.url}/console/expenses.csv?by=month"
    assert [line for line in complaints(browser) if "Content Security Policy" in line] == []


def test_chart_is_reached_by_the_keyboard_through_its_table(browser: WebDriver, filled: Up) -> None:
    browser.get(f"{filled.url}/console/expenses")
    until(browser, "return document.querySelectorAll('rect.bar').length")
    bars = browser.execute_script(
        "return [...document.querySelectorAll('svg.bars a')].map((one) => one.href.baseVal)"
    )
    rows = browser.execute_script(
        "return [...document.querySelectorAll('.chart tbody a')].map((one) => one.getAttribute('href'))"
    )
    assert sorted(bars) == sorted(rows)
