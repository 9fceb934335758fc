"""What the figures were measured on."""

import os
import platform
import time
import timeit
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from statistics import median


def facts(scratch: Path) -> dict[str, str]:
    """Cores, versions, and what a write that survives a power cut costs here."""
    import apsw
    import duckdb

    return {
        "cores": f"{len(os.sched_getaffinity(0))} ({_processor()})",
        "load": f"{os.getloadavg()[0]:.1f} at the start",
        "kernel": platform.release(),
        "fsync of a 1 KB append": f"{_fsync(scratch) * 1000:.2f} ms",
        "Python": platform.python_version(),
        "billdrop": version("billdrop"),
        "SQLite": apsw.sqlite_lib_version(),
        "DuckDB": duckdb.__version__,
    }


def clock() -> float:
    """Microseconds that a small amount takes to become a Decimal now: virtual machines change pace."""
    times = timeit.repeat(
        "Decimal('1234.56')", globals={"Decimal": Decimal}, number=20_000, repeat=7
    )
    return min(times) / 20_000 * 1e6


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fsync(scratch: Path) -> float:
    times = []
    with (scratch / "fsync").open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 1024)
            file.flush()
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    return median(times)
