"""A folder of one-invoice files, the whole way: durable in the ledger and published as CSV."""

import os
from itertools import count
from pathlib import Path

from bench.baseline import take_folder
from bench.figures import Figure, Options, figure, interleaved, stopwatch
from bench.process import ask, run
from billdrop.demo import write_folder


def measure(options: Options) -> list[Figure]:
    """The real `billdrop ingest` on a fresh data directory, beside the plain way on a part."""
    many, part = options.size(20_000, 4_000), options.size(1_000, 300)
    folder, sample = options.scratch / "in", options.scratch / "sample"
    write_folder(folder, many)
    write_folder(sample, part)
    one = options.scratch / "one"
    write_folder(one, 1)
    number = count()

    def fresh() -> Path:
        os.sync()
        return options.scratch / f"data-{next(number)}"

    plain, ours, started = interleaved(
        options.rounds,
        lambda: part / _plain(sample, fresh()),
        lambda: _ingest(folder, fresh(), many),
        lambda: _ingest(one, fresh(), 1),
    )
    how = (
        f"{many:,} files of 600 bytes with 5 lines through `billdrop ingest` into a fresh data"
        f" directory, all recorded and published; the plain way on {part:,} such files"
    )
    less = f"{how}; less the time of the same command on one file"
    inside = [whole - begin for whole, begin in zip(ours, started, strict=True)]
    return [
        figure(
            "folder",
            what,
            "invoices/s",
            [many / seconds for seconds in taken],
            other=plain,
            other_name="plain way",
            how=text,
        )
        for what, taken, text in (
            ("whole process", ours, how),
            ("without start-up", inside, less),
        )
    ]


def _plain(folder: Path, root: Path) -> float:
    with stopwatch() as taken:
        take_folder(folder, root)
    return taken()


def _ingest(folder: Path, data_dir: Path, expected: int) -> float:
    ran = run("ingest", "--data-dir", data_dir, "--customer", "bench", folder)
    status = ask("status", "--data-dir", data_dir)
    if status["recorded"] != expected or status["unpublished_segments"]:
        raise RuntimeError(f"{folder}: {expected} files, but {status}")
    return ran.seconds
