"""One large export of many invoices, the whole way."""

import os

from bench.figures import Figure, Options, figure
from bench.process import Ran, ask, run
from billdrop.demo import write_delimited, write_guidelines


def measure(options: Options) -> list[Figure]:
    """The real `billdrop ingest` of one file; memory is the largest resident size of the process."""
    invoices = options.size(200_000, 20_000)
    path = options.scratch / "export.csv"
    size = write_delimited(path, invoices=invoices, lines_each=5)
    ran = [_ingest(options, number, invoices) for number in range(options.size(3, 1))]
    how = (
        f"one file of {invoices * 5:,} lines, {invoices:,} invoices and {size / 1e6:.0f} MB through"
        " `billdrop ingest`: durable and published"
    )
    return [
        figure("delimited", "one large file", "s", [one.seconds for one in ran], how=how),
        figure("delimited", "rate", "invoices/s", [invoices / one.seconds for one in ran], how=how),
        figure("delimited", "peak memory", "MiB", [one.peak_mb for one in ran], how=how),
    ]


def _ingest(options: Options, number: int, invoices: int) -> Ran:
    data_dir = options.scratch / f"data-{number}"
    write_guidelines(data_dir / "guidelines")
    os.sync()
    ran = run(
        "ingest", "--data-dir", data_dir, "--customer", "bench", options.scratch / "export.csv"
    )
    found = sum(entry["invoices"] for entry in ask("expenses", "--data-dir", data_dir))
    if found != invoices:
        raise RuntimeError(f"{invoices} invoices in the file, {found} in the books")
    return ran
