"""The stream of states: the newest first, changes as they come, and nothing kept for who is slow."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from billdrop import operations
from billdrop.console.flow import Flow, Observed
from billdrop.memory import MemoryInbox
from billdrop.model import Delivery, DocumentRef, Outcome, State
from billdrop.way.pipeline import begin, finish
from tests.process import up
from tests.samples import docproc
from tests.unit.rig import Rig

AT = datetime(2026, 11, 22, tzinfo=UTC)


def states(url: str) -> Iterator[Any]:
    with closing(urllib.request.urlopen(f"{url}/console/live", timeout=20)) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def test_stream_tells_what_is_and_what_changes(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        running.put("a.txt", docproc("inv-1"))
        told = states(running.url)
        assert next(told)["states"]["recorded"] == 1
        running.put("b.txt", docproc("inv-2"))
        assert any(state["states"]["recorded"] == 2 for state in told)
        running.put("c.txt", docproc("inv-3", total="1"))
        state = next(one for one in told if one["states"]["quarantined"] == 1)
        assert state["latest"][0]["code"] == "BD2014"


def test_service_ends_while_pages_are_open(tmp_path: Path) -> None:
    with up(tmp_path / "data", BILLDROP_DRAIN_SECONDS="1") as running:
        told = states(running.url)
        next(told)
        assert running.stop() == 0


def delivered(key: str) -> Delivery:
    ref = DocumentRef(bucket="inbox", key=f"acme/{key}", version="1", customer="acme")
    return Delivery(ref=ref, arrived_at=AT, source="test", size=1)


def test_flow_counts_what_passes_and_how_long_it_took() -> None:
    clock = iter(range(1000))
    flow = Flow(monotonic=lambda: next(clock) / 1000)
    one = delivered("a")
    outcome = Outcome(document_id=one.ref.document_id, state=State.RECORDED, recorded_now=1)
    flow.took(1)
    assert flow.under_way == 1
    flow.fetched(1)
    flow.ended([one, one], [outcome, None], AT + timedelta(milliseconds=12))
    assert flow.under_way == 0
    edges = flow.edges()
    assert (edges["delivered"].count, edges["recorded"].count) == (1, 1)
    assert edges["recorded"].p50 == 12.0
    assert [passed.state for passed in flow.latest] == ["recorded"]


def test_time_before_a_redrive_is_no_time_of_its_commit() -> None:
    rig = Rig()
    flow = Flow(monotonic=rig.seconds)
    flow.watch(rig.way)
    pump = rig.pump()
    rig.upload("a.txt", "nobody knows this layout")
    pump.step()
    (entry,) = rig.ledger.quarantine()
    assert flow.edges()["committed"].count == 1
    rig.later(hours=1)
    pump.step()
    rig.later(milliseconds=250)
    operations.redrive([entry], rig.ledger, rig.way, lambda outcomes: None)
    edge = flow.edges()["committed"]
    assert (edge.count, edge.p50, edge.p99) == (2, 250.0, 250.0)


def test_listening_for_more_hides_no_time_of_what_is_under_way() -> None:
    rig = Rig()
    flow = Flow(monotonic=rig.seconds)
    flow.watch(rig.way)
    begun = begin([rig.upload("a.txt", "nobody knows this layout")], rig.way)
    rig.later(seconds=2)
    rig.way.inbox.listen(limit=1, wait=0)
    finish(begun, rig.way)
    assert flow.edges()["parsed"].p99 == 2000.0


def test_known_document_is_not_counted_again() -> None:
    flow = Flow()
    one = delivered("a")
    known = Outcome(document_id=one.ref.document_id, state=State.RECORDED, known=True)
    flow.ended([one], [known], AT)
    assert flow.latest == ()


def test_observed_inbox_is_the_inbox() -> None:
    inbox = MemoryInbox()
    seen = Observed(inbox, Flow(), lambda: AT)
    assert seen.expires == inbox.expires
    assert list(seen.list()) == []
    assert seen.listen(limit=1, wait=0) == []
    assert seen.expire([]) == 0
