"""A file system that loses its power: what was not synced is gone, torn, or there by chance."""

import itertools
from pathlib import Path
from random import Random
from typing import Any

import apsw

_SECTOR = 512


class Disk(apsw.VFS):
    """Passes everything on to the real files, and remembers what of it would survive."""

    _numbers = itertools.count()

    def __init__(self, cut_at: int) -> None:
        self.name = f"forgetful-{next(self._numbers)}"
        self.cut_at = cut_at
        self.steps = 0
        self.files: dict[str, Memory] = {}
        super().__init__(self.name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> "Handle":  # noqa: N802 - as apsw names it
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        lasting = path and not self.dead
        memory = self.files.setdefault(str(path), Memory()) if lasting else Memory()
        return Handle(self, name, flags, memory)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        if self.step():
            self.files.pop(filename, None)
        super().xDelete(filename, syncdir)

    @property
    def dead(self) -> bool:
        """Whether the power is gone: what happens from then on leaves no trace."""
        return self.steps > self.cut_at

    def step(self) -> bool:
        """One more thing is asked of the disk; whether there still is power for it."""
        self.steps += 1
        return not self.dead

    def survivors(self, folder: Path, chance: Random) -> None:
        """Write what is found after the power is back."""
        for path, memory in self.files.items():
            (folder / Path(path).name).write_bytes(memory.after(chance))


class Memory:
    """What of one file is safe, and what was only written."""

    def __init__(self) -> None:
        self.safe = bytearray()
        self.written: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        """All that was written is safe now."""
        for offset, data in self.written:
            _put(self.safe, offset, data)
        self.written.clear()

    def after(self, chance: Random) -> bytes:
        """Each write since the last sync may be there, not there, or torn; in any order."""
        found = bytearray(self.safe)
        for offset, data in self.written:
            fate = chance.random()
            if fate < 0.4:
                _put(found, offset, data)
            elif fate < 0.6 and data is not None:
                _put(found, offset, data[: _SECTOR * chance.randint(0, len(data) // _SECTOR)])
        return bytes(found)


class Handle(apsw.VFSFile):
    """An open file."""

    def __init__(self, disk: Disk, name: Any, flags: list[int], memory: Memory) -> None:
        super().__init__("", name, flags)
        self.disk = disk
        self.memory = memory

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self.disk.step():
            self.memory.written.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        if self.disk.step():
            self.memory.written.append((newsize, None))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        if self.disk.step():
            self.memory.sync()


def _put(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write into a file's bytes; None cuts the file off."""
    if data is None:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data
