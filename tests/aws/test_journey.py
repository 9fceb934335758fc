"""From an upload to S3 to what Athena says was spent: our template, a real worker, its own rights."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.aws.worked import Site, Worker, heard, worker
from tests.process import eventually
from tests.samples import docproc

ODD = [
    "a b.txt",
    "a+b.txt",
    "100%.txt",
    "%2B.txt",
    "a=b.txt",
    "12:30.txt",
    "größe-é-中文.txt",
    "🚀.txt",
    "deeper/down/a&b?c#d;e,f'g\"h.txt",
    f"{'x' * 200}/{'y' * 200}.txt",
]


OWN = '''
guideline = "own"
version = 1
customers = ["own"]
match = { contains = ["Rechnung"] }
input = { reader = "labelled" }
locale = { dates = ["YYYY-MM-DD"], currency = "EUR", decimal = "." }

[fields]
number = { label = "Number", required = true }
issue_date = { label = "Date", type = "date", required = true }
total = { label = "Total", type = "money", required = true }

[[examples]]
text = """
Rechnung
Number: 7
Date: 2018-03-01
Total: 5.50
"""
expect = { number = "7", total = "5.50" }
'''


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(auth=True)


@pytest.fixture(scope="module")
def running(site: Site) -> Iterator[Worker]:
    """One worker for all that do not stop it."""
    with worker(site, "--listen", "0") as running:
        yield running


def states(site: Site, customer: str) -> dict[str, str]:
    """What became of the documents of one customer, by key."""
    return {
        entry.key.partition("/")[2]: entry.state.value
        for entry in site.books.documents(match=customer)
    }


def become(site: Site, customer: str, **expected: str) -> None:
    """Wait until these, and no others, are in the ledger in these states; nothing waits to be published."""
    wanted = {f"{name}.txt": state for name, state in expected.items()}
    eventually(lambda: states(site, customer), lambda found: found == wanted, 40)
    site.until(unpublished_segments=0)


@pytest.mark.timeout(180)
def test_invoices_under_odd_keys_come_to_the_table_the_csv_the_receipts_and_athena() -> None:
    site = Site(auth=True)
    said = heard(site, "acme")
    documents = {
        f"acme/{name}": site.upload(f"acme/{name}", docproc(f"inv-{place}", day=place + 1))
        for place, name in enumerate(ODD)
    }
    with worker(site) as running:
        site.until(recorded=len(ODD), quarantined=0, unpublished_segments=0)
        eventually(site.waiting, lambda count: count == 0, 40)
        assert running.stop() == 0
        assert {line["code"] for line in running.log if "code" in line} == set()

    found = {entry.key: entry.document_id for entry in site.books.documents(match="acme")}
    assert found == documents
    for place, key in enumerate(documents):
        original, ref = site.books.original(documents[key])
        assert original.content == docproc(f"inv-{place}", day=place + 1).encode()
        assert ref is not None
        assert ref.name == "docproc"
        assert site.receipt(key)["outcome"] == "recorded"
        assert site.receipt(key)["document_id"] == documents[key]
    heard_of = eventually(_gathered(said), lambda found: len(found) == len(ODD), 20)
    assert heard_of == dict.fromkeys(documents, "recorded")

    rows = site.rows("invoices")
    assert sorted(row["number"] for row in rows) == sorted(f"inv-{p}" for p in range(len(ODD)))
    assert {row["number"]: Decimal(row["total"]) for row in rows} == {
        f"inv-{place}": Decimal(3050) for place in range(len(ODD))
    }
    assert len(site.rows("lines")) == 2 * len(ODD)
    assert site.answer("expenses") == [
        {
            "date": f"2018-03-{place + 1:02}",
            "currency": "INR",
            "invoices": 1,
            "net": "2850",
            "tax": "200",
            "total": "3050",
        }
        for place in range(len(ODD))
    ]
    assert site.run("verify").returncode == 0
    assert site.run("verify", "--deep").returncode == 0


def _gathered(said: Callable[[], list[dict[str, Any]]]) -> Callable[[], dict[str, str]]:
    """Everything that was said so far: the outcome by key."""
    so_far: dict[str, str] = {}

    def ask() -> dict[str, str]:
        so_far.update((each["key"], each["outcome"]) for each in said())
        return so_far

    return ask


def test_upload_that_cannot_be_read_is_answered_with_the_line_and_kept(
    site: Site, running: Worker
) -> None:
    name = site.upload("broken/inv.txt", docproc("broken-1", total="9999"))
    become(site, "broken", inv="quarantined")
    receipt = eventually(lambda: site.receipt("broken/inv.txt"), bool)
    finding = receipt["findings"][0]
    assert receipt["outcome"] == "quarantined"
    assert (finding["code"], finding["line"], finding["column"]) == ("BD2014", 11, 8)
    assert site.books.original(name)[0].content == docproc("broken-1", total="9999").encode()


def test_same_bytes_under_another_key_are_a_duplicate(site: Site, running: Worker) -> None:
    site.upload("twins/a.txt", docproc("twin-1"))
    become(site, "twins", a="recorded")
    site.upload("twins/b.txt", docproc("twin-1"))
    become(site, "twins", a="recorded", b="duplicate")
    assert [row["number"] for row in site.rows("invoices")].count("twin-1") == 1


def test_newer_version_of_an_object_supersedes_and_the_view_shows_the_latest(
    site: Site, running: Worker
) -> None:
    first = site.upload("newer/a.txt", docproc("newer-1", day=1))
    become(site, "newer", a="recorded")
    second = site.upload("newer/a.txt", docproc("newer-1", day=2, amounts=(("10", ""),)))
    found = eventually(
        lambda: {e.document_id: e.state.value for e in site.books.documents(match="newer")},
        lambda found: len(found) == 2,
    )
    assert found == {first: "superseded", second: "recorded"}
    site.until(unpublished_segments=0)
    statement = "SELECT revision, total FROM invoices WHERE number = 'newer-1'"
    assert site.answer("sql", statement) == [{"revision": 2, "total": "10.0000"}]
    assert eventually(
        lambda: site.receipt("newer/a.txt"), lambda told: told["document_id"] == second
    )


def test_same_number_from_another_object_waits_for_a_person_who_releases_it(
    site: Site, running: Worker
) -> None:
    site.upload("twice/a.txt", docproc("twice-1"))
    become(site, "twice", a="recorded")
    other = site.upload("twice/b.txt", docproc("twice-1", amounts=(("10", ""),)))
    become(site, "twice", a="recorded", b="quarantined")
    (entry,) = [one for one in site.answer("quarantine list") if one["document_id"] == other]
    assert entry["code"] == "BD3001"
    assert site.answer("quarantine show", str(entry["id"]))["id"] == entry["id"]
    released = site.run("quarantine release", str(entry["id"]), "--by", "eve", "--why", "agreed")
    assert released.returncode == 0, released.stderr
    statement = "SELECT total FROM invoices WHERE number = 'twice-1'"
    assert site.answer("sql", statement) == [{"total": "10.0000"}]


def test_guideline_that_is_put_has_what_waited_recorded_and_is_removed_again(
    site: Site, running: Worker, tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN.replace('total = "5.50"', 'total = "5.51"'))
    assert site.run("guideline put", str(file)).returncode == 1
    name = site.upload("own/a.txt", "Rechnung\nNumber: own-1\nDate: 2018-03-01\nTotal: 5.50\n")
    become(site, "own", a="quarantined")
    file.write_text(OWN)
    put = site.answer("guideline put", str(file))
    assert (put["guideline"], put["reads"]) == ("own", [name])
    assert "own" in [one["name"] for one in site.answer("guideline list")]
    become(site, "own", a="recorded")
    assert name not in [one["document_id"] for one in site.answer("quarantine list")]
    assert name not in [it["document_id"] for it in site.answer("replay", "--dry-run")["changes"]]
    assert site.answer("why", name)["document"]["state"] == "recorded"
    assert site.answer("explain", "own-1")[0]["document_id"] == name
    assert site.run("guideline remove", "own").returncode == 0
    assert site.run("guideline remove", "own").returncode == 1


def test_policy_file_that_is_put_holds_for_whatever_is_read_until_it_is_removed(
    tmp_path: Path,
) -> None:
    alone = Site(auth=True)
    file = tmp_path / "policy.toml"
    file.write_text('[policy]\nrequired = { fields = ["order_ref"], otherwise = "hold" }\n')
    assert alone.answer("guideline put", str(file))["guideline"] == "policy"
    alone.upload("acme/0.txt", docproc("inv-0"))
    assert alone.answer("sweep")["quarantined"] == 1
    (entry,) = alone.answer("quarantine list")
    assert entry["code"] == "BD2505"
    assert alone.run("guideline remove", "policy").returncode == 0
    assert alone.answer("sweep")["recorded"] == 1
    assert alone.answer("quarantine list") == []


def test_door_answers_and_takes_no_upload(site: Site, running: Worker) -> None:
    for path in ("healthz", "readyz", "metrics", "version"):
        with urllib.request.urlopen(f"{running.url}/{path}", timeout=10) as answer:
            assert answer.status == 200
    upload = urllib.request.Request(f"{running.url}/inbox/a/b.txt", data=b"x", method="PUT")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(upload, timeout=10)
    forged = urllib.request.Request(f"{running.url}/sns", data=json.dumps({}).encode())
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(forged, timeout=10)


def test_stack_is_looked_after_by_hand_while_no_worker_runs() -> None:
    alone = Site(auth=True)
    for place in range(3):
        alone.upload(f"acme/{place}.txt", docproc(f"inv-{place}"))
    assert alone.answer("sweep")["recorded"] == 3
    assert alone.answer("sweep")["documents"] == 0
    assert alone.receipt("acme/2.txt")["outcome"] == "recorded"
    assert alone.answer("status")["recorded"] == 3
    assert [one["state"] for one in alone.answer("history", "--limit", "2")] == ["recorded"] * 2
    for key in list(alone.destination.keys("lines/")):
        alone.destination.remove(key)
    assert alone.run("verify").returncode == 1
    assert alone.run("rebuild").returncode == 0
    assert alone.run("verify").returncode == 0


def test_worker_that_lacks_a_right_says_which_and_takes_nothing() -> None:
    lacking = Site(auth=True)
    lacking.forbid("sqs:ReceiveMessage")
    lacking.forbid("sqs:SendMessage")
    lacking.upload("acme/a.txt", docproc("inv-1"))
    with worker(lacking) as ended:
        assert ended.ended() == 4
    said = "".join(ended.said)
    assert "the worker may not receive (BD5005)" in said
    assert f"allow sqs:ReceiveMessage on arn:aws:sqs:{lacking.stack.region}" in said
    assert {line["check"] for line in ended.log if line["event"] == "access"} == {
        "receive",
        "park message",
    }
    assert lacking.waiting() == 1
