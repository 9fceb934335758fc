"""Files that come into their place whole or not at all, however many write them at once."""

import os
import secrets
from pathlib import Path


def placed(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace a file; what it says survives a power cut once this returns."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
