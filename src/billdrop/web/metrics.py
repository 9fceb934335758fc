"""What is counted, in the text form of Prometheus."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from billdrop.web.door import HttpDoor

Sample = tuple[str, float]
"""Labels as they are written, such as `{state="recorded"}`, and the value."""

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counted since the start; from the thread of the event loop alone."""

    def __init__(self, work: Callable[[], Mapping[str, int]] = dict) -> None:
        self.work = work
        """What was done beside answering, counted since the start: `swept`, `expired`, …"""
        self.requests: Counter[tuple[str, int]] = Counter()
        self.uploads: Counter[str] = Counter()
        self.bytes = 0


def vitals(metrics: Metrics, *, ready: bool, version: str) -> str:
    """What every service counts."""
    return "".join(
        [
            *_metric("build_info", "gauge", "The running version.", [_one(1, version=version)]),
            *_metric("ready", "gauge", "1 when documents are recorded.", [("", int(ready))]),
            *_metric("http_requests_total", "counter", "Answered.", _requests(metrics)),
            *_metric("work_total", "counter", "By what was done.", _work(metrics)),
        ]
    )


def holdings(metrics: Metrics, door: HttpDoor, states: Mapping[str, int]) -> str:
    """What a service counts that takes uploads and can ask the ledger at any time."""
    documents = {name: count for name, count in states.items() if name != "unpublished_segments"}
    unpublished = states.get("unpublished_segments", 0)
    return "".join(
        [
            *_metric("uploads_total", "counter", "By what became of them.", _uploads(metrics)),
            *_metric("upload_bytes_total", "counter", "Of bodies.", [("", metrics.bytes)]),
            *_metric("uploads_held", "gauge", "Waiting for their commit.", [("", door.held)]),
            *_metric("upload_bytes_held", "gauge", "Waiting.", [("", door.held_bytes)]),
            *_metric("documents", "gauge", "In the ledger, by state.", _states(documents)),
            *_metric("segments_unpublished", "gauge", "Committed only.", [("", unpublished)]),
        ]
    )


def _metric(name: str, kind: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP billdrop_{name} {meaning}\n# TYPE billdrop_{name} {kind}\n"
    for labels, value in samples:
        yield f"billdrop_{name}{labels} {value}\n"


def _one(value: float, **labels: object) -> Sample:
    pairs = (f'{name}="{_escaped(str(text))}"' for name, text in labels.items())
    return f"{{{','.join(pairs)}}}", value


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _requests(metrics: Metrics) -> list[Sample]:
    found = sorted(metrics.requests.items())
    return [_one(count, method=method, status=status) for (method, status), count in found]


def _uploads(metrics: Metrics) -> list[Sample]:
    return [_one(count, state=state) for state, count in sorted(metrics.uploads.items())]


def _work(metrics: Metrics) -> list[Sample]:
    return [_one(count, done=name) for name, count in metrics.work().items()]


def _states(documents: Mapping[str, int]) -> list[Sample]:
    return [_one(count, state=state) for state, count in documents.items()]
