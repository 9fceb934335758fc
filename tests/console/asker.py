"""A browser without a screen: cookies, forms, headers."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple


class Page(NamedTuple):
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]
    url: str

    @property
    def json(self) -> Any:
        """Its value."""
        return json.loads(self.text)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirections are answers like others."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Browser:
    """One session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self._opener = urllib.request.build_opener(_Stay)

    def get(self, path: str, **headers: str) -> Page:
        """Ask for a page."""
        return self._ask(path, None, headers)

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Page:
        """Send a form as it is."""
        return self._ask(path, urllib.parse.urlencode(form).encode(), headers)

    def send(self, page: str, path: str, form: Mapping[str, str]) -> Page:
        """Send a form with the mark of the page that it stands on."""
        return self.post(path, {**form, "csrf": self.csrf(page)})

    def csrf(self, page: str = "/console") -> str:
        """The mark of a page."""
        found = re.search(r'data-csrf="([^"]+)"', self.get(page).text)
        assert found, "the page has a mark"
        return found[1]

    def login(self, name: str, password: str, **further: str) -> Page:
        """Log in; keeps the cookie."""
        return self.post("/console/login", {"name": name, "password": password, **further})

    def put(self, path: str, body: bytes, **headers: str) -> Page:
        """Upload."""
        return self._ask(path, body, headers, method="PUT")

    def _ask(
        self, path: str, body: bytes | None, headers: Mapping[str, str], method: str | None = None
    ) -> Page:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = urllib.request.Request(self.url + path, data=body, headers=named, method=method)
        try:
            with self._opener.open(request, timeout=30) as response:
                return self._page(response, path)
        except urllib.error.HTTPError as error:
            with error:
                return self._page(error, path)

    def _page(self, response: Any, path: str) -> Page:
        for given in response.headers.get_all("set-cookie") or []:
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = response.read().decode("utf-8", "replace")
        headers = {
            name.lower(): ", ".join(response.headers.get_all(name)) for name in response.headers
        }
        return Page(response.status, text, headers, path)
