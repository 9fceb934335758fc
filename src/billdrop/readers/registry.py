"""The readers by the name that a guideline gives them; a module is imported when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

from billdrop.readers import Build, Limits, Reader

if TYPE_CHECKING:
    from billdrop.guidelines.model import Guideline

READERS: dict[str, str] = {
    "labelled": "billdrop.readers.labelled",
    "delimited": "billdrop.readers.delimited",
    "x12": "billdrop.readers.x12",
    "edifact": "billdrop.readers.edifact",
    "xml": "billdrop.readers.of_xml",
    "json": "billdrop.readers.of_json",
    "fixed": "billdrop.readers.fixed",
    "layout": "billdrop.readers.layout",
}
"""The module with the `build` of each."""


def build(guideline: "Guideline", limits: Limits) -> Reader:
    """The reader of a guideline; raises `GuidelineError` with the key path for what it cannot use."""
    made: Build = import_module(READERS[guideline.input.reader]).build
    return made(guideline, limits)
