"""The guidelines of a stack: objects `guidelines/*.toml` of the destination, mirrored in a folder."""

from pathlib import Path

from billdrop.aws.store.objects import Objects

PREFIX = "guidelines/"
MOST_BYTES = 1024 * 1024


class GuidelineMirror:
    """
    Makes a folder the same as the prefix.

    The folder is as it was when a call fails: a worker goes on with the guidelines it has.
    """

    def __init__(self, objects: Objects, folder: Path) -> None:
        self._objects = objects
        self._folder = folder
        self._there: dict[str, str] = {}

    def renew(self) -> bool:
        """Bring the folder up to date; whether anything changed. Raises what `Objects` raises."""
        listed = {
            key.removeprefix(PREFIX): etag
            for key, etag in self._objects.latest(PREFIX)
            if is_guideline(key)
        }
        changed = [name for name, etag in listed.items() if self._there.get(name) != etag]
        texts = {name: self._text(name, listed[name]) for name in changed}
        gone = self._there.keys() - listed.keys()
        for name, text in texts.items():
            (self._folder / name).write_bytes(text)
        for name in gone:
            (self._folder / name).unlink(missing_ok=True)
        self._there = listed
        return bool(changed or gone)

    def _text(self, name: str, etag: str) -> bytes:
        pieces, size = [], 0
        for piece in self._objects.pieces(f"{PREFIX}{name}", etag=etag):
            size += len(piece)
            if size > MOST_BYTES:
                break
            pieces.append(piece)
        return b"".join(pieces)


def guideline_key(name: str) -> str:
    """Where the guideline of that name is."""
    return f"{PREFIX}{name}.toml"


def is_guideline(key: str) -> bool:
    """Whether an object is a guideline, and not something else below the prefix."""
    name = key.removeprefix(PREFIX)
    return name.endswith(".toml") and "/" not in name and not name.startswith(".")
