"""Texts that make a document no invoice: those that are named, and all that nobody knows."""

from collections.abc import Mapping

SHOWN = 20
"""How many of the known texts a message names."""


class Refused(dict[str, str]):
    """What makes it no invoice, to what it is; with `*`, whatever is none of the known texts."""

    def __init__(self, refuse: Mapping[str, str], known: Mapping[str, str]) -> None:
        super().__init__(refuse)
        self._known = known
        self._others = "*" in refuse

    def __contains__(self, text: object) -> bool:
        return super().__contains__(text) or (self._others and text not in self._known)

    def __missing__(self, text: str) -> str:
        return self["*"]

    def names(self, text: str) -> bool:
        """Whether it is one that is named."""
        return text != "*" and super().__contains__(text)

    def hint(self, text: str) -> str:
        """The remedy; for a text that nobody knows, what is known."""
        if self.names(text):
            return "send the invoice itself"
        if not self._known:
            return "correct the file"
        first = ", ".join(f"`{one}`" for one in list(self._known)[:SHOWN])
        more = len(self._known) - SHOWN
        named = f"known are {first}" + (f" and {more} others" if more > 0 else "")
        return f"{named}; a guideline that extends this one can say in `map` what it stands for"
