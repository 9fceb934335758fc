"""How long the command takes to begin."""

import sys
from pathlib import Path

from bench.figures import Figure, Options, figure, interleaved
from bench.process import run
from billdrop.demo import write_folder


def measure(options: Options) -> list[Figure]:
    """`--help` and `status` on a small data directory, beside a Python that does nothing."""
    data_dir = options.scratch / "data"
    write_folder(options.scratch / "in", 20)
    run("ingest", "--data-dir", data_dir, "--customer", "bench", options.scratch / "in")
    rounds = options.size(15, 5)
    plain, helped, status = interleaved(
        rounds,
        lambda: run("-c", "pass", command=(sys.executable,)).seconds * 1000,
        lambda: run("--help").seconds * 1000,
        lambda: _status(data_dir),
    )
    how = "wall time of the process, from its start to its end"
    return [
        figure(
            "startup",
            f"`billdrop {name}`",
            "ms",
            times,
            other=plain,
            other_name="`python -c pass`",
            rated=False,
            how=how,
        )
        for name, times in (("--help", helped), ("status", status))
    ]


def _status(data_dir: Path) -> float:
    return run("status", "--data-dir", data_dir, "--json").seconds * 1000
