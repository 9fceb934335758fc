"""Forgetting files whose documents were captured, without ever touching a newer one."""

import os
from contextlib import suppress
from pathlib import Path

from billdrop.local.complete import FLAGS, lease, version_of

ASIDE = ".billdrop-expiring"
"""A folder beside the files that are being forgotten; what a crash leaves in it is put back."""


def expire(path: Path, version: str) -> bool:
    """
    Remove the file if it has the version; whether it did.

    The file is moved aside first, so that one that comes meanwhile under its name is not touched.
    """
    aside = path.parent / ASIDE / path.name
    try:
        if version_of(path.lstat()) != version:
            return False
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        path.rename(aside)
    except (FileNotFoundError, NotADirectoryError):
        return False
    gone = _remove(aside, version)
    if not gone:
        _put_back(aside, path)
    with suppress(OSError):
        aside.parent.rmdir()
    return gone


def put_back(folder: Path) -> list[Path]:
    """Undo what a crash left half done in a folder; returns the paths of the files put back."""
    aside = folder / ASIDE
    back = [folder / hidden.name for hidden in list(aside.iterdir())]
    for path in back:
        _put_back(aside / path.name, path)
    with suppress(OSError):
        aside.rmdir()
    return back


def remove_empty(folder: Path, *, below: Path) -> None:
    """Remove the folder and its parents while they are empty and deeper than `below`."""
    while below in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _remove(aside: Path, version: str) -> bool:
    """Nobody may have it open for writing: what they write would be lost with it."""
    try:
        fd = os.open(aside, FLAGS)
    except OSError:
        return False
    try:
        if lease(fd) is False or version_of(os.fstat(fd)) != version:
            return False
        aside.unlink()
    finally:
        os.close(fd)
    return True


def _put_back(aside: Path, path: Path) -> None:
    """Where a newer file has the name, it replaced this one, as it would have without us."""
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass
    except OSError:
        if not path.exists():
            aside.rename(path)
            return
    aside.unlink()
