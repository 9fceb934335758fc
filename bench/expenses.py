"""What was spent by date, over a million invoices: from the totals, and by SQL over the CSV."""

from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure, Options, figure, interleaved, stopwatch
from bench.process import ask, run
from billdrop.answers.expenses import from_sql, from_totals
from billdrop.demo import write_delimited, write_guidelines
from billdrop.layout import Layout
from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.local.ledger import SqliteBooks

FILES = 10


def measure(options: Options) -> list[Figure]:
    """Both ways must give the same amounts; the data set is kept in the cache folder, if one is given."""
    invoices = options.size(1_000_000, 100_000)
    data_dir = (options.cache or options.scratch) / f"expenses-{invoices}"
    if not (data_dir / "complete").exists():
        _fill(data_dir, options.scratch, invoices)
    layout = Layout(data_dir)
    books = SqliteBooks(layout.ledger)
    engine = DuckdbEngine(layout.destination)
    if from_totals(books.totals(), "date") != from_sql(engine, "date"):
        raise RuntimeError("totals and SQL do not agree")
    totals, sql, command = interleaved(
        options.rounds,
        lambda: _timed(lambda: from_totals(books.totals(), "date")),
        lambda: _timed(lambda: from_sql(DuckdbEngine(layout.destination), "date")),
        lambda: run("expenses", "--data-dir", data_dir, "--json").seconds * 1000,
    )
    books.close()
    how = f"sums by date of {invoices:,} invoices in {FILES} CSV objects"
    return [
        figure("expenses", "from the totals", "ms", totals, how=f"{how}, in process"),
        figure("expenses", "by SQL", "ms", sql, how=f"{how}, Athena SQL on DuckDB, in process"),
        figure("expenses", "`billdrop expenses`", "ms", command, how=f"{how}, the whole command"),
    ]


def _timed(work: Callable[[], object]) -> float:
    with stopwatch() as taken:
        work()
    return taken() * 1000


def _fill(data_dir: Path, scratch: Path, invoices: int) -> None:
    folder = scratch / "exports"
    folder.mkdir()
    each = invoices // FILES
    for number in range(FILES):
        write_delimited(folder / f"{number}.csv", invoices=each, lines_each=1, first=number * each)
    write_guidelines(data_dir / "guidelines")
    run("ingest", "--data-dir", data_dir, "--customer", "bench", folder)
    found = sum(entry["invoices"] for entry in ask("expenses", "--data-dir", data_dir))
    if found != invoices:
        raise RuntimeError(f"{invoices} invoices in the files, {found} in the books")
    (data_dir / "complete").touch()
