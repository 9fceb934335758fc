"""The guidelines of a stack: objects `guidelines/*.toml` of the destination, mirrored in a folder."""

from pathlib import Path

from billdrop.aws.objects import Objects, Version

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
        now = {
            each.key.removeprefix(PREFIX): each
            for each in reversed(list(self._objects.versions(PREFIX)))
            if _is_guideline(each.key)
        }
        listed = {name: each for name, each in now.items() if not each.deleted}
        changed = [name for name, each in listed.items() if self._there.get(name) != each.etag]
        texts = {name: self._text(listed[name]) for name in changed}
        gone = self._there.keys() - listed.keys()
        for name, text in texts.items():
            (self._folder / name).write_bytes(text)
        for name in gone:
            (self._folder / name).unlink(missing_ok=True)
        self._there = {name: each.etag for name, each in listed.items()}
        return bool(changed or gone)

    def _text(self, version: Version) -> bytes:
        pieces, size = [], 0
        for piece in self._objects.pieces(version.key, etag=version.etag):
            size += len(piece)
            if size > MOST_BYTES:
                break
            pieces.append(piece)
        return b"".join(pieces)


def _is_guideline(key: str) -> bool:
    name = key.removeprefix(PREFIX)
    return name.endswith(".toml") and "/" not in name and not name.startswith(".")
