"""`python -m bench`: every figure a median, both sides in turns in one run."""

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, Options, as_json, markdown
from bench.machine import clock, facts

BENCHES = (
    "startup",
    "reader",
    "rows",
    "pages",
    "segments",
    "trees",
    "folder",
    "latency",
    "http",
    "delimited",
    "expenses",
    "console",
    "aws",
)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for and print it; talk goes to stderr."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="billdrop-bench-", dir=asked.scratch) as folder:
        scratch = Path(folder)
        machine = facts(scratch)
        figures: list[Figure] = []
        for name in asked.only or BENCHES:
            before = clock()
            options = _options(scratch, name, cache=asked.scratch, quick=asked.quick)
            figures += _measure(name, options)
            machine[f"a Decimal at {name}"] = f"{before:.2f} to {clock():.2f} µs"
    print(as_json(machine, figures) if asked.json else markdown(machine, figures))
    return 0


def _measure(name: str, options: Options) -> list[Figure]:
    print(f"{name} …", file=sys.stderr, flush=True)
    figures: list[Figure] = import_module(f"bench.{name}").measure(options)
    return figures


def _options(scratch: Path, name: str, *, cache: Path | None, quick: bool) -> Options:
    own = scratch / name
    own.mkdir()
    return Options(scratch=own, cache=cache, quick=quick)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHES, help="may be repeated")
    parser.add_argument("--quick", action="store_true", help="smaller and fewer, for a first look")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument(
        "--scratch",
        type=Path,
        help="a folder on the disk to measure; large data sets are kept there",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
