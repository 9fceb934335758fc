"""A running service with a few documents in its books."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.asker import Browser
from tests.process import Up, up
from tests.samples import docproc


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("console") / "data") as running:
        running.put("a.txt", docproc("inv-1", day=31, amounts=(("7650", "500"),)))
        running.put("b.txt", docproc("inv-2", day=30, amounts=(("850", ""),), seller="Globex"))
        running.put("c.txt", docproc("inv-3", total="9999"))
        running.put("d.txt", "a layout that nobody knows\n", customer="globex")
        yield running


@pytest.fixture
def browser(service: Up) -> Browser:
    return Browser(service.url)


@pytest.fixture
def data(service: Up) -> Path:
    return service.data
