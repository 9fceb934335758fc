"""
The plain way, as the system that billdrop replaces goes it, here without a network.

One invoice at a time; the text read character by character up to the items, which it forgets;
the original and the fields into a database, one transaction each; one CSV object each.
What is acknowledged survives a power cut, as with billdrop: one sync per transaction and CSV.
"""

import os
from pathlib import Path

import apsw

FIELDS = ("Customer-ID", "Inv-ID", "Dated", "From", "To", "Amount", "SGST", "Total", "InWords")


def read(text: str) -> dict[str, str]:
    """The labelled values of an invoice, found one character after the other."""
    found: dict[str, str] = {}
    label = ""
    value = ""
    in_value = False
    for character in text:
        if character == "\n":
            if in_value:
                found[label] = value.strip()
            label, value, in_value = "", "", False
            if len(found) == len(FIELDS):
                break
        elif in_value:
            value += character
        elif character == ":":
            in_value = True
        elif character not in "* ":
            label += character
    return found


class Plain:
    """The database and the folder of CSV objects."""

    def __init__(self, root: Path) -> None:
        (root / "csv").mkdir(parents=True)
        self.root = root
        self.database = apsw.Connection(str(root / "plain.db"))
        self.database.pragma("journal_mode", "wal")
        self.database.pragma("synchronous", "full")
        self.database.execute(
            "CREATE TABLE invoice (cust_id TEXT, inv_id TEXT, details TEXT, csvdtls TEXT,"
            " PRIMARY KEY (cust_id, inv_id))"
        )

    def take(self, path: Path) -> None:
        """One invoice the whole way."""
        text = path.read_text()
        found = read(text)
        row = ",".join(found[name].replace(",", ";") for name in FIELDS)
        keys = (found["Customer-ID"], found["Inv-ID"])
        with self.database:
            self.database.execute(
                "INSERT INTO invoice VALUES (?, ?, ?, ?)", (*keys, text.replace(",", ";"), row)
            )
        with (self.root / "csv" / f"{'_'.join(keys)}.csv").open("w") as file:
            file.write(row)
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """Release the database."""
        self.database.close()


def take_folder(folder: Path, root: Path) -> int:
    """Take every file of a folder; returns how many."""
    plain = Plain(root)
    paths = sorted(folder.iterdir())
    for path in paths:
        plain.take(path)
    plain.close()
    return len(paths)
