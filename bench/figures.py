"""One measured thing, and how a run of them is printed."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """What one run of the benches works with."""

    scratch: Path
    """An empty folder on the file system that is to be measured."""
    cache: Path | None
    """Where the one large data set is kept between runs."""
    quick: bool

    def size(self, full: int, quick: int) -> int:
        """How much work, by the size of the run."""
        return quick if self.quick else full

    @property
    def rounds(self) -> int:
        """How often each side is measured, in turns."""
        return 3 if self.quick else 5


class Figure(Struct, frozen=True, kw_only=True):
    """The median of some rounds, beside that of what it is compared with."""

    bench: str
    what: str
    unit: str
    ours: float
    other: float | None = None
    other_name: str = ""
    ratio: float | None = None
    """How many times as much as the other; None where less is better."""
    rounds: int = 1
    least: float
    """Of our rounds."""
    most: float
    """Of our rounds."""
    how: str
    """What was measured, one line."""


Measure = Callable[[], float]


def interleaved(rounds: int, *sides: Measure) -> list[list[float]]:
    """Measure each side once per round, in turns, every second round in reverse: A B, B A, …."""
    results: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for side in order:
            results[side].append(sides[side]())
    return results


def figure(
    bench: str,
    what: str,
    unit: str,
    ours: Sequence[float],
    *,
    other: Sequence[float] | None = None,
    other_name: str = "",
    rated: bool = True,
    how: str,
) -> Figure:
    """Make a figure of the rounds of both sides."""
    mine, theirs = median(ours), median(other) if other else None
    ratio = mine / theirs if rated and theirs is not None else None
    return Figure(
        bench=bench,
        what=what,
        unit=unit,
        ours=mine,
        other=theirs,
        other_name=other_name,
        ratio=ratio,
        rounds=len(ours),
        least=min(ours),
        most=max(ours),
        how=how,
    )


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Gives the seconds since the block began; after the block, those it took."""
    started = time.perf_counter()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else time.perf_counter()) - started
    ended.append(time.perf_counter())


def percentile(values: Sequence[float], share: float) -> float:
    """The value that the given share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def markdown(machine: dict[str, str], figures: Sequence[Figure]) -> str:
    """The run as a table for the README."""
    facts = " · ".join(f"{name} {fact}" for name, fact in machine.items())
    rows = [
        "| bench | what | billdrop | compared with | ratio | rounds |",
        "|---|---|--:|--:|--:|--:|",
        *(_row(entry) for entry in figures),
    ]
    notes = [
        f"- {', '.join(dict.fromkeys(names))}: {how}." for how, names in _notes(figures).items()
    ]
    return "\n".join([facts, "", *rows, "", *notes])


def as_json(machine: dict[str, str], figures: Sequence[Figure]) -> str:
    """The run for machines."""
    return msgspec.json.format(
        msgspec.json.encode({"machine": machine, "figures": figures}), indent=1
    ).decode()


def _notes(figures: Sequence[Figure]) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    for entry in figures:
        notes.setdefault(entry.how, []).append(f"{entry.bench} {entry.what}")
    return notes


def _row(entry: Figure) -> str:
    ours = f"{_number(entry.ours)} {entry.unit}"
    if entry.rounds > 1:
        ours += f" ({_number(entry.least)}–{_number(entry.most)})"
    other = f"{entry.other_name} {_number(entry.other)}" if entry.other is not None else ""
    ratio = f"{entry.ratio:.1f} ×" if entry.ratio is not None else ""
    return f"| {entry.bench} | {entry.what} | {ours} | {other} | {ratio} | {entry.rounds} |"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
