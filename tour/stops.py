"""One picture of the tour: of which page, and what it shows."""

from pathlib import Path

from msgspec import Struct

from tests.console.chromium import chromium, until

PAGE = Path(__file__).parents[1] / "docs" / "tour.md"
PICTURES = PAGE.with_suffix("")


class Stop(Struct, frozen=True, kw_only=True):
    """One picture and what it shows."""

    name: str
    title: str
    text: str
    path: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    do: str = ""
    """A script that is run on the page first."""
    wait: str = "return document.readyState === 'complete'"
    files: tuple[Path, ...] = ()
    """Chosen on the page, as somebody who uploads them does."""


def picture(url: str, stop: Stop) -> None:
    """Take the picture of one stop."""
    with chromium(width=stop.width, dark=stop.dark) as browser:
        metrics = {
            "width": stop.width,
            "height": stop.height,
            "deviceScaleFactor": 1,
            "mobile": False,
        }
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get(url + stop.path)
        until(browser, "return document.readyState === 'complete'")
        if stop.do:
            browser.execute_script(stop.do)
        if stop.files:
            chosen = "\n".join(str(file) for file in stop.files)
            browser.find_element("id", "files").send_keys(chosen)
        until(browser, stop.wait)
        browser.save_screenshot(str(PICTURES / f"{stop.name}.png"))


def told(stop: Stop) -> list[str]:
    """What the page says of it."""
    text = [f"## {stop.title}", "", stop.text, ""]
    return [*text, f"![{stop.title}](tour/{stop.name}.png)", ""]
