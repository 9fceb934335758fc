"""What the form of the playground carries."""

import re

from tests.console.asker import Browser


def opened(browser: Browser, name: str) -> dict[str, str]:
    """What it brings back beside the text of a guideline that is opened."""
    page = browser.get(f"/console/guidelines?name={name}").text
    fields = ("opened", "mark")
    return {field: re.findall(rf'name="{field}" value="(.*?)"', page)[0] for field in fields}
