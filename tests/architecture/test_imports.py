"""Modules that are imported late need no other one to have been there before."""

import subprocess
import sys

import pytest

from billdrop.readers.registry import READERS

ASKED_FOR = (
    *READERS.values(),
    "billdrop.bulk",
    "billdrop.parsing.apart",
    "billdrop.parsing.beside",
    "billdrop.parsing.interchanges",
    "billdrop.parsing.reading",
    "billdrop.parsing.shapes",
    "billdrop.readers.usual",
    "billdrop.readers.written",
)
"""What is imported when it is asked for, by whoever comes first."""
EACH = """
import os, sys
import lxml.etree, msgspec, numpy, pydantic, stdnum.iban, num2words  # theirs, once
for name in sys.argv[1:]:
    if os.fork() == 0:
        try:
            __import__(name)
        except BaseException as error:
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
def test_what_is_imported_late_can_be_imported_first() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EACH, *ASKED_FOR], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


READY = """
import sys
from billdrop.guidelines.library import open_library
from billdrop.parsing import reading
from billdrop.readers import Limits
for guide in open_library(None, Limits())[0].guides:
    reading._ready(guide)
print("numpy" in sys.modules)
"""


def test_what_reads_by_columns_is_imported_for_large_documents_alone() -> None:
    done = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
