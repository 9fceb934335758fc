"""Who may log in at the consoles of a stack: kept in its table as hashes, asked for beyond loopback."""

from collections.abc import Iterator

import pytest

from billdrop.aws.ledger.accounts import Accounts
from billdrop.aws.ledger.wire import Wire
from billdrop.console.access import Access, decoded, with_person, without
from billdrop.errors import UsageError
from billdrop.runtime import aws as runtime
from billdrop.runtime.accounts import Asked, changed, seated_at
from billdrop.runtime.console import Mode
from billdrop.settings import Settings
from tests.aws.test_console import console
from tests.aws.worked import Site
from tests.console.asker import Browser
from tests.process import eventually

PASSWORD = "correct horse battery"
ELSEWHERE = "127.0.0.2"


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(auth=False)


@pytest.fixture(scope="module")
def accounts(site: Site) -> Accounts:
    return Accounts(Wire(site.clients, site.stack.table))


@pytest.fixture(scope="module")
def url(site: Site, accounts: Accounts) -> Iterator[str]:
    """A console that others can reach."""
    refused = site.run("console", "--host", ELSEWHERE, "--port", "0")
    assert refused.returncode == 3
    assert f"billdrop access add NAME --role operator --stack {site.stack.name}" in refused.stderr
    made = site.run("access add", "olga", "--role", "operator", "--password", PASSWORD)
    assert made.returncode == 0, made.stderr
    named(accounts, "finn", role="finance")
    named(accounts, "cleo", role="customer", customer="acme")
    with console(site, "--host", ELSEWHERE) as found:
        yield found


def named(accounts: Accounts, name: str, *, role: str = "operator", customer: str = "") -> Access:
    def added(known: Access) -> Access:
        return with_person(known, name=name, role=role, customer=customer, password=PASSWORD)  # type: ignore[arg-type]

    return changed(accounts, added, "a stack")


def logged_in(url: str, name: str) -> Browser:
    browser = Browser(url)
    assert browser.login(name, PASSWORD).status == 303
    return browser


def test_stranger_sees_nothing(url: str) -> None:
    for path in ("", "/documents", "/live", "/expenses.json", "/upload/offer?customer=acme&name=a"):
        page = Browser(url).get(f"/console{path}")
        assert page.status == 403 or page.headers["location"].startswith("/console/login?next=")
    assert Browser(url).login("olga", "not her password").status == 401


def test_each_role_may_what_it_may_on_one_machine(url: str) -> None:
    olga, finn, cleo = (logged_in(url, name) for name in ("olga", "finn", "cleo"))
    assert [who.get("/console/health").status for who in (olga, finn, cleo)] == [200, 200, 403]
    offers = {
        who: [
            browser.get(f"/console/upload/offer?customer={customer}&name=a.txt").status
            for customer in ("acme", "globex")
        ]
        for who, browser in (("olga", olga), ("finn", finn), ("cleo", cleo))
    }
    assert offers == {"olga": [200, 200], "finn": [403, 403], "cleo": [200, 403]}
    form = {"entry": "1", "by": "finn", "why": "so"}
    assert finn.send("/console/quarantine", "/console/quarantine/release", form).status == 403
    assert olga.post("/console/quarantine/release", form).status == 403, "without the form's mark"


def test_nobody_is_asked_on_loopback(site: Site, url: str) -> None:
    here = runtime.Site(clients=site.clients, stack=site.stack, settings=Settings())
    with seated_at(here, Mode()) as sessions:
        everybody = sessions.visitor("")
    assert everybody is not None
    assert everybody.may()


def test_list_says_who_and_never_what_they_log_in_with(site: Site, url: str) -> None:
    assert site.answer("access list")[0] == {
        "kind": "person",
        "name": "olga",
        "may": "operator",
        "customer": "",
    }
    assert "argon2" not in site.run("access list").stdout


def test_passwords_are_hashes(accounts: Accounts, url: str) -> None:
    body, _ = accounts.read()
    assert body.count(b"$argon2id$") == 3
    assert PASSWORD.encode() not in body


def test_of_two_that_change_it_at_once_both_hold(accounts: Accounts, url: str) -> None:
    others = ["hugo"]

    def added(known: Access) -> Access:
        while others:
            named(accounts, others.pop(), role="finance")
        return with_person(known, name="ines", role="finance", customer="", password=PASSWORD)

    assert {"hugo", "ines"} <= {one.name for one in changed(accounts, added, "a stack").people}
    body, revision = accounts.read()
    assert not accounts.write(body, over=revision - 1)


def test_change_is_known_within_seconds_and_nobody_left_lets_nobody_in(accounts: Accounts) -> None:
    named(accounts, "jana")
    with Asked(lambda: decoded(accounts.read()[0], "the item"), every=0.01) as asked:
        assert asked().person("jana")
        left = changed(accounts, lambda _: Access(), "a stack")
        eventually(lambda: asked().people, lambda people: people == left.people)
        assert asked().asked


def test_person_who_is_not_there_cannot_be_removed(accounts: Accounts) -> None:
    with pytest.raises(UsageError, match="nobody and no token is named `nobody`"):
        changed(accounts, lambda known: without(known, "nobody"), "a stack")
