"""Who may look and do: roles, sessions, forms, tokens, and nobody on another address without a person."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from billdrop.console.access import read, with_person, write
from billdrop.console.sessions import COOKIE
from tests.console.asker import Browser, Page
from tests.console.playground import opened
from tests.process import Up, billdrop, eventually, up
from tests.samples import docproc

PASSWORD = "correct horse battery"
CLOSED = [
    "",
    "expenses",
    "invoices",
    "upload",
    "quarantine",
    "guidelines",
    "documents",
    "sql",
    "health",
]


def add(data: Path, name: str, *more: str) -> None:
    run = billdrop("access", "add", name, "--data-dir", data, "--password", PASSWORD, *more)
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    data = tmp_path_factory.mktemp("guarded") / "data"
    add(data, "olga", "--role", "operator")
    add(data, "finn", "--role", "finance")
    add(data, "cleo", "--role", "customer", "--customer", "acme")
    with up(data) as running:
        running.drop("a.txt", docproc("inv-1"), customer="acme")
        running.drop("b.txt", docproc("inv-2", total="1"), customer="globex")
        running.until(recorded=1, quarantined=1)
        yield running


def logged_in(service: Up, name: str) -> Browser:
    browser = Browser(service.url)
    assert browser.login(name, PASSWORD).status == 303
    return browser


@pytest.mark.parametrize("name", CLOSED)
def test_stranger_is_sent_to_log_in(guarded: Up, name: str) -> None:
    page = Browser(guarded.url).get(f"/console/{name}".rstrip("/"))
    assert page.status == 303
    assert page.headers["location"].startswith("/console/login?next=")


def test_many_logins_at_once_are_told_to_come_again(guarded: Up) -> None:
    def tried(number: int) -> Page:
        return Browser(guarded.url).login(f"nobody-{number}", "no")

    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(tried, range(20)))
    assert {page.status for page in pages} == {401, 429}
    told = next(page for page in pages if page.status == 429)
    assert told.headers["retry-after"] == "1"
    assert "others are logging in" in told.text


def test_stream_ends_when_its_session_does(guarded: Up) -> None:
    olga = logged_in(guarded, "olga")
    asked = Request(
        f"{guarded.url}/console/live", headers={"cookie": f"{COOKIE}={olga.cookies[COOKIE]}"}
    )
    with urlopen(asked, timeout=30) as stream:
        told = (json.loads(line[6:])["states"] for line in stream if line.startswith(b"data: "))
        before = next(told)
        olga.send("/console", "/console/logout", {})
        guarded.drop("c.txt", docproc("inv-9"), customer="acme")
        assert not [states for states in told if states != before]


@pytest.mark.parametrize("path", ["/expenses", "/status", "/metrics"])
def test_stranger_is_told_nothing_beside_the_pages_either(guarded: Up, path: str) -> None:
    assert Browser(guarded.url).get(path).status == 401
    assert logged_in(guarded, "finn").get(path).status == 200
    assert logged_in(guarded, "cleo").get(path).status == 401


def test_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(guarded: Up) -> None:
    answer = Browser(guarded.url).login("olga", PASSWORD)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.count("httponly") == cookie.count("samesite=strict") == 2
    assert "path=/;" in cookie
    assert "path=/console/login;" in cookie


def test_each_login_has_a_session_of_its_own_and_logout_ends_it(guarded: Up) -> None:
    one, other = logged_in(guarded, "olga"), logged_in(guarded, "olga")
    assert one.cookies != other.cookies
    kept = dict(one.cookies)
    one.send("/console", "/console/logout", {})
    one.cookies = kept
    assert one.get("/console").status == 303
    assert other.get("/console").status == 200


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("olga", set(CLOSED)),
        ("finn", set(CLOSED)),
        ("cleo", {"upload", "quarantine", "documents"}),
    ],
)
def test_role_sees_its_pages(guarded: Up, name: str, allowed: set[str]) -> None:
    browser = logged_in(guarded, name)
    for page in CLOSED:
        status = browser.get(f"/console/{page}".rstrip("/")).status
        refused = 403 if page else 303
        assert status == (200 if page in allowed else refused), page


def test_customer_sees_nothing_of_another(guarded: Up) -> None:
    cleo, olga = logged_in(guarded, "cleo"), logged_in(guarded, "olga")
    assert {row["customer"] for row in cleo.get("/console/documents.json").json} == {"acme"}
    assert cleo.get("/console/quarantine.json").json == []
    other = next(
        row["document_id"]
        for row in olga.get("/console/documents.json").json
        if row["customer"] == "globex"
    )
    assert cleo.get(f"/console/document?id={other}").status == 404
    assert cleo.get(f"/console/document/original?id={other}").status == 404
    assert olga.get(f"/console/document?id={other}").status == 200


@pytest.mark.parametrize("name", ["finn", "cleo"])
def test_only_the_operator_changes_anything(guarded: Up, name: str) -> None:
    browser = logged_in(guarded, name)
    form = {"code": "BD2014", "csrf": browser.csrf("/console/documents")}
    assert browser.post("/console/quarantine/redrive", form).status == 403
    assert browser.post("/console/guidelines/save", form).status == 403


def test_form_of_another_session_is_refused(guarded: Up) -> None:
    one, other = logged_in(guarded, "olga"), logged_in(guarded, "olga")
    form = {"code": "BD2014", "csrf": other.csrf()}
    assert one.post("/console/quarantine/redrive", form).status == 403
    assert one.post("/console/quarantine/redrive", {"code": "BD2014"}).status == 403
    assert one.send("/console", "/console/quarantine/redrive", {"code": "BD2014"}).status == 200


def test_page_of_another_site_changes_nothing(guarded: Up) -> None:
    olga = logged_in(guarded, "olga")
    form = {"code": "BD2014", "csrf": olga.csrf()}
    answer = olga.post("/console/quarantine/redrive", form, origin="https://evil.example")
    assert answer.status == 403


def test_changes_are_never_made_by_get(guarded: Up) -> None:
    olga = logged_in(guarded, "olga")
    for path in ("quarantine/redrive", "quarantine/release", "guidelines/save", "logout"):
        assert olga.get(f"/console/{path}").status in (404, 405)


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/console/..//evil", "/console\\@evil"]
)
def test_login_leads_back_into_the_console_only(guarded: Up, target: str) -> None:
    answer = Browser(guarded.url).login("olga", PASSWORD, next=target)
    assert answer.headers["location"] == "/console"


def test_wrong_password_and_unknown_name_say_the_same(guarded: Up) -> None:
    browser = Browser(guarded.url)
    wrong, unknown = browser.login("finn", "no"), browser.login("nobody", "no")
    assert wrong.status == unknown.status == 401
    said = "name or password is wrong"
    assert said in wrong.text
    assert said in unknown.text


def test_browser_uploads_for_its_own_customer_with_the_mark_of_its_page(guarded: Up) -> None:
    cleo = logged_in(guarded, "cleo")
    mark = cleo.csrf("/console/upload")
    body = docproc("inv-77").encode()
    assert cleo.put("/inbox/acme/up.txt", body).status == 401
    assert cleo.put("/inbox/globex/up.txt", body, x_csrf_token=mark).status == 401
    assert cleo.put("/inbox/acme/up.txt", body, x_csrf_token=mark).status == 201


def test_token_uploads_for_its_customer_until_it_is_removed(guarded: Up) -> None:
    run = billdrop("access", "token", "nightly", "--customer", "acme", "--data-dir", guarded.data)
    token = run.stdout.strip()
    assert token not in (guarded.data / "access.json").read_text()
    browser = Browser(guarded.url)
    bearer = f"Bearer {token}"
    body = docproc("inv-78").encode()
    assert browser.put("/inbox/acme/t.txt", body, authorization=bearer).status == 201
    assert browser.put("/inbox/globex/t.txt", body, authorization=bearer).status == 401
    assert browser.put("/inbox/acme/t.txt", body, authorization="Bearer no").status == 401
    assert browser.put("/inbox/acme/t.txt", body).status == 401
    billdrop("access", "remove", "nightly", "--data-dir", guarded.data)
    assert browser.put("/inbox/acme/t2.txt", body, authorization=bearer).status == 401


def test_file_of_people_holds_hashes_for_the_owner_alone(guarded: Up) -> None:
    file = guarded.data / "access.json"
    assert file.stat().st_mode & 0o777 == 0o600
    people = json.loads(file.read_text())["people"]
    assert all(one["password"].startswith("$argon2id$") for one in people)
    assert PASSWORD not in file.read_text()
    assert len(read(file).people) == 3


def test_person_who_is_removed_is_out_at_once(guarded: Up) -> None:
    add(guarded.data, "gone", "--role", "finance")
    browser = logged_in(guarded, "gone")
    billdrop("access", "remove", "gone", "--data-dir", guarded.data)
    assert browser.get("/console/expenses").status == 303


def test_other_address_needs_a_person_first(tmp_path: Path) -> None:
    run = billdrop(
        "up", "--data-dir", tmp_path / "d", "--port", "0", "--host", "0.0.0.0", "--until-idle"
    )
    assert run.returncode == 3
    assert "nobody has to log in" in run.stderr


def test_short_password_and_unfit_customer_are_refused(tmp_path: Path) -> None:
    short = billdrop(
        "access", "add", "x", "--role", "finance", "--password", "short", "--data-dir", tmp_path
    )
    assert short.returncode == 2
    assert "fewer than 12" in short.stderr
    none = billdrop(
        "access", "add", "x", "--role", "customer", "--password", PASSWORD, "--data-dir", tmp_path
    )
    assert none.returncode == 2
    assert "customer" in none.stderr


def test_read_only_console_changes_nothing(tmp_path: Path) -> None:
    with up(tmp_path / "d", "--read-only", "--incognito") as running:
        running.put("c.txt", docproc("inv-3", total="9999"))
        browser = Browser(running.url)
        answer = browser.send("/console", "/console/quarantine/redrive", {"code": "BD2014"})
        assert answer.status == 403
        page = browser.get("/console/quarantine").text
        assert 'class="incognito"' in page
        assert "Read all again" not in page


def test_nobody_is_let_in_once_the_last_person_is_gone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    add(data, "olga", "--role", "operator")
    with up(data) as running:
        browser = logged_in(running, "olga")
        run = billdrop("access", "remove", "olga", "--data-dir", data)
        assert "lets nobody in" in run.stderr
        assert browser.get("/console").status == 303
        assert Browser(running.url).get("/console").status == 303
        assert Browser(running.url).get("/expenses").status == 401
        assert Browser(running.url).put("/inbox/acme/a.txt", b"x").status == 401


def test_person_with_another_customer_or_password_logs_in_again(guarded: Up) -> None:
    add(guarded.data, "moved", "--role", "customer", "--customer", "acme")
    browser = logged_in(guarded, "moved")
    assert browser.get("/console/documents").status == 200
    add(guarded.data, "moved", "--role", "customer", "--customer", "globex")
    assert browser.get("/console/documents").status == 303


def test_who_guesses_has_to_wait_and_not_the_browser_in_which_the_person_logged_in_before(
    guarded: Up,
) -> None:
    file = guarded.data / "access.json"
    write(
        file,
        with_person(read(file), name="hugo", role="finance", customer="", password=PASSWORD),
    )
    known, stranger = logged_in(guarded, "hugo"), Browser(guarded.url)
    for _ in range(5):
        assert stranger.login("hugo", "no").status == 401
    told = stranger.login("hugo", PASSWORD)
    assert (told.status, "too many tries; wait" in told.text) == (429, True)
    assert 0 < int(told.headers["retry-after"]) <= 30
    del known.cookies[COOKIE]
    assert known.login("hugo", PASSWORD).status == 303


def test_form_that_is_too_large_is_told_so(guarded: Up) -> None:
    olga = logged_in(guarded, "olga")
    form = {"text": "x" * (4 * 1024 * 1024), "csrf": olga.csrf()}
    answer = olga.post("/console/guidelines/attempt", form)
    assert answer.status == 413


def test_another_guideline_of_one_name_and_version_is_refused(guarded: Up) -> None:
    olga = logged_in(guarded, "olga")
    text = (
        'guideline = "mine"\nversion = 1\nmatch = { contains = ["ONE"] }\n'
        'input = { reader = "labelled" }\nlocale = { currency = "EUR" }\n[fields]\n'
        'number = { label = "No" }\nissue_date = { label = "On" }\ntotal = { label = "Sum" }\n'
    )
    page = "/console/guidelines"
    assert olga.send(page, f"{page}/save", {"text": text}).status == 303
    eventually(
        lambda: olga.get(f"{page}.json").json, lambda rows: "mine" in {r["name"] for r in rows}
    )
    other = text.replace("ONE", "TWO")
    assert olga.send(page, f"{page}/save", {"text": other}).status == 409
    newer = other.replace("version = 1", "version = 2")
    unseen = olga.send(page, f"{page}/save", {"text": newer})
    assert (unseen.status, "was not opened here" in unseen.text) == (409, True)
    assert olga.send(page, f"{page}/save", {"text": newer, **opened(olga, "mine")}).status == 303
